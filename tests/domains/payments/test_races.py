"""The same moment, on a real database. What holds is shown by test_race_controls, which takes it out."""

from functools import partial

import pytest
from sqlalchemy import select

from app.core import events
from app.core.db import db, transaction
from app.core.errors import Conflict
from app.core.events import OutboxRow
from app.orders import cart
from app.orders import service as orders
from app.payments import refunds, settling
from app.payments import service as payments
from app.payments.models import LedgerEntry, Payment, PaymentEvent
from app.payments.service import Giving, PaymentStatus, PayWith, Reason
from tests.domains.payments.racing import (
    accept,
    cancel_before_capture,
    capture_before_void,
    count,
    failed,
    press_in_eight_tabs,
    sixty_percent,
    told,
)
from tests.factories.books import uneven
from tests.factories.orders import COLA, check_out, filled, request
from tests.races import HANDS, race

S, Stands = PaymentStatus, orders.OrderStatus


@pytest.fixture
def taken(held, work_off):
    """Money that was taken."""
    payments.settle(held[1])
    accept(held[0])
    work_off()
    return held


def test_eight_presses_of_one_form_make_one_order(shop, provider):
    asked = request(filled(), key="the-same-form-twice", pay_with=PayWith.CASH)
    done = race(shop, *[partial(payments.check_out, asked)] * HANDS)
    assert failed(done) == []
    assert len({(each.order_id, each.payment.id) for each in done}) == 1
    assert sorted(each.new for each in done) == [False] * (HANDS - 1) + [True]
    assert (count(Payment), told("orders.placed")) == (1, 1)


def test_eight_tabs_of_one_cart_make_one_order(shop, provider):
    done = press_in_eight_tabs(shop)
    assert failed(done) == []
    assert len({each.payment.id for each in done}) == 1
    assert count(Payment) == 1


def test_an_edit_and_a_checkout_of_one_cart_never_mix(shop, provider):
    mine = filled((COLA, 2))
    asked = request(mine, pay_with=PayWith.CASH)

    def edit():
        with transaction():
            return cart.change(mine, 1, 5)

    ordered, edited = race(shop, partial(payments.check_out, asked), edit)
    if isinstance(ordered, Exception):
        assert isinstance(ordered, Conflict)
        assert not isinstance(edited, Exception)
    else:
        assert sum(line.quantity for line in orders.order(ordered.order_id).lines) == 2


def test_return_page_webhook_and_reconciler_place_once(shop, held):
    order_id, payment_id = held
    done = race(shop, *[partial(payments.settle, payment_id)] * HANDS)
    assert failed(done) == []
    assert orders.status_of(order_id) is Stands.PLACED
    assert (told("orders.placed"), told("payments.authorised")) == (1, 1)
    db.session.rollback()
    assert list(db.session.scalars(select(PaymentEvent.seq).order_by(PaymentEvent.seq))) == [0, 1, 2]


def test_captures_at_once_take_the_money_once(shop, held, provider):
    order_id, payment_id = held
    payments.settle(payment_id)
    accept(order_id)
    assert failed(race(shop, *[partial(payments.settle, payment_id)] * 6)) == []
    state = payments.state(order_id)
    assert state.status is S.CAPTURED
    assert provider.intent(state.intent_id).amount_received == state.amount_cents
    assert (count(LedgerEntry), uneven()) == (2, ())


def test_a_cancellation_between_look_and_capture_gives_the_money_back(shop, held, provider, work_off, monkeypatch):
    cancel_before_capture(*held, monkeypatch)
    work_off()
    state = payments.state(held[0])
    assert (state.status, state.refunded_cents) == (S.REFUNDED, state.amount_cents)
    assert provider.books("refund")[0]["amount"] == state.amount_cents


def test_a_capture_between_look_and_void_gives_the_money_back(shop, held, provider, work_off, monkeypatch):
    capture_before_void(*held, provider, monkeypatch)
    work_off()
    assert payments.state(held[0]).status is S.REFUNDED


def test_a_card_that_is_approved_while_time_runs_out_is_never_charged_for_nothing(shop, held, provider, now):
    order_id, payment_id = held
    late = payments.state(order_id).pay_until
    now(late)
    done = race(shop, *[partial(payments.settle, payment_id)] * 4)
    assert failed(done) == []
    assert (payments.state(order_id).status, orders.status_of(order_id)) == (S.AUTHORISED, Stands.PLACED)


def test_approval_between_the_last_look_and_the_end_holds_nothing(shop, provider, now, monkeypatch):
    order_id, payment_id = check_out()
    payments.begin(payment_id)
    intent_id = payments.state(order_id).intent_id
    now(payments.state(order_id).pay_until)
    cancel = settling.stripe.cancel

    def approved_meanwhile(*given):
        provider.pay(intent_id)
        return cancel(*given)

    monkeypatch.setattr(settling.stripe, "cancel", approved_meanwhile)
    payments.settle(payment_id)
    assert (payments.state(order_id).status, orders.status_of(order_id)) == (S.VOID, Stands.EXPIRED)
    assert provider.intent(intent_id).status == "canceled"


def test_beginning_twice_at_once_opens_one_intent(shop, provider):
    payment_id = check_out()[1]
    done = race(shop, *[partial(payments.begin, payment_id)] * 2)
    assert len(provider.books()) == 1
    assert {each.client_secret for each in done if not isinstance(each, Exception)} == {
        provider.books()[0]["client_secret"]
    }


def test_card_field_and_providers_page_at_once_leave_one_way_to_pay(shop, provider):
    order_id, payment_id = check_out()
    urls = {"success_url": "http://localhost/a", "cancel_url": "http://localhost/b"}
    race(shop, partial(payments.begin, payment_id), partial(payments.begin_hosted, payment_id, **urls))
    payable = [each["id"] for each in provider.books() if each["status"] != "canceled"]
    open_pages = [each["id"] for each in provider.books("checkout.session") if each["status"] == "open"]
    state = payments.state(order_id)
    assert [each for each in (state.intent_id, state.session_id) if each] == payable + open_pages


def test_of_two_refunds_of_sixty_percent_one_is_given(shop, taken, provider, work_off):
    order_id, payment_id = taken
    done = race(shop, partial(sixty_percent, payment_id, "one"), partial(sixty_percent, payment_id, "two"))
    assert [type(error) for error in failed(done)] == [Conflict]
    work_off()
    state = payments.state(order_id)
    assert state.status is S.PART_REFUNDED
    assert state.refunded_cents == state.captured_cents * 6 // 10
    assert [each["amount"] for each in provider.books("refund")] == [state.refunded_cents]


def test_one_refund_pressed_eight_times_is_given_once(shop, taken, provider, work_off):
    done = race(shop, *[partial(sixty_percent, taken[1], "the-same")] * HANDS)
    assert failed(done) == []
    assert len(set(done)) == 1
    work_off()
    assert len(provider.books("refund")) == 1


@pytest.mark.parametrize("fault", ["drop_before", "drop_after", "error_500", "error_500_after", "rate_limit"])
def test_a_refund_whose_answer_is_lost_is_given_once(shop, taken, provider, work_off, fault):
    order_id, payment_id = taken
    with transaction():
        refund_id = refunds.refund(payment_id, Giving(100, "cold", Reason.COLD, by="Mina"))
    provider.break_line(refunds__create=[fault, fault])
    for _ in range(3):
        try:
            refunds.submit(refund_id)
        except payments.ProviderSilent:
            continue
    assert payments.state(order_id).refunded_cents == 100
    assert [each["amount"] for each in provider.books("refund")] == [100]
    assert work_off() > 0
    assert len(provider.books("refund")) == 1


def test_one_message_delivered_by_many_workers_acts_once(shop, held, provider):
    order_id, payment_id = held
    payments.settle(payment_id)
    accept(order_id)
    event_id = db.session.scalar(select(OutboxRow.id).where(OutboxRow.kind == "orders.accepted"))
    assert failed(race(shop, *[partial(events.deliver, event_id)] * 4)) == []
    assert payments.state(order_id).status is S.CAPTURED
    assert count(LedgerEntry) == 2
