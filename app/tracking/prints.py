"""Tickets on paper: each is claimed by one screen before its printer starts, so that two never make the same pizza."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, select, update

from app.core import clock
from app.core.db import db, insert_new
from app.core.errors import Conflict, NotFound
from app.tracking.models import TicketPrint
from app.tracking.tickets import publish, ticket

LOST_AFTER = timedelta(seconds=45)  # a screen that claimed a ticket and says nothing for so long has gone


@dataclass(frozen=True, slots=True)
class Print:
    """One time that a ticket goes to paper. `printed_at` is None until its screen says that the printer took it."""

    order_id: int
    copy: int
    by: str
    claimed_at: datetime
    printed_at: datetime | None

    @property
    def reprint(self) -> bool:
        """Whether the paper must say that there may be another one."""
        return self.copy > 1 or self.printed_at is not None

    def missing(self, now: datetime) -> bool:
        """Whether nobody knows that it came out, and whoever claimed it has had time to say so."""
        return self.printed_at is None and now > self.claimed_at + LOST_AFTER


def claim(order_id: int, *, by: str) -> Print:
    """Be the one screen that prints a ticket, in the open unit of work.

    A claim whose screen went silent is claimed anew, as a reprint: its paper may lie there. Raises NotFound, Conflict
    `printed_elsewhere`.
    """
    last = _last(order_id)
    if last is not None and not last.missing(clock.now()):
        raise _elsewhere(order_id)
    return _take(order_id, last, by)


def reprint(order_id: int, *, by: str) -> Print:
    """Print a ticket because somebody asks for it, again if it was. Raises NotFound, Conflict `printed_elsewhere`."""
    return _take(order_id, _last(order_id), by)


def _take(order_id: int, last: Print | None, by: str) -> Print:
    row, now = ticket(order_id), clock.now()
    made = Print(order_id, last.copy + 1 if last else 1, by, now, None)
    values = {"order_id": order_id, "copy": made.copy, "by": by, "claimed_at": now, "printed_at": None}
    if not insert_new(TicketPrint, **values):
        raise _elsewhere(order_id)
    publish(row, row.seq)
    return made


def _elsewhere(order_id: int) -> Conflict:
    return Conflict("printed_elsewhere", f"Another screen prints ticket {order_id}.")


def outdate(order_id: int) -> None:
    """The paper of a ticket, if there is any, says what is no longer so: it is printed again when its time comes."""
    last = _last(order_id)
    if last is not None:
        db.session.add(TicketPrint(order_id=order_id, copy=last.copy + 1, by="", claimed_at=clock.now()))


def printed(order_id: int, copy: int) -> bool:
    """The printer took it; False when that was said before, or nobody claimed it."""
    done = db.session.execute(
        update(TicketPrint)
        .where(TicketPrint.order_id == order_id, TicketPrint.copy == copy, TicketPrint.printed_at.is_(None))
        .values(printed_at=clock.now())
        .returning(TicketPrint.copy)
    ).first()
    return done is not None


def print_of(order_id: int, copy: int) -> Print:
    """One time that a ticket went to paper. Raises NotFound."""
    row = db.session.get(TicketPrint, (order_id, copy), populate_existing=True)
    if row is None:
        raise NotFound("Nobody printed that.")
    return _print(row)


def latest(order_ids: Collection[int]) -> dict[int, Print]:
    """The last time that each of some tickets went to paper, in one query; those that never did are left out."""
    last = (
        select(TicketPrint.order_id, func.max(TicketPrint.copy).label("copy"))
        .where(TicketPrint.order_id.in_(order_ids))
        .group_by(TicketPrint.order_id)
        .subquery()
    )
    query = select(TicketPrint).join(
        last, (last.c.order_id == TicketPrint.order_id) & (last.c.copy == TicketPrint.copy)
    )
    rows = db.session.scalars(query.execution_options(populate_existing=True))
    return {row.order_id: _print(row) for row in rows}


def _last(order_id: int) -> Print | None:
    return latest([order_id]).get(order_id)


def _print(row: TicketPrint) -> Print:
    return Print(row.order_id, row.copy, row.by, row.claimed_at, row.printed_at)
