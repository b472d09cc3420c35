"""What staff give back: exact to the cent in any order, within limits, approved by another, told to the customer."""

import random
from functools import partial

import pytest
from sqlalchemy import func, select
from structlog.testing import capture_logs

from app.core import clock
from app.core.db import db, transaction
from app.core.errors import Conflict, Forbidden, Refusal
from app.orders import service as orders
from app.payments import ledger, refunds, returns, till
from app.payments import service as payments
from app.payments.ledger import Account
from app.payments.models import Refund, RefundClaim
from app.payments.provider import ProviderRefused
from app.payments.returns import Wish
from app.payments.service import Bearer, PaymentStatus, PayWith, Reason, RefundState
from app.users.models import AuditRow
from tests.domains.payments.conftest import ADA, MINA, OTTO, ROSA
from tests.factories.books import uneven
from tests.factories.deals import QUARTER_OFF, deal
from tests.factories.mail import mails
from tests.factories.orders import COLA, ELM_STREET, HALF_AND_HALF, HOME, MARGHERITA, check_out
from tests.races import race

S = PaymentStatus


def wish(*parts: str, cents: int | None = None, bearer: Bearer = Bearer.STORE) -> Wish:
    return Wish(Reason.COLD, bearer, parts=parts, amount_cents=cents)


def give(order_id: int, wanted: Wish, person=ADA, key: str = "one", **named):
    with transaction():
        return returns.give_back(order_id, wanted, person, key=key, **named)


def parts_of(order_id: int) -> list[str]:
    return list(returns.sheet(order_id).free)


@pytest.mark.parametrize("seed", range(4))
def test_everything_given_back_part_by_part_in_any_order_is_what_was_taken(take, provider, work_off, seed):
    deal(QUARTER_OFF)
    order_id = take((MARGHERITA, 3), HALF_AND_HALF, (COLA, 2), place=HOME, tip_cents=437)
    parts = parts_of(order_id)
    assert {"fee", "tip"} < set(parts)
    random.Random(seed).shuffle(parts)
    for n, part in enumerate(parts):
        give(order_id, wish(part), key=f"part-{n}")
    work_off()
    state = payments.state(order_id)
    assert (state.status, state.refunded_cents) == (S.REFUNDED, state.captured_cents)
    assert sum(each["amount"] for each in provider.books("refund")) == state.captured_cents
    assert ledger.balance(Account.PROVIDER) == 0
    assert ledger.balance(Account.BY_STORE) == state.captured_cents


def test_a_unit_goes_back_with_its_tax_and_less_its_share_of_a_deal(take):
    deal(QUARTER_OFF)
    order_id = take((MARGHERITA, 2), (COLA, 1))
    unit = orders.order(order_id).quote.units[0]
    assert unit.discount_cents > 0
    made = give(order_id, wish(f"unit:{unit.id}"))
    assert made.cents == unit.list_cents - unit.discount_cents + unit.tax_cents
    assert [(part.name, part.cents) for part in made.parts] == [("Medium Margherita", made.cents)]


def test_each_part_goes_back_once_and_an_amount_never_passes_what_is_left(take):
    order_id = take((COLA, 2))
    first, _ = parts_of(order_id)
    give(order_id, wish(first))
    with pytest.raises(Conflict, match="goes back already"):
        give(order_id, wish(first), key="two")
    left = returns.sheet(order_id).left_cents
    with pytest.raises(Conflict, match="more than is left"):
        give(order_id, wish(cents=left + 1), key="three")
    with pytest.raises(Refusal, match="has no unit:999"):
        give(order_id, wish("unit:999"), key="four")
    with pytest.raises(Refusal, match="Choose what goes back"):
        give(order_id, wish(cents=0), key="five")
    assert give(order_id, wish(), key="six").cents == left


def test_after_an_amount_the_rest_is_what_is_left_of_the_sum(take, work_off):
    order_id = take((COLA, 2))
    give(order_id, wish(cents=100))
    give(order_id, wish(), key="rest")
    work_off()
    assert payments.state(order_id).status is S.REFUNDED


def test_the_sum_that_was_seen_is_the_sum_that_goes_back(take):
    order_id = take((COLA, 2))
    seen = returns.sheet(order_id).left_cents
    give(order_id, wish(cents=50))
    with pytest.raises(Conflict, match="by now"):
        give(order_id, wish(), key="two", expected_cents=seen)


def test_above_a_limit_the_money_waits_for_another_person(take, provider, work_off):
    order_id = take((MARGHERITA, 3))
    made = give(order_id, wish(cents=2600), ROSA)
    work_off()
    assert made.state is RefundState.WAITING
    assert provider.books("refund") == []
    assert returns.sheet(order_id).left_cents == payments.state(order_id).captured_cents - 2600
    with pytest.raises(Forbidden), transaction():
        returns.decide(made.id, ROSA, approved=True)
    with transaction():
        assert returns.decide(made.id, MINA, approved=True).decided_by == "Mina"
    work_off()
    assert [each["amount"] for each in provider.books("refund")] == [2600]
    with pytest.raises(Conflict), transaction():
        returns.decide(made.id, OTTO, approved=False)


def test_nobody_approves_their_own_whatever_their_limit(take):
    order_id = take((MARGHERITA, 12))
    made = give(order_id, wish(cents=10_100), MINA)
    assert made.state is RefundState.WAITING
    with pytest.raises(Forbidden, match="more than you may"), transaction():
        returns.decide(made.id, OTTO, approved=True)
    mina_promoted = ADA.__class__(MINA.user_id, "Mina", ADA.roles)
    with pytest.raises(Forbidden, match="yourself"), transaction():
        returns.decide(made.id, mina_promoted, approved=True)
    with transaction():
        assert returns.decide(made.id, ADA, approved=True).state is RefundState.RESERVED


def test_a_limit_holds_for_the_order_and_not_for_each_press(take):
    order_id = take((MARGHERITA, 3))
    assert give(order_id, wish(cents=2000), ROSA).state is RefundState.RESERVED
    assert give(order_id, wish(cents=501), ROSA, key="two").state is RefundState.WAITING


def test_what_is_declined_may_go_back_another_time(take, work_off):
    order_id = take((MARGHERITA, 3))
    parts = parts_of(order_id)
    made = give(order_id, wish(*parts), ROSA)
    with transaction():
        returns.decide(made.id, MINA, approved=False)
    assert parts_of(order_id) == parts
    assert payments.state(order_id).refund_reserved_cents == 0
    give(order_id, wish(*parts), MINA, key="two")
    work_off()
    assert payments.state(order_id).status is S.REFUNDED


def test_an_order_that_is_cancelled_gives_back_what_waited_and_the_rest(take, provider, work_off):
    order_id = take((MARGHERITA, 3))
    give(order_id, wish(cents=2600), ROSA)
    with transaction():
        orders.cancel(order_id, by="store", reason="oven")
    work_off()
    state = payments.state(order_id)
    assert (state.status, state.refunded_cents) == (S.REFUNDED, state.captured_cents)


def test_cash_goes_back_from_the_drawer(shop, provider, work_off):
    order_id, _ = check_out((COLA, 4), pay_with=PayWith.CASH)
    with transaction():
        for deed in (orders.accept, orders.start_making, orders.complete):
            deed(order_id, by="store")
    work_off()
    give(order_id, wish(cents=300, bearer=Bearer.COURTESY))
    work_off()
    state = payments.state(order_id)
    assert (state.refunded_cents, ledger.balance(Account.DRAWER)) == (300, state.captured_cents - 300)
    assert ledger.balance(Account.COURTESY) == 300
    assert uneven() == ()


def test_what_the_bank_refuses_is_told_and_can_be_tried_again(take, provider, work_off, monkeypatch):
    order_id = take((COLA, 2))
    part = parts_of(order_id)[0]

    with monkeypatch.context() as patch, capture_logs() as logs:
        patch.setattr(refunds.stripe, "create_refund", refuse)
        made = give(order_id, wish(part))
        work_off()
    failed = returns.refund(made.id)
    assert (failed.state, failed.why) == (RefundState.FAILED, "The account is closed.")
    assert "refund_failed" in {entry["event"] for entry in logs}
    assert parts_of(order_id)[0] == part
    with transaction():
        again = returns.try_again(made.id, MINA)
    with transaction():
        assert returns.try_again(made.id, MINA) == again
    work_off()
    assert [each["amount"] for each in provider.books("refund")] == [made.cents]
    assert returns.refund(again).state is RefundState.SUCCEEDED


def refuse(*_given):
    raise ProviderRefused("charge_disputed", "The account is closed.")


def test_what_was_approved_and_the_bank_refuses_stands_still_until_somebody_tries_again(
    take, work_off, monkeypatch, now
):
    order_id = take((MARGHERITA, 3))
    made = give(order_id, wish(cents=2600), ROSA)
    with transaction():
        returns.decide(made.id, MINA, approved=True)
    with monkeypatch.context() as patch:
        patch.setattr(refunds.stripe, "create_refund", refuse)
        work_off()
    assert returns.refund(made.id).state is RefundState.FAILED
    now(clock.now() + till.STILL * 2)
    assert [payment.order_id for payment, _ in till.stuck(ELM_STREET)] == [order_id]
    with transaction():
        returns.try_again(made.id, MINA)
    work_off()
    assert till.stuck(ELM_STREET) == ()


def test_what_the_bank_refused_goes_with_the_rest_of_an_order_that_is_cancelled(take, work_off, monkeypatch, now):
    order_id = take((MARGHERITA, 3))
    with monkeypatch.context() as patch:
        patch.setattr(refunds.stripe, "create_refund", refuse)
        give(order_id, wish(cents=300))
        work_off()
    with transaction():
        orders.cancel(order_id, by="store", reason="oven")
    work_off()
    assert payments.state(order_id).status is S.REFUNDED
    now(clock.now() + till.STILL * 2)
    assert till.stuck(ELM_STREET) == ()


def test_a_refusal_that_comes_because_another_was_faster_is_no_refusal(take, provider, work_off, monkeypatch):
    order_id = take((COLA, 2))
    create = refunds.stripe.create_refund

    def twice(payment, cents, refund_id, attempt):
        create(payment, cents, refund_id, attempt)
        raise ProviderRefused("charge_already_refunded", "It went back already.")

    monkeypatch.setattr(refunds.stripe, "create_refund", twice)
    made = give(order_id, wish())
    work_off()
    assert returns.refund(made.id).state is RefundState.SUCCEEDED
    assert payments.state(order_id).status is S.REFUNDED


@pytest.mark.usefixtures("outbox")
def test_the_customer_is_told_once_and_the_books_say_who_did_it(take, work_off):
    order_id = take((COLA, 2))
    give(order_id, wish(parts_of(order_id)[0]), MINA)
    work_off()
    (told,) = [mail for mail in mails() if "back for order" in mail.subject]
    assert told.subject == f"$2.49 back for order {order_id}"
    for written in (told.text, told.html):
        assert "Visa ending 4242" in written
        assert f"/receipt/{order_id}-" in written
    row = db.session.scalars(select(AuditRow).where(AuditRow.deed == "refund.ask")).one()
    assert (row.user_id, row.detail["cents"], row.detail["bearer"]) == (MINA.user_id, 249, "store")


def of_one_unit(order_id: int, key: str):
    with transaction():
        part = next(iter(returns.sheet(order_id).rows[0].parts)).key
        return returns.give_back(order_id, wish(part), ADA, key=key)


def count(model) -> int:
    db.session.rollback()
    return db.session.scalar(select(func.count()).select_from(model))


def test_of_two_people_who_give_one_unit_back_one_does(shop, take):
    order_id = take((COLA, 3))
    done = race(shop, *(partial(of_one_unit, order_id, key) for key in ("one", "two")))
    assert sorted(type(each).__name__ for each in done) == ["Conflict", "RefundView"]
    assert (count(Refund), count(RefundClaim)) == (1, 1)


def test_without_its_claim_one_unit_would_go_back_twice(shop, take, monkeypatch):
    order_id = take((COLA, 3))
    monkeypatch.setattr(refunds, "_claim", lambda *_: None)
    race(shop, *(partial(of_one_unit, order_id, key) for key in ("one", "two")))
    assert count(Refund) == 2


def test_one_press_repeated_eight_times_gives_back_once(shop, take):
    order_id = take((COLA, 3))
    done = race(shop, *[partial(of_one_unit, order_id, "the-same")] * 8)
    assert len({each.id for each in done}) == 1


def test_of_two_who_decide_at_once_one_does(shop, take):
    order_id = take((MARGHERITA, 3))
    made = give(order_id, wish(cents=2600), ROSA)

    def decide(person, approved):
        with transaction():
            return returns.decide(made.id, person, approved=approved)

    done = race(shop, partial(decide, MINA, True), partial(decide, OTTO, False))
    assert sorted(type(each).__name__ for each in done) == ["Conflict", "RefundView"]
    state = returns.refund(made.id).state
    assert payments.state(order_id).refund_reserved_cents == (2600 if state is RefundState.RESERVED else 0)
