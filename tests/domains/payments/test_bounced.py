"""What had gone back comes back: the customer's bank sends a refund to us again, days after it had succeeded."""

from datetime import timedelta
from functools import partial

import pytest
from sqlalchemy import func, select
from structlog.testing import capture_logs

from app.core import clock
from app.core.db import db, transaction
from app.core.errors import Conflict
from app.core.periods import Period
from app.orders import service as orders
from app.payments import ledger, refunds, returns, sales, sales_days, till
from app.payments import service as payments
from app.payments.ledger import Account
from app.payments.models import LedgerEntry
from app.payments.returns import Wish
from app.payments.service import Bearer, PaymentStatus, Reason, RefundState
from app.payments.status import move
from app.stores import service as stores
from tests.domains.payments.conftest import ADA, MINA, ROSA, hear, tell
from tests.factories.books import uneven
from tests.factories.mail import mails
from tests.factories.orders import COLA, ELM_STREET, MARGHERITA
from tests.races import HANDS, race

S = PaymentStatus
FAILED = ("refund.failed", "refund.updated", "charge.refund.updated")


@pytest.fixture
def give(take, provider, work_off):
    """Gives some of an order back, all of it at the provider by then; the refund's id."""

    def given(order_id: int, *parts: str, person=ADA, cents: int | None = None) -> int:
        wanted = Wish(Reason.COLD, Bearer.STORE, parts=parts, amount_cents=cents)
        with transaction():
            made = returns.give_back(order_id, wanted, person, key=f"{order_id}-{parts}-{cents}")
        work_off()
        return made.id

    return given


def send_back(provider, refund_id: int) -> None:
    (theirs,) = [each for each in provider.books("refund") if each["metadata"]["refund"] == str(refund_id)]
    provider.send_back(theirs["id"])


def parts_of(order_id: int) -> list[str]:
    return list(returns.sheet(order_id).free)


def bounces() -> int:
    db.session.rollback()
    query = select(func.count()).where(LedgerEntry.transfer.startswith("bounced-"), LedgerEntry.cents > 0)
    return db.session.scalar(query)


@pytest.mark.parametrize("kind", FAILED)
def test_what_the_bank_sends_back_later_is_undone_booked_and_said_aloud_once(take, give, provider, work_off, kind):
    order_id = take((COLA, 2))
    refund_id = give(order_id, parts_of(order_id)[0])
    assert payments.state(order_id).status is S.PART_REFUNDED
    send_back(provider, refund_id)
    with capture_logs() as logs:
        tell(provider, work_off, kind)
        refunds.look(payments.state(order_id).id)
    failed, state = returns.refund(refund_id), payments.state(order_id)
    assert (failed.state, failed.why) == (RefundState.FAILED, "expired_or_canceled_card")
    assert (state.status, state.refunded_cents, state.refund_reserved_cents) == (S.CAPTURED, 0, 0)
    assert len(parts_of(order_id)) == 2
    assert (ledger.balance(Account.PROVIDER), ledger.balance(Account.BY_STORE)) == (state.captured_cents, 0)
    assert uneven() == ()
    assert [entry["order_id"] for entry in logs if entry["event"] == "refund_bounced"] == [order_id]
    moved = [status for _, status in payments.history(state.id)]
    assert moved[-3:] == [S.CAPTURED, S.PART_REFUNDED, S.CAPTURED]


def test_what_else_went_back_stays_given_back(take, give, provider, work_off):
    order_id = take((COLA, 2))
    first, second = (give(order_id, part) for part in parts_of(order_id))
    assert payments.state(order_id).status is S.REFUNDED
    send_back(provider, second)
    tell(provider, work_off, *FAILED)
    state = payments.state(order_id)
    assert (state.status, state.refunded_cents) == (S.PART_REFUNDED, returns.refund(first).cents)
    assert returns.refund(first).state is RefundState.SUCCEEDED


def test_it_stands_still_until_somebody_tries_again_and_that_gives_it_back(take, give, provider, work_off, now):
    order_id = take((MARGHERITA, 3))
    refund_id = give(order_id, cents=2600, person=ROSA)
    with transaction():
        returns.decide(refund_id, MINA, approved=True)
    work_off()
    send_back(provider, refund_id)
    tell(provider, work_off, *FAILED)
    now(payments.state(order_id).created_at + till.STILL * 2)
    assert [payment.order_id for payment, _ in till.stuck(ELM_STREET)] == [order_id]
    with transaction():
        again = returns.try_again(refund_id, MINA)
    work_off()
    assert returns.refund(again).state is RefundState.SUCCEEDED
    state = payments.state(order_id)
    assert (state.status, state.refunded_cents) == (S.PART_REFUNDED, 2600)
    assert till.stuck(ELM_STREET) == ()
    with pytest.raises(Conflict, match="more than is left"), transaction():
        payments.refund(state.id, payments.Giving(state.captured_cents, "two", Reason.COLD, by="Mina"))


def test_a_message_is_not_believed(take, give, provider, work_off):
    order_id = take((COLA, 2))
    refund_id = give(order_id)
    (theirs,) = provider.books("refund")
    lie = {"id": "evt_1", "type": "refund.failed", "data": {"object": {**theirs, "status": "failed"}}}
    hear(lie)
    work_off()
    assert returns.refund(refund_id).state is RefundState.SUCCEEDED
    assert payments.state(order_id).status is S.REFUNDED


def test_what_somebody_gave_back_at_the_provider_is_none_of_ours(take, provider, work_off):
    order_id = take((COLA, 2))
    made = provider.client.v1.refunds.create({"payment_intent": payments.state(order_id).intent_id, "amount": 100})
    provider.send_back(made.id)
    tell(provider, work_off, *FAILED)
    assert payments.state(order_id).status is S.CAPTURED
    assert returns.of_payment(payments.state(order_id).id) == ()


def test_a_payment_in_dispute_stays_so_and_knows_what_is_kept(take, give, provider, work_off):
    order_id = take((COLA, 2))
    refund_id = give(order_id, cents=100)
    payment_id = payments.state(order_id).id
    with transaction():
        move(payment_id, S.DISPUTED)
    send_back(provider, refund_id)
    tell(provider, work_off, *FAILED)
    state = payments.state(order_id)
    assert (state.status, state.refunded_cents) == (S.DISPUTED, 0)


def test_the_rest_of_a_dead_order_is_tried_again_when_it_is_looked_at(take, provider, work_off):
    order_id = take((COLA, 2))
    with transaction():
        orders.cancel(order_id, by="store", reason="oven")
    work_off()
    (theirs,) = provider.books("refund")
    provider.send_back(theirs["id"])
    tell(provider, work_off, *FAILED)
    payments.settle(payments.state(order_id).id)
    work_off()
    assert [each["status"] for each in provider.books("refund")] == ["failed", "succeeded"]
    assert payments.state(order_id).status is S.REFUNDED


def test_the_day_on_which_it_comes_back_counts_it_back(take, give, provider, work_off, now):
    order_id = take((COLA, 2))
    refund_id = give(order_id, parts_of(order_id)[0])
    store = stores.store(ELM_STREET)
    first = till.today(store)
    now(clock.now() + timedelta(days=1))
    send_back(provider, refund_id)
    tell(provider, work_off, *FAILED)
    assert sum(sales_days.roll_all()) == 2
    second = first + timedelta(days=1)
    total = payments.state(order_id).captured_cents
    before, after, both = (
        sales.report(Period(*days), [ELM_STREET]) for days in ((first,) * 2, (second,) * 2, (first, second))
    )
    assert [(each.course.sums.back_cents, each.course.sums.net_cents) for each in (before, after, both)] == [
        (249, total - 249),
        (-249, 249),
        (0, total),
    ]
    assert [(each.key, each.count, each.cents) for each in after.refunds] == [("cold:store", -1, -249)]
    assert [(each.count, each.cents) for each in both.refunds] == [(0, 0)]
    assert {each.key: each.cents for each in after.hands} == {"provider:refund": 249}
    up = till.cash_up(store, second)
    assert (up.card_in, up.card_back, up.borne) == (0, -249, ((Account.BY_STORE, -249),))
    assert [(each.transfer, each.cents) for each in till.booked(store, second)] == [("bounced", 249)]


@pytest.mark.usefixtures("outbox")
def test_the_customer_who_was_told_that_money_comes_is_told_that_it_does_not(take, give, provider, work_off):
    order_id = take((COLA, 2))
    refund_id = give(order_id, cents=100)
    send_back(provider, refund_id)
    for _ in range(2):
        tell(provider, work_off, *FAILED)
    first, second = [mail for mail in mails() if "back" in mail.subject]
    assert first.subject == f"$1.00 back for order {order_id}"
    assert second.subject == f"$1.00 for order {order_id} came back to us"
    for written in (second.text, second.html):
        assert "So you do not have it yet." in written
        assert "Please call Elm Street" in written
        assert "Visa ending 4242" in written
        assert f"/receipt/{order_id}-" in written


def look_at_once(shop, order_id: int) -> list[object]:
    return race(shop, *[partial(refunds.look, payments.state(order_id).id)] * HANDS)


def test_eight_who_look_at_once_undo_it_once(shop, take, give, provider):
    order_id = take((COLA, 2))
    send_back(provider, give(order_id, cents=100))
    assert look_at_once(shop, order_id) == [None] * HANDS
    assert (payments.state(order_id).refunded_cents, bounces()) == (0, 1)


def test_without_its_guard_only_the_database_would_keep_them_apart(shop, take, give, provider, monkeypatch):
    order_id = take((COLA, 2))
    send_back(provider, give(order_id, cents=100))
    monkeypatch.setattr(refunds, "GIVEN", (RefundState.SUCCEEDED, RefundState.FAILED))
    assert [type(each).__name__ for each in look_at_once(shop, order_id)].count("IntegrityError") == HANDS - 1
