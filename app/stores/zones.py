"""Delivery zones, pure: which places one covers, what bringing food there costs, and which one of several counts."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise
from typing import Any

from app.stores.geo import Point, miles_between

MOST_CORNERS = 2_000
MOST_REACH_MILES = 60.0


class ZoneKind(StrEnum):
    """What a zone is made of."""

    RADIUS = "radius"
    ZIPS = "zips"
    AREA = "area"


class ShapeError(ValueError):
    """A drawing that is no area; the message says why, in words for the one who drew it."""


Ring = tuple[Point, ...]  # closed: the last corner is the first
Polygon = tuple[Ring, ...]  # the outline, then the holes


@dataclass(frozen=True, slots=True)
class FeeStep:
    """What bringing it costs from a food value on, in cents."""

    from_cents: int
    fee_cents: int


@dataclass(frozen=True, slots=True)
class Zone:
    """Where a store delivers, from which food value on, for what, and how long the drive takes.

    `miles` is the radius of a round zone, `zips` the codes of one by ZIP, `area` the outlines and holes of a drawn one;
    `steps` go up by food value, the first from zero.
    """

    id: int
    store_id: int
    name: str
    kind: ZoneKind
    minimum_cents: int
    drive_minutes: int
    minutes_a_mile: int
    steps: tuple[FeeStep, ...]
    miles: float | None = None
    zips: frozenset[str] = frozenset()
    area: tuple[Polygon, ...] = ()

    def covers(self, place: Point | None, zip_code: str | None, miles: float) -> bool:
        """Whether it holds a place `miles` away; a ZIP zone goes by the code alone, others by where the place is."""
        if self.kind is ZoneKind.ZIPS:
            return zip_code in self.zips
        if place is None:
            return False
        if self.kind is ZoneKind.RADIUS:
            return miles <= (self.miles or 0)
        return any(_inside(polygon, place) for polygon in self.area)

    def drive(self, miles: float) -> int:
        """Minutes from the store's door to the customer's."""
        return self.drive_minutes + round(miles * self.minutes_a_mile)

    def fee(self, food_cents: int) -> int:
        """What bringing food of this value costs, in cents."""
        return fee_at(self.steps, food_cents)


def fee_at(steps: Sequence[FeeStep], food_cents: int) -> int:
    """The fee of the highest step that a food value reaches; none without steps."""
    return max((step for step in steps if step.from_cents <= food_cents), key=lambda step: step.from_cents).fee_cents


@dataclass(frozen=True, slots=True)
class Delivery:
    """The zone that counts for a place, and the drive there in minutes."""

    zone: Zone
    drive_minutes: int


def soonest(zones: Iterable[Zone], store: Point, place: Point | None, zip_code: str | None) -> Delivery | None:
    """Of the zones of a store that cover a place, the one with the shortest promise.

    Then the cheapest, the one that asks the least, the older: always the same one, in whatever order they come.
    """
    miles = miles_between(store, place) if place else 0.0
    found = [Delivery(zone, zone.drive(miles)) for zone in zones if zone.covers(place, zip_code, miles)]
    return min(found, key=rank, default=None)


def rank(delivery: Delivery) -> tuple[int, int, int, int, int]:
    """What puts one delivery before another, at one store or among several."""
    zone = delivery.zone
    return (delivery.drive_minutes, zone.fee(0), zone.minimum_cents, zone.store_id, zone.id)


def _inside(polygon: Polygon, place: Point) -> bool:
    """In the outline and in none of its holes: by how many edges a ray crosses (even-odd rule)."""
    return sum(_crossings(ring, place) for ring in polygon) % 2 == 1


def _crossings(ring: Ring, place: Point) -> int:
    crossed = 0
    for one, other in pairwise(ring):
        # Half-open by latitude, so that a ray through a corner crosses one edge there and not two.
        if (one.lat > place.lat) != (other.lat > place.lat):
            across = (place.lat - one.lat) / (other.lat - one.lat)
            crossed += place.lon < one.lon + across * (other.lon - one.lon)
    return crossed


def read_area(drawn: object) -> tuple[Polygon, ...]:
    """The polygons of a GeoJSON geometry, feature or collection of them (RFC 7946). Raises ShapeError."""
    polygons = tuple(_polygons(drawn, depth=0))
    if not polygons:
        raise ShapeError("There is no polygon in this drawing.")
    if sum(len(ring) for polygon in polygons for ring in polygon) > MOST_CORNERS:
        raise ShapeError(f"This drawing has more than {MOST_CORNERS} corners. Please make it simpler.")
    return polygons


def _polygons(drawn: object, depth: int) -> Iterable[Polygon]:
    if not isinstance(drawn, Mapping) or depth > 3:
        raise ShapeError("This is not GeoJSON.")
    kind = drawn.get("type")
    if kind == "FeatureCollection":
        parts: list[Any] = _list(drawn.get("features"), "features")
        return [polygon for part in parts for polygon in _polygons(part, depth + 1)]
    if kind == "Feature":
        return _polygons(drawn.get("geometry"), depth + 1)
    if kind == "GeometryCollection":
        return [p for part in _list(drawn.get("geometries"), "geometries") for p in _polygons(part, depth + 1)]
    if kind == "Polygon":
        return [_polygon(drawn.get("coordinates"))]
    if kind == "MultiPolygon":
        return [_polygon(part) for part in _list(drawn.get("coordinates"), "coordinates")]
    raise ShapeError("Only polygons can be zones: no points, no lines.")


def _polygon(rings: object) -> Polygon:
    found = tuple(_ring(ring) for ring in _list(rings, "coordinates"))
    if not found:
        raise ShapeError("A polygon has no outline.")
    return found


def _ring(corners: object) -> Ring:
    listed = _list(corners, "a ring")
    if len(listed) > MOST_CORNERS:
        raise ShapeError(f"This drawing has more than {MOST_CORNERS} corners. Please make it simpler.")
    ring = tuple(_corner(corner) for corner in listed)
    if len(ring) < 4 or ring[0] != ring[-1]:
        raise ShapeError("An outline has at least three corners and ends where it began.")
    if max(point.lon for point in ring) - min(point.lon for point in ring) > 180:
        raise ShapeError("An outline may not cross the date line.")
    return ring


def _corner(corner: object) -> Point:
    numbers = _list(corner, "a corner")[:2]
    if len(numbers) < 2 or any(isinstance(n, bool) or not isinstance(n, int | float) for n in numbers):
        raise ShapeError("A corner is a longitude and a latitude.")
    try:
        return Point(lat=float(numbers[1]), lon=float(numbers[0]))
    except (ValueError, OverflowError):
        raise ShapeError("A corner is a longitude and a latitude, in this order, in degrees.") from None


def _list(found: object, what: str) -> list[Any]:
    if not isinstance(found, list):
        raise ShapeError(f"This is not GeoJSON: {what} should be a list.")
    return found


def drawn(area: Iterable[Polygon]) -> dict[str, object]:
    """Polygons as a GeoJSON geometry; what `read_area` gave comes back the same."""
    coordinates = [[[[point.lon, point.lat] for point in ring] for ring in polygon] for polygon in area]
    return {"type": "MultiPolygon", "coordinates": coordinates}


def reach(store: Point, kind: ZoneKind, miles: float | None, area: Sequence[Polygon]) -> float:
    """How far from its store a zone can cover a place, in miles; nothing for a ZIP zone, which goes by the code."""
    if kind is ZoneKind.RADIUS:
        return miles or 0
    corners = [point for polygon in area for point in polygon[0]]
    return max((miles_between(store, point) for point in corners), default=0)


__all__ = [
    "Delivery",
    "FeeStep",
    "Polygon",
    "ShapeError",
    "Zone",
    "ZoneKind",
    "drawn",
    "fee_at",
    "rank",
    "reach",
    "read_area",
    "soonest",
]
