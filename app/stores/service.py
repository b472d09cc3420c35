"""Public verbs of the stores domain: who delivers here, when, for how much, and one honest promise."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from sqlalchemy import delete, select, update

from app.core import clock
from app.core.db import after_commit, db, insert_new
from app.core.errors import Conflict, Refusal
from app.stores.directory import all_stores, by_slug, nearby, opening, openings, pauses, store, store_for
from app.stores.models import Pause, Slot, Zone
from app.stores.values import Ask, Method, Nearby, Opening, Promise, StoreInfo

__all__ = [
    "Ask",
    "Method",
    "Nearby",
    "Opening",
    "Promise",
    "StoreInfo",
    "accepts",
    "all_stores",
    "book",
    "by_slug",
    "drive_minutes",
    "later_times",
    "nearby",
    "opening",
    "pause",
    "release",
    "resume",
    "store",
    "store_for",
]

QUARTER = timedelta(minutes=15)
RANGE = timedelta(minutes=10)
AHEAD = timedelta(hours=36)


def accepts(ask: Ask) -> Promise:
    """The promise for what is asked: the first quarter with room from now on, or the very one that was chosen.

    Everything that shows or checks a promise calls this. Raises Refusal `out_of_area`, `store_paused`, `store_closed`,
    Conflict `slot_full` when the chosen time has no room left.
    """
    info = store(ask.store_id)
    zone = _zone(ask)
    _refuse_paused(info)
    lead = timedelta(minutes=info.pickup_minutes + (zone.drive_minutes if zone else 0))
    slot_at = _first_free(info, ask) if ask.at is None else _chosen(info, ask, lead)
    ready = max(slot_at, clock.now()) + lead if ask.at is None else ask.at
    return Promise(
        store_id=info.id,
        method=ask.method,
        slot_at=slot_at,
        places=min(ask.places, info.slot_capacity),
        ready_from=ready,
        ready_to=ready + RANGE,
        asap=ask.at is None,
        fee_cents=zone.fee_cents if zone else 0,
        minimum_cents=zone.minimum_cents if zone else 0,
    )


def _zone(ask: Ask) -> Zone | None:
    if ask.method is Method.CARRYOUT:
        return None
    zone = db.session.get(Zone, (ask.store_id, ask.zip)) if ask.zip else None
    if zone is None:
        message = f"This store does not deliver to {ask.zip}." if ask.zip else "Where should we deliver to?"
        raise Refusal("out_of_area", message, field="zip", action="choose_place")
    return zone


def _refuse_paused(info: StoreInfo) -> None:
    row = db.session.get(Pause, info.id)
    if row is not None and row.until > clock.now():
        message = f"{info.name} takes no new orders until {clock.in_words(row.until, info.zone)}: {row.reason}"
        raise Conflict("store_paused", message, action="choose_time")


def _first_free(info: StoreInfo, ask: Ask) -> datetime:
    now = clock.now()
    booked = _booked(info, now)
    wanted = min(ask.places, info.slot_capacity)
    for slot_at in _open_quarters(info, now):
        if booked.get(slot_at, 0) + wanted <= info.slot_capacity:
            return slot_at
    raise Conflict("store_closed", f"{info.name} has no free time before tomorrow night.", action="choose_place")


def _chosen(info: StoreInfo, ask: Ask, lead: timedelta) -> datetime:
    if ask.at is None:
        raise ValueError("no time was chosen")
    now = clock.now()
    slot_at = _quarter(ask.at - lead)
    if slot_at not in set(_open_quarters(info, now)):
        message = f"{info.name} is not open for that time. Please choose another."
        raise Refusal("store_closed", message, field="time", action="choose_time")
    if _booked(info, now).get(slot_at, 0) + min(ask.places, info.slot_capacity) > info.slot_capacity:
        raise Conflict("slot_full", "That time is full. Please choose the next one.", action="choose_time")
    return slot_at


def later_times(ask: Ask) -> tuple[tuple[datetime, bool], ...]:
    """Arrival times that can be chosen until tomorrow night, each with whether it has room left.

    Raises what `accepts` raises about the address and a pause.
    """
    info = store(ask.store_id)
    zone = _zone(ask)
    _refuse_paused(info)
    now = clock.now()
    lead = timedelta(minutes=info.pickup_minutes + (zone.drive_minutes if zone else 0))
    booked = _booked(info, now)
    room = info.slot_capacity - min(ask.places, info.slot_capacity)
    quarters = [slot for slot in _open_quarters(info, now) if slot >= now]
    return tuple((_quarter_after(slot + lead), booked.get(slot, 0) <= room) for slot in quarters)


def _open_quarters(info: StoreInfo, now: datetime) -> Iterator[datetime]:
    yesterday = now.astimezone(info.zone).date() - timedelta(days=1)
    for start, end in info.hours.spans(yesterday, 4):
        slot_at = max(_quarter(now), _quarter_after(start))  # the same quarters, whenever one looks
        while slot_at < end and slot_at < now + AHEAD:
            if slot_at + QUARTER > now:
                yield slot_at
            slot_at += QUARTER


def _quarter(moment: datetime) -> datetime:
    return moment.replace(minute=moment.minute // 15 * 15, second=0, microsecond=0)


def _quarter_after(moment: datetime) -> datetime:
    start = _quarter(moment)
    return start if start == moment else start + QUARTER


def _booked(info: StoreInfo, now: datetime) -> dict[datetime, int]:
    query = select(Slot.starts_at, Slot.booked).where(
        Slot.store_id == info.id, Slot.starts_at >= _quarter(now), Slot.starts_at < now + AHEAD
    )
    return {row.starts_at: row.booked for row in db.session.execute(query)}


def drive_minutes(store_id: int, zip_code: str) -> int:
    """How long bringing it there takes; nothing for a place that the store does not deliver to."""
    query = select(Zone.drive_minutes).where(Zone.store_id == store_id, Zone.zip == zip_code)
    return db.session.scalar(query) or 0


def book(promise: Promise) -> None:
    """Take the promise's oven places, in the open unit of work. Raises Conflict `slot_full` when a rival was faster."""
    if promise.places == 0:
        return
    capacity = store(promise.store_id).slot_capacity
    insert_new(Slot, store_id=promise.store_id, starts_at=promise.slot_at, capacity=capacity, booked=0)
    taken = db.session.execute(
        update(Slot)
        .where(
            Slot.store_id == promise.store_id,
            Slot.starts_at == promise.slot_at,
            Slot.booked + promise.places <= Slot.capacity,
        )
        .values(booked=Slot.booked + promise.places)
        .returning(Slot.id)
    )
    if taken.first() is None:
        raise Conflict("slot_full", "That time filled up while you ordered. Here is the next one.", action="reprice")


def release(store_id: int, slot_at: datetime, places: int) -> None:
    """Give oven places back. The caller makes sure that it does so once (it moves the order in the same statement)."""
    db.session.execute(
        update(Slot)
        .where(Slot.store_id == store_id, Slot.starts_at == slot_at, Slot.booked >= places)
        .values(booked=Slot.booked - places)
    )


def pause(store_id: int, until: datetime, reason: str) -> None:
    """Stop new orders at a store until then, with a reason that customers read."""
    resume(store_id)
    db.session.add(Pause(store_id=store_id, until=until, reason=reason))


def resume(store_id: int) -> None:
    """Take new orders again."""
    db.session.execute(delete(Pause).where(Pause.store_id == store_id))
    after_commit(pauses.clear)
    after_commit(openings.clear)
