"""What every call of the API goes through: keys, limits, tags, origins, and one shape of no."""

import dataclasses
import json
from datetime import UTC, datetime

import pytest
from sqlalchemy.exc import OperationalError

from app.core.db import db
from app.orders import service as orders
from app.users.models import User
from tests.api.hands import CONTACT, COUNTER, HOME, Program, guest, held_by
from tests.conftest import browser
from tests.factories.customers import customer
from tests.factories.deals import deal
from tests.factories.orders import placed
from tests.queries import counted

FRIDAY = datetime(2026, 7, 3, 17, 5, tzinfo=UTC)  # what a process remembers for a second does not run out
ELSEWHERE = "https://app.example.com"


def ready(shop) -> Program:
    """A guest whose cart may be checked out."""
    ana = guest(shop)
    ana.post("/cart/items", {"productId": "margherita"})
    ana.put("/cart/fulfilment", COUNTER)
    return ana


def body(ana: Program, **more):
    seen = ana.get("/cart").json
    told = {"cartVersion": seen["version"], "expectedTotal": seen["quote"]["total"], "contact": CONTACT}
    return {**told, "payment": {"method": "cash"}, **more}


def test_the_same_key_and_body_get_the_same_order_byte_for_byte(shop):
    ana = ready(shop)
    said = body(ana)
    first, again = (ana.keyed("/orders/checkout", said, "the-very-same-key") for _ in range(2))
    assert first.status_code == again.status_code == 201
    assert first.data == again.data
    assert ("Idempotent-Replayed" in first.headers, again.headers["Idempotent-Replayed"]) == (False, "true")
    other = ana.keyed("/orders/checkout", {**said, "note": "Ring twice"}, "the-very-same-key")
    assert (other.status_code, other.json["code"]) == (422, "key_reused")
    assert ana.keyed("/orders/checkout", said, "another-key-of-mine").json["id"] == first.json["id"]


def test_other_peoples_keys_never_meet_mine(shop):
    ana, carlo = ready(shop), ready(shop)
    first = ana.keyed("/orders/checkout", body(ana), "the-very-same-key")
    second = carlo.keyed("/orders/checkout", body(carlo), "the-very-same-key")
    assert (first.status_code, second.status_code) == (201, 201)
    assert first.json["id"] != second.json["id"]


def test_a_key_outlives_the_access_token_that_it_came_with(shop):
    started = Program(shop).post("/auth/guest").json
    ana = Program(shop, started["accessToken"])
    ana.post("/cart/items", {"productId": "margherita"})
    ana.put("/cart/fulfilment", COUNTER)
    said = body(ana)
    first = ana.keyed("/orders/checkout", said, "the-very-same-key")
    ana.token = ana.post("/auth/refresh", {"refreshToken": started["refreshToken"]}).json["accessToken"]
    assert ana.keyed("/orders/checkout", said, "the-very-same-key").data == first.data


def test_an_item_with_a_key_is_added_once(shop):
    ana = guest(shop)
    for _ in range(2):
        answer = ana.keyed("/cart/items", {"productId": "cola"}, "the-very-same-key")
    assert (answer.status_code, answer.json["count"]) == (201, 1)
    ana.post("/cart/items", {"productId": "cola"})
    assert ana.get("/cart").json["count"] == 2


def test_what_needs_a_key_is_not_done_without_one(shop):
    ana = ready(shop)
    answer = ana.post("/orders/checkout", body(ana))
    assert (answer.status_code, answer.json["code"]) == (400, "no_key")


def test_no_other_total_is_ever_charged_than_the_one_that_was_confirmed(shop):
    ana = ready(shop)
    said = body(ana)
    said["expectedTotal"] = {"amount": said["expectedTotal"]["amount"] - 100, "currency": "USD"}
    answer = ana.keyed("/orders/checkout", said)
    assert (answer.status_code, answer.json["code"], answer.json["action"]) == (409, "price_changed", "reprice")
    assert answer.json["quote"] == ana.get("/cart").json["quote"]
    stale = ana.keyed("/orders/checkout", body(ana, cartVersion=1))
    assert (stale.status_code, stale.json["code"]) == (409, "cart_changed")


def test_the_total_that_comes_with_a_refusal_is_the_one_that_is_charged(shop):
    """Who orders is known at the checkout alone: they had this deal before, so the cart's own total is not theirs."""
    deal(by_code=True, code="ONCE", limit_per_customer=1)
    had = ready(shop)
    had.put("/cart/coupon", {"code": "ONCE"})
    assert had.checkout().status_code == 201
    ana = ready(shop)
    ana.put("/cart/coupon", {"code": "ONCE"})
    refused = ana.checkout()
    assert (refused.status_code, refused.json["code"]) == (409, "price_changed")
    right = refused.json["quote"]["total"]
    assert right == ready(shop).get("/cart").json["quote"]["total"] != ana.get("/cart").json["quote"]["total"]
    done = ana.checkout(expectedTotal=right)
    assert (done.status_code, done.json["quote"]["total"]) == (201, right)


def test_every_fault_of_a_body_is_told_at_once_with_its_field(shop):
    said = {"productId": "", "quantity": "two", "mood": 1, "toppings": [{"side": "up"}]}
    answer = guest(shop).post("/cart/items", said)
    assert (answer.status_code, answer.mimetype, answer.json["code"]) == (422, "application/problem+json", "invalid")
    fields = {fault["field"] for fault in answer.json["errors"]}
    assert fields == {"productId", "quantity", "mood", "toppings.0.toppingId", "toppings.0.side"}
    assert answer.json["requestId"] == answer.headers["X-Request-Id"]


HOSTILE = [
    b"{",
    b"[" * 5_000 + b"]" * 5_000,
    b'{"productId": "\\ud800"}',
    b'{"productId": "co\\u0000la"}',
    b"\xff\xfe",
    b"",
    b'{"productId": 1e999}',
    b'{"quantity": 99999999999999999999}',
    b"null",
    b'"x"',
    b"[]",
    b"NaN",
    b'{"productId": {"a": {"b": []}}}',
    '{"productId": "６６６"}'.encode(),
    b'{"productId": "cola", "note": "\\r\\n"}',
]


@pytest.mark.parametrize("sent", HOSTILE, ids=[str(one[:30]) for one in HOSTILE])
def test_whatever_is_sent_is_refused_in_words(shop, sent):
    token = {"Authorization": f"Bearer {guest(shop).token}"}
    answer = browser(shop).post("/api/cart/items", data=sent, content_type="application/json", headers=token)
    assert (answer.status_code in {400, 422}, answer.mimetype) == (True, "application/problem+json")
    assert set(answer.json) >= {"type", "title", "status", "detail", "code", "requestId"}


@pytest.mark.parametrize(
    ("kind", "status"), [("text/plain", 415), ("application/xml", 415), ("", 415), ("application/json", 422)]
)
def test_only_json_is_read(shop, kind, status):
    token = {"Authorization": f"Bearer {guest(shop).token}"}
    answer = browser(shop).post("/api/cart/items", data=b"{}", content_type=kind, headers=token)
    assert (answer.status_code, answer.mimetype) == (status, "application/problem+json")


def test_too_much_at_once_is_refused(shop):
    answer = guest(shop).post("/cart/items", {"productId": "x" * 70_000})
    assert (answer.status_code, answer.mimetype) == (413, "application/problem+json")


def test_a_menu_has_a_tag_and_is_not_sent_twice(shop, now):
    now(FRIDAY)
    program = Program(shop)
    first = program.get("/menu/products?store=1")
    assert first.headers["Cache-Control"].startswith("public, max-age=")
    again = program.get("/menu/products?store=1", If_None_Match=first.headers["ETag"])
    assert (again.status_code, again.data) == (304, b"")
    with counted() as sent:
        program.get("/menu/products?store=1")
    assert sent == []
    assert program.get("/cart").headers["Cache-Control"] == "no-store"


def test_a_menu_is_searched_cut_by_section_and_paged(shop, monkeypatch):
    program = Program(shop)
    assert program.get("/menu/products?q=margherita").json["products"][0]["id"] == "margherita"
    drinks = program.get("/menu/products?category=drinks").json["products"]
    assert drinks
    assert {one["categoryId"] for one in drinks} == {"drinks"}
    monkeypatch.setattr("blueprints.menu.api.PAGE", 20)
    seen, cursor = [], "0"
    while cursor is not None:
        page = program.get(f"/menu/products?cursor={cursor}").json
        seen += [one["id"] for one in page["products"]]
        cursor = page["nextCursor"]
    assert len(seen) == len(set(seen)) > 40
    assert program.get("/menu/products?store=99").status_code == 422
    assert program.get("/menu/products/nothing").status_code == 404


def test_limits_are_told_and_kept_for_each_token(limited):
    with limited.app_context():
        ana, carlo = held_by(limited, customer()), held_by(limited, customer("Carlo"))
        first = ana.get("/cart")
        assert int(first.headers["RateLimit-Remaining"]) < int(first.headers["RateLimit-Limit"])
        assert int(first.headers["RateLimit-Reset"]) > 0
        answers = [ana.keyed("/orders/checkout", {"nothing": 1}) for _ in range(7)]
        assert [one.status_code for one in answers] == [422] * 6 + [429]
        assert int(answers[-1].headers["Retry-After"]) > 0
        assert answers[-1].mimetype == "application/problem+json"
        assert carlo.keyed("/orders/checkout", {"nothing": 1}).status_code == 422


def test_other_sites_may_call_only_where_the_setting_names_them(shop, monkeypatch):
    program = Program(shop)
    asked = {"Origin": ELSEWHERE, "Access-Control-Request-Method": "POST"}
    before = program.ask("OPTIONS", "/cart/items", **asked)
    assert "Access-Control-Allow-Origin" not in before.headers
    ours = dataclasses.replace(shop.extensions["settings"], api_origins=(ELSEWHERE,))
    monkeypatch.setitem(shop.extensions, "settings", ours)
    allowed = program.ask("OPTIONS", "/cart/items", **asked)
    assert allowed.headers["Access-Control-Allow-Origin"] == ELSEWHERE
    assert "Idempotency-Key" in allowed.headers["Access-Control-Allow-Headers"]
    assert "Access-Control-Allow-Credentials" not in allowed.headers
    evil = program.ask("OPTIONS", "/cart/items", Origin="https://evil.example")
    assert "Access-Control-Allow-Origin" not in evil.headers
    assert "Access-Control-Allow-Origin" not in browser(shop).get("/", headers={"Origin": ELSEWHERE}).headers


def test_a_database_that_is_busy_asks_for_a_moment(shop, monkeypatch):
    class LockedError(Exception):
        sqlstate = "55P03"

    def busy(*_args, **_more):
        raise OperationalError("", {}, LockedError("database is locked"))

    ana = ready(shop)
    monkeypatch.setattr("blueprints.orders.api.holders.head_of", busy)
    answer = ana.get("/cart")
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "1")
    monkeypatch.setattr("blueprints.orders.placed_api.payments.check_out", busy)
    said = {"cartVersion": 1, "expectedTotal": {"amount": 1}, "contact": CONTACT, "payment": {"method": "cash"}}
    answer = ana.keyed("/orders/checkout", said)
    assert (answer.status_code, answer.json["code"], answer.headers["Retry-After"]) == (503, "busy", "1")


def test_home_is_one_call_and_asks_little(shop, work_off, now):
    now(FRIDAY)
    deal(name="Fetch it", methods=["carryout"])
    ana = held_by(shop, customer())
    ana.post("/cart/items", {"productId": "cola"})
    ana.put("/cart/fulfilment", HOME)
    placed(account=ana_id(shop))
    work_off()
    ana.get("/home?zip=60610")
    with counted() as sent:
        told = ana.get("/home?zip=60610")
    assert told.status_code == 200, told.json
    assert (told.json["store"]["slug"], told.json["cartCount"]) == ("elm-street", 1)
    assert told.json["store"]["promise"]["method"] == "delivery"
    assert (len(told.json["products"]), told.json["running"]["stage"]) == (8, "received")
    assert told.json["deals"]
    assert len(sent) <= 14, "\n".join(sent)
    nobody = Program(shop).get("/home").json
    assert (nobody["store"], nobody["running"], nobody["cartCount"]) == (None, None, 0)


def ana_id(shop) -> int:
    return db.session.query(User.id).filter_by(name="Ana").scalar()


def test_lists_of_orders_cost_the_same_however_many_they_are(shop, monkeypatch):
    ana = held_by(shop, customer())
    numbers = [placed(account=ana_id(shop)) for _ in range(5)]
    monkeypatch.setattr("blueprints.users.me_api.PAGE", 2)
    ana.get("/users/me/orders")
    with counted() as two:
        first = ana.get("/users/me/orders").json
    monkeypatch.setattr("blueprints.users.me_api.PAGE", 5)
    with counted() as five:
        ana.get("/users/me/orders")
    assert len(two) == len(five)
    assert [int(one["id"]) for one in first["orders"]] == numbers[:2:-1]
    rest = ana.get(f"/users/me/orders?cursor={first['nextCursor']}").json
    assert {one["id"] for one in rest["orders"]} | {one["id"] for one in first["orders"]} == set(map(str, numbers))
    assert json.loads(ana.get("/users/me/orders").data)["orders"][0]["status"] == orders.OrderStatus.PLACED
