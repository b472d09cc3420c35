"""A map without pictures of the ground: pins, zones and an outline, worked out here and drawn by a template as SVG."""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from app.stores.geo import MILES_A_DEGREE, Box, Point
from app.stores.service import Nearby, codes_within
from app.stores.zones import Zone, ZoneKind
from blueprints.stores.outline import LAND

WIDTH, HEIGHT, MARGIN = 640, 480, 84
SMALLEST_MILES = 2.0
SCALES = (0.5, 1, 2, 5, 10, 20, 50, 100, 200, 500, 1000)
CIRCLE_CORNERS = 48
MOST_CODES = 40


@dataclass(frozen=True, slots=True)
class Pin:
    """A store in the list, at its number; `lat` and `lon` for the script that puts it on tiles."""

    number: int
    name: str
    slug: str
    x: float
    y: float
    lat: float
    lon: float


@dataclass(frozen=True, slots=True)
class Atlas:
    """Everything that the drawing shows, in its own units; `bar` is how long `bar_miles` are.

    `turned` leads back from it to the globe: the place in its middle, and degrees for a unit up and to the right.
    """

    pins: tuple[Pin, ...]
    here: tuple[float, float] | None
    land: str
    zones: tuple[str, ...]
    bar: float
    bar_miles: float
    codes: tuple[tuple[str, float, float], ...]
    turned: tuple[float, float, float, float]
    width: int = WIDTH
    height: int = HEIGHT


class _Sheet:
    """Places on the globe laid flat, squeezed by the latitude of their middle, onto the drawing."""

    def __init__(self, places: Sequence[Point]) -> None:
        lats, lons = [place.lat for place in places], [place.lon for place in places]
        self._middle = Point((min(lats) + max(lats)) / 2, (min(lons) + max(lons)) / 2)
        self._squeeze = max(0.01, math.cos(math.radians(self._middle.lat)))
        tall = max(max(lats) - min(lats), SMALLEST_MILES / MILES_A_DEGREE)
        wide = max((max(lons) - min(lons)) * self._squeeze, SMALLEST_MILES / MILES_A_DEGREE)
        self.scale = min((WIDTH - 2 * MARGIN) / wide, (HEIGHT - 2 * MARGIN) / tall)  # units for a degree of latitude

    @property
    def turned(self) -> tuple[float, float, float, float]:
        return (self._middle.lat, self._middle.lon, 1 / self.scale, 1 / self.scale / self._squeeze)

    @property
    def frame(self) -> Box:
        """What of the globe the sheet shows."""
        up, across = HEIGHT / 2 / self.scale, WIDTH / 2 / self.scale / self._squeeze
        lat, lon = self._middle.lat, self._middle.lon
        return Box(lat - up, lon - across, lat + up, lon + across)

    def put(self, place: Point) -> tuple[float, float]:
        x = WIDTH / 2 + (place.lon - self._middle.lon) * self._squeeze * self.scale
        y = HEIGHT / 2 - (place.lat - self._middle.lat) * self.scale
        return round(x, 1), round(y, 1)

    def path(self, rings: Iterable[Sequence[Point]]) -> str:
        drawn = (" ".join(f"{x:g},{y:g}" for x, y in map(self.put, ring)) for ring in rings)
        return " ".join(f"M{ring}Z" for ring in drawn)


def draw(
    found: Sequence[Nearby], here: Point | None, zones: Iterable[Zone] = (), corners: Sequence[Point] = ()
) -> Atlas | None:
    """The map of a list of stores, numbered like it, and of the place that was asked for; None of nothing.

    It shows all of them, and `corners` besides.
    """
    if not found:
        return None
    sheet = _Sheet([*(near.store.point for near in found), *([here] if here else []), *corners])
    doors = {near.store.id: near.store.point for near in found}
    pins = tuple(_pin(sheet, number, near) for number, near in enumerate(found, start=1))
    miles = max((m for m in SCALES if m / MILES_A_DEGREE * sheet.scale <= WIDTH / 3), default=SCALES[0])
    return Atlas(
        pins=tuple(sorted(pins, key=lambda pin: -pin.number)),  # the first lies on top
        here=sheet.put(here) if here else None,
        land=sheet.path([[Point(lat, lon) for lon, lat in LAND]]),
        zones=tuple(_shape(sheet, doors[zone.store_id], zone) for zone in zones),
        bar=round(miles / MILES_A_DEGREE * sheet.scale, 1),
        bar_miles=miles,
        codes=tuple((code, *sheet.put(place)) for code, place in codes_within(sheet.frame, MOST_CODES).items()),
        turned=sheet.turned,
    )


def corners(door: Point, zone: Zone) -> list[Point]:
    """Places that a map must hold to show a whole zone."""
    round_zone = _circle(door, zone.miles or 0) if zone.kind is ZoneKind.RADIUS else []
    return round_zone + [point for polygon in zone.area for point in polygon[0]]


def _pin(sheet: _Sheet, number: int, near: Nearby) -> Pin:
    info = near.store
    return Pin(number, info.name, info.slug, *sheet.put(info.point), info.lat, info.lon)


def _shape(sheet: _Sheet, door: Point, zone: Zone) -> str:
    if zone.kind is ZoneKind.AREA:
        return " ".join(sheet.path(polygon) for polygon in zone.area)
    return sheet.path([_circle(door, zone.miles or 0)]) if zone.kind is ZoneKind.RADIUS else ""


def _circle(middle: Point, miles: float) -> list[Point]:
    reach = miles / MILES_A_DEGREE
    squeeze = max(0.01, math.cos(math.radians(middle.lat)))
    turns = (2 * math.pi * n / CIRCLE_CORNERS for n in range(CIRCLE_CORNERS))
    return [
        Point(
            min(90.0, max(-90.0, middle.lat + reach * math.sin(turn))),
            min(180.0, max(-180.0, middle.lon + reach * math.cos(turn) / squeeze)),
        )
        for turn in turns
    ]
