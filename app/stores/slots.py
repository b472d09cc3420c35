"""The kitchen's quarters of an hour: which come, what of each is taken, and taking oven places away."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from functools import cache
from typing import cast

from sqlalchemy import Executable, bindparam, select, update

from app.core.db import db, insert_into, sent_one
from app.core.errors import Conflict
from app.core.glancing import glances
from app.stores.directory import store
from app.stores.models import Slot
from app.stores.values import Method, Promise, StoreInfo

QUARTER = timedelta(minutes=15)
AHEAD = timedelta(days=7)
_slots = Slot.__table__.c
FULL = select(_slots.starts_at).where(
    _slots.store_id == bindparam("store"),
    _slots.starts_at >= bindparam("since"),
    _slots.starts_at < bindparam("until"),
    _slots.booked + bindparam("places") > _slots.capacity,
)


def quarters(info: StoreInfo, method: Method, now: datetime) -> Iterator[datetime]:
    """Every quarter of the coming week, the present one first, in which an order of this way can be made."""
    hours = info.hours_of(method)
    yesterday = now.astimezone(info.zone).date() - timedelta(days=1)
    last = None
    for start, end in hours.order_spans(yesterday, AHEAD.days + 2):
        slot_at = max(quarter(now), quarter_after(start))  # the same quarters, whenever one looks
        while max(slot_at, now) < end and slot_at < now + AHEAD:
            if slot_at + QUARTER > now and (last is None or slot_at > last):
                yield slot_at
                last = slot_at
            slot_at += QUARTER


def quarter(moment: datetime) -> datetime:
    """The beginning of the quarter of an hour that a moment lies in."""
    return moment.replace(minute=moment.minute // 15 * 15, second=0, microsecond=0)


def quarter_after(moment: datetime) -> datetime:
    """The first quarter of an hour that begins at a moment or after it."""
    start = quarter(moment)
    return start if start == moment else start + QUARTER


def full(info: StoreInfo, places: int, now: datetime) -> frozenset[datetime]:
    """The quarters to come in which there is no room left for so many oven places."""
    places = min(places, info.slot_capacity)
    asked = {"store": info.id, "since": quarter(now), "until": now + AHEAD, "places": places}
    return frozenset(row.starts_at for row in glances(FULL, asked))


def book(promise: Promise) -> None:
    """Take the promise's oven places, in the open unit of work. Raises Conflict `slot_full` when a rival was faster."""
    if promise.places == 0:
        return
    capacity = store(promise.store_id).slot_capacity
    row = {"store_id": promise.store_id, "starts_at": promise.slot_at, "capacity": capacity, "booked": promise.places}
    if sent_one(_booking(db.engine.dialect.name), row) is None:
        raise Conflict("slot_full", "That time filled up while you ordered. Here is the next one.", action="reprice")


@cache
def _booking(dialect: str) -> Executable:
    """The first order of a quarter makes its row, every other one changes it while there is room."""
    first = insert_into(Slot, dialect)
    booked = _slots.booked + first.excluded.booked
    more = {"set_": {"booked": booked}, "where": booked <= _slots.capacity}
    return cast(
        "Executable",
        first.on_conflict_do_update(index_elements=[_slots.store_id, _slots.starts_at], **more).returning(
            _slots.store_id
        ),
    )


def release(store_id: int, slot_at: datetime, places: int) -> None:
    """Give oven places back. The caller makes sure that it does so once (it moves the order in the same statement)."""
    db.session.execute(
        update(Slot)
        .where(Slot.store_id == store_id, Slot.starts_at == slot_at, Slot.booked >= places)
        .values(booked=Slot.booked - places)
    )


def resize(store_id: int, capacity: int, now: datetime) -> None:
    """Give the quarters to come another capacity; one that holds more already keeps what is booked in it."""
    coming = (Slot.store_id == store_id, Slot.starts_at >= quarter(now))
    db.session.execute(update(Slot).where(*coming, Slot.booked <= capacity).values(capacity=capacity))
    db.session.execute(update(Slot).where(*coming, Slot.booked > capacity).values(capacity=Slot.booked))
