"""The races of test_races once more, each with its guard taken out: then what it forbids comes true."""

from functools import partial

from sqlalchemy import update

from app.core.db import db
from app.core.errors import Refusal
from app.orders import placing as orders_placing
from app.orders import service as orders
from app.orders.models import Cart, Order
from app.payments import checkout, refunds, settling
from app.payments import service as payments
from app.payments.models import Refund
from app.payments.service import PaymentStatus
from tests.domains.payments.racing import (
    accept,
    cancel_before_capture,
    capture_before_void,
    count,
    failed,
    press_in_eight_carts,
    press_in_eight_tabs,
    sixty_percent,
    told,
)
from tests.races import HANDS, race

S, Stands = PaymentStatus, orders.OrderStatus


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
    done = press_in_eight_tabs(shop)
    assert len(failed(done)) == HANDS - 1  # with it they are all given the one order
    assert count(Order) == 1


def test_what_was_seen_before_the_lock_would_be_told_again_and_again(shop, held, monkeypatch):
    order_id, payment_id = held
    monkeypatch.setattr(settling, "_hold", lambda payment: (orders.hold(payment.order_id), payment))
    race(shop, *[partial(payments.settle, payment_id)] * HANDS)
    assert orders.status_of(order_id) is Stands.PLACED
    assert told("payments.authorised") > 1  # with it, once


def test_without_the_look_after_a_capture_a_dead_order_would_keep_the_money(shop, held, work_off, monkeypatch):
    monkeypatch.setattr(refunds, "give_back_rest", lambda _payment: None)
    cancel_before_capture(*held, monkeypatch)
    work_off()
    assert (orders.status_of(held[0]), payments.state(held[0]).status) == (Stands.CANCELLED, S.CAPTURED)


def test_without_the_look_after_a_no_money_that_was_taken_would_count_as_held(
    shop, held, provider, work_off, monkeypatch
):
    monkeypatch.setattr(settling, "MOST_STEPS", 1)
    capture_before_void(*held, provider, monkeypatch)
    work_off()
    assert (orders.status_of(held[0]), payments.state(held[0]).status) == (Stands.CANCELLED, S.AUTHORISED)


def test_without_what_is_set_aside_both_refunds_would_be_asked_for(shop, held, work_off, monkeypatch):
    payments.settle(held[1])
    accept(held[0])
    work_off()
    monkeypatch.setattr(refunds, "_reserve", lambda *_: None)
    done = race(shop, *[partial(sixty_percent, held[1], key) for key in ("one", "two")])
    assert failed(done) == []
    assert count(Refund) == 2
