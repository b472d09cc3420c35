"""What the rows of zones and of searches say, in which column, and how a zone is read from one."""

import json
from functools import lru_cache
from typing import Any

from sqlalchemy import Text, cast

from app.stores.models import DeliveryZone, Store
from app.stores.zones import FeeStep, Polygon, Zone, ZoneKind, read_area

NO_ZIPS: frozenset[str] = frozenset()

_s, _z = Store.__table__.c, DeliveryZone.__table__.c
# Drawings and fees come as text: most zones share theirs, and what was read once is not read again.
ZONE = (
    *(_z.id, _z.store_id, _z.name, _z.kind, _z.miles, _z.minimum_cents, _z.drive_minutes, _z.minutes_a_mile),
    *(cast(_z.steps, Text).label("steps"), cast(_z.area, Text).label("area")),
)
DOOR = (_s.lat, _s.lon, _s.timezone, _s.hours, _s.delivery_hours, _s.last_order_minutes)  # behind those of ZONE
# Where a row has what a search looks at again and again: asked for by name, that takes twice as long.
STORE, KIND, AREA, LAT, LON = 1, 3, 9, 10, 11
TOLD, HOURS = slice(0, len(ZONE)), slice(12, 16)


def zone_for(row: Any, zip_code: str | None) -> Zone:
    """A zone's row as the rules see it when one ZIP code counts; it was found by that code, or goes by none."""
    return zone_of(row, frozenset({zip_code}) if zip_code and row[KIND] == ZoneKind.ZIPS else NO_ZIPS)


def zone_of(row: Any, zips: frozenset[str] = NO_ZIPS) -> Zone:
    """A zone's row, which begins with the columns of `ZONE`, as the rules see it."""
    zone: Zone = (_zone if row[AREA] else _shapeless)(row[TOLD], zips)
    return zone


def _zone(told: tuple[Any, ...], zips: frozenset[str]) -> Zone:
    number, store_id, name, kind, miles, minimum, drive, a_mile, steps, area = told
    terms, shape = (minimum, drive, a_mile, _steps(steps)), _area(area) if area else ()
    return Zone(number, store_id, name, ZoneKind(kind), *terms, miles=miles, zips=zips, area=shape)


_shapeless = lru_cache(maxsize=4096)(_zone)  # by all that the row says, so never older than the row


@lru_cache(maxsize=1024)
def _steps(text: str) -> tuple[FeeStep, ...]:
    return tuple(FeeStep(*step) for step in json.loads(text))


@lru_cache(maxsize=256)
def _area(text: str) -> tuple[Polygon, ...]:
    return read_area(json.loads(text))
