"""The document and its page: true to the program, kept to what was released, and every example of it works."""

import copy
import json
import re
from pathlib import Path

import pytest

from blueprints.api.contract import ENDPOINTS
from blueprints.api.document import VERSION, document
from tests.api.compatibility import breaks
from tests.api.hands import COUNTER, Program, guest, held_by, staff
from tests.factories.customers import customer
from tests.factories.deals import OFF_ONE, deal

RELEASED = Path(__file__).parents[2] / "docs" / "api" / "openapi-1.0.json"
pytestmark = pytest.mark.usefixtures("app")  # a program tells of what it serves
# Answers that are not JSON for programs, and the provider's own way in.
BESIDE = {"/api/docs", "/api/openapi.json", "/api/payments/webhook"}


def test_the_document_tells_of_every_route_and_of_no_other(shop):
    told = {(method.upper(), path) for path, item in document()["paths"].items() for method in item}
    there = {
        (method, re.sub(r"<(?:\w+:)?(\w+)>", lambda slot: "{" + _camel(slot[1]) + "}", rule.rule))
        for rule in shop.url_map.iter_rules()
        if rule.rule.startswith("/api/") and rule.rule not in BESIDE
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
    }
    assert told == there


def _camel(name: str) -> str:
    first, *rest = name.split("_")
    return first + "".join(word.title() for word in rest)


def test_the_document_is_served_with_a_tag_and_read_by_a_page_without_scripts(client):
    answer = client.get("/api/openapi.json")
    assert (answer.json["openapi"], answer.json["info"]["version"]) == ("3.1.0", VERSION)
    assert client.get("/api/openapi.json", headers={"If-None-Match": answer.headers["ETag"]}).status_code == 304
    page = client.get("/api/docs").text
    for endpoint in ENDPOINTS:
        assert f"<code>{endpoint.path}</code>" in page
    assert 'id="shape-Cart"' in page
    assert "`" not in page


def test_what_was_released_is_kept():
    released = json.loads(RELEASED.read_text())
    assert breaks(released, document()) == []


def _less(told):
    del told["paths"]["/api/cart"]["get"]


def _poorer(told):
    del told["components"]["schemas"]["Cart"]["properties"]["quote"]


def _vaguer(told):
    told["components"]["schemas"]["Cart"]["required"].remove("version")


def _stricter(told):
    told["components"]["schemas"]["Pick"]["required"].append("variantId")


def _shorter(told):
    told["components"]["schemas"]["Register"]["properties"]["password"]["maxLength"] = 10


def _more_words(told):
    told["components"]["schemas"]["Stages"]["enum"].append("eaten")


def _fewer_words(told):
    told["components"]["schemas"]["Sides"]["enum"].remove("left")


def _other_type(told):
    told["components"]["schemas"]["Money"]["properties"]["amount"]["type"] = "string"


def _guarded(told):
    told["paths"]["/api/stores"]["get"]["security"] = [{"token": []}]


def _refusing(told):
    told["paths"]["/api/stores"]["get"]["responses"]["418"] = {}


BREAKING = (
    *(_less, _poorer, _vaguer, _stricter, _shorter, _more_words, _fewer_words, _other_type, _guarded, _refusing),
)


@pytest.mark.parametrize("change", BREAKING)
def test_a_promise_that_is_broken_is_noticed(change):
    """The control: each of these would strand a program that was written for the released document."""
    changed = copy.deepcopy(document())
    change(changed)
    assert breaks(document(), changed) != []


def test_what_only_adds_is_no_break():
    changed = copy.deepcopy(document())
    changed["components"]["schemas"]["Cart"]["properties"]["mood"] = {"type": "string"}
    changed["components"]["schemas"]["Pick"]["properties"]["wish"] = {"type": "string"}
    changed["paths"]["/api/oven"] = {"get": changed["paths"]["/api/cart"]["get"]}
    assert breaks(document(), changed) == []


def prepared(shop, work_off) -> tuple[Program, Program]:
    """A customer whose first order waits for its payment, whose second is in the kitchen and whose cart waits, and a
    manager.
    """
    deal(by_code=True, code="WELCOME5")
    deal({**OFF_ONE, "kind": "bundle_price", "slots": [{"categories": ["pizzas"]}], "price_cents": 900})
    ana = held_by(shop, customer())
    for number, method in enumerate(("card", "cash"), start=1):
        ana.post("/cart/items", {"productId": "margherita"})
        ana.put("/cart/fulfilment", COUNTER)
        assert ana.checkout(method=method).json["id"] == str(number)
    ana.post("/cart/items", {"productId": "margherita"})
    ana.put("/cart/fulfilment", COUNTER)
    ana.put("/cart/coupon", {"code": "WELCOME5"})
    assert ana.post("/users/me/addresses", ELM).json["id"] == "1"
    line = ana.get("/cart").json["lines"][0]["id"]
    assert ana.post("/users/me/favourites", {"name": "Friday", "lineId": line}).json["id"] == "1"
    work_off()
    return ana, staff(shop)


ELM = {"street": "200 Elm Street", "city": "Chicago", "zipCode": "60610"}
# What an example cannot know: a token, a code in a mail, what a card or cash came to, what the cart costs, and today.
ONLY_SHOWN = {
    *("confirm", "refresh", "login", "checkOut", "refund", "resetPassword", "loginByCode", "changeEmail"),
    *("confirmClaim", "confirmCard", "rate", "takeAlong", "handIn", "couldNotDeliver", "reject", "retime"),
}
# The customer's own last: with it every other session of theirs ends, or the order is off the board.
AT_LAST = ("callOff", "changePassword", "setStock", "pause")


def examples() -> list[tuple[str, str, dict]]:
    """Every operation with an example that works as it stands: those that end something come last."""
    found = [
        (method, path, said)
        for path, item in document()["paths"].items()
        for method, said in item.items()
        if "example" in body_of(said) and said["operationId"] not in ONLY_SHOWN
    ]
    return sorted(found, key=lambda one: one[2]["operationId"] in AT_LAST)


def body_of(said: dict) -> dict:
    return said.get("requestBody", {}).get("content", {}).get("application/json", {})


def test_every_example_of_the_document_works(shop, provider, work_off):
    ana, mina = prepared(shop, work_off)
    told = {"orderId": "1", "addressId": "1", "favouriteId": "1", "storeId": "1", "dealId": "2", "number": "1"}
    for n, (method, path, said) in enumerate(examples()):
        kitchen = path.startswith("/api/kitchen") or said["operationId"] == "move"
        mine = mina if kitchen else ana
        told |= {"orderId": "2" if kitchen else "1", "lineId": ana.get("/cart").json["lines"][0]["id"]}
        url = path.removeprefix("/api").format(**told)
        answer = mine.ask(method.upper(), url, body_of(said)["example"], Idempotency_Key=f"example-{n:04}")
        assert str(answer.status_code) in said["responses"], (path, answer.json)
        assert answer.status_code < 300, (path, answer.json)
    assert n >= 25


def test_every_example_fits_the_schema_that_reads_it():
    shown = [endpoint for endpoint in ENDPOINTS if endpoint.example and endpoint.body is not None]
    read = [endpoint.body.model_validate(dict(endpoint.example)) for endpoint in shown]
    assert [type(each) for each in read] == [endpoint.body for endpoint in shown]
    assert len(read) > 25


def test_a_body_without_an_example_is_no_body_to_learn_from():
    assert [one.path for one in ENDPOINTS if one.body is not None and not one.example] == []


def test_the_versioned_type_is_spoken_by_name_and_another_version_is_not(shop):
    program = Program(shop)
    ours = "application/vnd.hotcorner.v1+json"
    assert program.get("/menu/categories").mimetype == "application/json"
    assert program.get("/menu/categories", Accept=ours).mimetype == ours
    later = program.get("/menu/categories", Accept="application/vnd.hotcorner.v9+json")
    assert (later.status_code, later.mimetype) == (406, "application/problem+json")
    ana = guest(shop)
    sent = ana.ask("POST", "/cart/items", {"productId": "cola"}, Content_Type=ours)
    assert sent.status_code == 201
