"""A store's money of one day: what came in and went back by card and in cash, who bears it, and what stands still."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import ColumnElement, func, select

from app.core import clock
from app.core.db import db
from app.orders import service as orders
from app.payments import records, refunds, sights
from app.payments.ledger import BOUNCED, Account
from app.payments.models import LedgerEntry, Payment, Refund
from app.payments.sights import SeenAt
from app.payments.status import WAITING, PaymentStatus
from app.payments.values import PaymentState, PayWith, RefundState
from app.stores.service import StoreInfo

STILL, SHOWN = timedelta(minutes=20), timedelta(days=30)
MOST_STUCK, BATCH = 50, 500


@dataclass(frozen=True, slots=True)
class CashUp:
    """A store's books of one day, in cents: what came in, and what went back, by card and in cash."""

    day: date
    card_in: int
    card_back: int
    cash_in: int
    cash_back: int
    borne: tuple[tuple[Account, int], ...]
    disputed: int

    @property
    def drawer_cents(self) -> int:
        """What the day's orders have put into the drawer."""
        return self.cash_in - self.cash_back


@dataclass(frozen=True, slots=True)
class Booked:
    """One line of the day's books: what moved, for which order, in cents into our hands (negative: out of them)."""

    at: datetime
    order_id: int
    transfer: str
    account: str
    cents: int


def today(store: StoreInfo) -> date:
    """The store's business day."""
    return store.hours.business_date(clock.now())


def cash_up(store: StoreInfo, day: date) -> CashUp:
    """A store's books of one day."""
    sums = _sums(store, day)

    def came(account: Account) -> int:
        return sum(cents for (name, inward), cents in sums.items() if name == account and inward)

    def left(account: Account) -> int:
        return -sum(cents for (name, inward), cents in sums.items() if name == account and not inward)

    bearers = (Account.BY_STORE, Account.BY_CHAIN, Account.COURTESY)
    return CashUp(
        day=day,
        card_in=came(Account.PROVIDER),
        card_back=left(Account.PROVIDER),
        cash_in=came(Account.DRAWER),
        cash_back=left(Account.DRAWER),
        borne=tuple((account, cents) for account in bearers if (cents := came(account) - left(account))),
        disputed=came(Account.DISPUTES) - left(Account.DISPUTES),
    )


def _sums(store: StoreInfo, day: date) -> dict[tuple[str, bool], int]:
    """What came into each account and what left it. What a bank sent back makes less of what went back."""
    inward = (LedgerEntry.cents > 0) & ~LedgerEntry.transfer.startswith(f"{BOUNCED}-")
    query = (
        select(LedgerEntry.account, inward, func.sum(LedgerEntry.cents))
        .join(Payment, Payment.id == LedgerEntry.payment_id)
        .where(Payment.store_id == store.id, *_within(store, day))
        .group_by(LedgerEntry.account, inward)
    )
    return {(account, bool(positive)): cents for account, positive, cents in db.session.execute(query)}


def _within(store: StoreInfo, day: date) -> tuple[ColumnElement[bool], ...]:
    begins, ends = store.hours.day_span(day)
    return (LedgerEntry.at >= begins, LedgerEntry.at < ends)


def booked(store: StoreInfo, day: date) -> Iterator[Booked]:
    """Every line of a store's books of one day that is about card or cash, oldest first."""
    last = 0
    query = (
        select(LedgerEntry, Payment.order_id)
        .join(Payment, Payment.id == LedgerEntry.payment_id)
        .where(Payment.store_id == store.id, *_within(store, day))
        .where(LedgerEntry.account.in_([Account.PROVIDER, Account.DRAWER]))
        .order_by(LedgerEntry.id)
        .limit(BATCH)
    )
    while rows := db.session.execute(query.where(LedgerEntry.id > last)).all():
        for row, order_id in rows:
            last = row.id
            yield Booked(row.at, order_id, row.transfer.partition("-")[0], row.account, row.cents)


def cash_due(order_ids: Collection[int]) -> dict[int, int]:
    """What is to be taken in cash for those of some orders that are paid so, in cents, in one query."""
    query = select(Payment.order_id, Payment.amount_cents).where(
        Payment.order_id.in_(order_ids), Payment.method == PayWith.CASH.value
    )
    return {row.order_id: row.amount_cents for row in db.session.execute(query)}


def stuck(store_id: int) -> tuple[tuple[PaymentState, SeenAt | None], ...]:
    """Payments of a store that should have come to an end by now, the oldest first, and what was last seen of each."""
    late = clock.now() - STILL
    failed = (Refund.state == RefundState.FAILED) & (Refund.decided_by == "")
    under_way = Refund.state.in_([RefundState.RESERVED, RefundState.SUBMITTED])
    open_refund = select(Refund.payment_id).where(failed | under_way, Refund.created_at < late)
    waits = Payment.status.in_(WAITING) & (Payment.created_at < late)
    held = (Payment.status == PaymentStatus.AUTHORISED) & (Payment.method != "cash") & (Payment.created_at < late)
    query = select(Payment.id).where(Payment.store_id == store_id, waits | held | Payment.id.in_(open_refund))
    still = db.session.scalars(query.order_by(Payment.id).limit(MOST_STUCK)).all()
    ids = sorted({*still, *_not_given_back(store_id, late)})[:MOST_STUCK]
    seen = sights.of(ids)
    return tuple((records.read(each), seen.get(each)) for each in ids)


def _not_given_back(store_id: int, late: datetime) -> Sequence[int]:
    """Payments of a month whose order came to nothing a while ago, with money that is not set aside to go back."""
    dead = orders.dead_before(late, since=clock.now() - SHOWN, store_id=store_id)
    query = select(Payment.id).where(Payment.order_id.in_(dead), refunds.KEPT)
    return db.session.scalars(query.order_by(Payment.id).limit(MOST_STUCK)).all()
