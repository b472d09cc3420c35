"""The one computed answer: whether a store delivers there, when, and for how much."""

from collections.abc import Collection, Iterable, Iterator
from datetime import date, datetime, timedelta
from itertools import takewhile
from typing import Any

from sqlalchemy import and_, bindparam, or_, select

from app.core import clock
from app.core.db import db
from app.core.errors import Conflict, Refusal
from app.core.glancing import glance
from app.stores.directory import several, store
from app.stores.models import DeliveryZone, Pause, ZoneZip
from app.stores.nearest import Spot, closest, delivering, terms_of
from app.stores.places import spot_of
from app.stores.rows import ZONE, zone_for, zone_of
from app.stores.slots import QUARTER, full, quarter, quarters
from app.stores.values import Address, Ask, Method, Promise, StoreInfo, Terms
from app.stores.zones import Delivery, Zone, rank, soonest

RANGE = timedelta(minutes=10)
SOON = timedelta(hours=36)
MOST_RIVALS = 8
_pauses = Pause.__table__.c
PAUSE = select(_pauses.until, _pauses.reason).where(
    _pauses.store_id == bindparam("store"), _pauses.until > bindparam("now")
)


def accepts(ask: Ask) -> Promise:
    """The promise for what is asked: the first quarter with room from now on, or the very one that was chosen.

    Everything that shows or checks a promise calls this. Raises Refusal `out_of_area`, `store_paused`, `store_closed`,
    Conflict `slot_full` when the chosen time has no room left.
    """
    info = store(ask.store_id)
    delivery = _delivery(info, ask)
    lead = _lead(info, delivery)
    slot_at = _first_free(info, ask) if ask.at is None else _chosen(info, ask, lead)
    _refuse_paused(info, clock.now() if ask.at is None else slot_at)
    ready = max(slot_at, clock.now()) + lead if ask.at is None else ask.at
    return Promise(
        store_id=info.id,
        method=ask.method,
        slot_at=slot_at,
        places=min(ask.places, info.slot_capacity),
        ready_from=ready,
        ready_to=ready + RANGE,
        asap=ask.at is None,
        fee_cents=delivery.zone.fee(0) if delivery else 0,
        minimum_cents=delivery.zone.minimum_cents if delivery else 0,
        steps=delivery.zone.steps if delivery else (),
    )


def accepts_at(store_id: int, spot: Spot, method: Method) -> Promise:
    """The same for a place of which only the spot is known.

    Raises what `accepts` raises, Refusal `place_too_wide` about delivery to a city as a whole.
    """
    if spot.wide and method is Method.DELIVERY:
        message = "A store may deliver to one part of a city only. Give a street with its ZIP code, or a ZIP code."
        raise Refusal("place_too_wide", message, field="address", action="choose_place")
    return accepts(Ask(store_id, method, spot.zip, point=spot.point))


def _delivery(info: StoreInfo, ask: Ask) -> Delivery | None:
    if ask.method is Method.CARRYOUT:
        return None
    spot = spot_of(ask.address) if ask.point is None else Spot(ask.point, ask.zip)
    found = _delivery_at(info, spot) if ask.zip or ask.point else None
    if found is None:
        where = ask.zip or ("that place" if ask.point else None)
        message = f"{info.name} does not deliver to {where}." if where else "Where should we deliver to?"
        raise Refusal("out_of_area", message, field="zip", action="choose_place")
    return found


def delivery_to(info: StoreInfo, address: Address) -> Delivery | None:
    """The zone in which a store delivers to an address, and the drive there; None where it does not."""
    return _delivery_at(info, spot_of(address))


def _delivery_at(info: StoreInfo, spot: Spot) -> Delivery | None:
    return soonest(zones_for(info.id, spot.zip), info.point, spot.point, spot.zip)


def terms(info: StoreInfo, spot: Spot) -> Terms | None:
    """On what terms a store delivers to a spot; None where it does not, and for a wide one."""
    found = None if spot.wide else _delivery_at(info, spot)
    return terms_of(found) if found else None


def zones_for(store_id: int, zip_code: str | None) -> list[Zone]:
    """A store's zones, of those by ZIP only the ones that have this code."""
    zip_code = (zip_code or "").replace("\0", "")  # PostgreSQL does not even look for it
    has_it = select(ZoneZip.zone_id).where(ZoneZip.zone_id == DeliveryZone.id, ZoneZip.zip == zip_code).exists()
    query = select(*ZONE).where(
        DeliveryZone.store_id == store_id, or_(DeliveryZone.kind != "zips", and_(DeliveryZone.kind == "zips", has_it))
    )
    return [zone_for(row, zip_code) for row in db.session.execute(query)]


def shapes(ids: Collection[int]) -> tuple[Zone, ...]:
    """Every zone of some stores that has a shape, to draw; those by ZIP code have none."""
    query = select(*ZONE).where(DeliveryZone.store_id.in_(ids), DeliveryZone.kind != "zips")
    return tuple(zone_of(row) for row in db.session.execute(query))


def drive_minutes(store_id: int, address: Address) -> int:
    """How long bringing it there takes; nothing for a place that the store does not deliver to."""
    found = delivery_to(store(store_id), address)
    return found.drive_minutes if found else 0


def _lead(info: StoreInfo, delivery: Delivery | None) -> timedelta:
    return timedelta(minutes=info.pickup_minutes + (delivery.drive_minutes if delivery else 0))


def _in_quarters(lead: timedelta) -> timedelta:
    """From the beginning of a quarter to that of the one that comes so much later, or after it."""
    return -(-lead // QUARTER) * QUARTER


def _pause(info: StoreInfo) -> Any:
    """Until when a store takes no orders, and why; None while it takes them."""
    return glance(PAUSE, {"store": info.id, "now": clock.now()})


def _refuse_paused(info: StoreInfo, begun_at: datetime) -> None:
    """Nothing is begun in a pause; what is begun after it can be ordered meanwhile."""
    row = _pause(info)
    if row is not None and row.until > begun_at:
        message = f"{info.name} takes no new orders until {clock.in_words(row.until, info.zone)}: {row.reason}"
        raise Conflict("store_paused", message, action="choose_time")


def _coming(info: StoreInfo, method: Method) -> Iterator[datetime]:
    """The quarters of the coming week in which something can still be begun: none that a pause lies over."""
    now, row = clock.now(), _pause(info)
    return (slot for slot in quarters(info, method, now) if slot >= (row.until if row else now))


def _first_free(info: StoreInfo, ask: Ask) -> datetime:
    now = clock.now()
    taken = full(info, ask.places, now)
    for slot_at in quarters(info, ask.method, now):
        if slot_at not in taken:
            return slot_at
    raise Conflict("store_closed", f"{info.name} has no free time within a week.", action="choose_place")


def _chosen(info: StoreInfo, ask: Ask, lead: timedelta) -> datetime:
    if ask.at is None:
        raise ValueError("no time was chosen")
    now = clock.now()
    slot_at = quarter(ask.at - lead)
    if slot_at not in set(quarters(info, ask.method, now)):
        message = f"{info.name} is not open for that time. Please choose another."
        raise Refusal("store_closed", message, field="time", action="choose_time")
    if slot_at in full(info, ask.places, now):
        raise Conflict("slot_full", "That time is full. Please choose the next one.", action="choose_time")
    return slot_at


def later_times(ask: Ask, day: date | None = None) -> tuple[tuple[datetime, bool], ...]:
    """Arrival times that can be chosen, each with whether it has room left: of one business day of the coming week,
    or until tomorrow night.

    Raises what `accepts` raises about the address.
    """
    info = store(ask.store_id)
    delivery = _delivery(info, ask)
    now = clock.now()
    lead, taken = _in_quarters(_lead(info, delivery)), full(info, ask.places, now)
    since, until = info.hours.day_span(day) if day else (now, now + SOON)
    coming = takewhile(lambda slot: slot < until, _coming(info, ask.method))
    return tuple((slot + lead, slot not in taken) for slot in coming if slot >= since)


def days(ask: Ask) -> tuple[date, ...]:
    """The business days of the coming week on which an order of this way can be made, whether or not they are full."""
    info = store(ask.store_id)
    found: list[date] = []
    over = clock.now()
    for slot in _coming(info, ask.method):
        if slot >= over:
            found.append(info.hours.business_date(slot))
            over = info.hours.day_span(found[-1])[1]
    return tuple(found)


def next_time(ask: Ask) -> datetime | None:
    """The first arrival time with room after the one that is asked for and was lost; None within a week."""
    info = store(ask.store_id)
    lead, now = _in_quarters(_lead(info, _delivery(info, ask))), clock.now()
    taken = full(info, ask.places, now)
    free = (slot for slot in _coming(info, ask.method) if slot not in taken)
    times = (slot + lead for slot in free)
    return next((time for time in times if ask.at is None or time > ask.at), None)


def store_for(address: Address, at: datetime | None = None) -> int:
    """The store that has an address's food there soonest; the same one each time.

    Raises Refusal `out_of_area`, naming the nearest for carryout; what the quickest raises where none takes the order.
    """
    spot = spot_of(address)
    found = sorted((reached.delivery for reached in delivering(spot, MOST_RIVALS)), key=rank)
    if not found:
        raise Refusal("out_of_area", _nobody(address, spot), field="zip", action="choose_place")
    ids = [delivery.zone.store_id for delivery in found]
    asks = [Ask(n, Method.DELIVERY, address.zip, at, street=address.street, city=address.city) for n in ids]
    return _quickest(asks) or ids[0]


def _quickest(asks: Iterable[Ask]) -> int | None:
    promises = [promise for ask in asks if (promise := _promise(ask)) is not None]
    return min(promises, key=_order).store_id if promises else None


def _order(promise: Promise) -> tuple[datetime, int, int, int]:
    return (promise.ready_from, promise.fee_cents, promise.minimum_cents, promise.store_id)


def _promise(ask: Ask) -> Promise | None:
    try:
        return accepts(ask)
    except Refusal:
        return None


def _nobody(address: Address, spot: Spot) -> str:
    near = closest(spot.point, 1) if spot.point else []
    where = ""
    for store_id, miles in near:
        where = f" The nearest for carryout is {several([store_id])[store_id].name}, {miles:.0f} miles away."
    return f"No store delivers to {address.zip} yet.{where}"
