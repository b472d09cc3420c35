"""The money of orders that were taken in from older books: cash on handing over, since no provider knows of it."""

from collections.abc import Iterator, Sequence
from typing import Any

from sqlalchemy import insert

from app.core.db import db
from app.orders.loading import Loaded
from app.payments.ledger import Account
from app.payments.models import LedgerEntry, Payment, PaymentEvent
from app.payments.status import PaymentStatus
from app.payments.values import PayWith

S = PaymentStatus
Row = dict[str, Any]


def take_in(loaded: Sequence[Loaded]) -> None:
    """Write the payments of loaded orders and book them, in the open unit of work. Whoever calls rolls the days anew.

    Tells nobody: there is nothing to settle any more.
    """
    if not loaded:
        return
    rows = [_payment(each) for each in loaded]
    ids = db.session.scalars(insert(Payment).returning(Payment.id, sort_by_parameter_order=True), rows).all()
    paid = list(zip(ids, loaded, strict=True))
    db.session.execute(insert(PaymentEvent), [move for number, each in paid for move in _moves(number, each)])
    db.session.execute(insert(LedgerEntry), [side for number, each in paid for side in _sides(number, each)])


def _payment(loaded: Loaded) -> Row:
    return {
        "order_id": loaded.order_id,
        "store_id": loaded.store_id,
        "method": PayWith.CASH,
        "status": S.CAPTURED,
        "seq": 1,
        "amount_cents": loaded.total_cents,
        "authorised_cents": loaded.total_cents,
        "captured_cents": loaded.total_cents,
        "created_at": loaded.placed_at,
        "asked_at": loaded.done_at,
    }


def _moves(payment_id: int, loaded: Loaded) -> Iterator[Row]:
    for seq, (status, at) in enumerate(((S.AUTHORISED, loaded.placed_at), (S.CAPTURED, loaded.done_at))):
        yield {"payment_id": payment_id, "seq": seq, "status": status, "at": at, "detail": ""}


def _sides(payment_id: int, loaded: Loaded) -> Iterator[Row]:
    for account, cents in ((Account.ORDERS, -loaded.total_cents), (Account.DRAWER, loaded.total_cents)):
        booked = {"transfer": f"capture-{payment_id}", "account": account, "cents": cents}
        yield {**booked, "payment_id": payment_id, "at": loaded.done_at}
