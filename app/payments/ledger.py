"""The books: every transfer of money is two entries that sum to zero, written once."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import func, select

from app.core import clock
from app.core.db import db, insert_many_new
from app.core.events import emit
from app.payments.events import MoneyBooked
from app.payments.models import LedgerEntry
from app.payments.values import Bearer, PayWith


class Account(StrEnum):
    """Where money can be: with the card provider, in the stores' drawers, earned by orders, given back, in dispute.

    What was given back stands under who bears it; where a sale was undone, it is taken off what orders earned.
    """

    PROVIDER = "provider"
    DRAWER = "drawer"
    ORDERS = "orders"
    BY_STORE = "by_store"
    BY_CHAIN = "by_chain"
    COURTESY = "courtesy"
    DISPUTES = "disputes"


BOUNCED = "bounced"  # how a transfer begins that brings back what had gone back

# Where money is in our hands: what is there and what was given out of it is what the shop has earned.
HANDS = (Account.PROVIDER, Account.DRAWER)
BORNE_BY = {
    Bearer.STORE: Account.BY_STORE,
    Bearer.CHAIN: Account.BY_CHAIN,
    Bearer.COURTESY: Account.COURTESY,
    Bearer.NOBODY: Account.ORDERS,
}


def account_of(pay_with: PayWith) -> Account:
    """The account that a method's money arrives in."""
    return Account.DRAWER if pay_with is PayWith.CASH else Account.PROVIDER


def transfer(name: str, payment_id: int, cents: int, *, source: Account, target: Account) -> None:
    """Book `cents` from one account to another, in the open unit of work; the same name again books nothing.

    Tells MoneyBooked.
    """
    now = clock.now()
    booked = {"transfer": name, "payment_id": payment_id, "at": now}
    sides = [{**booked, "account": source, "cents": -cents}, {**booked, "account": target, "cents": cents}]
    if insert_many_new(LedgerEntry.account, sides):
        emit(MoneyBooked(name))


def balance(account: Account) -> int:
    """What an account holds, in cents."""
    return (
        db.session.scalar(select(func.coalesce(func.sum(LedgerEntry.cents), 0)).where(LedgerEntry.account == account))
        or 0
    )


def unbalanced(since: datetime) -> tuple[str, ...]:
    """Transfers since a moment whose entries do not sum to zero. There are none; the nightly check says so."""
    booked = select(LedgerEntry.transfer).where(LedgerEntry.at >= since)  # both sides have the same moment
    query = booked.group_by(LedgerEntry.transfer).having(func.sum(LedgerEntry.cents) != 0)
    return tuple(db.session.scalars(query))
