"""The states of an order: one table of allowed moves, one function that makes them."""

from enum import StrEnum
from typing import cast

import structlog
from sqlalchemy import Table, bindparam, insert, select, update

from app.core import clock, live
from app.core.db import db, sent, sent_one
from app.core.errors import Conflict
from app.orders.models import Order, OrderEvent

log = structlog.get_logger()
_orders = cast("Table", Order.__table__)
EVENT = insert(cast("Table", OrderEvent.__table__))
MOVE = (
    update(_orders)
    .where(_orders.c.id == bindparam("order"), _orders.c.status.in_(bindparam("sources", expanding=True)))
    .values(seq=_orders.c.seq + 1)
    .returning(_orders.c.seq, _orders.c.store_id)
)


class OrderStatus(StrEnum):
    """Where an order stands between its customer and its store."""

    PENDING_PAYMENT = "pending_payment"
    PLACED = "placed"
    ACCEPTED = "accepted"
    MAKING = "making"
    COMPLETED = "completed"
    PAYMENT_FAILED = "payment_failed"
    EXPIRED = "expired"
    REJECTED = "rejected"
    CANCELLED = "cancelled"


S = OrderStatus
MOVES: dict[OrderStatus, frozenset[OrderStatus]] = {
    S.PENDING_PAYMENT: frozenset({S.PLACED, S.PAYMENT_FAILED, S.EXPIRED, S.CANCELLED}),
    S.PLACED: frozenset({S.ACCEPTED, S.REJECTED, S.CANCELLED}),
    S.ACCEPTED: frozenset({S.MAKING, S.CANCELLED}),
    S.MAKING: frozenset({S.COMPLETED, S.CANCELLED}),
    S.COMPLETED: frozenset(),
    S.PAYMENT_FAILED: frozenset(),
    S.EXPIRED: frozenset(),
    S.REJECTED: frozenset(),
    S.CANCELLED: frozenset(),
}
DEAD = frozenset({S.PAYMENT_FAILED, S.EXPIRED, S.REJECTED, S.CANCELLED})
IN_KITCHEN = frozenset({S.ACCEPTED, S.MAKING, S.COMPLETED})


class ImpossibleMove(Conflict):
    """An order was asked to go where no order goes from here."""

    def __init__(self, order_id: int, status: str, to: str) -> None:
        super().__init__("order_moved_on", "This order has moved on since. Look again, then decide.")
        self.order_id, self.status_now, self.to = order_id, status, to


def move(
    order_id: int, to: OrderStatus, *, by: str, reason: str = "", since: frozenset[OrderStatus] | None = None
) -> bool:
    """Move an order, in the open unit of work: True when it moved, False when it already stood there.

    `since` narrows from where it may come. Raises ImpossibleMove, loudly, for anything else.
    """
    return moved(order_id, to, by=by, reason=reason, since=since) is not None


def moved(
    order_id: int, to: OrderStatus, *, by: str, reason: str = "", since: frozenset[OrderStatus] | None = None
) -> int | None:
    """The same, and at which store: None when it already stood there."""
    sources = [status for status, targets in MOVES.items() if to in targets and (since is None or status in since)]
    row = sent_one(MOVE, {"order": order_id, "sources": sources, "status": to})
    if row is not None:
        record(order_id, row.seq, to, by=by, reason=reason)
        live.publish(f"order:{order_id}", row.seq)
        live.publish(f"store:{row.store_id}", order_id)
        store_id: int = row.store_id
        return store_id
    status = db.session.scalar(select(Order.status).where(Order.id == order_id))
    if status == to:
        return None
    log.error("impossible_move", order_id=order_id, status=f"{status} to {to}")
    raise ImpossibleMove(order_id, status or "unknown", to)


def record(order_id: int, seq: int, status: OrderStatus, *, by: str, reason: str = "") -> None:
    """Write the history row of a move."""
    row = {"order_id": order_id, "seq": seq, "status": status, "at": clock.now(), "by": by, "reason": reason}
    sent(EVENT, row)
