"""The races of test_races once more, each with its guard taken out: then what it forbids comes true."""

from functools import partial

import pytest
from sqlalchemy import func, select, update

from app.core.db import db, transaction
from app.core.errors import Conflict, Refusal
from app.core.events import OutboxRow
from app.orders import placing as orders_placing
from app.orders import service as orders
from app.orders import status as order_status
from app.orders.models import Cart, Order
from app.payments import checkout, refunds, settling
from app.payments import service as payments
from app.payments.service import PaymentStatus, PayWith
from tests.factories.orders import check_out, filled, request
from tests.races import HANDS, race

S, Stands = PaymentStatus, orders.OrderStatus


def count(model) -> int:
    db.session.rollback()
    return db.session.scalar(select(func.count()).select_from(model))


def told(kind: str) -> int:
    db.session.rollback()
    return db.session.scalar(select(func.count()).select_from(OutboxRow).where(OutboxRow.kind == kind))


def failed(answers):
    return [answer for answer in answers if isinstance(answer, Exception)]


@pytest.fixture
def held(shop, provider):
    """Money that is held for an order: the order's id and the payment's."""
    order_id, payment_id = check_out()
    payments.begin(payment_id)
    provider.pay(payments.state(order_id).intent_id)
    return order_id, payment_id


def press_in_eight_carts(shop):
    """One form's key, sent along with eight carts at once."""
    asked = [request(filled(), key="one-key-for-all-of-them", pay_with=PayWith.CASH) for _ in range(HANDS)]
    return race(shop, *[partial(payments.check_out, each) for each in asked])


def test_of_eight_carts_under_one_key_one_is_ordered(shop, provider):
    lost = failed(press_in_eight_carts(shop))
    assert {(type(each), each.code) for each in lost} == {(Refusal, "key_reused")}
    assert (len(lost), count(Order)) == (HANDS - 1, 1)


def test_without_the_key_all_of_them_are(shop, provider, monkeypatch):
    monkeypatch.setattr(checkout, "claim", lambda *_: None)
    assert failed(press_in_eight_carts(shop)) == []
    assert count(Order) == HANDS


def test_without_the_carts_guard_only_the_database_keeps_two_keys_apart(shop, provider, monkeypatch):
    def close(placing):
        db.session.execute(update(Cart).where(Cart.id == placing.cart_id).values(status="ordered"))
        return db.session.get_one(Cart, placing.cart_id, populate_existing=True)

    monkeypatch.setattr(orders_placing, "_close", close)
    mine = filled()
    done = race(shop, *[partial(payments.check_out, request(mine)) for _ in range(HANDS)])
    assert len(failed(done)) == HANDS - 1  # with it they are all given the one order
    assert count(Order) == 1


def test_what_was_seen_before_the_lock_would_be_told_again_and_again(shop, held, monkeypatch):
    order_id, payment_id = held
    monkeypatch.setattr(settling, "_hold", lambda payment: (orders.hold(payment.order_id), payment))
    race(shop, *[partial(payments.settle, payment_id)] * HANDS)
    assert orders.status_of(order_id) is Stands.PLACED
    assert told("payments.authorised") > 1  # with it, once


def capture_in_the_gap(order_id, payment_id, monkeypatch):
    """The store accepts, and calls the order off between our look and the capture."""
    payments.settle(payment_id)
    with transaction():
        orders.accept(order_id, by="store")
    capture = settling.stripe.capture

    def cancelled_meanwhile(*given):
        monkeypatch.setattr(settling.stripe, "capture", capture)
        with transaction():
            orders.cancel(order_id, by="store", reason="oven")
        return capture(*given)

    monkeypatch.setattr(settling.stripe, "capture", cancelled_meanwhile)
    payments.settle(payment_id)


def test_without_the_look_after_a_capture_a_dead_order_would_keep_the_money(shop, held, work_off, monkeypatch):
    order_id, payment_id = held
    monkeypatch.setattr(refunds, "give_back_rest", lambda _payment: None)
    capture_in_the_gap(order_id, payment_id, monkeypatch)
    work_off()
    assert (orders.status_of(order_id), payments.state(order_id).status) == (Stands.CANCELLED, S.CAPTURED)


def test_without_the_table_of_moves_a_cancelled_order_would_be_accepted(shop, held, monkeypatch):
    order_id, payment_id = held
    payments.settle(payment_id)
    with transaction():
        orders.cancel(order_id, by="customer", reason="changed")
    with pytest.raises(Conflict), transaction():
        orders.accept(order_id, by="store")
    monkeypatch.setattr(order_status, "MOVES", dict.fromkeys(Stands, frozenset(Stands)))
    with transaction():
        orders.accept(order_id, by="store")
    assert orders.status_of(order_id) is Stands.ACCEPTED
