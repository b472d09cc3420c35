"""The stores near a place, found in a box by an index, measured by haversine: what is far is never looked at."""

import json
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import lru_cache
from itertools import chain, repeat
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Float, Select, Text, and_, bindparam, case, cast, func, literal_column, or_, select

from app.core import clock
from app.core.cache import Memory
from app.core.db import db
from app.stores.directory import listed, opening, paused, several
from app.stores.geo import MILES_A_DEGREE, Box, Point, box_around, miles_between
from app.stores.hours import OpeningHours
from app.stores.hours_text import kept, kept_day
from app.stores.models import DeliveryZone, SpecialDay, Store, ZoneZip
from app.stores.values import Nearby, Terms
from app.stores.zones import Delivery, FeeStep, Polygon, Zone, ZoneKind, rank, read_area

SLACK = 1.1  # flat degrees against the globe: what is looked at is a little more than what counts
REACHED: Any = literal_column(str((SLACK / MILES_A_DEGREE) ** 2))  # from the square of miles to that of flat degrees
LOOKED_AT = (16, 64, 256)  # stores in the first look, the second, and all that follow
NEIGHBOURS = 3  # looked at past the last one that counts: flat degrees may have put two of them the wrong way around
MORE = 60
CIRCLES_MILES = (8.0, 40.0, 200.0, 1000.0)
FAR_MILES = 13_000.0

reaches: Memory[None, float] = Memory(most=1, age=timedelta(seconds=30))
feasts: Memory[date, bool] = Memory(most=4, age=timedelta(seconds=5))
minutes: Memory[datetime, dict[tuple[str, str, int], bool]] = Memory(most=2, age=timedelta(minutes=1))


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
# Drawings and fees come as text: most zones share theirs, and what was read once is not read again.
ZONE = (
    *(_z.id, _z.name, _z.kind, _z.miles, _z.minimum_cents, _z.drive_minutes, _z.minutes_a_mile),
    *(cast(_z.steps, Text).label("steps"), cast(_z.area, Text).label("area")),
)
_STORE = (_s.id.label("store_id"), _s.lat, _s.lon, _s.timezone, _s.hours, _s.delivery_hours, _s.last_order_minutes)


def _away(*, crossing: bool) -> Any:
    """The square of how far a store is, in flat degrees of latitude: enough to sort and to leave out by."""
    across = _s.lon - _lon + _turn if crossing else _s.lon - _lon
    return _away_lat * _away_lat + across * across * bindparam("squeeze", type_=Float)


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
    """Sorted and cut while it is narrow and on the index alone; only what is left is read whole."""
    away = _away(crossing=crossing).label("away")
    box = select(_s.id, _s.reach_miles, away).where(_inside(crossing=crossing)).subquery("box")
    near = (
        select(box.c.id, box.c.away)
        .where(box.c.away <= box.c.reach_miles * box.c.reach_miles * REACHED)
        .order_by(box.c.away, box.c.id)
        .limit(bindparam("most"))
        .offset(bindparam("skip"))
        .subquery("near")
    )
    return (
        select(*_STORE, *ZONE)
        .join_from(near, Store.__table__, _s.id == near.c.id)
        .join(DeliveryZone.__table__, and_(_z.store_id == _s.id, _z.kind != literal_column("'zips'")))
        .order_by(near.c.away, _s.id, _z.id)
    )


NEAR = {crossing: _near(crossing=crossing) for crossing in (False, True)}
REACHING = {crossing: _reaching(crossing=crossing) for crossing in (False, True)}
BY_ZIP = (
    select(*_STORE, *ZONE)
    .join_from(ZoneZip.__table__, DeliveryZone.__table__, _z.id == ZoneZip.__table__.c.zone_id)
    .join(Store.__table__, _s.id == _z.store_id)
    .where(ZoneZip.__table__.c.zip == bindparam("zip"))
)


def delivering(spot: Spot, most: int, *, open_now: bool = False) -> tuple[Reached, ...]:
    """The nearest stores that deliver to a spot, each with the zone of its shortest drive; `open_now` for delivery.

    Looks only at stores whose zones can reach there, nearest first, until there are enough.
    """
    clockwork = _OpenNow(clock.now()) if open_now else None
    best: dict[int, Reached] = {}
    for batch in _batches(spot):
        if clockwork:
            clockwork.learn(batch)
        for row in batch:
            if clockwork and not clockwork.takes(row):
                continue
            found = _reached(row, spot)
            if found and (row.store_id not in best or rank(found.delivery) < rank(best[row.store_id].delivery)):
                best[row.store_id] = found
            if len(best) >= most + NEIGHBOURS and row.kind != "zips":  # those by ZIP code are in no order
                break
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
    words = _words(spot.point, box) | {"skip": 0}
    for most in chain(LOOKED_AT, repeat(LOOKED_AT[-1])):
        rows = db.session.execute(REACHING[box.west > box.east], words | {"most": most}).all()
        yield rows
        if len({row.store_id for row in rows}) < most:
            return
        words["skip"] += most


def _words(point: Point, box: Box) -> dict[str, Any]:
    squeeze = math.cos(math.radians(point.lat)) ** 2
    edges = {"south": box.south, "north": box.north, "west": box.west, "east": box.east}
    return {**edges, "lat": point.lat, "lon": point.lon, "squeeze": squeeze}


def _farthest() -> float:
    return db.session.scalar(select(func.max(Store.reach_miles))) or 0.0


def _reached(row: Any, spot: Spot) -> Reached | None:
    door = Point(row.lat, row.lon)
    zone = zone_of(row, row.store_id, frozenset({spot.zip}) if row.kind == ZoneKind.ZIPS and spot.zip else frozenset())
    miles = miles_between(door, spot.point) if spot.point else 0.0
    if not zone.covers(spot.point, spot.zip, miles):
        return None
    return Reached(row.store_id, miles, Delivery(zone, zone.drive(miles)))


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
        steps=_steps(row.steps),
        miles=row.miles,
        zips=zips,
        area=_area(row.area) if row.area else (),
    )


@lru_cache(maxsize=1024)
def _steps(text: str) -> tuple[FeeStep, ...]:
    return tuple(FeeStep(*step) for step in json.loads(text))


@lru_cache(maxsize=256)
def _area(text: str) -> tuple[Polygon, ...]:
    return read_area(json.loads(text))


class _OpenNow:
    """Whether stores deliver at one moment; chains write the same hours for many, so an answer serves all of those."""

    def __init__(self, now: datetime) -> None:
        self._now, self._paused = now, paused()
        self._weeks = minutes.get(now.replace(second=0, microsecond=0), dict)
        self._special: dict[int, dict[date, str]] = {}

    def learn(self, rows: Sequence[Any]) -> None:
        """Read what dates with hours of their own these stores have, if any store has some around today."""
        days = tuple(self._now.date() + timedelta(days=n) for n in (-2, -1, 0, 1))
        if not feasts.get(days[2], lambda: _any_feast(days)):
            return
        ids = {row.store_id for row in rows}
        query = select(SpecialDay).where(SpecialDay.store_id.in_(ids), SpecialDay.day.in_(days))
        for own in db.session.scalars(query):
            self._special.setdefault(own.store_id, {})[own.day] = own.delivery_hours or own.hours

    def takes(self, row: Any) -> bool:
        """Whether a store delivers now."""
        if row.store_id in self._paused:
            return False
        text, special = row.delivery_hours or row.hours, self._special.get(row.store_id)
        if special:
            return self._open(row, text, special)
        key = (row.timezone, text, row.last_order_minutes)
        if key not in self._weeks:
            self._weeks[key] = self._open(row, text, {})
        return self._weeks[key]

    def _open(self, row: Any, text: str, special: dict[date, str]) -> bool:
        week, dates = kept(text) if text else {}, {day: kept_day(own) for day, own in special.items()}
        hours = OpeningHours(ZoneInfo(row.timezone), week, dates, timedelta(minutes=row.last_order_minutes))
        return hours.takes_orders(self._now)


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
        words = _words(point, box) | {"most": most + MORE}
        rows = db.session.execute(NEAR[box.west > box.east], words).all()
        measured = ((row.id, miles_between(point, Point(row.lat, row.lon))) for row in rows)
        found = sorted((one for one in measured if one[1] <= miles), key=lambda one: (one[1], one[0]))[:most]
        if len(found) == most:
            break
    return found


def terms_of(delivery: Delivery) -> Terms:
    """On what a zone delivers to a place."""
    return Terms(delivery.drive_minutes, delivery.zone.minimum_cents, delivery.zone.steps)
