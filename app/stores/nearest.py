"""The stores near a place, found in a box by an index, measured by haversine: what is far is never looked at."""

import math
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from itertools import chain, repeat
from operator import attrgetter
from typing import Any

from sqlalchemy import Float, Select, and_, bindparam, case, func, literal_column, or_, select

from app.core import clock
from app.core.cache import Memory
from app.core.db import db
from app.stores.directory import listed, opening, several
from app.stores.geo import MILES_A_DEGREE, Box, Point, box_around, haversine, miles_between
from app.stores.models import DeliveryZone, Store, ZoneZip
from app.stores.open_now import OpenNow
from app.stores.rows import DOOR, LAT, LON, STORE, ZONE, zone_for
from app.stores.values import Nearby, Terms
from app.stores.zones import Delivery, rank

SLACK = 1.1  # flat degrees against the globe: what is looked at is a little more than what counts
REACHED: Any = literal_column(str((SLACK / MILES_A_DEGREE) ** 2))  # from the square of miles to that of flat degrees
LOOKED_AT = (16, 64, 256)  # stores in the first look, the second, and all that follow
MORE = 60
CIRCLES_MILES = (8.0, 40.0, 200.0, 1000.0)
FAR_MILES = 13_000.0
REACH_MILES, FEW = 100, 3  # further, nobody drives for a pizza

Willing = Callable[[Sequence[Any]], Iterable[Any]]

reaches: Memory[None, float] = Memory(most=1, age=timedelta(seconds=30))


@dataclass(frozen=True, slots=True)
class Spot:
    """Where somebody wants it: the place as far as it is known, and the ZIP code if it is.

    A `wide` one is a city as a whole: its middle tells which stores are near, and nothing about delivery.
    """

    point: Point | None
    zip: str | None = None
    wide: bool = False


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
        select(*ZONE, *DOOR)
        .join_from(near, Store.__table__, _s.id == near.c.id)
        .join(DeliveryZone.__table__, and_(_z.store_id == _s.id, _z.kind != literal_column("'zips'")))
        .order_by(near.c.away, _s.id, _z.id)
    )


NEAR = {crossing: _near(crossing=crossing) for crossing in (False, True)}
REACHING = {crossing: _reaching(crossing=crossing) for crossing in (False, True)}
BY_ZIP = (
    select(*ZONE, *DOOR)
    .join_from(ZoneZip.__table__, DeliveryZone.__table__, _z.id == ZoneZip.__table__.c.zone_id)
    .join(Store.__table__, _s.id == _z.store_id)
    .where(ZoneZip.__table__.c.zip == bindparam("zip"))
)


def delivering(spot: Spot, most: int, *, open_now: bool = False) -> tuple[Reached, ...]:
    """The nearest stores that deliver to a spot, each with the zone of its shortest drive; `open_now` for delivery.

    Looks only at stores whose zones can reach there, nearest first, until there are enough.
    """
    willing: Willing = OpenNow(clock.now()).of if open_now else list
    best: dict[int, Reached] = {}
    for found in chain(_by_zip(spot, willing), _around(spot, most, willing)):
        before = best.get(found.store_id)
        if before is None or rank(found.delivery) < rank(before.delivery):
            best[found.store_id] = found
    return tuple(sorted(best.values(), key=attrgetter("miles", "store_id"))[:most])


def _by_zip(spot: Spot, willing: Willing) -> Iterator[Reached]:
    if spot.zip is None or "\0" in spot.zip:  # PostgreSQL does not even look for it
        return
    for row in willing(_rows(BY_ZIP, {"zip": spot.zip})):
        miles = haversine(row[LAT], row[LON], spot.point.lat, spot.point.lon) if spot.point else 0.0
        if found := _reached(row, spot, miles):
            yield found


def _around(spot: Spot, most: int, willing: Willing) -> Iterator[Reached]:
    """Those whose zones are round or drawn, the nearest first as flat degrees have it."""
    if spot.point is None:
        return
    met, far, lat, lon = set[int](), 0.0, spot.point.lat, spot.point.lon
    for rows in _looks(spot.point):
        for row in willing(rows):
            miles = haversine(row[LAT], row[LON], lat, lon)
            if len(met) >= most and miles > far * SLACK:
                return
            if found := _reached(row, spot, miles):
                met.add(found.store_id)
                far = max(far, miles)
                yield found
        if len(met) >= most:
            return


def _looks(point: Point) -> Iterator[Sequence[Any]]:
    """Rows of stores whose zones may reach a place, a few stores at first, then more at a time."""
    reach = reaches.get(None, _farthest)
    if reach == 0:
        return
    box = box_around(point, reach * SLACK)
    words, query = _words(point, box), REACHING[box.west > box.east]
    for most in chain(LOOKED_AT, repeat(LOOKED_AT[-1])):
        rows = _rows(query, words | {"most": most})
        yield rows
        if len(rows) < most or len({row.store_id for row in rows}) < most:
            return
        words["skip"] += most


def _rows(query: Select[Any], words: dict[str, Any]) -> Sequence[Any]:
    return db.session.connection().execute(query, words).all()


def _words(point: Point, box: Box) -> dict[str, Any]:
    squeeze = math.cos(math.radians(point.lat)) ** 2
    here = {"lat": point.lat, "lon": point.lon, "squeeze": squeeze, "skip": 0}
    return {"south": box.south, "north": box.north, "west": box.west, "east": box.east, **here}


def _farthest() -> float:
    return db.session.scalar(select(func.max(Store.reach_miles))) or 0.0


def _reached(row: Any, spot: Spot, miles: float) -> Reached | None:
    zone = zone_for(row, spot.zip)
    if not zone.covers(spot.point, spot.zip, miles):
        return None
    return Reached(row[STORE], miles, Delivery(zone, zone.drive(miles)))


def nearby(spot: Spot | None, most: int = 20) -> tuple[Nearby, ...]:
    """The stores nearest to a spot, those that deliver there first; by name without one.

    To a wide spot none is said to deliver.
    """
    if spot is None:
        return tuple(Nearby(info, opening(info), None, None) for info in listed(most=most))
    reached = {} if spot.wide else {found.store_id: found for found in delivering(spot, most)}
    miles = {store_id: found.miles for store_id, found in reached.items()}
    if spot.point is not None:
        miles = dict(closest(spot.point, most)) | miles
    known = several(miles)
    found = [
        Nearby(info, opening(info), miles[info.id], terms_of(reached[info.id].delivery) if info.id in reached else None)
        for info in known.values()
    ]
    return tuple(sorted(found, key=lambda near: (not near.delivers, near.miles or 0, near.store.name))[:most])


def in_reach(found: tuple[Nearby, ...]) -> tuple[Nearby, ...]:
    """Of stores near a place those that somebody would go to; where there is none, the first few all the same."""
    return tuple(near for near in found if (near.miles or 0) <= REACH_MILES) or found[:FEW]


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
