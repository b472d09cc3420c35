"""A cart's owner by JSON: codes one by one, a code that must be used, bundles, advice, times, and the same again."""

import pytest
from sqlalchemy import select, update

from app.core.db import db, transaction
from app.menu import service as menu
from app.menu.service import Selection
from app.orders import cart
from app.orders.models import Cart, OrderUnit
from app.tracking.service import Stage
from tests.api.hands import COUNTER, Program, guest, held_by
from tests.factories.customers import customer
from tests.factories.deals import QUARTER_OFF, deal
from tests.factories.kitchen import tap
from tests.factories.orders import COLA, ELM_STREET, MARGHERITA, check_out, placed
from tests.provider import GOOD

TWO = {
    "name": "Two pizzas",
    "kind": "bundle_price",
    "slots": [{"categories": ["pizzas"], "sizes": ["m"], "count": 2}],
    "price_cents": 2000,
}


@pytest.fixture
def ana(shop) -> Program:
    return guest(shop)


def with_pizza(program: Program) -> Program:
    program.post("/cart/items", {"productId": "margherita"})
    program.put("/cart/fulfilment", COUNTER)
    return program


def test_codes_come_off_one_by_one(ana):
    deal(by_code=True, code="ONEOFF")
    deal(QUARTER_OFF, by_code=True, code="QUARTER")
    with_pizza(ana)
    for code in ("ONEOFF", "QUARTER"):
        assert ana.put("/cart/coupon", {"code": code}).status_code == 200
    left = ana.delete("/cart/coupon/one-off").json["coupons"]
    assert [one["code"] for one in left] == ["QUARTER"]
    assert ana.delete("/cart/coupon").json["coupons"] == []


def test_a_code_is_used_although_another_saves_more_until_it_is_let_go(ana):
    deal(by_code=True, code="ONEOFF")
    deal(QUARTER_OFF, by_code=True, code="QUARTER")
    with_pizza(ana)
    for code in ("ONEOFF", "QUARTER"):
        ana.put("/cart/coupon", {"code": code})
    best = ana.get("/cart").json["quote"]["total"]["amount"]
    pinned = ana.put("/cart/coupon/pin", {"code": "ONEOFF"}).json
    assert pinned["pinned"] == "ONEOFF"
    assert pinned["quote"]["total"]["amount"] >= best
    assert ana.delete("/cart/coupon/pin").json["quote"]["total"]["amount"] == best
    assert ana.put("/cart/coupon/pin", {"code": "NOSUCH"}).status_code == 404


def test_a_line_that_was_taken_out_comes_back(ana):
    line = ana.post("/cart/items", {"productId": "cola"}).json["lines"][0]["id"]
    assert ana.delete(f"/cart/items/{line}").json["lines"] == []
    assert ana.post(f"/cart/items/{line}/restoration").json["lines"][0]["name"] == "Cola"
    assert ana.post(f"/cart/items/{line}/restoration").status_code == 404


def test_a_bundle_is_filled_place_by_place(ana):
    number = deal(TWO)
    places = ana.get(f"/cart/deals/{number}/places").json
    assert (places["missing"], len(places["places"])) == (2, 2)
    assert "margherita" in {one["productId"] for one in places["places"][0]["fits"]}
    for place in (1, 2):
        filled = ana.put(f"/cart/deals/{number}/places/{place}", {"productId": "margherita"})
        assert filled.status_code == 200, filled.json
    assert filled.json["missing"] == 0
    ana.put("/cart/fulfilment", COUNTER)
    assert [one["name"] for one in ana.get("/cart").json["discounts"]] == ["Two pizzas"]
    wrong = ana.put(f"/cart/deals/{number}/places/1", {"productId": "cola"})
    assert (wrong.status_code, wrong.json["code"]) == (422, "does_not_fit")
    assert ana.put(f"/cart/deals/{number}/places/9", {"productId": "margherita"}).status_code == 404
    assert ana.delete(f"/cart/deals/{number}/places").json["missing"] == 2
    assert ana.get("/cart").json["count"] == 2


def test_a_line_that_does_not_fit_any_more_fills_no_place(ana):
    number = deal(TWO)
    for place in (1, 2):
        ana.put(f"/cart/deals/{number}/places/{place}", {"productId": "margherita"})
    with transaction():
        (line, _), mine = ana.get("/cart").json["lines"], db.session.scalar(select(Cart.id))
        cart.replace(mine, int(line["id"]), Selection("margherita", "l"), 1)
    places = ana.get(f"/cart/deals/{number}/places").json
    assert (places["missing"], places["places"][0]["line"]) == (1, None)


def test_the_cart_has_an_eye_on_a_deal(ana):
    number = deal(TWO)
    with_pizza(ana)
    assert ana.put(f"/cart/deals/{number}", None).json["waitsFor"]["applies"] is False
    assert ana.delete("/cart/deals").json["waitsFor"] is None
    assert ana.put("/cart/deals/999", None).status_code == 404


def test_a_deal_that_needs_a_code_waits_for_it(ana):
    number = deal(by_code=True, code="ONEOFF")
    with_pizza(ana)
    waits = ana.put(f"/cart/deals/{number}", None).json["waitsFor"]
    assert (waits["reason"], waits["action"]) == ("code_missing", "enter_code")
    assert waits["explanation"] == "A dollar off any pizza needs its code."
    assert ana.put("/cart/coupon", {"code": "ONEOFF"}).json["waitsFor"]["applies"] is True


def test_advice_says_what_would_be_cheaper_and_why_it_costs_what_it_does(ana):
    deal()
    deal(TWO)
    with_pizza(ana)
    said = ana.get("/cart/advice").json
    assert said["weighed"][0] == {**said["weighed"][0], "names": ["A dollar off any pizza"], "whyNot": ""}
    assert [one["name"] for one in said["near"]] == ["Two pizzas"]


def test_a_later_time_is_chosen_from_those_that_there_are(ana):
    assert ana.get("/cart/times").status_code == 404
    ana.post("/cart/items", {"productId": "margherita"})
    assert ana.get("/cart/times").json["action"] == "choose_place"
    ana.put("/cart/fulfilment", COUNTER)
    told = ana.get("/cart/times").json
    assert (told["storeId"], told["day"]) == ("1", told["days"][0])
    tomorrow = ana.get(f"/cart/times?day={told['days'][1]}").json
    assert tomorrow["day"] == told["days"][1]
    free = next(one["time"] for one in tomorrow["times"] if one["free"])
    assert ana.put("/cart/fulfilment", {**COUNTER, "time": free}).json["fulfilment"]["time"] == free
    assert ana.get("/cart/times?day=2026-02-31").status_code == 422
    assert ana.get("/cart/times?day=2031-01-01").json["times"] == []


def test_a_code_is_judged_with_the_cart_that_one_has(ana):
    deal(by_code=True, code="ONEOFF")
    assert ana.post("/promotions/validate", {"code": "ONEOFF"}).json["applies"] is False
    with_pizza(ana)
    judged = ana.post("/promotions/validate", {"code": "one-off"}).json
    assert (judged["applies"], judged["discount"]["amount"]) == (True, 100)
    assert ana.get("/cart").json["coupons"] == [], "nothing is kept"


def test_ordering_again_tells_what_is_unlike_then(shop):
    ana = held_by(shop, me := customer())
    order_id, _ = check_out(MARGHERITA, (COLA, 2), account=me)
    with transaction():
        db.session.execute(
            update(OrderUnit).where(OrderUnit.order_id == order_id, OrderUnit.line == 0).values(list_cents=100)
        )
        menu.sell_out(ELM_STREET, "product", "cola", None)
    ana.post("/cart/items", {"productId": "wings"})
    again = ana.post(f"/orders/{order_id}/reorder")
    assert (again.status_code, [one["name"] for one in again.json["lines"]]) == (201, ["Medium Margherita"])
    gone, dearer = sorted(again.json["differences"], key=lambda one: one["now"] is not None)
    assert (gone["name"], gone["now"], bool(gone["words"])) == ("Cola", None, True)
    assert (dearer["name"], dearer["before"]["amount"]) == ("Medium Margherita", 100)
    assert dearer["now"]["amount"] == again.json["lines"][0]["total"]["amount"]
    twice = ana.post(f"/orders/{order_id}/reorder").json
    assert twice["count"] == 1


def test_ordering_again_beside_what_is_there(shop):
    ana = held_by(shop, me := customer())
    order_id, _ = check_out(MARGHERITA, account=me)
    ana.post("/cart/items", {"productId": "cola"})
    assert ana.post(f"/orders/{order_id}/addition").json["count"] == 2
    assert held_by(shop, customer("Carlo")).post(f"/orders/{order_id}/addition").status_code == 404


def test_an_order_that_was_not_paid_goes_back_into_the_cart(shop, provider):
    ana = with_pizza(guest(shop))
    number = ana.checkout(method="card").json["id"]
    back = ana.post(f"/orders/{number}/cart")
    assert (back.status_code, back.json["lines"][0]["name"]) == (201, "Medium Margherita")
    assert ana.get(f"/orders/{number}").json["status"] == "cancelled"
    paid = ana.checkout(method="cash").json["id"]
    assert ana.post(f"/orders/{paid}/cart").json["code"] == "paid_already"


def test_an_order_is_found_by_its_number_and_phone(shop):
    order_id = placed()
    found = Program(shop).post("/orders/searches", {"orderId": str(order_id), "phone": "312-555-0142"})
    assert found.status_code == 200
    assert Program(shop, found.json["address"]).get(f"/orders/{order_id}").status_code == 200
    for asked in ({"orderId": str(order_id), "phone": "312-555-0143"}, {"orderId": "999", "phone": "312-555-0142"}):
        assert Program(shop).post("/orders/searches", asked).status_code == 404


def test_a_card_is_kept_pays_and_goes(shop, provider):
    ana = held_by(shop, customer())
    setup = ana.post("/users/me/cards").json
    provider.client.v1.setup_intents.confirm(
        setup["setupId"], {"payment_method": GOOD, "return_url": "http://localhost/"}
    )
    (kept,) = ana.post("/users/me/cards/confirmation", {"setupId": setup["setupId"]}).json["cards"]
    assert (kept["last4"], kept["expires"]) == ("4242", "2040-12")
    with_pizza(ana)
    number = ana.checkout(method="card").json["id"]
    both = {"orderId": number, "cardId": kept["id"], "paymentMethodId": GOOD}
    assert ana.keyed("/payments/process", both).status_code == 422
    paid = ana.keyed("/payments/process", {"orderId": number, "cardId": kept["id"]})
    assert (paid.json["paid"], paid.json["card"]["last4"]) == (True, "4242")
    assert ana.get(f"/payments/{number}").json["status"] == "authorised"
    carlo = held_by(shop, customer("Carlo"))
    assert carlo.get("/users/me/cards").json["cards"] == []
    assert carlo.delete(f"/users/me/cards/{kept['id']}").status_code == 404
    assert ana.delete(f"/users/me/cards/{kept['id']}").status_code == 204
    assert ana.get("/users/me/cards").json["cards"] == []


def test_a_card_is_kept_with_the_checkout_that_says_so(shop, provider, work_off):
    ana = with_pizza(held_by(shop, customer()))
    cart = ana.get("/cart").json
    body = {"cartVersion": cart["version"], "expectedTotal": cart["quote"]["total"]}
    contact = {"name": "Ana Lopez", "phone": "(312) 555-0142", "email": "ana@example.com"}
    pay = {"method": "card", "keepCard": True}
    number = ana.keyed("/orders/checkout", {**body, "contact": contact, "payment": pay}).json["id"]
    ana.keyed("/payments/process", {"orderId": number, "paymentMethodId": GOOD})
    work_off()
    assert [one["last4"] for one in ana.get("/users/me/cards").json["cards"]] == ["4242"]


def test_a_customer_rates_an_order_once(shop, work_off):
    ana = with_pizza(guest(shop))
    number = ana.checkout().json["id"]
    work_off()
    assert ana.post(f"/tracking/{number}/rating", {"stars": 5}).json["code"] == "not_rateable"
    for stage in (Stage.RECEIVED, Stage.PREP, Stage.BAKING, Stage.QUALITY_CHECK, Stage.READY):
        tap(int(number), stage)
    rated = ana.post(f"/tracking/{number}/rating", {"stars": 5, "words": "Hot and on time."})
    assert (rated.status_code, rated.json["rating"]) == (201, {"stars": 5, "words": "Hot and on time."})
    assert ana.post(f"/tracking/{number}/rating", {"stars": 1}).json["code"] == "rated_already"
    assert guest(shop).post(f"/tracking/{number}/rating", {"stars": 1}).status_code == 404
