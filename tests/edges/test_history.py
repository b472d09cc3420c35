"""`flask load-history`: an older book becomes this chain's past, once, with money that adds up; never by mistake."""

import dataclasses
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from app.core import clock
from app.core.db import db
from app.core.events import OutboxRow
from app.orders import service as orders
from app.orders.models import Order, OrderUnit
from app.payments import ledger, records
from app.payments.models import Payment
from app.payments.service import PaymentStatus
from blueprints import history
from blueprints.history import load_history
from tests.factories.books import uneven
from tests.factories.history import PRICES, book


@pytest.fixture
def folder(tmp_path):
    return book(tmp_path / "book")


def count(model):
    return db.session.scalar(select(func.count()).select_from(model))


def run(shop, *arguments):
    return shop.test_cli_runner().invoke(load_history, arguments)


def test_every_order_is_here_with_its_real_prices_and_is_paid(shop, folder):
    answer = run(shop, "--folder", str(folder))
    assert answer.exit_code == 0, answer.output
    assert "20 orders are new" in answer.output
    assert (count(Order), count(OrderUnit), count(Payment)) == (20, 30, 20)
    asked = sorted({round(float(price) * 100) for price in PRICES.values()})
    assert sorted(set(db.session.scalars(select(OrderUnit.list_cents)))) == asked
    for order_id in db.session.scalars(select(Order.id)).all():
        order, payment = orders.order(order_id), records.of_order(order_id)
        assert order.status is orders.OrderStatus.COMPLETED
        assert [move.seq for move in orders.history(order_id)] == [0, 1, 2, 3, 4]
        assert (payment.status, payment.captured_cents) == (PaymentStatus.CAPTURED, order.quote.total_cents)
    assert uneven() == ()
    assert ledger.balance(ledger.Account.DRAWER) == db.session.scalar(select(func.sum(Order.total_cents)))


def test_a_second_run_adds_nothing(shop, folder):
    assert history.load(folder) == 20
    before = ledger.balance(ledger.Account.DRAWER)
    assert history.load(folder) == 0
    assert (count(Order), ledger.balance(ledger.Account.DRAWER)) == (20, before)


def test_a_run_that_broke_off_goes_on_where_it_stopped(shop, folder, monkeypatch):
    monkeypatch.setattr(history, "AT_ONCE", 6)
    honest, batches = history.payments.take_in, []

    def breaks(loaded):
        batches.append(loaded)
        if len(batches) == 3:
            raise KeyboardInterrupt
        honest(loaded)

    monkeypatch.setattr(history.payments, "take_in", breaks)
    with pytest.raises(KeyboardInterrupt):
        history.load(folder)
    db.session.rollback()
    assert (count(Order), count(Payment)) == (12, 12)
    monkeypatch.setattr(history.payments, "take_in", honest)
    assert history.load(folder) == 8
    assert ledger.balance(ledger.Account.DRAWER) == db.session.scalar(select(func.sum(Order.total_cents)))


def test_nobody_is_told_of_what_is_long_over(shop, folder):
    history.load(folder)
    assert count(OutboxRow) == 0


def test_a_day_of_the_week_stays_one_and_the_last_order_is_not_to_come(shop, folder):
    history.load(folder)
    made = sorted(db.session.scalars(select(Order.created_at)))
    assert clock.now() - timedelta(days=9) < made[-1] < clock.now()
    assert made[0].astimezone(history.UTC).weekday() in {0, 1}  # the book begins on a Monday


def test_production_is_left_alone_unless_somebody_says_so(shop, folder, monkeypatch):
    settings = dataclasses.replace(shop.extensions["settings"], kind="production")
    monkeypatch.setitem(shop.extensions, "settings", settings)
    answer = run(shop, "--folder", str(folder))
    assert answer.exit_code == 1
    assert "This is production" in answer.output
    assert count(Order) == 0
    assert run(shop, "--folder", str(folder), "--in-production").exit_code == 0
    assert count(Order) == 20


def test_a_folder_without_the_files_is_named(shop, tmp_path):
    answer = run(shop, "--folder", str(tmp_path))
    assert answer.exit_code == 1
    assert "orders.csv, order_details.csv, pizzas.csv not found" in answer.output
