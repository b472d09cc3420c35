"""The nightly comparison finds what is planted, each way, and nothing where all is well."""

from datetime import timedelta

import pytest
from sqlalchemy import delete, select, text, update
from structlog.testing import capture_logs

from app.core import clock
from app.core.db import db, transaction
from app.core.schedule import ScheduleRow, run_slow
from app.payments import comparing, ledger
from app.payments import service as payments
from app.payments.models import Comparison, LedgerEntry, Payment, ProviderEvent
from app.payments.service import PaymentStatus, ProviderSilent
from tests.factories.hands import Hands
from tests.factories.orders import check_out


@pytest.fixture
def night(monkeypatch):
    """It is two hours later than the orders."""

    def fall():
        Hands(monkeypatch, clock.now() + timedelta(hours=2))

    return fall


def compare():
    with capture_logs() as logs:
        count = comparing.compare()
    return count, [entry for entry in logs if entry["event"] == "comparison_differs"]


def report():
    db.session.rollback()
    return db.session.scalars(select(Comparison).order_by(Comparison.id.desc())).first()


def change(statement):
    with transaction():
        db.session.execute(statement)


def test_where_all_agrees_a_report_says_so_and_nobody_is_alarmed(take, night):
    take()
    take()
    night()
    assert compare() == (0, [])
    row = report()
    assert (row.intents, row.payments, row.differences) == (2, 2, [])


def test_money_there_that_no_order_knows_is_found(take, provider, night):
    take()
    paid = {"amount": 900, "currency": "usd", "payment_method": "pm_card_visa", "confirm": True}
    paid |= {"automatic_payment_methods": {"enabled": True, "allow_redirects": "never"}}
    stray = provider.client.v1.payment_intents.create(paid).id
    night()
    count, alarms = compare()
    assert (count, alarms[0]["count"]) == (1, 1)
    assert report().differences == [["missing_here", f"{stray}: 900"]]


def test_a_payment_that_the_provider_does_not_know_is_found(take, night):
    order_id = take()
    payment_id = payments.state(order_id).id
    change(update(Payment).values(intent_id="pi_invented"))
    night()
    compare()
    kinds = {kind for kind, _ in report().differences}
    assert kinds == {"missing_there", "missing_here"}
    assert ["missing_there", f"payment {payment_id}: pi_invented"] in report().differences


@pytest.mark.parametrize("column", [Payment.captured_cents, Payment.refunded_cents])
def test_a_sum_that_is_not_theirs_is_found(take, night, column):
    order_id = take()
    change(update(Payment).values({column: 100, Payment.refund_reserved_cents: 100}))
    night()
    assert compare()[0] == 1
    ((kind, words),) = report().differences
    assert kind == "unlike"
    assert words.startswith(f"payment {payments.state(order_id).id}: ours")


def test_a_refund_that_was_made_there_is_found(take, provider, night):
    order_id = take()
    provider.client.v1.refunds.create({"payment_intent": payments.state(order_id).intent_id, "amount": 300})
    night()
    assert compare()[0] == 1
    assert "300" in report().differences[0][1]


def test_what_only_a_message_was_lost_for_is_mended_and_no_difference(shop, provider, night):
    order_id, payment_id = check_out()
    payments.begin(payment_id)
    provider.pay(payments.state(order_id).intent_id)
    payments.settle(payment_id)
    provider.client.v1.payment_intents.capture(payments.state(order_id).intent_id)
    night()
    assert compare() == (0, [])
    assert payments.state(order_id).status is PaymentStatus.CAPTURED


def test_events_that_were_never_delivered_are_heard(take, provider, night, work_off):
    order_id = take()
    with provider.till.world.lock:
        for event in provider.till.world.store.every("event"):
            provider.till.world.store.touch(event, pending_webhooks=1)
    night()
    compare()
    assert report().unheard == len(provider.books("event")) > 0
    kinds = set(db.session.scalars(select(ProviderEvent.kind)))
    assert "payment_intent.succeeded" in kinds
    work_off()
    compare()
    assert report().unheard == 0
    assert payments.state(order_id).status is PaymentStatus.CAPTURED


def test_books_that_do_not_balance_are_found(take, night):
    take()
    change(delete(LedgerEntry).where(LedgerEntry.account == "orders"))
    night()
    compare()
    assert [kind for kind, _ in report().differences] == ["ledger"]


def test_books_are_looked_at_as_far_back_as_payments(take, night):
    take()
    change(delete(LedgerEntry).where(LedgerEntry.account == "orders"))
    change(update(LedgerEntry).values(at=clock.now() - comparing.LOOK_BACK))
    night()
    assert compare() == (0, [])


def test_books_that_cannot_be_read_keep_nothing_from_being_told(take, night, monkeypatch):
    take()
    change(update(Payment).values(captured_cents=100))
    monkeypatch.setattr(ledger, "unbalanced", lambda *_: db.session.execute(text("SELECT * FROM books")))
    night()
    count, alarms = compare()
    assert (count, alarms[0]["code"]) == (2, "unlike")
    assert [kind for kind, _ in report().differences] == ["unlike", "ledger"]
    assert report().differences[1][1].startswith("not read: ")


def test_a_provider_that_is_silent_leaves_no_report(take, provider, night):
    take()
    night()
    provider.break_line(payment_intents__list=["drop_before"] * 2)
    with pytest.raises(ProviderSilent):
        comparing.compare()
    assert report() is None


def test_the_clock_compares_each_night_at_nine_utc_and_not_on_the_day_a_shop_opens(take, night):
    assert "compare_payments" not in run_slow()
    first = db.session.get(ScheduleRow, "compare_payments").next_at
    assert (first.hour, first.minute, first.second) == (9, 0, 0)
    with transaction():
        db.session.get(ScheduleRow, "compare_payments").next_at = clock.now() + timedelta(hours=1)
    take()
    night()
    assert "compare_payments" in run_slow()
    assert report() is not None
    assert "compare_payments" not in run_slow()
    assert db.session.get(ScheduleRow, "compare_payments").next_at == first


def test_what_cannot_wait_never_waits_for_the_comparison(shop):
    quick = {name for name, work in shop.extensions["works"].items() if not work.slow}
    assert {"reject_silent", "escalate", "tell_late", "roll_sales", "reconcile_payments"} <= quick
    assert "compare_payments" not in quick
