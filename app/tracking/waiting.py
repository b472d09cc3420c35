"""An order that nobody touches: its store's screens grow louder, its people are told, headquarters sees it."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial

import structlog
from sqlalchemy import ColumnElement, case, func, select, update

from app.core import clock
from app.core.db import atomically, db
from app.core.events import emit
from app.core.mail import send, write
from app.core.settings import settings
from app.stores import service as stores
from app.tracking.events import TicketUntouched
from app.tracking.models import TicketRow
from app.tracking.stages import Stage
from app.tracking.tickets import publish, ticket
from app.users import service as users
from app.users.service import Right

log = structlog.get_logger()
AHEAD = timedelta(minutes=15)  # how long before it is begun an order for later comes to the board
LOUD, STORE_TOLD, HEADQUARTERS_SEES = timedelta(minutes=1), timedelta(minutes=2), timedelta(minutes=4)
STORE, HEADQUARTERS = 1, 2  # how far the silence was told: `told` of a ticket
MOST_SHOWN = 100


@dataclass(frozen=True, slots=True)
class Kitchen:
    """A store's open tickets in numbers: how many, how many past their time, and how many that nobody touches."""

    store_id: int
    tickets: int
    late: int
    untouched: int
    seen_above: int
    oldest: datetime | None


def touch(order_id: int) -> bool:
    """Somebody laid a hand on a ticket, so no screen has to ring for it; False when somebody had. Raises NotFound."""
    row = ticket(order_id)
    touched = db.session.execute(
        update(TicketRow)
        .where(TicketRow.order_id == order_id, TicketRow.touched_at.is_(None), TicketRow.closed_at.is_(None))
        .values(touched_at=clock.now())
        .returning(TicketRow.order_id)
    ).first()
    if touched is not None:
        publish(row, row.seq)
    return touched is not None


def rings_since(row: TicketRow) -> datetime:
    """Since when the screens ring for a ticket: since it came, or since an order for later came to the board. One that
    waits to be accepted is never for later: it rings as soon as somebody is there to say yes or no.
    """
    comes = max(row.received_at, row.begin_at - AHEAD)
    if row.accepted_at is not None:
        return comes
    staffed = stores.store(row.store_id).staffed(row.received_at, comes)
    return max(row.received_at, staffed[0][0]) if staffed else comes


def silent_for(row: TicketRow) -> timedelta:
    """How long the screens ring and somebody is there to answer: what came at night waits from when the store opens."""
    now, since = clock.now(), rings_since(row)
    staffed = stores.store(row.store_id).staffed(since, now)
    return now - max(since, staffed[-1][0]) if staffed and now < staffed[-1][1] else timedelta()


def escalate() -> int:
    """Tell of every new ticket that nobody touches: its store after two minutes, headquarters after four. Recurring
    work; returns how many were told of.
    """
    query = select(TicketRow).where(
        TicketRow.touched_at.is_(None),
        TicketRow.closed_at.is_(None),
        TicketRow.stage == Stage.RECEIVED,
        TicketRow.told < HEADQUARTERS,
        TicketRow.received_at <= clock.now() - STORE_TOLD,
    )
    waiting = [(row.order_id, row.told, _level(row)) for row in db.session.scalars(query)]
    return sum(atomically(partial(_tell, order_id, level)) for order_id, told, level in waiting if level > told)


def _level(row: TicketRow) -> int:
    silent = silent_for(row)
    if silent >= HEADQUARTERS_SEES:
        return HEADQUARTERS
    return STORE if silent >= STORE_TOLD else 0


def _tell(order_id: int, level: int) -> bool:
    told = db.session.execute(
        update(TicketRow)
        .where(TicketRow.order_id == order_id, *_untold(level))
        .values(told=level)
        .returning(TicketRow.store_id)
    ).first()
    if told is None:  # it was touched in this very moment, or another clock was faster
        return False
    row = ticket(order_id)
    publish(row, row.seq)
    if level == STORE:
        for user_id in users.people_with(Right.RUN_STORE, row.store_id):
            emit(TicketUntouched(order_id, user_id))
    else:
        log.error("kitchen_silent", order_id=order_id)
    return True


def _untold(level: int) -> tuple[ColumnElement[bool], ...]:
    return (TicketRow.told < level, TicketRow.touched_at.is_(None), TicketRow.closed_at.is_(None))


def mail_untouched(event: TicketUntouched) -> None:
    """Tell one of a store's people that nobody touches an order; nothing when somebody has by now."""
    row, email = ticket(event.order_id), users.email_of(event.user_id)
    if row.touched_at is not None or row.closed_at is not None or email is None:
        return
    store = stores.store(row.store_id)
    since = clock.in_words(rings_since(row), store.zone)
    link = f"{settings().base_url}/staff?store={store.id}"
    send(write(email, "untouched", order_id=row.order_id, store=store, since=since, link=link))


def kitchens(among: Collection[int] | None) -> tuple[Kitchen, ...]:
    """Kitchens with open tickets, worst first, in one query: of some stores, or of the chain for None."""
    untouched = TicketRow.touched_at.is_(None) & (TicketRow.told >= STORE)
    late = (TicketRow.promised_to < clock.now()) & (TicketRow.stage != Stage.READY)
    query = (
        select(
            TicketRow.store_id,
            func.count().label("tickets"),
            _number(late).label("late"),
            _number(untouched).label("untouched"),
            _number(untouched & (TicketRow.told == HEADQUARTERS)).label("seen_above"),
            func.min(case((untouched, TicketRow.received_at)), type_=TicketRow.received_at.type).label("oldest"),
        )
        .where(TicketRow.closed_at.is_(None))
        .group_by(TicketRow.store_id)
        .order_by(*(_number(each).desc() for each in (untouched, late)))
        .order_by(TicketRow.store_id)
        .limit(MOST_SHOWN)
    )
    if among is not None:
        query = query.where(TicketRow.store_id.in_(among))
    return tuple(Kitchen(*row) for row in db.session.execute(query))


def _number(which: ColumnElement[bool]) -> ColumnElement[int]:
    return func.sum(case((which, 1), else_=0))
