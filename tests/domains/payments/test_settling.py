"""The table of docs/flow.md, row by row: what the provider says, and our step."""

from dataclasses import replace
from datetime import timedelta

import pytest
from structlog.testing import capture_logs

from app.core import clock
from app.core.db import db, transaction
from app.core.errors import Conflict, Refusal
from app.orders import service as orders
from app.payments import ledger, reconciling, refunds, settling
from app.payments import service as payments
from app.payments.ledger import Account
from app.payments.models import Payment
from app.payments.service import PaymentStatus, PayWith, ProviderSilent
from app.payments.values import MOST_DECLINES
from tests.factories.books import uneven
from tests.factories.hands import Hands
from tests.factories.orders import ANA, check_out, filled, request
from tests.provider import ASKS, DECLINED
from tests.queries import counted

S, Stands = PaymentStatus, orders.OrderStatus


@pytest.fixture
def begun(shop, provider):
    """An order whose card was asked for: its id, its payment's and its intent's."""
    order_id, payment_id = check_out()
    payments.begin(payment_id)
    return order_id, payment_id, payments.state(order_id).intent_id


def moved(deed, *args, **named):
    with transaction():
        return deed(*args, **named)


def stands(order_id):
    db.session.rollback()
    return payments.state(order_id).status, orders.status_of(order_id)


@pytest.mark.parametrize("email", ["ana@example.com", ""])
@pytest.mark.parametrize("just_placed", [True, False])
def test_the_provider_hears_where_the_receipt_goes_asked_for_only_if_nobody_knows(shop, provider, email, just_placed):
    done = payments.check_out(request(filled(), contact=replace(ANA, email=email)))
    with counted() as asked:
        payments.begin(done.payment.id, done.payment if just_placed else None)
    assert provider.books()[0]["receipt_email"] == (email or None)
    assert any("orders.email" in question for question in asked) is not just_placed


def test_nobody_tried_yet_nothing_moves(begun):
    order_id, payment_id, _ = begun
    payments.settle(payment_id)
    assert stands(order_id) == (S.CREATED, Stands.PENDING_PAYMENT)


def test_declined_waits_for_another_card_on_the_same_intent(begun, provider):
    order_id, payment_id, intent_id = begun
    provider.pay(intent_id, DECLINED)
    declined = payments.settle(payment_id)
    payments.settle(payment_id)
    assert stands(order_id) == (S.DECLINED, Stands.PENDING_PAYMENT)
    assert (declined.declines, declined.decline_words) == (1, "Your card was declined.")
    assert payments.state(order_id).declines == 1
    provider.pay(intent_id)
    payments.settle(payment_id)
    assert stands(order_id) == (S.AUTHORISED, Stands.PLACED)
    assert len(provider.books()) == 1


def test_five_declined_cards_end_it(begun, provider, work_off):
    order_id, payment_id, intent_id = begun
    for _ in range(MOST_DECLINES):
        provider.pay(intent_id, DECLINED)
        payments.settle(payment_id)
    assert stands(order_id) == (S.VOID, Stands.PAYMENT_FAILED)
    assert provider.intent(intent_id).status == "canceled"


def test_the_bank_asks_and_the_customer_answers(begun, provider):
    order_id, payment_id, intent_id = begun
    provider.pay(intent_id, ASKS)
    payments.settle(payment_id)
    assert stands(order_id) == (S.REQUIRES_ACTION, Stands.PENDING_PAYMENT)
    provider.answer_bank(intent_id)
    payments.settle(payment_id)
    assert stands(order_id) == (S.AUTHORISED, Stands.PLACED)


def test_the_bank_asks_and_the_customer_fails(begun, provider):
    order_id, payment_id, intent_id = begun
    provider.pay(intent_id, ASKS)
    payments.settle(payment_id)
    provider.answer_bank(intent_id, "fail")
    payments.settle(payment_id)
    assert stands(order_id) == (S.DECLINED, Stands.PENDING_PAYMENT)


def test_held_money_is_taken_when_the_store_accepts(begun, provider, work_off):
    order_id, payment_id, intent_id = begun
    provider.pay(intent_id)
    payments.settle(payment_id)
    moved(orders.accept, order_id, by="store")
    work_off()
    taken = payments.state(order_id)
    assert (taken.status, taken.captured_cents, taken.last4) == (S.CAPTURED, taken.amount_cents, "4242")
    assert provider.intent(intent_id).amount_received == taken.amount_cents
    assert ledger.balance(Account.PROVIDER) == taken.amount_cents
    assert ledger.balance(Account.ORDERS) == -taken.amount_cents
    assert uneven() == ()


def test_held_money_of_a_cancelled_order_is_let_go(begun, provider, work_off):
    order_id, payment_id, intent_id = begun
    provider.pay(intent_id)
    payments.settle(payment_id)
    moved(orders.cancel, order_id, by="customer", reason="hunger went away")
    work_off()
    assert stands(order_id) == (S.VOID, Stands.CANCELLED)
    assert provider.intent(intent_id).status == "canceled"


def test_money_held_after_the_order_died_is_let_go(begun, provider):
    order_id, payment_id, intent_id = begun
    provider.pay(intent_id)
    moved(orders.cancel, order_id, by="customer", reason="changed")
    payments.settle(payment_id)
    assert stands(order_id) == (S.VOID, Stands.CANCELLED)
    assert provider.intent(intent_id).amount_received == 0


@pytest.fixture
def looks(monkeypatch):
    """How often the provider is asked how an intent stands."""
    asked, ask = [], settling.stripe.intent

    def note(intent_id):
        asked.append(intent_id)
        return ask(intent_id)

    monkeypatch.setattr(settling.stripe, "intent", note)
    return asked


def test_how_our_own_deed_ended_is_not_asked_again(begun, provider, looks):
    order_id, payment_id, intent_id = begun
    provider.pay(intent_id)
    payments.settle(payment_id)
    moved(orders.accept, order_id, by="store")
    looks.clear()
    assert payments.settle(payment_id).status is S.CAPTURED
    assert looks == [intent_id]


def test_an_answer_that_ends_nothing_is_followed_by_a_look(begun, provider, looks, monkeypatch):
    order_id, payment_id, intent_id = begun
    provider.pay(intent_id)
    payments.settle(payment_id)
    held = settling.stripe.intent(intent_id)
    moved(orders.accept, order_id, by="store")
    looks.clear()
    capture = settling.stripe.capture

    def late(payment, captured_id):
        capture(payment, captured_id)
        return held  # as the intent stood before

    monkeypatch.setattr(settling.stripe, "capture", late)
    assert payments.settle(payment_id).status is S.CAPTURED
    assert looks == [intent_id] * 2


def test_taken_money_of_a_cancelled_order_goes_back(begun, provider, work_off):
    order_id, payment_id, intent_id = begun
    provider.pay(intent_id)
    payments.settle(payment_id)
    moved(orders.accept, order_id, by="store")
    work_off()
    moved(orders.cancel, order_id, by="store", reason="the oven broke")
    work_off()
    state = payments.state(order_id)
    assert (state.status, state.refunded_cents) == (S.REFUNDED, state.amount_cents)
    assert sum(each["amount"] for each in provider.books("refund")) == state.amount_cents
    assert ledger.balance(Account.PROVIDER) == 0


def test_a_refund_that_fails_is_tried_three_times(begun, provider, work_off, monkeypatch):
    order_id, payment_id, intent_id = begun
    provider.pay(intent_id)
    provider.client.v1.payment_intents.capture(intent_id)
    payments.settle(payment_id)
    moved(orders.cancel, order_id, by="Ana", reason="changed her mind")
    asked = []

    def fail(payment, cents, refund_id, attempt):
        asked.append((cents, refund_id))
        return refunds.Returned(f"re_{refund_id}", "failed", str(refund_id))

    monkeypatch.setattr(refunds.stripe, "create_refund", fail)
    for _ in range(5):
        work_off()
        with capture_logs() as logs:
            payments.settle(payment_id)
    state = payments.state(order_id)
    assert (len(asked), len(set(asked)), {cents for cents, _ in asked}) == (3, 3, {state.amount_cents})
    assert (state.status, state.refund_reserved_cents, state.refunded_cents) == (S.CAPTURED, 0, 0)
    assert [entry["event"] for entry in logs] == ["refund_given_up"]


def test_money_that_was_taken_elsewhere_still_places_the_order(begun, provider):
    order_id, payment_id, intent_id = begun
    provider.pay(intent_id)
    provider.client.v1.payment_intents.capture(intent_id)
    payments.settle(payment_id)
    assert stands(order_id) == (S.CAPTURED, Stands.PLACED)


def test_a_canceled_intent_ends_the_order(begun, provider):
    order_id, payment_id, intent_id = begun
    provider.client.v1.payment_intents.cancel(intent_id)
    payments.settle(payment_id)
    assert stands(order_id) == (S.VOID, Stands.EXPIRED)


def test_money_that_the_bank_let_go_ends_an_order_that_nobody_makes_yet(begun, provider):
    order_id, payment_id, intent_id = begun
    provider.pay(intent_id)
    payments.settle(payment_id)
    provider.client.v1.payment_intents.cancel(intent_id)
    payments.settle(payment_id)
    assert stands(order_id) == (S.VOID, Stands.REJECTED)


def test_time_runs_out_at_the_provider_first(begun, provider, now):
    order_id, payment_id, intent_id = begun
    now(payments.state(order_id).pay_until)
    payments.settle(payment_id)
    assert stands(order_id) == (S.VOID, Stands.EXPIRED)
    assert provider.intent(intent_id).status == "canceled"


def test_time_runs_out_but_the_card_was_faster(begun, provider, now):
    order_id, payment_id, intent_id = begun
    provider.pay(intent_id)
    now(payments.state(order_id).pay_until + timedelta(minutes=5))
    payments.settle(payment_id)
    assert stands(order_id) == (S.AUTHORISED, Stands.PLACED)


def test_time_runs_out_between_the_question_and_its_answer_and_the_card_was_in_time(begun, provider, monkeypatch):
    """The question was asked in time and found nothing; the customer paid in time; the answer came too late."""
    order_id, payment_id, intent_id = begun
    hands, ask = Hands(monkeypatch, clock.now()), settling.stripe.intent

    def slow(name):
        seen = ask(name)
        provider.pay(intent_id)
        hands.move(minutes=16)
        return seen

    with monkeypatch.context() as patch:
        patch.setattr(settling.stripe, "intent", slow)
        payments.settle(payment_id)
    payments.settle(payment_id)
    assert stands(order_id) == (S.AUTHORISED, Stands.PLACED)


def test_a_payment_that_was_never_begun_runs_out_too(shop, provider, now):
    order_id, payment_id = check_out()
    payments.settle(payment_id)
    assert stands(order_id) == (S.NEW, Stands.PENDING_PAYMENT)
    now(clock.now() + timedelta(minutes=15))
    payments.settle(payment_id)
    assert stands(order_id) == (S.VOID, Stands.EXPIRED)
    with pytest.raises(Conflict, match="not paid in time"):
        payments.begin(payment_id)
    assert provider.books() == []


def test_a_page_that_nobody_used_is_closed_when_time_runs_out(shop, provider, now):
    order_id, payment_id = check_out()
    payments.begin_hosted(payment_id, success_url="http://localhost/a", cancel_url="http://localhost/b")
    now(clock.now() + timedelta(minutes=15))
    payments.settle(payment_id)
    assert stands(order_id) == (S.VOID, Stands.EXPIRED)
    assert provider.books("checkout.session")[0]["status"] == "expired"


@pytest.mark.parametrize("wrong", [{"amount": 1}, {"currency": "eur"}, {"metadata": {"payment": "999"}}])
def test_money_that_does_not_match_what_was_agreed_places_nothing(begun, provider, wrong):
    order_id, payment_id, intent_id = begun
    provider.pay(intent_id)
    with provider.till.world.lock:
        provider.till.world.store.touch(provider.till.world.store.get(intent_id, "payment_intent"), **wrong)
    payments.settle(payment_id)
    assert stands(order_id) == (S.CREATED, Stands.PENDING_PAYMENT)


def test_a_timeout_concludes_nothing(begun, provider):
    order_id, payment_id, intent_id = begun
    provider.pay(intent_id)
    provider.break_line(payment_intents__retrieve=["drop_after"] * 2)
    with pytest.raises(ProviderSilent):
        payments.settle(payment_id)
    assert stands(order_id) == (S.CREATED, Stands.PENDING_PAYMENT)
    payments.settle(payment_id)
    assert stands(order_id) == (S.AUTHORISED, Stands.PLACED)


@pytest.mark.parametrize("fault", ["drop_before", "drop_after", "error_500", "error_500_after", "rate_limit"])
def test_a_capture_whose_answer_is_lost_is_taken_once(begun, provider, fault):
    order_id, payment_id, intent_id = begun
    provider.pay(intent_id)
    payments.settle(payment_id)
    moved(orders.accept, order_id, by="store")
    provider.break_line(payment_intents__capture=[fault, fault])
    with pytest.raises(ProviderSilent):
        payments.settle(payment_id)
    provider.break_line()
    state = payments.settle(payment_id)
    assert (state.status, state.captured_cents) == (S.CAPTURED, state.amount_cents)
    assert provider.intent(intent_id).amount_received == state.amount_cents


@pytest.mark.parametrize("fault", ["drop_before", "drop_after", "rate_limit"])
def test_a_begin_whose_answer_is_lost_makes_one_intent(shop, provider, fault):
    payment_id = check_out()[1]
    provider.break_line(payment_intents__create=[fault, fault])
    with pytest.raises(Refusal, match="could not reach"):
        payments.begin(payment_id)
    provider.break_line()
    first, second = payments.begin(payment_id), payments.begin(payment_id)
    assert first == second
    assert len(provider.books()) == 1


def test_a_stored_500_is_left_behind_by_the_next_attempt(shop, provider):
    order_id, payment_id = check_out()
    provider.break_line(payment_intents__create=["error_500_after"])
    assert payments.begin(payment_id).client_secret
    assert payments.state(order_id).attempt == 2


def test_cash_is_counted_when_the_customer_has_it(shop, provider, work_off):
    order_id, _ = check_out(pay_with=PayWith.CASH)
    assert stands(order_id) == (S.AUTHORISED, Stands.PLACED)
    for deed in (orders.accept, orders.start_making, orders.complete):
        moved(deed, order_id, by="store")
    work_off()
    assert stands(order_id) == (S.CAPTURED, Stands.COMPLETED)
    assert ledger.balance(Account.DRAWER) == payments.state(order_id).amount_cents
    assert provider.books() == []


def test_cash_of_a_cancelled_order_was_never_there(shop, provider, work_off):
    order_id, _ = check_out(pay_with=PayWith.CASH)
    moved(orders.cancel, order_id, by="customer", reason="changed")
    work_off()
    assert stands(order_id) == (S.VOID, Stands.CANCELLED)
    assert ledger.balance(Account.DRAWER) == 0


def test_the_reconciler_finds_what_every_message_was_lost_for(begun, provider, now):
    order_id, _, intent_id = begun
    start = clock.now()
    provider.pay(intent_id)
    assert payments.reconcile() == 0
    now(start + timedelta(seconds=61))
    assert payments.reconcile() == 1
    assert stands(order_id) == (S.AUTHORISED, Stands.PLACED)
    moved(orders.accept, order_id, by="store")
    assert payments.reconcile() == 1
    assert stands(order_id) == (S.CAPTURED, Stands.ACCEPTED)
    moved(orders.cancel, order_id, by="store", reason="oven")
    assert payments.reconcile() == 1
    assert payments.state(order_id).refund_reserved_cents == payments.state(order_id).amount_cents
    now(start + timedelta(minutes=12))
    assert payments.reconcile() == 1
    assert stands(order_id) == (S.REFUNDED, Stands.CANCELLED)
    assert payments.reconcile() == 0


@pytest.mark.parametrize("days", [3, 8])
def test_the_reconciler_finds_money_of_an_order_for_later_that_came_to_nothing(begun, provider, work_off, now, days):
    order_id, payment_id, intent_id = begun
    start = clock.now()
    provider.pay(intent_id)
    payments.settle(payment_id)
    moved(orders.accept, order_id, by="store")
    work_off()
    now(start + timedelta(days=days))
    moved(orders.cancel, order_id, by="customer", reason="they fell ill")
    assert payments.reconcile() == 1
    assert payments.state(order_id).refund_reserved_cents == payments.state(order_id).amount_cents
    assert payments.reconcile() == 0


def test_the_reconciler_takes_what_is_held_for_an_order_that_was_accepted_days_later(begun, provider, now):
    order_id, payment_id, intent_id = begun
    start = clock.now()
    provider.pay(intent_id)
    payments.settle(payment_id)
    now(start + timedelta(days=5))
    moved(orders.accept, order_id, by="store")
    assert payments.reconcile() == 1
    assert stands(order_id) == (S.CAPTURED, Stands.ACCEPTED)


def test_cash_that_is_only_held_is_neither_asked_about_nor_alarming(shop, provider, now):
    order_id, _ = check_out(pay_with=PayWith.CASH)
    start = clock.now()
    for deed in (orders.accept, orders.start_making):
        moved(deed, order_id, by="store")
    now(start + timedelta(days=3))
    with capture_logs() as logs:
        assert payments.reconcile() == 0
    assert logs == []


@pytest.mark.parametrize("over", ["completed", "cancelled"])
def test_cash_of_an_order_that_is_over_is_settled_though_every_message_was_lost(shop, provider, now, over):
    order_id, _ = check_out(pay_with=PayWith.CASH)
    start = clock.now()
    for deed in (orders.accept, orders.start_making):
        moved(deed, order_id, by="store")
    now(start + timedelta(days=3))
    if over == "completed":
        moved(orders.complete, order_id, by="store")
    else:
        moved(orders.cancel, order_id, by="store", reason="oven", while_making=True)
    assert payments.reconcile() == 1
    assert stands(order_id) == (S.CAPTURED if over == "completed" else S.VOID, Stands(over))
    assert payments.reconcile() == 0


def test_money_that_a_bank_holds_for_a_day_is_alarming(begun, provider, now):
    _, payment_id, intent_id = begun
    start = clock.now()
    provider.pay(intent_id)
    payments.settle(payment_id)
    now(start + timedelta(hours=25))
    with capture_logs() as logs:
        payments.reconcile()
    assert [(entry["event"], entry["payment_id"]) for entry in logs] == [("held_too_long", payment_id)]


def test_a_payment_that_something_is_wrong_with_keeps_no_other_waiting(begun, provider, now, monkeypatch):
    order_id, _, intent_id = begun
    broken = check_out()[1]
    payments.begin(broken)
    provider.pay(intent_id)

    def settle(asked, _watch):
        if asked == broken:
            raise RuntimeError("it broke")
        return payments.settle(asked)

    monkeypatch.setattr(reconciling, "settle", settle)
    start = clock.now()
    with transaction():
        db.session.get_one(Payment, broken).asked_at = start - timedelta(minutes=1)
    now(start + timedelta(seconds=61))
    with capture_logs() as logs:
        assert payments.reconcile() == 2
    assert [entry["payment_id"] for entry in logs if entry["event"] == "reconcile_failed"] == [broken]
    assert stands(order_id) == (S.AUTHORISED, Stands.PLACED)


def test_a_round_ends_in_time_and_the_next_begins_with_what_it_left(shop, provider, monkeypatch):
    first, second, third = (check_out()[1] for _ in range(3))
    hands, asked = Hands(monkeypatch, clock.now()), []

    def slow(payment_id, _watch):
        asked.append(payment_id)
        hands.move(seconds=6)

    monkeypatch.setattr(reconciling, "settle", slow)
    hands.move(minutes=2)
    assert payments.reconcile() == 2
    hands.move(minutes=2)
    payments.reconcile()
    assert asked[:3] == [first, second, third]


def test_amounts_never_pass_what_was_agreed(begun):
    payment_id = begun[1]
    for column in ("authorised_cents", "captured_cents", "refund_reserved_cents", "refunded_cents"):
        with pytest.raises(Exception, match="never_more_than_agreed"), transaction():
            setattr(db.session.get_one(Payment, payment_id), column, 10**6)
