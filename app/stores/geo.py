"""Places on the globe, pure: distances, and boxes in which an index can look."""

from dataclasses import dataclass
from math import asin, cos, degrees, radians, sin, sqrt

EARTH_MILES = 3958.8
MILES_A_DEGREE = radians(1) * EARTH_MILES
WHOLE_TURN = 360.0


@dataclass(frozen=True, slots=True)
class Point:
    """A place in degrees. Raises ValueError when there is no such place on the globe."""

    lat: float
    lon: float

    def __post_init__(self) -> None:
        if not (-90 <= self.lat <= 90 and -180 <= self.lon <= 180):
            raise ValueError("a latitude lies between -90 and 90, a longitude between -180 and 180")


@dataclass(frozen=True, slots=True)
class Box:
    """All places between two latitudes and two longitudes; where `west` is past `east`, it crosses the date line."""

    south: float
    west: float
    north: float
    east: float

    def holds(self, point: Point) -> bool:
        """Whether a place lies in it, its edges included."""
        across = self.west <= point.lon <= self.east
        if self.west > self.east:
            across = point.lon >= self.west or point.lon <= self.east
        return across and self.south <= point.lat <= self.north


def miles_between(one: Point, other: Point) -> float:
    """Great-circle distance in miles."""
    return haversine(one.lat, one.lon, other.lat, other.lon)


def haversine(lat: float, lon: float, other_lat: float, other_lon: float) -> float:
    """The same, of places in degrees that are known to be on the globe."""
    up, across = sin(radians(other_lat - lat) / 2), sin(radians(other_lon - lon) / 2)
    half = up * up + cos(radians(lat)) * cos(radians(other_lat)) * across * across
    return 2 * EARTH_MILES * asin(sqrt(min(1.0, half)))


def box_around(middle: Point, miles: float) -> Box:
    """The smallest box that holds everything within `miles` of a place."""
    reach = miles / MILES_A_DEGREE
    south, north = max(-90.0, middle.lat - reach), min(90.0, middle.lat + reach)
    if south == -90 or north == 90:  # a pole is inside: every longitude is near
        return Box(south, -180.0, north, 180.0)
    # At its widest the circle touches meridians that lie further out than along the middle's own parallel.
    across = degrees(asin(min(1.0, sin(radians(reach)) / cos(radians(middle.lat)))))
    if across >= 90:
        return Box(south, -180.0, north, 180.0)
    return Box(south, _wrapped(middle.lon - across), north, _wrapped(middle.lon + across))


def _wrapped(lon: float) -> float:
    return (lon + 180.0) % WHOLE_TURN - 180.0 if not -180 <= lon <= 180 else lon
