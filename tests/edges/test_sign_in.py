"""Staff sign in, work, and sign out."""

from datetime import timedelta

import pytest
from sqlalchemy import select
from structlog.testing import capture_logs

from app.core.db import db
from app.core.log import FIELDS
from app.users.models import SignIn
from app.users.service import Role
from tests.conftest import browser
from tests.edges.pages import HTMX
from tests.factories.hands import Hands
from tests.factories.orders import placed
from tests.factories.staff import PASSWORD, hired, signed_in


def sign_in(client, email: str, password: str = PASSWORD, **more: str):
    return client.post("/session", data={"email": email, "password": password, **more})


def test_a_stranger_is_asked_to_sign_in_and_comes_back_to_where_he_was_going(client):
    email = hired()
    answer = client.get("/staff?store=1")
    assert answer.status_code == 303
    assert answer.headers["Location"] == "/sign-in?next=/staff%3Fstore%3D1"
    assert 'value="/staff?store=1"' in client.get(answer.headers["Location"]).text
    answer = sign_in(client, email, next="/staff?store=1")
    assert answer.headers["Location"] == "/staff?store=1"
    assert client.get("/staff").status_code == 200


def test_a_wrong_password_and_an_unknown_address_get_the_same_answer(client):
    email = hired()
    wrong, unknown = sign_in(client, email, "wrong"), sign_in(client, "carlo@example.com")
    assert (wrong.status_code, unknown.status_code) == (422, 422)
    said = "That email and password do not go together"
    assert said in wrong.text
    assert said in unknown.text
    assert f'value="{email}"' in wrong.text
    assert client.get("/staff").status_code == 303


@pytest.mark.parametrize("data", [{}, {"email": "a"}, {"password": "b"}, {"email": "\0", "password": "x" * 1000}])
def test_a_form_that_is_not_filled_in_is_drawn_again(client, data):
    assert client.post("/session", data=data).status_code == 422


@pytest.mark.parametrize(
    "place", ["https://evil.example", "//evil.example", "/\\evil.example", "javascript:alert(1)", "staff"]
)
def test_nobody_is_sent_away_to_another_site(client, place):
    email = hired()
    assert sign_in(client, email, next=place).headers["Location"] == "/staff"


def test_each_sign_in_is_a_new_session_and_ends_the_one_before(client):
    email = hired()
    sign_in(client, email)
    first = db.session.scalars(select(SignIn.token_hash)).one()
    sign_in(client, email)
    second = db.session.scalars(select(SignIn.token_hash)).one()
    assert first != second


def test_signing_out_ends_the_session_for_every_copy_of_its_cookie(shop, client):
    email = hired()
    sign_in(client, email)
    thief = browser(shop)
    thief.set_cookie("hotcorner", client.get_cookie("hotcorner").value)
    assert thief.get("/staff").status_code == 200
    assert client.post("/session/end").headers["Location"] == "/sign-in"
    assert client.get("/staff").status_code == 303
    assert thief.get("/staff").status_code == 303


def test_a_session_ends_when_nobody_works(client, monkeypatch):
    hands = Hands(monkeypatch)
    sign_in(client, hired())
    hands.now += timedelta(minutes=29)
    assert client.get("/staff").status_code == 200
    hands.now += timedelta(minutes=2)
    assert client.get("/staff").status_code == 303


def test_whoever_taps_is_at_work(client, monkeypatch, work_off):
    hands = Hands(monkeypatch)
    order_id = placed()
    work_off()
    sign_in(client, hired())
    for stage in ("received", "prep", "baking"):
        hands.now += timedelta(minutes=20)
        assert client.post(f"/staff/orders/{order_id}/moves", data={"expected": stage}).status_code == 303
        assert client.get("/staff").status_code == 200
    hands.now += timedelta(hours=11)
    assert client.get("/staff").status_code == 303


def test_signing_in_keeps_the_cart(client):
    client.post("/cart/lines", data={"product": "cola"})
    email = hired()
    with client.session_transaction() as before:
        cart = before["cart"]
    sign_in(client, email)
    with client.session_transaction() as after:
        assert after["cart"] == cart


def test_somebody_without_a_kitchen_sees_none(shop):
    client = signed_in(shop, "Carla", Role.MARKETING, None)
    answer = client.get("/staff")
    assert (answer.status_code, answer.location) == (303, "/manage/menu")
    assert client.get("/x/board/1", headers=HTMX).status_code == 403


def test_another_site_cannot_sign_anybody_in(client):
    client.environ_base["HTTP_ORIGIN"] = "https://evil.example"
    assert sign_in(client, hired()).status_code == 403


def test_a_password_is_not_guessed_by_trying_often(limited):
    client, email = browser(limited), hired()
    assert [sign_in(client, email, "wrong").status_code for _ in range(6)] == [422] * 5 + [429]
    assert sign_in(client, email).status_code == 429  # not even with the right one
    assert sign_in(client, "else@hotcorner.example", "wrong").status_code == 422


def test_guesses_on_pages_and_by_programs_count_together(limited):
    client, email = browser(limited), hired()
    told = {"email": email.upper(), "password": "wrong"}
    tries = [client.post("/api/auth/login", json=told).status_code for _ in range(3)]
    assert tries + [sign_in(client, email, "wrong").status_code for _ in range(3)] == [422] * 5 + [429]
    assert client.post("/api/auth/login", json=told).status_code == 429


def test_one_address_does_not_try_many_accounts(limited):
    client = browser(limited)
    tries = [sign_in(client, f"{n}@hotcorner.example", "wrong").status_code for n in range(21)]
    assert tries == [422] * 20 + [429]


def test_orders_are_not_found_by_trying_often(limited):
    client = browser(limited)
    tries = [client.post("/track", data={"number": "1", "phone": "3125550142"}).status_code for _ in range(11)]
    assert tries == [422] * 10 + [429]


def test_each_try_to_sign_in_is_one_line_without_address_or_password(client):
    hired("Beppe")
    address, wrong = "beppe@hotcorner.example", "not the password"
    with capture_logs() as lines:
        client.post("/session", data={"email": address, "password": wrong})
        client.post("/session", data={"email": address.upper(), "password": PASSWORD})
        client.post("/session", data={"email": "carlo@example.com", "password": wrong})
    tries = [line for line in lines if line["event"] == "sign_in"]
    assert [(line["way"], line["code"]) for line in tries] == [
        ("password", "refused"),
        ("password", "in"),
        ("password", "refused"),
    ]
    assert tries[0]["account"] == tries[1]["account"] != tries[2]["account"]
    assert not any(word in str(lines).lower() for word in ("beppe", "carlo", wrong, PASSWORD))
    assert {"way", "account", "code"} <= FIELDS
