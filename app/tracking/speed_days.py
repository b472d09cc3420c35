"""How fast the days of a store were, kept beside its tickets and made from them: a finished ticket notes its day.

Four things are measured in whole minutes, each under the hour at which the order came in: how long it was made, how
long it was on the road, how far past its promise it came (less than zero: before), and whether the ranges that its
customer was told held (1) or not (0).
"""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import delete, func, insert, select, update

from app.core import clock
from app.core.db import atomically, db
from app.core.rolling import Chain, StoreDays
from app.stores import service as stores
from app.stores.service import StoreInfo
from app.tracking.events import StageMoved
from app.tracking.models import ChainSpeed, ChainSpeedDay, Estimate, Speed, SpeedDay, StageMove, TicketRow
from app.tracking.stages import ENDS, Stage

PREP, ROAD, LATE, RANGE = "prep", "road", "late", "range"
LONGEST = 240  # minutes: what took longer was a forgotten tap
CHAIN = Chain(ChainSpeedDay, ((Speed, ChainSpeed),), frozenset({"day", "measure", "hour", "minutes"}))
DAYS = StoreDays(SpeedDay, CHAIN, lambda store_id, noted: _roll(stores.store(store_id), noted))
mark, roll_soon, roll_all = DAYS.mark, DAYS.roll_soon, DAYS.roll_all
LOOKED_BACK = timedelta(days=35)
Key = tuple[date, str, int, int]


def note(event: StageMoved) -> None:
    """Note the day on which a ticket was finished, or brought back: it is rolled soon. Hears StageMoved."""
    move = db.session.get(StageMove, (event.order_id, event.seq))
    if move is None or not {move.source, move.to} & ENDS:
        return
    ends = select(func.max(StageMove.at)).where(
        StageMove.order_id == event.order_id, StageMove.to.in_(ENDS), StageMove.seq <= event.seq
    )
    at = db.session.scalar(ends)
    row = db.session.get_one(TicketRow, event.order_id)
    if at is not None:
        mark([(row.store_id, stores.store(row.store_id).hours.business_date(at))])


def _roll(store: StoreInfo, noted: Mapping[date, int]) -> None:
    tickets = {day: of for day, of in _finished(store, min(noted), max(noted)).items() if day in noted}
    db.session.execute(delete(Speed).where(Speed.store_id == store.id, Speed.day.in_(noted)))
    names = ("day", "measure", "hour", "minutes")
    rows = [
        {"store_id": store.id, **dict(zip(names, key, strict=True)), "count": count}
        for key, count in _counted(store, tickets).items()
    ]
    if rows:
        db.session.execute(insert(Speed), rows)
    for day, number in noted.items():
        mine = (SpeedDay.store_id == store.id, SpeedDay.day == day)
        db.session.execute(update(SpeedDay).where(*mine).values(rolled=number, tickets=len(tickets.get(day, ()))))
    CHAIN.note(noted)


def _finished(store: StoreInfo, first: date, last: date) -> dict[date, list[Any]]:
    """The finished tickets of a store's days."""
    row = TicketRow
    columns = (row.order_id, row.received_at, row.begin_at, row.promised_to, row.closed_at)
    query = select(*columns).where(
        row.store_id == store.id,
        row.closed_at >= store.hours.day_begins(first),
        row.closed_at < store.hours.day_begins(last + timedelta(days=1)),
        row.stage.in_(ENDS),
    )
    found: defaultdict[date, list[Any]] = defaultdict(list)
    for each in db.session.execute(query):
        found[store.hours.business_date(each.closed_at)].append(each)
    return found


def _counted(store: StoreInfo, tickets: dict[date, list[Any]]) -> Counter[Key]:
    every = {each.order_id: (day, each) for day, of in tickets.items() for each in of}
    came = _came(list(every))
    counted: Counter[Key] = Counter()
    hours = {number: each.received_at.astimezone(store.zone).hour for number, (_, each) in every.items()}
    for number, (day, each) in every.items():
        for measure, minutes in _measured(each, came.get(number, {})):
            counted[day, measure, hours[number], minutes] += 1
    for number, right in _told(list(every)):
        counted[every[number][0], RANGE, hours[number], int(right)] += 1
    return counted


def _measured(ticket: Any, came: dict[str, datetime]) -> Iterator[tuple[str, int]]:
    boxed, left = came.get(Stage.QUALITY_CHECK), came.get(Stage.OUT_FOR_DELIVERY)
    there = came.get(Stage.DELIVERED) or came.get(Stage.READY)
    if boxed:
        yield PREP, _minutes(boxed, ticket.begin_at)
    if left and came.get(Stage.DELIVERED):
        yield ROAD, _minutes(came[Stage.DELIVERED], left)
    if there:
        past = -((ticket.promised_to - there) // timedelta(minutes=1))  # a second past it is late
        yield LATE, max(-LONGEST, min(LONGEST, past))


def _minutes(until: datetime, since: datetime) -> int:
    return max(0, min(LONGEST, round((until - since) / timedelta(minutes=1))))


def _came(order_ids: list[int]) -> dict[int, dict[str, datetime]]:
    """When each order came to each stage for good, from one query."""
    move = StageMove
    kept = (move.order_id.in_(order_ids), move.undone.is_(False), move.reversal.is_(False))
    query = select(move.order_id, move.to, func.max(move.at)).where(*kept).group_by(move.order_id, move.to)
    found: defaultdict[int, dict[str, datetime]] = defaultdict(dict)
    for order_id, stage, at in db.session.execute(query) if order_ids else ():
        found[order_id][stage] = at
    return found


def _told(order_ids: list[int]) -> list[tuple[int, bool]]:
    """Of each range that was told an order's customer, whether it held."""
    told = (Estimate.order_id.in_(order_ids), Estimate.learned, Estimate.right.is_not(None))
    query = select(Estimate.order_id, Estimate.right).where(*told)
    return [(order_id, bool(right)) for order_id, right in db.session.execute(query)] if order_ids else []


def repair(since: datetime | None = None) -> int:
    """Note every day whose number of finished tickets is not the tickets', since a moment (the last five weeks).

    Returns how many. Recurring work: it finds what happened while nobody could be told.
    """
    until = clock.now()
    since = since or until - LOOKED_BACK
    query = select(TicketRow.store_id).where(TicketRow.closed_at >= since, TicketRow.stage.in_(ENDS)).distinct()
    ids = list(db.session.scalars(query))
    unlike = [(store.id, day) for store in stores.several(ids).values() for day in _unlike(store, since, until)]
    db.session.rollback()
    atomically(lambda: mark(unlike))
    atomically(lambda: CHAIN.repair(since.date() - timedelta(days=1), until.date() + timedelta(days=1)))
    return len(unlike)


def _unlike(store: StoreInfo, since: datetime, until: datetime) -> list[date]:
    first, last = (store.hours.business_date(moment) for moment in (since, until))
    tickets = _finished(store, first, last)
    query = select(SpeedDay.day, SpeedDay.tickets).where(
        SpeedDay.store_id == store.id, SpeedDay.day.between(first, last)
    )
    known = {row.day: row.tickets for row in db.session.execute(query)}
    return [day for day in sorted({*tickets, *known}) if known.get(day, 0) != len(tickets.get(day, ()))]
