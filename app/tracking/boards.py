"""A store's kitchen board, in a few queries however many tickets hang on it."""

import re
from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import select

from app.core import clock
from app.core.db import db
from app.orders import service as orders
from app.orders.service import OrderView
from app.stores import service as stores
from app.stores.values import Method
from app.tracking import eta, prints, stops
from app.tracking.models import TicketRow
from app.tracking.prints import Print
from app.tracking.stages import ENDS, Stage, onward
from app.tracking.stops import Outcome, Stop
from app.tracking.tickets import RECALL_FOR, failures, undoable
from app.tracking.values import Board, Column, Failure, Ticket
from app.tracking.waiting import LOUD, rings_since

MOST_FINISHED = 60
PRINTED_AT = frozenset({Stage.RECEIVED, Stage.PREP})  # later than that paper tells nobody anything
COLUMNS = (
    ("new", "New", (Stage.RECEIVED,)),
    ("making", "Making", (Stage.PREP,)),
    ("oven", "In the oven", (Stage.BAKING,)),
    ("boxed", "Boxed", (Stage.QUALITY_CHECK, Stage.READY)),
    ("away", "On its way", (Stage.OUT_FOR_DELIVERY, Stage.DELIVERY_FAILED)),
)
ALLERGY = re.compile(r"allerg|intoleran|c(o|œ)eliac|anaphyla|epipen", re.IGNORECASE)


def board(store_id: int) -> Board:
    """Every open ticket of a store: what is due first stands first in its column."""
    rows = db.session.scalars(
        select(TicketRow)
        .where(TicketRow.store_id == store_id, TicketRow.closed_at.is_(None))
        .order_by(TicketRow.promised_to, TicketRow.order_id)
        .execution_options(populate_existing=True)
    ).all()
    found = orders.several(row.order_id for row in rows)
    # A cancelled order is off the board at once, even before its ticket has heard of it.
    alive = [row for row in rows if found[row.order_id].status not in orders.DEAD]
    now = clock.now()
    later = [row for row in alive if row.stage == Stage.RECEIVED and rings_since(row) > now]
    papers = prints.latest([row.order_id for row in alive])
    drives = stops.latest([row.order_id for row in alive])
    failed = _failed(alive)
    shown = [
        _ticket(row, found[row.order_id], papers.get(row.order_id), drives.get(row.order_id), failed.get(row.order_id))
        for row in alive
        if row not in later
    ]
    return Board(
        store_id=store_id,
        columns=tuple(_column(key, name, stages, shown) for key, name, stages in COLUMNS),
        later=tuple(_ticket(row, found[row.order_id]) for row in later),
        undoable=undoable(store_id),
        paused=stores.paused_until(store_id),
    )


def finished(store_id: int) -> tuple[Ticket, ...]:
    """What a store finished in the last two hours, the latest first."""
    rows = db.session.scalars(
        select(TicketRow)
        .where(
            TicketRow.store_id == store_id,
            TicketRow.closed_at > clock.now() - RECALL_FOR,
            TicketRow.stage.in_(ENDS),
        )
        .order_by(TicketRow.closed_at.desc(), TicketRow.order_id)
        .limit(MOST_FINISHED)
        .execution_options(populate_existing=True)
    ).all()
    found = orders.several(row.order_id for row in rows)
    return tuple(_ticket(row, found[row.order_id]) for row in rows)


def ticket_of(order_id: int) -> Ticket | None:
    """The ticket of one order, open or closed; None when it never came to the board."""
    row = db.session.get(TicketRow, order_id, populate_existing=True)
    if row is None:
        return None
    paper, drive = prints.latest([order_id]).get(order_id), stops.latest([order_id]).get(order_id)
    return _ticket(row, orders.order(order_id), paper, drive, _failed([row]).get(order_id))


def _failed(rows: Sequence[TicketRow]) -> dict[int, Failure]:
    """Why those that could not be handed over could not; most boards have none, and ask nothing."""
    back = [row.order_id for row in rows if row.stage == Stage.DELIVERY_FAILED]
    return failures(back) if back else {}


def _column(key: str, name: str, stages: Sequence[Stage], tickets: Sequence[Ticket]) -> Column:
    return Column(key, name, tuple(ticket for ticket in tickets if ticket.stage in stages))


def _ticket(
    row: TicketRow,
    order: OrderView,
    paper: Print | None = None,
    drive: Stop | None = None,
    failed: Failure | None = None,
) -> Ticket:
    stage, method = Stage(row.stage), Method(row.method)
    return Ticket(
        order_id=row.order_id,
        stage=stage,
        seq=row.seq,
        method=method,
        name=first_name(order.contact.name),
        asap=row.asap,
        accepted=row.accepted_at is not None,
        touched=row.touched_at is not None,
        told=row.told,
        loud_at=rings_since(row) + LOUD,
        begin_at=row.begin_at,
        due_at=order.promised_to,  # of which the ticket may not have heard yet
        since=row.stage_at,
        hurry_at=_hurry_at(row, stage),
        lines=order.lines,
        note=order.note,
        allergy=ALLERGY.search(order.note) is not None,
        onward=onward(stage, method, baked=row.baked),
        open=row.closed_at is None,
        to_print=_to_print(row, paper),
        printed=paper is not None,
        driver=drive.driver if drive and drive.outcome is Outcome.OPEN else "",
        failed=failed,
    )


def _to_print(row: TicketRow, paper: Print | None) -> bool:
    wanted = row.accepted_at is not None and row.stage in PRINTED_AT
    return wanted and (paper is None or paper.missing(clock.now()))


def _hurry_at(row: TicketRow, stage: Stage) -> datetime | None:
    allowed = eta.allowance(stage, timedelta(minutes=row.drive_minutes))
    start = max(row.stage_at, row.begin_at) if stage is Stage.RECEIVED else row.stage_at
    return start + allowed * 3 / 4 if allowed else None


def first_name(name: str) -> str:
    """What a kitchen may know of a name: the first one, and a letter of the last."""
    words = name.split()
    return f"{words[0]} {words[-1][0]}." if len(words) > 1 else name
