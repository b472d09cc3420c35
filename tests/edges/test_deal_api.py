"""The deals for programs: what there is, and what a code would do."""

import pytest

from app.menu import service as menu
from tests.edges.pages import with_cart
from tests.factories.deals import QUARTER_OFF, deal
from tests.factories.orders import MARGHERITA, filled

pytestmark = pytest.mark.one_database

PIZZAS = {"storeId": "1", "method": "carryout", "items": [{"productId": "margherita", "quantity": 2}]}


def ask(client, body, **more):
    return client.post("/api/promotions/validate", json=body, **more)


@pytest.fixture(autouse=True)
def offered(shop):
    deal(by_code=True, code="ONEOFF")


def test_a_code_that_holds_says_what_it_takes_off(client):
    assert ask(client, {"code": "one-off", "cart": PIZZAS}).json == {
        "code": "ONEOFF",
        "applies": True,
        "discount": {"amount": 200, "currency": "USD"},
        "explanation": "ONEOFF takes $2.00 off.",
        "reason": None,
        "missing": None,
        "action": None,
    }


def test_a_code_that_does_not_says_why_and_what_would_make_it(client):
    deal(QUARTER_OFF, by_code=True, code="QUARTER", min_spend_cents=5000)
    answer = ask(client, {"code": "QUARTER", "cart": PIZZAS}).json
    assert (answer["applies"], answer["reason"], answer["action"]) == (False, "below_minimum", "add_items")
    assert answer["missing"] == {"amount": 2100, "currency": "USD"}
    assert answer["explanation"] == "QUARTER starts at $50.00 of food. Add $21.00 more."


def test_a_worse_code_says_what_it_would_save(client):
    deal(off_cents=650)
    one = {**PIZZAS, "items": [{"productId": "margherita"}]}
    answer = ask(client, {"code": "ONEOFF", "cart": one}).json
    assert (answer["reason"], answer["discount"]["amount"]) == ("better_offer", 100)


@pytest.mark.parametrize(
    ("code", "reason"), [("NOSUCH", "unknown"), ("ONEOFF", "items_missing"), ("\u202e", "unknown")]
)
def test_a_code_alone_can_be_asked_about(client, code, reason):
    answer = ask(client, {"code": code})
    assert (answer.status_code, answer.json["reason"]) == (200, reason)


def test_items_are_known_by_number_too_and_carry_their_toppings(client):
    pizza = menu.load(1).products["your-own"]
    large = pizza.variant("l", "thin")
    toppings = [{"toppingId": "corn", "side": "left", "amount": "extra"}, {"toppingId": "tomato"}]
    item = {"productId": str(pizza.id), "variantId": str(large.id), "toppings": toppings}
    deal(
        {"name": "Half", "kind": "percent_items", "rate_ppm": 500_000, "slots": [{"sizes": ["l"]}]},
        by_code=True,
        code="HALF",
    )
    answer = ask(client, {"code": "HALF", "cart": {**PIZZAS, "items": [item]}}).json
    assert answer["discount"]["amount"] == (1600 + 131 + 1) // 2


def pizza(toppings):
    return {"code": "A", "cart": {"items": [{"productId": "your-own", "toppings": toppings}]}}


BAD = [
    ([], "body"),
    ({}, "code"),
    ({"code": 7}, "code"),
    ({"code": "  "}, "code"),
    ({"code": "A", "cart": []}, "cart"),
    ({"code": "A", "cart": "x"}, "cart"),
    ({"code": "A", "cart": {"items": {}}}, "cart.items"),
    ({"code": "A", "cart": {"items": "x"}}, "cart.items"),
    ({"code": "A", "cart": {"items": [1]}}, "cart.items.0"),
    ({"code": "A", "cart": {"items": [{}] * 101}}, "cart.items"),
    ({"code": "A", "cart": {"items": [{"productId": "nothing"}]}}, "cart.items.0.productId"),
    ({"code": "A", "cart": {"items": [{"productId": "cola", "variantId": "0"}]}}, "cart.items.0.variantId"),
    ({"code": "A", "cart": {"items": [{"productId": "cola", "quantity": 0}]}}, "cart.items.0.quantity"),
    ({"code": "A", "cart": {"items": [{"productId": "cola", "quantity": "2"}]}}, "cart.items.0.quantity"),
    ({"code": "A", "cart": {"items": [{"productId": "cola", "quantity": True}]}}, "cart.items.0.quantity"),
    (pizza(1), "cart.items.0.toppings"),
    (pizza([{}]), "cart.items.0.toppings.0.toppingId"),
    (pizza([{"toppingId": "corn", "side": []}]), "cart.items.0.toppings.0.side"),
    ({"code": "A", "cart": {"storeId": "99"}}, "cart.storeId"),
    ({"code": "A", "cart": {"storeId": "1", "method": {}}}, "cart.method"),
]


@pytest.mark.parametrize(("body", "field"), BAD, ids=[str(case[0])[:70] for case in BAD])
def test_what_cannot_be_read_is_said_by_its_field(client, body, field):
    answer = ask(client, body)
    assert (answer.status_code, answer.mimetype) == (422, "application/problem+json")
    assert answer.json["errors"][0]["field"] == field


@pytest.mark.parametrize(("body", "kind", "status"), [(b"{", "application/json", 400), (b"code=A", "text/plain", 415)])
def test_what_is_no_json_is_refused(client, body, kind, status):
    answer = client.post("/api/promotions/validate", data=body, content_type=kind)
    assert (answer.status_code, answer.mimetype) == (status, "application/problem+json")


def test_a_cookie_says_nothing_to_the_api(shop, client):
    client = with_cart(client, filled(MARGHERITA))
    assert ask(client, {"code": "ONEOFF"}).json["applies"] is False


def test_deals_are_listed_with_their_words_and_what_stands_against_them(client):
    deal(name="Fetch it", methods=["carryout"])
    deal(name="Secret", by_code=True, code="SECRET", listed=False)
    answer = client.get("/api/promotions/deals?store=1&method=delivery")
    first, last = answer.json["deals"]
    assert (first["code"], first["holds"], first["gives"]) == ("ONEOFF", True, "$1 off any pizza.")
    assert (last["name"], last["reason"], last["action"]) == ("Fetch it", "wrong_method", "choose_method")
    assert len(client.get("/api/promotions/deals").json["deals"]) == 2


@pytest.mark.parametrize(
    ("query", "against"),
    [
        ("", {}),
        ("store=1", {"There": "wrong_store"}),
        ("store=2", {}),
        ("method=delivery", {"Fetched": "wrong_method"}),
        ("method=carryout&store=1", {"Brought": "wrong_method", "There": "wrong_store"}),
    ],
)
def test_what_was_not_said_speaks_against_no_deal(client, query, against):
    deal(name="Fetched", methods=["carryout"])
    deal(name="Brought", methods=["delivery"])
    deal(name="There", stores=[2])
    listed = client.get(f"/api/promotions/deals?{query}").json["deals"]
    assert {one["name"]: one["reason"] for one in listed if not one["holds"]} == against


@pytest.mark.parametrize("query", ["store=99", "store=x", "method=pigeon", "store=%00"])
def test_a_place_that_there_is_not_is_said_by_its_field(client, query):
    answer = client.get(f"/api/promotions/deals?{query}")
    assert (answer.status_code, answer.mimetype) == (422, "application/problem+json")
    assert answer.json["errors"][0]["field"] == query.partition("=")[0]
