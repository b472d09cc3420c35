"""What is a customer's own, by JSON: account, addresses, favourites, the usual, claims, devices, data and their end."""

import json

import pytest
from sqlalchemy import select, update

from app.core.db import db, transaction
from app.orders import service as orders
from app.orders import usual
from app.orders.models import Order
from app.payments.service import PayWith
from app.users import grants, sessions
from app.users.models import SignIn, User
from tests.api.hands import COUNTER, HOME, Program, guest, held_by, staff
from tests.factories.customers import PASSWORD, customer
from tests.factories.hands import Hands
from tests.factories.mail import code_in, mails
from tests.factories.orders import COLA, MARGHERITA, check_out, ordered
from tests.factories.staff import app_code, secure

ELM = {"label": "Home", "street": "12 Elm Street", "unit": "3F", "city": "Chicago", "zipCode": "60610"}
FAR = {"street": "1 Ocean Drive", "city": "Miami Beach", "zipCode": "33139"}
ANA = "ana@example.com"


@pytest.fixture(autouse=True)
def empty(outbox):
    """An outbox with nothing in it."""


@pytest.fixture
def me(shop, work_off) -> int:
    made = customer()
    work_off()
    return made


@pytest.fixture
def ana(shop, me) -> Program:
    return held_by(shop, me)


def finished(user_id: int) -> int:
    order_id, _ = check_out(MARGHERITA, (COLA, 3), pay_with=PayWith.CASH, account=user_id)
    with transaction():
        orders.accept(order_id, by="Beppe")
        orders.start_making(order_id, by="Beppe")
        orders.complete(order_id, by="Beppe")
    return order_id


def test_an_address_is_kept_located_changed_made_usual_and_dropped(ana):
    kept = ana.post("/users/me/addresses", ELM)
    assert (kept.status_code, kept.json["store"]["id"], kept.json["refusal"]) == (201, "1", None)
    other = ana.post("/users/me/addresses", {**ELM, "label": "Work", "street": "200 Elm Street", "unit": ""}).json
    assert [one["label"] for one in ana.get("/users/me/addresses").json["addresses"]] == ["Home", "Work"]
    changed = ana.patch(f"/users/me/addresses/{other['id']}", {"label": "Office", "usual": True}).json
    assert (changed["label"], changed["street"], changed["usual"]) == ("Office", "200 Elm Street", True)
    assert [one["label"] for one in ana.get("/users/me/addresses").json["addresses"]] == ["Office", "Home"]
    assert ana.delete(f"/users/me/addresses/{other['id']}").status_code == 204
    assert ana.delete(f"/users/me/addresses/{other['id']}").status_code == 404


def test_an_address_that_nobody_delivers_to_says_why(ana):
    kept = ana.post("/users/me/addresses", FAR)
    if kept.status_code == 422:
        assert kept.json["code"] == "unknown_zip"
    else:
        assert (kept.json["store"], kept.json["refusal"]["code"]) == (None, "out_of_area")
    wrong = ana.post("/users/me/addresses", {**ELM, "zipCode": "00000"})
    assert (wrong.status_code, wrong.json["code"]) == (422, "unknown_zip")


def test_food_goes_to_a_kept_address_and_never_to_somebody_elses(shop, ana):
    kept = ana.post("/users/me/addresses", ELM).json["id"]
    ana.post("/cart/items", {"productId": "margherita"})
    told = ana.patch(f"/users/me/addresses/{kept}", {"instructions": "Ring twice."}).json
    assert (told["instructions"], told["unit"]) == ("Ring twice.", "3F")
    there = ana.put("/cart/fulfilment", {"method": "delivery", "addressId": kept})
    assert (there.json["fulfilment"]["street"], there.json["fulfilment"]["unit"]) == ("12 Elm Street", "3F")
    placed = ana.checkout(addressId=kept).json
    assert (placed["unit"], placed["note"]) == ("3F", "Ring twice.")
    carlo = held_by(shop, customer("Carlo"))
    asked = {"method": "delivery", "addressId": kept}
    refused = carlo.put("/cart/fulfilment", asked)
    assert (refused.status_code, refused.json["errors"][0]["field"]) == (422, "addressId")
    assert guest(shop).put("/cart/fulfilment", asked).status_code == 401
    assert carlo.patch(f"/users/me/addresses/{kept}", {"label": "Mine"}).status_code == 404
    assert carlo.delete(f"/users/me/addresses/{kept}").status_code == 404


def test_a_checkout_does_not_go_to_an_address_for_which_nothing_was_priced(ana):
    kept = ana.post("/users/me/addresses", ELM).json["id"]
    ana.post("/cart/items", {"productId": "margherita"})
    ana.put("/cart/fulfilment", COUNTER)
    refused = ana.checkout(addressId=kept)
    assert (refused.status_code, refused.json["code"], refused.json["action"]) == (
        *(409, "another_address", "choose_place"),
    )


def test_a_code_is_judged_for_a_kept_address(ana):
    kept = ana.post("/users/me/addresses", ELM).json["id"]
    asked = {"code": "NOSUCH", "cart": {"addressId": kept, "items": [{"productId": "margherita"}]}}
    assert ana.post("/promotions/validate", asked).json["reason"] == "unknown"
    wrong = ana.post("/promotions/validate", {**asked, "cart": {"addressId": "999"}})
    assert (wrong.status_code, wrong.json["errors"][0]["field"]) == (422, "cart.addressId")


def test_staff_have_no_addresses_here_and_guests_are_asked_to_sign_in(shop):
    assert staff(shop).get("/users/me/addresses").status_code == 403
    assert guest(shop).get("/users/me/addresses").json["action"] == "sign_in"


def test_a_phone_is_told_at_registering_changed_and_taken_away(shop, work_off):
    asked = Program(shop).post(
        "/auth/register", {"name": "Bob", "email": "bob@example.com", "password": PASSWORD, "phone": "312 555 0199"}
    )
    work_off()
    bob = Program(shop)
    code = {"registrationId": asked.json["registrationId"], "code": code_in(mails("bob@example.com")[-1])}
    entered = bob.post("/auth/register/confirmation", code).json
    assert entered["user"]["phone"] == "+13125550199"
    bob.token = entered["tokens"]["accessToken"]
    assert bob.patch("/users/me", {"phone": "(312) 555-0142"}).json["phone"] == "+13125550142"
    assert bob.patch("/users/me", {"name": "Robert"}).json["phone"] == "+13125550142"
    assert bob.patch("/users/me", {"phone": "12"}).status_code == 422
    assert bob.patch("/users/me", {"phone": ""}).json["phone"] is None


def test_a_favourite_is_kept_from_cart_and_order_renamed_put_and_dropped(ana, me):
    line = ana.post("/cart/items", {"productId": "margherita"}).json["lines"][0]
    kept = ana.post("/users/me/favourites", {"name": "Friday", "lineId": line["id"]})
    assert (kept.status_code, kept.json["product"]) == (201, "Medium Margherita")
    number = kept.json["id"]
    assert ana.patch(f"/users/me/favourites/{number}", {"name": "Saturday"}).json["name"] == "Saturday"
    order_id = finished(me)
    cola = ana.post("/users/me/favourites", {"name": "Drink", "orderId": str(order_id), "line": 1}).json
    assert cola["product"] == "Cola"
    names = [one["name"] for one in ana.get("/users/me/favourites").json["favourites"]]
    assert names == ["Drink", "Saturday"]
    put = ana.post(f"/users/me/favourites/{cola['id']}/item", Idempotency_Key="once-and-for-all")
    twice = ana.post(f"/users/me/favourites/{cola['id']}/item", Idempotency_Key="once-and-for-all")
    assert (put.status_code, put.json["count"], twice.json["count"]) == (201, 2, 2)
    assert ana.delete(f"/users/me/favourites/{number}").status_code == 204
    assert ana.patch(f"/users/me/favourites/{number}", {"name": "Gone"}).status_code == 404


def test_brackets_in_brackets_break_nothing_where_no_body_is_asked_for(ana):
    line = ana.post("/cart/items", {"productId": "margherita"}).json["lines"][0]
    kept = ana.post("/users/me/favourites", {"name": "Friday", "lineId": line["id"]}).json["id"]
    told = {"Authorization": f"Bearer {ana.token}", "Idempotency-Key": "once-and-for-all"}
    sent = {"data": b"[" * 5_000 + b"]" * 5_000, "content_type": "application/json"}
    assert ana.client.post(f"/api/users/me/favourites/{kept}/item", headers=told, **sent).status_code == 201


def test_a_favourite_is_of_an_order_of_ones_own(shop, ana, me):
    order_id = finished(me)
    carlo = held_by(shop, customer("Carlo"))
    asked = {"name": "Theirs", "orderId": str(order_id), "line": 0}
    assert carlo.post("/users/me/favourites", asked).status_code == 404


def test_the_usual_is_what_came_most_often(ana, me):
    assert ana.get("/users/me/usual").json == {"usual": None}
    order_id = finished(me)
    usual.usuals.clear()
    told = ana.get("/users/me/usual").json["usual"]
    assert (told["orderId"], told["names"], told["whole"]) == (str(order_id), ["Medium Margherita", "3 × Cola"], True)


def test_an_order_of_a_guest_comes_into_the_account(shop, ana, work_off):
    own, theirs = ordered(COLA), ordered(COLA)
    with transaction():
        db.session.execute(update(Order).where(Order.id == theirs).values(email="bob@example.com"))
    taken = ana.post("/users/me/orders/claims", {"orderId": str(own), "email": ANA})
    assert taken.json == {"claimed": True, "codeId": None}
    waits = ana.post("/users/me/orders/claims", {"orderId": str(theirs), "email": "bob@example.com"}).json
    assert waits["claimed"] is False
    work_off()
    code = code_in(mails("bob@example.com")[-1])
    carlo = held_by(shop, customer("Carlo"))
    given = {"codeId": waits["codeId"], "code": code}
    assert carlo.post("/users/me/orders/claims/confirmation", given).status_code == 422
    wrong = ana.post("/users/me/orders/claims/confirmation", {**given, "code": "1"})
    assert (wrong.status_code, wrong.json["code"]) == (422, "wrong_code")
    assert ana.post("/users/me/orders/claims/confirmation", given).json["claimed"] is True
    assert {one["id"] for one in ana.get("/users/me/orders").json["orders"]} == {str(own), str(theirs)}
    assert ana.post("/users/me/orders/claims", {"orderId": "999", "email": ANA}).status_code == 404


def test_signing_in_brings_the_guests_orders_home_that_were_made_with_its_mailbox(shop, me):
    program = guest(shop)
    program.post("/cart/items", {"productId": "cola"})
    program.put("/cart/fulfilment", COUNTER)
    number = program.checkout().json["id"]
    entered = program.post("/auth/login", {"email": ANA, "password": PASSWORD})
    assert entered.json["ordersBrought"] == [number]
    assert held_by(shop, me).get(f"/orders/{number}").status_code == 200


def test_somebody_signs_in_by_a_mailed_code_and_chooses_a_new_password_by_one(shop, me, work_off):
    program = Program(shop)
    asked = program.post("/auth/codes", {"email": ANA, "purpose": "sign_in"})
    nobody = program.post("/auth/codes", {"email": "nobody@example.com", "purpose": "sign_in"})
    assert (asked.status_code, set(asked.json)) == (nobody.status_code, set(nobody.json))
    work_off()
    given = {"codeId": asked.json["codeId"], "code": code_in(mails(ANA)[-1])}
    assert program.post("/auth/login/code", {**given, "code": "1"}).json["code"] == "wrong_code"
    assert program.post("/auth/login/code", {**given, "codeId": "1-aaaa"}).json["code"] == "code_over"
    entered = program.post("/auth/login/code", given)
    assert (entered.status_code, entered.json["user"]["email"]) == (200, ANA)
    assert program.post("/auth/login/code", given).json["code"] == "code_over"
    reset = program.post("/auth/codes", {"email": ANA, "purpose": "reset"}).json["codeId"]
    work_off()
    fresh = {"codeId": reset, "code": code_in(mails(ANA)[-1]), "password": "an oven and two stones"}
    assert program.post("/auth/password", fresh).status_code == 204
    assert Program(shop, entered.json["tokens"]["accessToken"]).get("/users/me").status_code == 401
    login = {"email": ANA, "password": "an oven and two stones"}
    assert program.post("/auth/login", login).status_code == 200


@pytest.fixture
def hands(shop, monkeypatch) -> Hands:
    return Hands(monkeypatch)


def later(ana: Program, hands: Hands) -> None:
    """Seven minutes later, still signed in: nothing was proved lately."""
    hands.move(minutes=7)
    assert ana.get("/users/me").status_code == 200


def test_what_matters_wants_a_fresh_proof_which_a_password_or_a_mailed_code_gives(hands, ana, work_off):
    later(ana, hands)
    assert ana.put("/users/me/password", {"password": "an oven and two stones"}).json["action"] == "sign_in"
    assert ana.delete("/users/me").status_code == ana.post("/users/me/exports").status_code == 401
    wrong = ana.post("/users/me/confirmation", {"password": "wrong"})
    assert (wrong.status_code, wrong.json["code"]) == (422, "wrong_proof")
    assert ana.post("/users/me/confirmation", {"password": PASSWORD}).status_code == 204
    assert ana.post("/users/me/exports").status_code == 201
    later(ana, hands)
    waits = ana.post("/users/me/confirmation/code").json["codeId"]
    work_off()
    given = {"codeId": waits, "code": code_in(mails(ANA)[-1])}
    assert ana.post("/users/me/confirmation", given).status_code == 204
    assert ana.post("/users/me/exports").status_code == 201


def test_with_a_second_step_no_mailed_code_shows_that_it_is_them(hands, ana, me, work_off):
    later(ana, hands)
    waits = ana.post("/users/me/confirmation/code").json["codeId"]
    work_off()
    secure(me)
    given = {"codeId": waits, "code": code_in(mails(ANA)[-1])}
    assert ana.post("/users/me/confirmation", given).status_code == 422
    refused = ana.post("/users/me/confirmation/code")
    assert (refused.status_code, refused.json["code"], refused.json["action"]) == (
        *(409, "second_step_needed", "second_step"),
    )
    assert ana.post("/users/me/exports").status_code == 401
    assert ana.post("/users/me/confirmation", {"code": app_code()}).status_code == 204
    assert ana.post("/users/me/exports").status_code == 201


def test_a_new_password_ends_every_other_session_and_the_tokens_that_this_one_had(shop, ana, me):
    other = held_by(shop, me)
    with transaction():
        mine = grants.grant(sessions.begin(me, "An app"))
    phone = Program(shop, mine.access)
    fresh = phone.put("/users/me/password", {"password": "an oven and two stones"})
    assert fresh.status_code == 200, fresh.json
    assert other.get("/users/me").status_code == phone.get("/users/me").status_code == 401
    assert Program(shop, fresh.json["accessToken"]).get("/users/me").status_code == 200
    # the refresh token from before is a copy by now: it ends the session
    assert Program(shop).post("/auth/refresh", {"refreshToken": mine.refresh}).status_code == 401
    assert Program(shop, fresh.json["accessToken"]).get("/users/me").status_code == 401


def test_a_new_address_counts_once_its_mailbox_answers_and_ends_every_other_session(shop, ana, me, work_off):
    other = held_by(shop, me)
    waits = ana.post("/users/me/email", {"email": "ana.lopez@example.com"}).json["codeId"]
    work_off()
    assert ana.get("/users/me").json["email"] == ANA
    given = {"codeId": waits, "code": code_in(mails("ana.lopez@example.com")[-1])}
    assert ana.post("/users/me/email/confirmation", {**given, "code": "1"}).json["code"] == "wrong_code"
    fresh = ana.post("/users/me/email/confirmation", given)
    assert fresh.status_code == 200, fresh.json
    assert other.get("/users/me").status_code == ana.get("/users/me").status_code == 401
    assert Program(shop, fresh.json["accessToken"]).get("/users/me").json["email"] == "ana.lopez@example.com"


def test_devices_are_listed_and_signed_out(shop, ana, me):
    other = held_by(shop, me)
    found = ana.get("/users/me/devices").json["devices"]
    assert sorted(one["this"] for one in found) == [False, True]
    theirs = next(one["id"] for one in found if not one["this"])
    carlo = held_by(shop, customer("Carlo"))
    assert carlo.delete(f"/users/me/devices/{theirs}").status_code == 204
    assert other.get("/users/me").status_code == 200
    assert ana.delete(f"/users/me/devices/{theirs}").status_code == 204
    assert other.get("/users/me").status_code == 401
    assert ana.delete("/users/me/devices").status_code == 204
    assert ana.get("/users/me").status_code == 401


def test_a_file_tells_what_is_known_to_nobody_else(shop, ana, me, work_off):
    asked = ana.post("/users/me/exports").json
    assert asked["ready"] is False
    assert ana.get(f"/users/me/exports/{asked['id']}").status_code == 404
    work_off()
    assert ana.get("/users/me/privacy").json["file"]["ready"] is True
    told = ana.get(f"/users/me/exports/{asked['id']}").json
    assert told["parts"]["users"]["account"]["email"] == ANA
    assert "password_hash" not in json.dumps(told)
    carlo = held_by(shop, customer("Carlo"))
    assert carlo.get(f"/users/me/exports/{asked['id']}").status_code == 404


def test_an_account_is_erased_and_what_is_kept_is_told(shop, ana, me, work_off):
    finished(me)
    waiting = ordered(COLA, account=me)
    with transaction():
        orders.mark_placed(waiting)
    refused = ana.delete("/users/me")
    assert (refused.status_code, refused.json["code"]) == (409, "not_yet")
    assert ana.get("/users/me/privacy").json["waitsFor"]
    with transaction():
        orders.cancel(waiting, by="customer", reason="enough")
    work_off()
    gone = ana.delete("/users/me")
    assert (gone.status_code, gone.json["erased"]) == (200, True)
    assert all(one["why"] and one["forLong"] for one in gone.json["kept"])
    work_off()
    assert ana.get("/users/me").status_code == 401
    row = db.session.get(User, me)
    assert (row.erased_at is not None, row.email) == (True, f"erased:{me}")
    assert {name for (name,) in db.session.execute(select(Order.name).where(Order.account_id == me))} != {"Ana Lopez"}
    assert db.session.scalars(select(SignIn).where(SignIn.user_id == me)).all() == []


def test_nobody_reads_what_is_anothers(shop, me, ana):
    for path in ("addresses", "favourites", "usual", "cards", "devices", "privacy"):
        assert Program(shop).get(f"/users/me/{path}").status_code == 401
        assert guest(shop).get(f"/users/me/{path}").json["action"] == "sign_in"


def test_delivery_is_told_for_a_typed_address_too(ana):
    assert ana.put("/cart/fulfilment", HOME).json["fulfilment"]["method"] == "delivery"
