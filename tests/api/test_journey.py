"""The whole way by JSON alone: register, address, nearby, menu, cart, coupon, checkout, process, track, refund."""

import pytest
from sqlalchemy import event

from app.core.db import db
from app.tracking.sequence import happened
from tests.api.hands import CONTACT, COUNTER, HOME, Program, guest, staff
from tests.factories.deals import deal
from tests.factories.mail import code_in, mails
from tests.provider import GOOD

ANA = {"name": "Ana Lopez", "email": "ana@example.com", "password": "a pizza peel and a broom"}


def registered(shop, work_off) -> Program:
    program = Program(shop)
    answer = program.post("/auth/register", ANA)
    assert (answer.status_code, answer.json["user"]["verified"]) == (201, False)
    program.token = answer.json["tokens"]["accessToken"]
    program.post("/cart/items", {"productId": "cola"})
    work_off()
    code = {"registrationId": answer.json["registrationId"], "code": code_in(mails("ana@example.com")[-1])}
    entered = program.post("/auth/register/confirmation", code)
    assert (entered.status_code, entered.json["user"]["verified"]) == (201, True)
    program.token = entered.json["tokens"]["accessToken"]
    return program


def test_ana_orders_pays_follows_and_gets_money_back(shop, outbox, provider, work_off):
    ana = registered(shop, work_off)
    assert ana.get("/users/me").json["email"] == "ana@example.com"
    assert [line["name"] for line in ana.get("/cart").json["lines"]] == ["Cola"]
    near = ana.get("/stores/nearby?zip=60610").json["stores"][0]
    pizza = ana.get(f"/menu/products/your-own?store={near['id']}").json
    variant = next(one for one in pizza["variants"] if (one["size"], one["crust"]) == ("l", "thin"))
    toppings = [{"toppingId": "tomato"}, {"toppingId": "mozzarella"}, {"toppingId": "mushroom", "side": "left"}]
    pick = {"productId": "your-own", "variantId": variant["id"], "toppings": toppings, "instructions": {"bake": "well"}}
    added = ana.post("/cart/items", pick)
    assert added.status_code == 201, added.json
    assert ana.put("/cart/fulfilment", HOME).json["fulfilment"]["storeId"] == near["id"]
    deal(by_code=True, code="ONEOFF")
    coupon = ana.put("/cart/coupon", {"code": "one-off"})
    assert coupon.json["coupons"][0]["applies"] is True
    ordered = ana.checkout(method="card", tip={"amount": 300, "currency": "USD"})
    assert ordered.status_code == 409
    assert ordered.json["quote"]["tip"]["amount"] == 300
    seen = ordered.json
    body = {
        "cartVersion": seen["cartVersion"],
        "expectedTotal": seen["quote"]["total"],
        "tip": {"amount": 300, "currency": "USD"},
        "contact": CONTACT,
        "payment": {"method": "card"},
    }
    ordered = ana.keyed("/orders/checkout", body)
    assert (ordered.status_code, ordered.json["status"]) == (201, "pending_payment")
    number = ordered.json["id"]
    paid = ana.keyed("/payments/process", {"orderId": number, "paymentMethodId": GOOD})
    assert (paid.json["status"], paid.json["paid"]) == ("authorised", True)
    work_off()
    mina = staff(shop)
    assert mina.post(f"/tracking/{number}/moves", {"expected": "received"}).json["status"] == "prep"
    work_off()
    told = ana.get(f"/tracking/{number}").json
    assert (told["status"], told["stages"][1]["state"]) == ("prep", "now")
    assert ana.post(f"/orders/{number}/cancellation").status_code == 409
    back = mina.keyed("/payments/refund", {"orderId": number, "reason": "cold", "bearer": "store", "units": ["tip"]})
    assert (back.status_code, back.json["amount"]["amount"]) == (201, 300)
    work_off()
    assert ana.get(f"/orders/{number}").json["payment"]["refunded"]["amount"] == 300
    assert [one["id"] for one in ana.get("/users/me/orders").json["orders"]] == [number]
    again = ana.post(f"/orders/{number}/reorder")
    assert (again.status_code, again.json["count"]) == (201, 2)


def test_a_guest_orders_with_nothing_but_a_token_and_nobody_else_sees_it(shop, work_off):
    ana, carlo = guest(shop), guest(shop)
    assert ana.get("/cart").json["count"] == 0
    ana.post("/cart/items", {"productId": "margherita"})
    ana.put("/cart/fulfilment", COUNTER)
    first = ana.checkout(key="the-very-same-key")
    assert first.status_code == 201, first.json
    number = first.json["id"]
    assert ana.get(f"/orders/{number}").json["id"] == number
    for path in (f"/orders/{number}", f"/tracking/{number}"):
        assert carlo.get(path).status_code == 404
    holder = Program(shop, first.json["address"])
    assert holder.get(f"/tracking/{number}").status_code == 200
    assert holder.get("/cart").status_code == 401
    assert holder.post(f"/orders/{number}/cancellation").json["status"] == "cancelled"


def with_two_colas(shop) -> Program:
    """A guest who picks two colas up."""
    ana = guest(shop)
    ana.post("/cart/items", {"productId": "cola", "quantity": 2})
    ana.put("/cart/fulfilment", COUNTER)
    return ana


def test_an_order_that_comes_to_nothing_is_paid_as_it_is_placed(shop, provider, work_off):
    deal({"name": "On us", "kind": "amount_order", "off_cents": 600})
    ana = with_two_colas(shop)
    ordered = ana.checkout(method="card")
    assert (ordered.status_code, ordered.json["status"]) == (201, "placed")
    assert (ordered.json["payment"]["paid"], ordered.json["payment"]["amount"]["amount"]) == (True, 0)
    paid = ana.keyed("/payments/process", {"orderId": ordered.json["id"], "paymentMethodId": GOOD})
    assert (paid.status_code, paid.json["paid"], provider.books()) == (200, True, [])


def test_below_what_a_card_takes_the_way_to_pay_is_named(shop, provider):
    deal({"name": "Nearly on us", "kind": "amount_order", "off_cents": 406})
    ana = with_two_colas(shop)
    refused = ana.checkout(method="card")
    assert (refused.status_code, refused.json["code"]) == (422, "card_minimum")
    assert refused.json["errors"][0]["field"] == "pay_with"
    assert ana.checkout(method="cash").status_code == 201


@pytest.mark.parametrize("path", ["/cart", "/users/me", "/orders/1", "/tracking/1"])
def test_a_cookie_opens_nothing_and_a_token_opens_no_page(shop, path):
    ana = Program(shop)
    with ana.client.session_transaction() as session:
        session["cart"] = 1
    assert ana.get(path).status_code == 401
    assert ana.get(path, Authorization="Bearer a.b.c").status_code == 401
    held = guest(shop).token
    assert shop.test_client().get("/account", headers={"Authorization": f"Bearer {held}"}).status_code == 303


def test_a_checkout_looks_before_it_places_without_a_transaction(shop):
    program, begun = guest(shop), []
    program.post("/cart/items", {"productId": "cola"})
    cart = program.put("/cart/fulfilment", COUNTER).json
    seen = {"cartVersion": cart["version"], "expectedTotal": cart["quote"]["total"]}
    event.listen(db.engine, "begin", note := begun.append)
    ordered = program.keyed("/orders/checkout", {**seen, "contact": CONTACT, "payment": {"method": "cash"}})
    event.remove(db.engine, "begin", note)
    assert ordered.status_code == 201
    assert len(begun) == 2  # placing, keeping the answer


def test_an_order_for_later_gets_another_time_by_a_call_and_says_so_to_whoever_listens(shop, work_off):
    ana, carlo = guest(shop), guest(shop)
    ana.post("/cart/items", {"productId": "margherita"})
    ana.put("/cart/fulfilment", COUNTER)
    later = [one["time"] for one in ana.get("/cart/times").json["times"] if one["free"]][20:22]
    ana.put("/cart/fulfilment", {**COUNTER, "time": later[0]})
    ordered = ana.checkout().json
    number = ordered["id"]
    work_off()
    assert ana.get(f"/orders/{number}").json["retimable"] is True
    before = happened(int(number))
    assert later[1] in [one["time"] for one in ana.get(f"/orders/{number}/times").json["times"] if one["free"]]
    for stranger in (carlo.get(f"/orders/{number}/times"), carlo.put(f"/orders/{number}/time", {"time": later[1]})):
        assert stranger.status_code == 404
    changed = ana.put(f"/orders/{number}/time", {"time": later[1]})
    assert (changed.status_code, changed.json["promise"]["from"]) == (200, later[1])
    assert changed.json["quote"] == ordered["quote"]
    assert [one.seq for one in happened(int(number))][len(before) :] == [before[-1].seq + 1]
    holder = Program(shop, ordered["address"])
    assert holder.put(f"/orders/{number}/time", {"time": later[0]}).json["promise"]["from"] == later[0]
    assert ana.put(f"/orders/{number}/time", {"time": "2031-01-01T00:00:00Z"}).json["code"] == "bad_time"
    assert ana.put(f"/orders/{number}/time", {"time": "asap"}).status_code == 422
    staff(shop).post(f"/tracking/{number}/moves", {"expected": "received"})
    assert ana.put(f"/orders/{number}/time", {"time": later[1]}).json["code"] == "too_late_to_retime"
    assert ana.get(f"/orders/{number}/times").status_code == 409
    assert ana.get(f"/orders/{number}").json["retimable"] is False
