"""How long it takes to find the nearest stores that deliver to a place now, beside a bare look into the same box."""

import csv
import math
import os
import random
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from statistics import median, quantiles
from typing import Any
from unittest.mock import patch

import zipcodes
from sqlalchemy import bindparam, create_engine, insert, make_url, select, text

from app.core import clock
from app.core.db import Base, db
from app.core.settings import Settings
from app.stores import nearest
from app.stores.geo import Point, box_around
from app.stores.models import DeliveryZone, Pause, SpecialDay, Store, ZoneZip
from wsgi import create_app

ROOT = Path(__file__).parents[1]
CHAIN = "stores/pizza_stores_us_2007.csv"
SIZES = (7_000, 100_000)
SAMPLES, MOST = 2_000, 5
TABLES = [model.__table__ for model in (Store, DeliveryZone, ZoneZip, SpecialDay, Pause)]
WEEKS = (
    "Mo-Su 11:00-23:00",
    "Mo-Th 11:00-22:00; Fr-Sa 11:00-02:00; Su 12:00-22:00",
    "Mo-Su 10:30-21:30",
    "Mo-Su 00:00-24:00",
    "Mo closed; Tu-Su 16:00-23:00",
)
ZONES_BY_STATE_LINE = ((-125.0, "America/Los_Angeles"), (-114.0, "America/Denver"), (-101.0, "America/Chicago"))
EVENING = datetime(2026, 7, 3, 23, 30, tzinfo=UTC)  # a Friday's rush, from coast to coast
STORES = Store.__table__.c
BARE = select(STORES.id, STORES.lat, STORES.lon).where(
    STORES.lat.between(bindparam("south"), bindparam("north")),
    STORES.lon.between(bindparam("west"), bindparam("east")),
)


@dataclass(frozen=True, slots=True)
class Near:
    """Times in milliseconds of the bare box and of the whole answer, and how many stores there were."""

    database: str
    stores: int
    bare_p50: float
    bare_p99: float
    p50: float
    p99: float

    @property
    def ratio(self) -> float:
        """How many times the bare box's 99th percentile the answer's is."""
        return self.p99 / self.bare_p99


def measure(environs: Mapping[str, Mapping[str, str]], folder: Path, samples: int) -> list[Near]:
    """Every database with every number of stores, each in a database of its own."""
    found = []
    for database, environ in environs.items():
        for size in SIZES:
            url = empty(environ["DATABASE_URL"], folder, f"near_{size}")
            app = create_app("jobs", settings=Settings.from_env({**environ, "DATABASE_URL": url}))
            with app.app_context():
                places = _fill(size)
                found.append(_measured(database, size, places, samples))
                db.session.remove()
                db.engine.dispose()
    return found


def empty(url: str, folder: Path, name: str) -> str:
    """A database of its own beside another one; gives its URL."""
    if url.startswith("sqlite"):
        return f"sqlite:///{folder / name}.db"
    engine = create_engine(url, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {name}"))
    engine.dispose()
    return make_url(url).set(database=name).render_as_string(hide_password=False)


def _fill(size: int) -> list[Point]:
    """Stores where a real chain has them, each with a round zone; more of them scattered around those."""
    dice, places = random.Random(7), chain()
    places = [places[n] if n < len(places) else _beside(places[n % len(places)], dice, 4) for n in range(size)]
    Base.metadata.create_all(db.engine, tables=TABLES)
    stores = [_store(n, place) for n, place in enumerate(places, start=1)]
    zones = [_zone(row["id"], row["reach_miles"]) for row in stores]
    with db.engine.begin() as connection:
        connection.execute(insert(Store), stores)
        connection.execute(insert(DeliveryZone), zones)
    with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("ANALYZE"))
    return places


def chain() -> list[Point]:
    """Where the stores of a real chain are, from the shared data; without them, where people live, by ZIP code."""
    file = Path(os.environ.get("SHARED_DATA", ROOT.parent / "shared" / "data")) / CHAIN
    if file.exists():
        with file.open(newline="") as rows:
            return list(_points((row["lat"], row["lon"]) for row in csv.DictReader(rows)))
    return list(_points((row["lat"], row["long"]) for row in zipcodes.list_all() if row["lat"]))


def _points(rows: Iterator[tuple[str, str]]) -> Iterator[Point]:
    for lat, lon in rows:
        try:
            yield Point(float(lat), float(lon))
        except ValueError:
            continue


def _beside(place: Point, dice: random.Random, miles: float) -> Point:
    far = miles / 69
    lat = min(89.0, max(-89.0, dice.gauss(place.lat, far)))
    return Point(lat, min(180.0, max(-180.0, dice.gauss(place.lon, far / math.cos(math.radians(place.lat))))))


def _store(number: int, place: Point) -> dict[str, Any]:
    zone = next((name for line, name in reversed(ZONES_BY_STATE_LINE) if place.lon > line), "America/Los_Angeles")
    words = {"name": f"Store {number}", "slug": f"store-{number}", "street": "1 Main Street", "city": "Springfield"}
    more = {"state": "IL", "zip": "62701", "phone": "+12175550100", "timezone": zone, "reach_miles": 2.0 + number % 3}
    return {"id": number, **words, **more, "lat": place.lat, "lon": place.lon, "hours": WEEKS[number % len(WEEKS)]}


def _zone(store_id: int, miles: float) -> dict[str, Any]:
    terms = {"minimum_cents": 1200, "drive_minutes": 6, "minutes_a_mile": 3, "steps": [[0, 299], [3500, 0]]}
    return {"id": store_id, "store_id": store_id, "name": "Around", "kind": "radius", "miles": miles, **terms}


def _measured(database: str, size: int, places: list[Point], samples: int) -> Near:
    dice = random.Random(11)
    spots = [_beside(dice.choice(places), dice, 2) for _ in range(samples)]
    reach = nearest.reaches.get(None, lambda: 4.0) * nearest.SLACK
    bare, whole = [], []
    with patch.object(clock, "now", lambda: EVENING):
        for spot in spots:
            box = box_around(spot, reach)
            words = {"south": box.south, "north": box.north, "west": box.west, "east": box.east}
            bare.append(_timed(lambda words=words: db.session.execute(BARE, words).all()))
            whole.append(_timed(lambda spot=spot: nearest.delivering(nearest.Spot(spot), MOST, open_now=True)))
    cut = samples // 10  # the first ones warm what a process keeps
    (bare_p50, bare_p99), (p50, p99) = (_cuts(times[cut:]) for times in (bare, whole))
    nearest.reaches.clear()
    return Near(database, size, bare_p50, bare_p99, p50, p99)


def _timed(work: Callable[[], object]) -> float:
    """The best of three tries: the hundredth part that is slowest should be far places, not a busy machine."""
    return min(_once(work) for _ in range(3))


def _once(work: Callable[[], object]) -> float:
    started = time.perf_counter()
    work()
    return (time.perf_counter() - started) * 1000


def _cuts(times: list[float]) -> tuple[float, float]:
    return median(times), quantiles(times, n=100)[98]
