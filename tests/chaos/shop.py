"""The shop as a storm meets it: every real program, rigged, with a second worker; and what its books say."""

import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import requests
from sqlalchemy import create_engine, insert, text, update

from app.promotions.deals import packed, unpacked
from app.promotions.models import Deal, DealCode, DealEdition, DealVersion
from dev import programs, redis, up
from tests import house
from tests.chaos import switches
from tests.chaos.plan import Plan
from tests.house import House

RIGGED = "tests.chaos.rigged"
WORKERS = ("worker", "worker-2")
STORES = (1, 2)  # the second one accepts by itself
CLOSING = ((("web", "sockets"), 2.0), ((*WORKERS, "clock", "stripe"), 1.0), (("redis",), 1.0))


@dataclass
class Shop:
    """A running shop under a plan."""

    plan: Plan
    house: House

    @property
    def url(self) -> str:
        return self.house.url

    @property
    def failpoints(self) -> Path:
        return self.house.place.folder / "failpoints"

    def rows(self, query: str, **values: object) -> list[Any]:
        """What the database says, read from outside."""
        with self.house.books.connect() as connection:
            return list(connection.execute(text(query), values))

    def books(self) -> dict[str, list[dict[str, Any]]]:
        """What the provider's books say."""
        return requests.get(f"{self.provider}/_standin/state", timeout=30).json()

    def trouble(self, faults: dict[str, Any]) -> None:
        """Put faults at the provider in force; none ends them."""
        requests.post(f"{self.provider}/_standin/faults", json=faults, timeout=10).raise_for_status()

    @property
    def provider(self) -> str:
        return f"http://127.0.0.1:{self.house.place.stripe_port}"

    @property
    def publishable_key(self) -> str:
        return self.house.crew.members["web"].environ["STRIPE_PUBLISHABLE_KEY"]

    def rig(self, without: str) -> None:
        """Start the shop's programs anew, without these guards, whose names commas part; with all of them for none."""
        crew = self.house.crew
        for name in ("web", *WORKERS, "clock"):
            self.house.kill(name)
            member = crew.members[name]
            crew.start(name, member.command, {**member.environ, "STORM_WITHOUT": without})
        crew.wait_for("web", self.answers)

    def stop_at(self, place: str, deed: str) -> Path:
        """Let the next process that comes by this place `die` or `sleep`; gives the file that says so."""
        file = self.failpoints / f"{place}.{deed}"
        file.touch()
        return file

    def answers(self) -> bool:
        """Whether the web server answers."""
        try:
            return requests.get(f"{self.url}/healthz", timeout=1).ok
        except requests.RequestException:
            return False


@contextmanager
def open_for(plan: Plan, folder: Path) -> Iterator[Shop]:
    """Open the shop for a plan in a folder, on a database of its own; close all of it after the block."""
    with house.database(plan.database, f"storm_{plan.seed}_{folder.name[-8:]}".lower()) as given:
        place, crew = house.place_in(folder)
        (folder / "failpoints").mkdir()
        try:
            environ = _environment(plan, programs.settings(place, house.bare(folder, given)), folder)
            opened = house.House(place, crew, environ["DATABASE_URL"])
            _start(plan, opened, environ)
            yield Shop(plan, opened)
            opened.books.dispose()
        finally:
            crew.stop(*CLOSING)


def _environment(plan: Plan, settings: Mapping[str, str], folder: Path) -> dict[str, str]:
    return {
        **settings,
        "FAILPOINTS": str(folder / "failpoints"),
        "STORM_TO_PAY": str(plan.to_pay),
        "STORM_WITHOUT": plan.without,
        "PYTHONPATH": str(Path.cwd()),
    }


def _start(plan: Plan, opened: House, environ: dict[str, str]) -> None:
    place, crew = opened.place, opened.crew
    crew.start("redis", redis.command(place.folder / "redis", place.redis_port), environ)
    crew.start("stripe", programs.stand_in(place, environ["STRIPE_WEBHOOK_SECRET"]), environ)
    up.prepare(place, environ)
    opened.change(switches.EFFECTS)
    for statement, values in _terms(plan):
        opened.change(statement, **values)
    _put_coupon(plan, opened.database_url)
    crew.wait_for("redis", lambda: redis.answers(place.redis_port))
    # Preloaded, unlike in production: a child that is killed is back at once, so there is somebody to kill again.
    web = programs.gunicorn("127.0.0.1", place.port, "create_app()", threads=12, module=RIGGED)
    crew.start("web", [*web, "--preload", "--workers", "2"], environ)
    crew.start("sockets", programs.sockets("127.0.0.1", place.sockets_port, module=RIGGED), environ)
    for name, role in ((WORKERS[0], "worker"), (WORKERS[1], "worker"), ("clock", "clock")):
        crew.start(name, [sys.executable, "-m", RIGGED, role], environ)
    up.wait_for_all(place, crew)


def _terms(plan: Plan) -> Iterator[tuple[str, dict[str, object]]]:
    """Both stores never close, and the first one answers for itself; a quarter of an hour has the plan's places."""
    places = "UPDATE stores SET slot_capacity = :places, auto_accept = :alone WHERE id = :store"
    for store in STORES:
        yield places, {"places": plan.capacity, "alone": store != STORES[0], "store": store}
        yield "UPDATE stores SET hours = 'Mo-Su 00:00-24:00' WHERE id = :store", {"store": store}
        yield "DELETE FROM store_holidays WHERE store_id = :store", {"store": store}


def _put_coupon(plan: Plan, database_url: str) -> None:
    """One more deal: half of everything, by a code, for so many and once for each."""
    limits = {"limit": plan.coupon_limit, "limit_per_customer": 1}
    terms = {"name": "Storm", "kind": "percent_order", "rate_ppm": 500_000, "by_code": True, **limits}
    counters = {"reserved": 0, "redeemed": 0}
    engine = create_engine(database_url)
    with engine.begin() as connection:
        new = {"state": "live", "version": 1, "listed": False, **limits, **counters}
        deal_id = connection.execute(insert(Deal).values(new).returning(Deal.id)).scalar_one()
        said = {"name": "Storm", "terms": packed(unpacked(terms, deal_id, 1)), "made_at": datetime.now(UTC)}
        connection.execute(insert(DealVersion).values(deal_id=deal_id, version=1, **said))
        connection.execute(insert(DealCode).values(code=plan.coupon, deal_id=deal_id, **counters))
        connection.execute(update(DealEdition).values(version=DealEdition.version + 1))
    engine.dispose()
