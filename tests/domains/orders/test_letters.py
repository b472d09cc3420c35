"""What is sent to a customer: written down by whoever sends it, sent once, forgotten with the customer."""

import pytest
from sqlalchemy import select

from app.core import mail, sms
from app.core.db import db
from app.core.mail import Mail
from app.orders import letters, personal
from app.orders.models import OrderLetter
from tests.factories.hands import Hands
from tests.factories.orders import placed

READY = Mail("ana.lopez@example.com", "It is ready", "Come and get it.")


@pytest.fixture
def hands(shop, monkeypatch) -> Hands:
    return Hands(monkeypatch)


@pytest.fixture
def went(monkeypatch) -> list[Mail]:
    mails: list[Mail] = []
    monkeypatch.setattr(mail, "send", mails.append)
    return mails


def send(order_id: int) -> None:
    letters.send_mail(order_id, "ready:7", READY)


def test_what_went_out_is_known_with_its_hour_and_a_masked_address(hands, went):
    order_id = placed()
    send(order_id)
    (letter,) = letters.of_order(order_id)
    assert (letter.what, letter.way, letter.to, letter.tries) == ("ready", "mail", "a…@e….com", 1)
    assert letter.sent_at == hands.now
    assert went == [READY]


def test_the_same_thing_goes_out_once_and_another_one_too(hands, went):
    order_id = placed()
    send(order_id)
    send(order_id)
    letters.send_mail(order_id, "ready:9", READY)
    assert went == [READY, READY]
    assert [letter.tries for letter in letters.of_order(order_id)] == [1, 1]


def test_what_nobody_took_stands_there_as_tried_until_it_is_out(hands, went, monkeypatch):
    order_id = placed()

    def away(_letter: Mail) -> None:
        raise OSError("no mail server")

    with monkeypatch.context() as patch:
        patch.setattr(mail, "send", away)
        for _ in range(2):
            with pytest.raises(OSError, match="no mail server"):
                send(order_id)
    (letter,) = letters.of_order(order_id)
    assert (letter.tries, letter.sent_at) == (2, None)
    send(order_id)
    (letter,) = letters.of_order(order_id)
    assert (letter.tries, letter.sent_at) == (3, hands.now)


def test_no_unit_of_work_is_open_while_a_server_is_asked(hands, monkeypatch):
    order_id = placed()
    open_then = []
    monkeypatch.setattr(mail, "send", lambda _letter: open_then.append(db.session().in_transaction()))
    send(order_id)
    assert open_then == [False]


def test_of_a_phone_the_last_digits_are_kept(hands, monkeypatch):
    order_id = placed()
    monkeypatch.setattr(sms, "send", lambda _to, _words: None)
    letters.send_text(order_id, "late:3", "+13125550142", "It is late.")
    (letter,) = letters.of_order(order_id)
    assert (letter.what, letter.way, letter.to) == ("late", "text", "…0142")


@pytest.mark.parametrize(
    ("address", "shown"),
    [("ana@example.com", "a…@e….com"), ("a@b.co", "a…@b….co"), ("x" * 60 + "@very.long.museum", "x…@v….muse")],
)
def test_an_address_is_masked_so_that_only_who_knows_it_knows_it_again(address, shown):
    assert letters.masked_email(address) == shown


def test_with_the_customer_goes_to_whom_it_went(hands, went):
    order_id = placed()
    send(order_id)
    hands.now += personal.ORDERS_KEPT * 2
    personal.forget_old_orders()
    assert db.session.scalars(select(OrderLetter.to)).all() == [""]
    (letter,) = letters.of_order(order_id)
    assert (letter.what, letter.to) == ("ready", "")
