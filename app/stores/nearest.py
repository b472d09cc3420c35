"""The stores near a place, found in a box by an index, measured by haversine: what is far is never looked at."""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Float, Select, and_, bindparam, case, func, literal, or_, select

from app.core import clock
from app.core.cache import Memory
from app.core.db import db
from app.stores.directory import listed, opening, paused, several
from app.stores.geo import MILES_A_DEGREE, Box, Point, box_around, miles_between
from app.stores.hours import OpeningHours
from app.stores.hours_text import kept, read_day
from app.stores.models import DeliveryZone, SpecialDay, Store, ZoneZip
from app.stores.values import Nearby, Terms
from app.stores.zones import Delivery, FeeStep, Zone, ZoneKind, rank, read_area

SLACK = 1.1  # flat degrees against the globe: what is looked at is a little more than what counts
LOOKED_AT = 60
CIRCLES_MILES = (8.0, 40.0, 200.0, 1000.0)
FAR_MILES = 13_000.0

reaches: Memory[None, float] = Memory(most=1, age=timedelta(seconds=30))
feasts: Memory[date, bool] = Memory(most=4, age=timedelta(seconds=5))
weeks: Memory[tuple[str, str, int, datetime], bool] = Memory(most=4_000, age=timedelta(seconds=60))


@dataclass(frozen=True, slots=True)
class Spot:
    """Where somebody wants it: the place as far as it is known, and the ZIP code if it is."""

    point: Point | None
    zip: str | None = None


@dataclass(frozen=True, slots=True)
class Reached:
    """A store that delivers to a spot, how far its door is, and the zone and drive that count."""

    store_id: int
    miles: float
    delivery: Delivery


_s, _z = Store.__table__.c, DeliveryZone.__table__.c
_lon = bindparam("lon", type_=Float)
_away_lat = _s.lat - bindparam("lat", type_=Float)
_turn = case((_s.lon - _lon > 180, -360.0), (_s.lon - _lon < -180, 360.0), else_=0.0)
_SOUTH, _NORTH = bindparam("south", type_=Float), bindparam("north", type_=Float)
_WEST, _EAST = bindparam("west", type_=Float), bindparam("east", type_=Float)
_ZONE = (_z.id, _z.name, _z.kind, _z.miles, _z.area, _z.minimum_cents, _z.drive_minutes, _z.minutes_a_mile, _z.steps)
_STORE = (_s.id.label("store_id"), _s.lat, _s.lon, _s.timezone, _s.hours, _s.delivery_hours, _s.last_order_minutes)


def _away(*, crossing: bool) -> Any:
    """The square of how far a store is, in flat degrees of latitude: enough to sort and to leave out by."""
    across = (_s.lon - _lon + _turn if crossing else _s.lon - _lon) * bindparam("squeeze", type_=Float)
    return _away_lat * _away_lat + across * across


def _inside(*, crossing: bool) -> Any:
    across = or_(_s.lon >= _WEST, _s.lon <= _EAST) if crossing else _s.lon.between(_WEST, _EAST)
    return and_(_s.lat.between(_SOUTH, _NORTH), across)


def _near(*, crossing: bool) -> Select[Any]:
    return (
        select(_s.id, _s.lat, _s.lon)
        .where(_inside(crossing=crossing))
        .order_by(_away(crossing=crossing), _s.id)
        .limit(bindparam("most"))
    )


def _reaching(*, crossing: bool) -> Select[Any]:
    away = _away(crossing=crossing)
    round_enough = away <= _z.miles * _z.miles * literal((SLACK / MILES_A_DEGREE) ** 2)
    return (
        select(*_STORE, *_ZONE)
        .join_from(Store, DeliveryZone, _z.store_id == _s.id)
        .where(_inside(crossing=crossing), or_(and_(_z.kind == "radius", round_enough), _z.kind == "area"))
        .order_by(away, _s.id, _z.id)
        .limit(bindparam("most"))
        .offset(bindparam("skip"))
    )


NEAR = {crossing: _near(crossing=crossing) for crossing in (False, True)}
REACHING = {crossing: _reaching(crossing=crossing) for crossing in (False, True)}
BY_ZIP = (
    select(*_STORE, *_ZONE)
    .join_from(ZoneZip, DeliveryZone, _z.id == ZoneZip.zone_id)
    .join(Store, _s.id == _z.store_id)
    .where(ZoneZip.zip == bindparam("zip"))
)


def delivering(spot: Spot, most: int, *, open_now: bool = False) -> tuple[Reached, ...]:
    """The nearest stores that deliver to a spot, each with the zone of its shortest drive; `open_now` for delivery.

    Looks only at stores whose zones can reach there, nearest first, until there are enough.
    """
    now = clock.now()
    best: dict[int, Reached] = {}
    for batch in _batches(spot):
        special = _feasts(batch, now) if open_now else {}
        for row in batch:
            if open_now and not _open(row, special.get(row.store_id), now):
                continue
            found = _reached(row, spot)
            if found and (row.store_id not in best or rank(found.delivery) < rank(best[row.store_id].delivery)):
                best[row.store_id] = found
        if len(best) >= most:
            break
    return tuple(sorted(best.values(), key=lambda found: (found.miles, found.store_id))[:most])


def _batches(spot: Spot) -> Iterator[Sequence[Any]]:
    if spot.zip is not None and "\0" not in spot.zip:
        yield db.session.execute(BY_ZIP, {"zip": spot.zip}).all()
    reach = reaches.get(None, _farthest) if spot.point is not None else 0
    if spot.point is None or reach == 0:
        return
    box = box_around(spot.point, reach * SLACK)
    words = _words(spot.point, box) | {"most": LOOKED_AT, "skip": 0}
    while rows := db.session.execute(REACHING[box.west > box.east], words).all():
        yield rows
        if len(rows) < LOOKED_AT:
            return
        words["skip"] += LOOKED_AT


def _words(point: Point, box: Box) -> dict[str, Any]:
    squeeze = math.cos(math.radians(point.lat))
    edges = {"south": box.south, "north": box.north, "west": box.west, "east": box.east}
    return {**edges, "lat": point.lat, "lon": point.lon, "squeeze": squeeze}


def _farthest() -> float:
    return db.session.scalar(select(func.max(Store.reach_miles))) or 0.0


def _reached(row: Any, spot: Spot) -> Reached | None:
    door = Point(row.lat, row.lon)
    zone = zone_of(row, row.store_id, frozenset({spot.zip}) if row.kind == ZoneKind.ZIPS and spot.zip else frozenset())
    if not zone.covers(door, spot.point, spot.zip):
        return None
    miles = miles_between(door, spot.point) if spot.point else 0.0
    return Reached(row.store_id, miles, Delivery(zone, zone.drive(door, spot.point)))


def zone_of(row: Any, store_id: int, zips: frozenset[str]) -> Zone:
    """A zone's row as the rules see it."""
    return Zone(
        id=row.id,
        store_id=store_id,
        name=row.name,
        kind=ZoneKind(row.kind),
        minimum_cents=row.minimum_cents,
        drive_minutes=row.drive_minutes,
        minutes_a_mile=row.minutes_a_mile,
        steps=tuple(FeeStep(*step) for step in row.steps),
        miles=row.miles,
        zips=zips,
        area=read_area(row.area) if row.area else (),
    )


def _open(row: Any, special: dict[date, str] | None, now: datetime) -> bool:
    """Whether it delivers now; chains write the same hours for many stores, so the answer of a minute is kept."""
    if row.store_id in paused():
        return False
    text = row.delivery_hours or row.hours
    if special:
        return _takes_orders(row, text, special, now)
    key = (row.timezone, text, row.last_order_minutes, now.replace(second=0, microsecond=0))
    return weeks.get(key, lambda: _takes_orders(row, text, {}, now))


def _takes_orders(row: Any, text: str, special: dict[date, str], now: datetime) -> bool:
    week, dates = kept(text) if text else {}, {day: read_day(own) for day, own in special.items()}
    hours = OpeningHours(ZoneInfo(row.timezone), week, dates, timedelta(minutes=row.last_order_minutes))
    return hours.takes_orders(now)


def _feasts(rows: Sequence[Any], now: datetime) -> dict[int, dict[date, str]]:
    """Dates with hours of their own of these stores, asked for only around a date on which any store has some."""
    days = tuple(now.date() + timedelta(days=n) for n in (-2, -1, 0, 1))
    if not feasts.get(now.date(), lambda: _any_feast(days)):
        return {}
    query = select(SpecialDay).where(SpecialDay.store_id.in_({row.store_id for row in rows}), SpecialDay.day.in_(days))
    found: dict[int, dict[date, str]] = {}
    for own in db.session.scalars(query):
        found.setdefault(own.store_id, {})[own.day] = own.delivery_hours or own.hours
    return found


def _any_feast(days: Sequence[date]) -> bool:
    return db.session.scalar(select(SpecialDay.day).where(SpecialDay.day.in_(days)).limit(1)) is not None


def nearby(spot: Spot | None, most: int = 20) -> tuple[Nearby, ...]:
    """The stores nearest to a spot, those that deliver there first; by name without one."""
    if spot is None:
        return tuple(Nearby(info, opening(info), None, None) for info in listed(most=most))
    reached = {found.store_id: found for found in delivering(spot, most)}
    miles = {store_id: found.miles for store_id, found in reached.items()}
    if spot.point is not None:
        miles = dict(closest(spot.point, most)) | miles
    known = several(miles)
    found = [
        Nearby(info, opening(info), miles[info.id], terms_of(reached[info.id].delivery) if info.id in reached else None)
        for info in known.values()
    ]
    return tuple(sorted(found, key=lambda near: (not near.delivers, near.miles or 0, near.store.name))[:most])


def closest(point: Point, most: int) -> list[tuple[int, float]]:
    """The stores nearest to a place, with their miles, looked for in wider and wider circles until there are enough."""
    found: list[tuple[int, float]] = []
    for miles in (*CIRCLES_MILES, FAR_MILES):
        box = box_around(point, miles)
        words = _words(point, box) | {"most": most + LOOKED_AT}
        rows = db.session.execute(NEAR[box.west > box.east], words).all()
        measured = ((row.id, miles_between(point, Point(row.lat, row.lon))) for row in rows)
        found = sorted((one for one in measured if one[1] <= miles), key=lambda one: (one[1], one[0]))[:most]
        if len(found) == most:
            break
    return found


def terms_of(delivery: Delivery) -> Terms:
    """On what a zone delivers to a place."""
    return Terms(delivery.drive_minutes, delivery.zone.minimum_cents, delivery.zone.steps)
