"""Tokens of programs: minutes of access, refreshed once each; a copy that comes back ends the session."""

import dataclasses
from datetime import timedelta

import jwt
import pytest
from sqlalchemy import select
from structlog.testing import capture_logs

from app.core.db import db, transaction
from app.users import grants, sessions
from app.users import service as users
from app.users.models import RefreshToken, SignIn, User
from app.users.service import Role
from tests.api.hands import COUNTER, Program, guest, held_by, staff
from tests.factories.customers import PASSWORD, customer
from tests.factories.hands import Hands
from tests.factories.mail import code_in, mails
from tests.factories.staff import PASSWORD as STAFF_PASSWORD
from tests.factories.staff import app_code, hired, secure
from tests.races import HANDS, race


@pytest.fixture
def hands(shop, monkeypatch) -> Hands:
    return Hands(monkeypatch)


def tokens(shop) -> dict[str, str]:
    return Program(shop).post("/auth/guest").json


def refreshed(shop, token: str):
    return Program(shop).post("/auth/refresh", {"refreshToken": token})


def login(program: Program, email: str = "ana@example.com", password: str = PASSWORD, **more: str):
    return program.post("/auth/login", {"email": email, "password": password, **more})


def test_an_access_token_lasts_fifteen_minutes_and_a_refresh_token_gives_the_next(shop, hands):
    mine = tokens(shop)
    ana = Program(shop, mine["accessToken"])
    hands.move(minutes=14)
    assert ana.get("/cart").status_code == 200
    hands.move(minutes=2)
    assert (ana.get("/cart").status_code, ana.get("/cart").json["action"]) == (401, "sign_in")
    ana.token = refreshed(shop, mine["refreshToken"]).json["accessToken"]
    assert ana.get("/cart").status_code == 200


def test_a_refresh_token_that_comes_back_ends_the_session_and_all_its_tokens(shop):
    mine = tokens(shop)
    fresh = refreshed(shop, mine["refreshToken"]).json
    assert refreshed(shop, mine["refreshToken"]).status_code == 401
    assert refreshed(shop, fresh["refreshToken"]).status_code == 401
    assert Program(shop, fresh["accessToken"]).get("/cart").status_code == 401
    assert db.session.query(SignIn).count() == db.session.query(RefreshToken).count() == 0


def _refresh_once(token: str) -> bool:
    with transaction():
        return grants.refresh(token) is not None


def test_of_eight_that_refresh_at_once_one_at_most_is_given_tokens_and_they_end(shop):
    mine = tokens(shop)
    given = race(shop, *[lambda: _refresh_once(mine["refreshToken"])] * HANDS)
    assert sum(outcome is True for outcome in given) == 1
    assert Program(shop, mine["accessToken"]).get("/cart").status_code == 401


def test_without_the_guard_all_eight_would_be_given_tokens(shop, monkeypatch):
    """The control: a token that is only looked up is never used up."""
    monkeypatch.setattr(grants, "_use", lambda known: db.session.scalar(select(RefreshToken.session_id).where(known)))
    mine = tokens(shop)
    assert race(shop, *[lambda: _refresh_once(mine["refreshToken"])] * HANDS) == [True] * HANDS


def test_without_the_guard_a_copy_is_as_good_as_the_token(shop, monkeypatch):
    """The control: whoever only looks whether a token was used, lets the second one in."""
    mine = tokens(shop)
    monkeypatch.setattr(grants, "_end_copied", lambda _session_id: None)
    refreshed(shop, mine["refreshToken"])
    assert refreshed(shop, mine["refreshToken"]).status_code == 401
    assert Program(shop, mine["accessToken"]).get("/cart").status_code == 200


def test_refreshing_goes_on_for_thirty_days_and_ends_after_fourteen_quiet_ones(shop, hands):
    mine = tokens(shop)
    for _ in range(2):
        hands.move(minutes=13 * 24 * 60)
        mine = refreshed(shop, mine["refreshToken"]).json
    hands.move(minutes=5 * 24 * 60)
    assert refreshed(shop, mine["refreshToken"]).status_code == 401
    quiet = tokens(shop)
    hands.move(minutes=14 * 24 * 60 + 1)
    assert refreshed(shop, quiet["refreshToken"]).status_code == 401


def test_a_token_says_who_holds_it_and_by_which_key_it_was_signed(shop):
    rosa = staff(shop, "Rosa", Role.COUNTER)
    told = jwt.decode(rosa.token, options={"verify_signature": False})
    assert (told["role"], told["store"], told["iss"]) == ("counter", "1", "hotcorner")
    assert told["exp"] - told["iat"] == timedelta(minutes=15).total_seconds()
    assert len(jwt.get_unverified_header(rosa.token)["kid"]) == 8
    assert jwt.decode(guest(shop).token, options={"verify_signature": False})["sub"] == "guest"


def forged(token: str, **changes: object) -> str:
    told = {**jwt.decode(token, options={"verify_signature": False}), **changes}
    return jwt.encode(told, "k" * 32, "HS256", headers={"kid": jwt.get_unverified_header(token)["kid"]})


def test_a_token_that_we_did_not_sign_opens_nothing(shop):
    token = guest(shop).token
    head, body, sign = token.split(".")
    unsigned = jwt.encode(jwt.decode(token, options={"verify_signature": False}), None, "none")
    for wrong in (forged(token), unsigned, f"{head}.{body}.", f"{head}.{body}.{sign[:-2]}aa", "a.b.c", "..", "é.é.é"):
        assert Program(shop).get("/cart", Authorization=f"Bearer {wrong}".encode().decode("latin-1")).status_code == 401


def test_a_key_that_was_rotated_away_still_opens_and_signs_no_more(shop, monkeypatch):
    old = guest(shop)
    ours = shop.extensions["settings"]
    turned = dataclasses.replace(ours, secret_key="b" * 40, secret_key_fallbacks=(ours.secret_key,))
    monkeypatch.setitem(shop.extensions, "settings", turned)
    assert old.get("/cart").status_code == 200
    fresh = guest(shop)
    kids = {jwt.get_unverified_header(one.token)["kid"] for one in (old, fresh)}
    assert len(kids) == 2


def test_signing_in_brings_the_guests_cart_along_and_ends_the_guest(shop):
    customer()
    ana = guest(shop)
    ana.post("/cart/items", {"productId": "margherita"})
    was = ana.token
    entered = login(ana)
    assert (entered.status_code, entered.json["user"]["name"]) == (200, "Ana")
    ana.token = entered.json["tokens"]["accessToken"]
    assert [line["name"] for line in ana.get("/cart").json["lines"]] == ["Medium Margherita"]
    assert Program(shop, was).get("/cart").status_code == 401


def test_a_wrong_password_and_an_unknown_address_are_one_answer(shop):
    customer()
    wrong, unknown = (login(Program(shop), email, "not the password") for email in ("ana@example.com", "x@example.com"))
    assert (wrong.status_code, wrong.json["code"]) == (422, "wrong_sign_in")
    assert {**wrong.json, "requestId": ""} == {**unknown.json, "requestId": ""}


def test_each_try_is_logged_by_a_mark_of_the_mailbox_alone(shop):
    customer()
    with capture_logs() as lines:
        login(Program(shop), password="not this one")
        login(Program(shop))
    tries = [line for line in lines if line["event"] == "sign_in"]
    assert [(line["way"], line["code"]) for line in tries] == [("password", "refused"), ("password", "in")]
    assert len({line["account"] for line in tries}) == 1
    assert "ana@" not in str(tries)


def test_registering_says_nothing_about_whether_the_address_has_an_account(shop):
    customer()
    said = [
        Program(shop).post("/auth/register", {"name": "Eve", "email": email, "password": PASSWORD})
        for email in ("ana@example.com", "nobody@example.com")
    ]
    shapes = [(one.status_code, one.json["user"]["verified"], sorted(one.json)) for one in said]
    assert shapes[0] == shapes[1]


def test_a_registration_is_confirmed_only_with_its_own_seal_and_code(shop):
    asked = Program(shop).post("/auth/register", {"name": "Eve", "email": "eve@example.com", "password": PASSWORD})
    number = asked.json["registrationId"]
    for said in ({"registrationId": number, "code": "000000"}, {"registrationId": "1-aaaa", "code": "000000"}):
        assert Program(shop).post("/auth/register/confirmation", said).status_code == 422


def test_a_manager_gives_the_second_step_with_the_password(shop):
    email = hired("Mina", Role.MANAGER)
    first = login(Program(shop), email, STAFF_PASSWORD)
    assert (first.status_code, first.json["action"]) == (401, "second_step")
    assert login(Program(shop), email, STAFF_PASSWORD, code="000000").status_code == 401
    entered = login(Program(shop), email, STAFF_PASSWORD, code=app_code())
    assert entered.json["user"]["roles"] == [{"role": "manager", "storeId": "1"}]
    assert Program(shop, entered.json["tokens"]["accessToken"]).get("/users/me").status_code == 200


def test_a_new_password_and_a_lost_device_end_programs_too(shop):
    user_id = customer()
    ana, other = held_by(shop, user_id), held_by(shop, user_id)
    with transaction():
        seen = users.devices(user_id, "")
        assert len(seen) == 2
        users.end_one(user_id, seen[0].id)
    assert sorted(one.get("/users/me").status_code for one in (ana, other)) == [200, 401]
    with transaction():
        users.change_password(user_id, "another long password", sessions.begin(user_id))
    assert {one.get("/users/me").status_code for one in (ana, other)} == {401}


def test_a_disabled_member_of_staff_is_out_at_once(shop):
    beppe = staff(shop, "Beppe", Role.KITCHEN)
    with transaction():
        db.session.query(User).filter_by(name="Beppe").update({"disabled": True})
    assert beppe.get("/users/me").status_code == 401


def test_staff_order_for_others_with_a_cart_of_their_session(shop):
    rosa = staff(shop, "Rosa", Role.COUNTER)
    rosa.post("/cart/items", {"productId": "cola"})
    rosa.put("/cart/fulfilment", COUNTER)
    assert rosa.checkout().status_code == 201
    assert rosa.get("/users/me/orders").json["orders"] == []


def test_a_name_that_looks_like_cards_is_never_longer_than_what_was_sent(shop):
    ana = held_by(shop, customer())
    answer = ana.patch("/users/me", {"name": "0" * 80})
    assert (answer.status_code, len(answer.json["name"]) <= 80) == (200, True)
    assert "(card removed)" in answer.json["name"]


def test_whoever_registers_again_and_has_a_second_step_is_asked_for_it_as_at_sign_in(shop, outbox, work_off):
    secure(customer())
    asked = {"name": "Ana", "email": "ana@example.com", "password": "a pizza peel and a broom"}

    def given() -> dict[str, str]:
        waits = Program(shop).post("/auth/register", asked).json["registrationId"]
        work_off()
        return {"registrationId": waits, "code": code_in(mails("ana@example.com")[-1])}

    refused = Program(shop).post("/auth/register/confirmation", given())
    assert (refused.status_code, refused.json["code"], refused.json["action"]) == (
        *(401, "second_step_needed", "second_step"),
    )
    entered = Program(shop).post("/auth/register/confirmation", {**given(), "secondStep": app_code()})
    assert (entered.status_code, entered.json["user"]["email"]) == (201, "ana@example.com")
