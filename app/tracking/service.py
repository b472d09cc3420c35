"""Public verbs of the tracking domain: tickets open, move by taps, and close; customers and kitchens look on."""

from datetime import timedelta
from typing import cast

import structlog
from sqlalchemy import ColumnElement, Table, bindparam, select, update

from app.core import clock, live
from app.core.db import atomically, db, sent
from app.core.errors import Conflict, Refusal
from app.orders import service as orders
from app.orders.events import OrderCancelled, OrderPlaced
from app.orders.service import ImpossibleMove, OrderStatus
from app.stores import service as stores
from app.stores.events import StorePaused
from app.stores.values import Method
from app.tracking import opening, stops
from app.tracking.boards import board, finished, ticket_of
from app.tracking.estimates import learn
from app.tracking.following import follow, latest_running, stages, timeline
from app.tracking.messages import write_to_customer
from app.tracking.models import TicketRow
from app.tracking.opening import move_ticket
from app.tracking.pulse import KitchenPulse, kitchen_pulse
from app.tracking.stages import DEEDS, ENDS, LABELS, Stage, next_stage
from app.tracking.tickets import RECALL_FOR, UNDO_FOR, failures, publish, shift, take_back, ticket
from app.tracking.tickets import recall as bring_back
from app.tracking.values import Age, Board, Column, Failure, Moved, Rated, Step, StepState, Tap, Ticket, TrackView
from app.tracking.waiting import Kitchen, escalate, kitchens, mail_untouched, silent_for, touch

__all__ = [
    "DEEDS",
    "LABELS",
    "RECALL_FOR",
    "UNDO_FOR",
    "Age",
    "Board",
    "Column",
    "Failure",
    "Kitchen",
    "KitchenPulse",
    "Moved",
    "Rated",
    "Stage",
    "Step",
    "StepState",
    "Tap",
    "Ticket",
    "TrackView",
    "accept",
    "advance",
    "board",
    "close_ticket",
    "escalate",
    "failures",
    "finished",
    "follow",
    "kitchen_pulse",
    "kitchens",
    "latest_running",
    "learn",
    "mail_untouched",
    "move_ticket",
    "open_ticket",
    "put_away",
    "recall",
    "reject",
    "reject_silent",
    "show_pause",
    "stages",
    "ticket_of",
    "timeline",
    "touch",
    "undo",
    "write_to_customer",
]

log = structlog.get_logger()
SILENCE = timedelta(minutes=5)
_tickets = cast("Table", TicketRow.__table__)
ACCEPT = (
    update(_tickets)
    .where(_tickets.c.order_id == bindparam("order"), _tickets.c.accepted_at.is_(None), _tickets.c.closed_at.is_(None))
    .returning(_tickets.c.order_id)
)


def open_ticket(event: OrderPlaced) -> None:
    """Put a placed order on its store's board, and accept it where the store always does. Hears OrderPlaced."""
    row = opening.put_up(event.order_id)
    if row is not None and row.accepted_at is None and stores.store(row.store_id).auto_accept:
        _accept(row, by="store")


def close_ticket(event: OrderCancelled) -> None:
    """Take an order that came to nothing off the board; most never were there. Hears OrderCancelled."""
    _close(event.order_id)


def show_pause(event: StorePaused) -> None:
    """Let every screen of a kitchen say at once that it takes no new orders, or takes them again. Hears StorePaused."""
    live.publish(f"store:{event.store_id}")


def put_away(order_id: int) -> None:
    """Take a ticket off the board that could not be delivered though it had been called so: its order is completed and
    cannot be cancelled any more. Its stage stays, and so does its money. Raises NotFound, Conflict `ticket_moved`.
    """
    completed = orders.status_of(order_id) is OrderStatus.COMPLETED
    if not completed or not _close(order_id, TicketRow.stage == Stage.DELIVERY_FAILED):
        message = f"Order {order_id} cannot be put away: only one that could not be delivered after all can."
        raise Conflict("ticket_moved", message)


def _close(order_id: int, *where: ColumnElement[bool]) -> bool:
    closed = db.session.scalars(
        update(TicketRow)
        .where(TicketRow.order_id == order_id, TicketRow.closed_at.is_(None), *where)
        .values(closed_at=clock.now())
        .returning(TicketRow)
    ).first()
    if closed is not None:
        stops.call_off(order_id)
        publish(closed, closed.seq)
    return closed is not None


def accept(order_id: int, *, by: str) -> bool:
    """The store says that it makes an order; False when it had. Raises ImpossibleMove when the order was called off."""
    return _accept(ticket(order_id), by=by)


def _accept(row: TicketRow, *, by: str) -> bool:
    if not sent(ACCEPT, {"order": row.order_id, "accepted_at": clock.now()}):
        return False
    orders.accept(row.order_id, by=by)
    publish(row, row.seq)
    return True


def advance(order_id: int, expected: Stage, *, by: str, to: Stage | None = None, reason: str = "") -> Moved:
    """Move a ticket on from the stage that the screen showed: to the usual next one, or to `to` for a reason.

    The first move accepts the order if nobody has; making starts with it, and the last one completes the order.
    Raises NotFound, Refusal `no_such_move`, Conflict `ticket_moved`, `ticket_retimed` when its customer has just chosen
    another time, ImpossibleMove when the order was called off.
    """
    row = ticket(order_id)
    target = to or next_stage(expected, Method(row.method), baked=row.baked)
    if target is None:
        raise Refusal("no_such_move", f"Nothing comes after {LABELS[expected]}.", field="expected")
    moved = shift(row, expected, target, by=by, reason=reason)
    stops.follow_move(order_id, target)
    if target is Stage.PREP:
        accept(order_id, by=by)
        orders.start_making(order_id, by=by)
        opening.keep_time(row)
    if target in ENDS:
        orders.complete(order_id, by=by)
    return moved


def undo(order_id: int, seq: int, *, by: str) -> Moved:
    """Take the last tap back, for ten seconds. What the customer was told stays told: making has started.

    Raises NotFound, Conflict `too_late_to_undo`, `ticket_moved`.
    """
    row = ticket(order_id)
    came_to = Stage(row.stage)
    moved = take_back(row, seq, by=by)
    stops.take_back(order_id, came_to)
    return moved


def recall(order_id: int, seq: int, *, by: str) -> Moved:
    """Bring a ticket that is finished back to the board, for two hours: a tap too many, or one on the wrong ticket.

    Raises NotFound, Conflict `too_late_to_recall`, `ticket_moved`.
    """
    row = ticket(order_id)
    came_to = Stage(row.stage)
    moved = bring_back(row, seq, by=by)
    stops.take_back(order_id, came_to)
    return moved


def reject(order_id: int, *, by: str, reason: str) -> bool:
    """The store cannot make an order and says why: held money goes, the customer reads it. False when it had.

    Raises ImpossibleMove when the order was accepted, or called off.
    """
    return orders.reject(order_id, by=by, reason=reason)


def reject_silent() -> int:
    """Reject what rings in an open store and was not answered for five minutes, one by one; returns how many.
    Recurring work.
    """
    query = select(TicketRow).where(
        TicketRow.accepted_at.is_(None), TicketRow.closed_at.is_(None), TicketRow.received_at < clock.now() - SILENCE
    )
    silent = [row.order_id for row in db.session.scalars(query) if silent_for(row) > SILENCE]
    stands = orders.statuses(silent)
    return sum(_reject(order_id) for order_id in silent if stands[order_id] is OrderStatus.PLACED)


def _reject(order_id: int) -> bool:
    try:
        return atomically(lambda: orders.reject(order_id, by="clock", reason="The store did not answer in time"))
    except ImpossibleMove:  # it was answered in this very moment, or came to nothing
        log.info("answered_after_all", order_id=order_id)
        return False
