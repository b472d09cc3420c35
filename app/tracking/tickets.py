"""Tickets move here: one function, one table of allowed moves, one guarded statement."""

from collections.abc import Collection
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, func, select, update

from app.core import clock, live
from app.core.db import db
from app.core.errors import Conflict, NotFound, Refusal
from app.core.events import emit
from app.stores.values import Method
from app.tracking import estimates
from app.tracking.estimates import TOLD, Said
from app.tracking.eta import Span
from app.tracking.events import StageMoved
from app.tracking.models import StageMove, TicketRow
from app.tracking.stages import ENDS, LABELS, Stage, may_move
from app.tracking.values import Failure, Moved

UNDO_FOR = timedelta(seconds=10)
RECALL_FOR = timedelta(hours=2)
ON_THE_WIRE = timedelta(seconds=2)  # a tap in the last moment still counts


def ticket(order_id: int) -> TicketRow:
    """The ticket of an order, as it is right now. Raises NotFound."""
    row = db.session.get(TicketRow, order_id, populate_existing=True)
    if row is None:
        raise NotFound("There is no such order on the board.")
    return row


def shift(row: TicketRow, expected: Stage, to: Stage, *, by: str, reason: str = "") -> Moved:
    """Move an open ticket from where the screen showed it, in the open unit of work.

    Raises Refusal `no_such_move` for what the table does not know, Conflict `ticket_moved` when another was faster.
    """
    if not may_move(expected, to, Method(row.method), baked=row.baked):
        raise Refusal("no_such_move", f"{LABELS[expected]} is not followed by {LABELS[to]}.", field="expected")
    if row.closed_at is not None:
        raise _overtaken(row.order_id)
    now = clock.now()
    seq = _step(row, expected, to, now, now)
    db.session.add(StageMove(order_id=row.order_id, seq=seq, source=expected, to=to, at=now, by=by, reason=reason))
    return Moved(row.order_id, row.store_id, seq, to, now + UNDO_FOR)


def take_back(row: TicketRow, seq: int, *, by: str) -> Moved:
    """Undo the last move of a ticket. Raises NotFound, Conflict `too_late_to_undo`, `ticket_moved`.

    One that ended it is undone as `recall` does: what the order came to stays.
    """
    move = db.session.get(StageMove, (row.order_id, seq), populate_existing=True)
    if move is None:
        raise NotFound("There is no such move.")
    called_off = row.closed_at is not None and Stage(row.stage) not in ENDS
    final = move.undone or move.reversal or called_off
    if final or row.seq != seq or clock.now() > move.at + UNDO_FOR + ON_THE_WIRE:
        raise Conflict("too_late_to_undo", f"Order {row.order_id} cannot be moved back any more.")
    return _reverse(row, move, by)


def recall(row: TicketRow, seq: int, *, by: str) -> Moved:
    """Bring a finished ticket back to where it stood before its last tap, for two hours.

    What the order came to stays: it is handed over, and its money is taken. Raises Conflict `too_late_to_recall`.
    """
    move = db.session.get(StageMove, (row.order_id, seq), populate_existing=True)
    now = clock.now()
    finished = row.closed_at is not None and Stage(row.stage) in ENDS
    if move is None or not finished or row.seq != seq or now > (row.closed_at or now) + RECALL_FOR:
        raise Conflict("too_late_to_recall", f"Order {row.order_id} cannot be brought back any more.")
    return _reverse(row, move, by)


def _reverse(row: TicketRow, move: StageMove, by: str) -> Moved:
    source, now, seq = Stage(move.source), clock.now(), move.seq + 1
    _step(row, Stage(move.to), source, now, _came_to(row, source))
    move.undone = True
    db.session.add(StageMove(order_id=row.order_id, seq=seq, source=move.to, to=source, at=now, by=by, reversal=True))
    return Moved(row.order_id, row.store_id, seq, source, None)


def undoable(store_id: int) -> Moved | None:
    """The last tap on a store's tickets, as long as it may be taken back."""
    since = clock.now() - UNDO_FOR
    query = (
        select(StageMove.order_id, StageMove.seq, StageMove.to, StageMove.at)
        .join(TicketRow, TicketRow.order_id == StageMove.order_id)
        .where(
            TicketRow.store_id == store_id,
            TicketRow.closed_at.is_(None) | (TicketRow.closed_at > since) & TicketRow.stage.in_(ENDS),
            TicketRow.seq == StageMove.seq,
            StageMove.reversal.is_(False),
            StageMove.at > since,
        )
        .order_by(StageMove.at.desc())
        .limit(1)
    )
    row = db.session.execute(query).first()
    return Moved(row.order_id, store_id, row.seq, Stage(row.to), row.at + UNDO_FOR) if row else None


def failures(order_ids: Collection[int]) -> dict[int, Failure]:
    """The last time that each of some orders could not be handed over, in one query; all others are left out."""
    query = select(StageMove).where(
        StageMove.order_id.in_(order_ids),
        StageMove.to == Stage.DELIVERY_FAILED,
        StageMove.undone.is_(False),
        StageMove.reversal.is_(False),
    )
    rows = db.session.scalars(query.order_by(StageMove.seq))
    return {row.order_id: Failure(row.at, row.reason, row.by) for row in rows}


def _step(row: TicketRow, expected: Stage, to: Stage, now: datetime, since: datetime) -> int:
    said = _say(row, to, since)
    span = said.span if isinstance(said, Said) else said
    moved = db.session.scalar(
        update(TicketRow)
        .where(TicketRow.order_id == row.order_id, *_still_there(row, expected))
        .values(
            stage=to,
            seq=row.seq + 1,
            stage_at=since,
            expected_from=span.start,
            expected_to=span.end,
            touched_at=func.coalesce(TicketRow.touched_at, now),
            closed_at=now if to in ENDS else None,
        )
        .returning(TicketRow.seq)
        .execution_options(synchronize_session=False)
    )
    if moved is None:
        raise _overtaken(row.order_id)
    if isinstance(said, Said):
        estimates.note(row, said)
    _tell(row, moved, to)
    return moved


def _still_there(row: TicketRow, expected: Stage) -> tuple[ColumnElement[bool], ...]:
    as_read = TicketRow.closed_at.is_(None) if row.closed_at is None else TicketRow.closed_at.is_not(None)
    return (TicketRow.stage == expected, TicketRow.seq == row.seq, as_read)


def _say(row: TicketRow, to: Stage, since: datetime) -> Said | Span:
    """What is told from now on: something new, or for a tap that was taken back what was told before it."""
    if to in ENDS:
        return Span(row.expected_from, row.expected_to)
    if since < row.stage_at and (before := estimates.told(row.order_id, to)):
        return before
    return estimates.weigh(row, to, since) if to in TOLD else estimates.allowed(row, to, since)


def _came_to(row: TicketRow, stage: Stage) -> datetime:
    query = select(StageMove.at).where(
        StageMove.order_id == row.order_id,
        StageMove.to == stage,
        StageMove.undone.is_(False),
        StageMove.reversal.is_(False),
    )
    return db.session.scalar(query.order_by(StageMove.seq.desc()).limit(1)) or row.received_at


def _overtaken(order_id: int) -> Conflict:
    row = ticket(order_id)
    stage = Stage(row.stage)
    place = "off the board" if row.closed_at else f"at “{LABELS[stage]}”"
    message = f"Another screen was faster: order {order_id} is {place}."
    return Conflict("ticket_moved", message, extra={"stage": stage.value, "seq": row.seq})


def _tell(row: TicketRow, seq: int, stage: Stage) -> None:
    publish(row, seq)  # the hint goes first: people look on, nobody looks at a worker
    emit(StageMoved(row.order_id, seq, stage.value))


def publish(row: TicketRow, seq: int) -> None:
    """Hint to the order's customer and its store's screens, once it is committed."""
    live.publish(f"order:{row.order_id}", seq)
    live.publish(f"store:{row.store_id}", row.order_id)
