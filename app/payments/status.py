"""The states of a payment: one table of allowed moves, one function that makes them."""

from enum import StrEnum
from functools import cache
from typing import cast

import structlog
from sqlalchemy import ColumnElement, Executable, Table, bindparam, insert, select, update

from app.core import clock, live
from app.core.db import db, sent, sent_one
from app.core.errors import Conflict
from app.payments.models import Payment, PaymentEvent

log = structlog.get_logger()
_payments = cast("Table", Payment.__table__)
EVENT = insert(cast("Table", PaymentEvent.__table__))


class PaymentStatus(StrEnum):
    """Where the money of an order stands."""

    NEW = "new"
    CREATED = "created"
    REQUIRES_ACTION = "requires_action"
    DECLINED = "declined"
    AUTHORISED = "authorised"
    CAPTURED = "captured"
    PART_REFUNDED = "part_refunded"
    REFUNDED = "refunded"
    VOID = "void"
    DISPUTED = "disputed"


S = PaymentStatus
MOVES: dict[PaymentStatus, frozenset[PaymentStatus]] = {
    S.NEW: frozenset({S.CREATED, S.VOID}),
    S.CREATED: frozenset({S.REQUIRES_ACTION, S.DECLINED, S.AUTHORISED, S.VOID}),
    S.REQUIRES_ACTION: frozenset({S.CREATED, S.DECLINED, S.AUTHORISED, S.VOID}),
    S.DECLINED: frozenset({S.CREATED, S.REQUIRES_ACTION, S.AUTHORISED, S.VOID}),
    S.AUTHORISED: frozenset({S.CAPTURED, S.VOID}),
    S.CAPTURED: frozenset({S.PART_REFUNDED, S.REFUNDED, S.DISPUTED}),
    S.PART_REFUNDED: frozenset({S.CAPTURED, S.REFUNDED, S.DISPUTED}),  # a bank may send back what had gone back
    S.REFUNDED: frozenset({S.CAPTURED, S.PART_REFUNDED, S.DISPUTED}),
    S.VOID: frozenset(),
    S.DISPUTED: frozenset({S.CAPTURED, S.PART_REFUNDED, S.REFUNDED}),
}
WAITING = frozenset({S.NEW, S.CREATED, S.REQUIRES_ACTION, S.DECLINED})
PAID = frozenset({S.AUTHORISED, S.CAPTURED, S.PART_REFUNDED, S.REFUNDED, S.DISPUTED})


class ImpossiblePaymentMove(Conflict):
    """A payment was asked to go where no payment goes from here."""

    def __init__(self, payment_id: int, status: str, to: str) -> None:
        super().__init__("payment_moved_on", "This payment has moved on since. Look again, then decide.")
        self.payment_id, self.status_now, self.to = payment_id, status, to


def move(payment_id: int, to: PaymentStatus, *, detail: str = "", **values: object) -> bool:
    """Move a payment, in the open unit of work, and set `values` on it: True when it moved, False when it stood there.
    Whoever follows the order sees it.

    Raises ImpossiblePaymentMove, loudly, for anything else.
    """
    if move_where(payment_id, to, detail=detail, **values):
        return True
    status = db.session.scalar(select(Payment.status).where(Payment.id == payment_id))
    if status == to:
        return False
    log.error("impossible_payment_move", payment_id=payment_id, status=f"{status} to {to}")
    raise ImpossiblePaymentMove(payment_id, status or "unknown", to)


def move_where(
    payment_id: int, to: PaymentStatus, *still: ColumnElement[bool], detail: str = "", **values: object
) -> bool:
    """The same, if what else must `still` be so is; False, without a word, if it is not or no payment goes there.

    The conditions are made once, with names for what they compare with: `values` has these, too.
    """
    sources = [status for status, targets in MOVES.items() if to in targets]
    given = {"payment": payment_id, "sources": sources, "status": to, **values}
    moved = sent_one(_moving(*still), given)
    if moved is None:
        return False
    record(payment_id, moved.seq, to, detail=detail)
    if to not in WAITING:
        live.publish(f"order:{moved.order_id}")
    return True


@cache
def _moving(*still: ColumnElement[bool]) -> Executable:
    """The guarded move, put together once: that costs more than sending it."""
    from_there = _payments.c.status.in_(bindparam("sources", expanding=True))
    moved = update(_payments).where(_payments.c.id == bindparam("payment"), from_there, *still)
    return moved.values(seq=_payments.c.seq + 1).returning(_payments.c.seq, _payments.c.order_id)


def record(payment_id: int, seq: int, status: PaymentStatus, *, detail: str = "") -> None:
    """Write the history row of a move."""
    row = {"payment_id": payment_id, "seq": seq, "status": status, "at": clock.now(), "detail": detail[:120]}
    sent(EVENT, row)
