"""Which stores there are, which of them are near, and which delivers where."""

import math
from datetime import date, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import select

from app.core import clock
from app.core.cache import Memory
from app.core.db import db
from app.core.errors import NotFound, Refusal
from app.stores.hours import Interval, OpeningHours, in_words
from app.stores.models import Holiday, Hours, Pause, Store, TaxRate, ZipArea, Zone
from app.stores.values import Nearby, Opening, StoreInfo

EARTH_MILES = 3958.8
known: Memory[None, dict[int, StoreInfo]] = Memory(most=1, age=timedelta(seconds=5))
pauses: Memory[None, dict[int, str]] = Memory(most=1, age=timedelta(seconds=1))
openings: Memory[int, Opening] = Memory(most=10_000, age=timedelta(seconds=1))


def all_stores() -> dict[int, StoreInfo]:
    """Every store by its id, as of a few seconds ago at most."""
    return known.get(None, _load)


def store(store_id: int) -> StoreInfo:
    """One store. Raises NotFound."""
    info = all_stores().get(store_id)
    if info is None:
        raise NotFound("We could not find that store.")
    return info


def by_slug(slug: str) -> StoreInfo:
    """One store by the name in its address. Raises NotFound."""
    info = next((info for info in all_stores().values() if info.slug == slug), None)
    if info is None:
        raise NotFound("We could not find that store.")
    return info


def _load() -> dict[int, StoreInfo]:
    hours, holidays, taxes = _hours(), _holidays(), _taxes()
    return {
        row.id: _info(row, hours.get(row.id, {}), holidays.get(row.id, {}), taxes.get(row.id, {}))
        for row in db.session.scalars(select(Store).order_by(Store.id))
    }


def _hours() -> dict[int, dict[int, tuple[Interval, ...]]]:
    found: dict[int, dict[int, tuple[Interval, ...]]] = {}
    for row in db.session.scalars(select(Hours).order_by(Hours.opens)):
        week = found.setdefault(row.store_id, {})
        week[row.weekday] = (*week.get(row.weekday, ()), (row.opens, row.closes))
    return found


def _holidays() -> dict[int, dict[date, tuple[Interval, ...]]]:
    found: dict[int, dict[date, tuple[Interval, ...]]] = {}
    for row in db.session.scalars(select(Holiday)):
        own = ((row.opens, row.closes),) if row.opens is not None and row.closes is not None else ()
        found.setdefault(row.store_id, {})[row.day] = own
    return found


def _taxes() -> dict[int, dict[str, int]]:
    found: dict[int, dict[str, int]] = {}
    for row in db.session.scalars(select(TaxRate)):
        found.setdefault(row.store_id, {})[row.code] = row.rate_ppm
    return found


def _info(
    row: Store, week: dict[int, tuple[Interval, ...]], holidays: dict[date, tuple[Interval, ...]], taxes: dict[str, int]
) -> StoreInfo:
    return StoreInfo(
        id=row.id,
        slug=row.slug,
        name=row.name,
        street=row.street,
        city=row.city,
        state=row.state,
        zip=row.zip,
        lat=row.lat,
        lon=row.lon,
        phone=row.phone,
        hours=OpeningHours(ZoneInfo(row.timezone), week, holidays),
        hours_words=in_words(week),
        taxes=taxes,
        pickup_minutes=row.pickup_minutes,
        slot_capacity=row.slot_capacity,
        auto_accept=row.auto_accept,
        cash_limit_cents=row.cash_limit_cents,
    )


def opening(info: StoreInfo) -> Opening:
    """Whether a store takes orders right now, as of a second ago at most: for pages, never for placing an order."""
    return openings.get(info.id, lambda: _opening(info))


def _opening(info: StoreInfo) -> Opening:
    now = clock.now()
    span = info.hours.open_span(now)
    reason = pauses.get(None, _pauses).get(info.id)
    return Opening(
        open=span is not None and reason is None,
        closes_at=span[1] if span else None,
        opens_at=None if span else info.hours.next_opening(now),
        paused_reason=reason,
    )


def nearby(zip_code: str | None) -> tuple[Nearby, ...]:
    """Every store: those that deliver to the ZIP code first, then by distance from its middle; by name without one."""
    stores = all_stores()
    middle = db.session.get(ZipArea, zip_code) if zip_code else None
    delivering = set(_delivering(zip_code)) if zip_code else set()
    found = [Nearby(info, opening(info), _miles(info, middle), info.id in delivering) for info in stores.values()]
    return tuple(sorted(found, key=lambda near: (not near.delivers, near.miles or 0, near.store.name)))


def store_for(zip_code: str) -> int:
    """The store that delivers to a ZIP code soonest. Raises Refusal `out_of_area`, naming the nearest for carryout."""
    delivering = _delivering(zip_code)
    if delivering:
        return delivering[0]
    near = nearby(zip_code)[0]
    where = f" The nearest for carryout is {near.store.name}, {near.miles:.0f} miles away." if near.miles else ""
    raise Refusal("out_of_area", f"No store delivers to {zip_code} yet.{where}", field="zip", action="choose_place")


def _delivering(zip_code: str) -> list[int]:
    query = (
        select(Zone.store_id).where(Zone.zip == zip_code).order_by(Zone.drive_minutes, Zone.fee_cents, Zone.store_id)
    )
    return list(db.session.scalars(query))


def _pauses() -> dict[int, str]:
    query = select(Pause.store_id, Pause.reason).where(Pause.until > clock.now())
    return {row.store_id: row.reason for row in db.session.execute(query)}


def _miles(info: StoreInfo, middle: ZipArea | None) -> float | None:
    return miles_between(info.lat, info.lon, middle.lat, middle.lon) if middle else None


def miles_between(lat1: float, lon1: float, lat2: float, lon2: float) -> float:
    """Great-circle distance in miles between two points in degrees (haversine)."""
    half = math.sin(math.radians(lat2 - lat1) / 2) ** 2
    half += math.cos(math.radians(lat1)) * math.cos(math.radians(lat2)) * math.sin(math.radians(lon2 - lon1) / 2) ** 2
    return 2 * EARTH_MILES * math.asin(math.sqrt(half))
