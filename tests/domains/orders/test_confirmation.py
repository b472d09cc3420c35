"""The mail that says an order is in."""

from dataclasses import replace
from datetime import timedelta

import pytest

from app.core import mail
from app.core.db import db
from app.orders import jobs
from app.orders.events import OrderPlaced
from app.orders.keys import tracking_key
from app.orders.service import Contact
from app.stores import service as stores
from tests.factories.hands import Hands
from tests.factories.orders import COLA, COUNTER, ELM_STREET, placed


@pytest.fixture
def sent(shop, monkeypatch):
    """What was sent, instead of sending it."""
    mails = []
    monkeypatch.setattr(mail, "send", mails.append)
    return mails


@pytest.fixture(autouse=True)
def hands(shop, monkeypatch) -> Hands:
    return Hands(monkeypatch)


def confirm(order_id: int) -> None:
    db.session.rollback()
    jobs.mail_confirmation(OrderPlaced(order_id, ELM_STREET))


def test_it_says_what_where_when_how_much_and_how_to_follow(sent):
    order_id = placed()
    confirm(order_id)
    (mail,) = sent
    assert (mail.to, mail.subject) == ("ana@example.com", f"Order {order_id} is in")
    for words in (
        "Expect it 12:",
        " pm, at your door, 12 Elm Street.",
        "1 × Large Custom pizza  $20.81",
        "Left: pepperoni (extra)",
        f"/track/{order_id}-{tracking_key(order_id)}",
        "Call Elm Street: (312) 555-0100",
    ):
        assert words in mail.text
    assert "\n\n\n" not in mail.text
    for words in ("Large Custom pizza", "$20.81", "Left: pepperoni (extra)", "Call Elm Street: (312) 555-0100"):
        assert words in mail.html


def test_an_order_for_another_day_names_the_day(sent, hands):
    confirm(placed(COLA, place=COUNTER, at=hands.now + timedelta(hours=24)))
    assert "Expect it on Tuesday, 12:00 to 12:10 pm, to pick up at Elm Street" in sent[0].text


def test_a_store_without_a_phone_asks_nobody_to_call(sent, monkeypatch):
    silent = replace(stores.store(ELM_STREET), phone="")
    order_id = placed()
    monkeypatch.setattr(stores, "store", lambda _: silent)
    confirm(order_id)
    assert "Call" not in sent[0].text
    assert sent[0].text.endswith(f"/receipt/{order_id}-{tracking_key(order_id)}\n")


def test_who_gave_no_address_gets_no_mail(sent):
    confirm(placed(contact=Contact("Ana Lopez", "+13125550142", "")))
    assert sent == []
