"""The whole shop as `make run` opens it, for tests that need every process: real servers, real queue, real sockets."""

import json
import os
import signal
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import requests
from sqlalchemy import Engine, create_engine, make_url, text

from dev import ports, processes, up
from dev.crew import Crew
from dev.place import Place

PATIENCE_SECONDS = 30.0
NEW_EDITION = "UPDATE store_menus SET version = version + 1"


@dataclass
class House:
    """A running shop: where it is, who works there, and its programs by name."""

    place: Place
    crew: Crew
    database_url: str

    @property
    def url(self) -> str:
        return self.place.url

    @cached_property
    def books(self) -> Engine:
        """A line to the shop's database that stays open: whoever waits for a row asks twenty times a second.

        Who writes to SQLite from outside is in no line with the shop's own writers, and may be passed over for long.
        """
        patient = {"timeout": PATIENCE_SECONDS} if make_url(self.database_url).get_backend_name() == "sqlite" else {}
        return create_engine(self.database_url, connect_args=patient)

    def sign_in(self, role: str) -> dict[str, str]:
        people = json.loads(self.place.sign_ins.read_text())
        return next(person for person in people if person["role"] == role)

    def kill(self, name: str) -> None:
        """SIGKILL a program and everything that it started; it stays away until `open` or `look_after`."""
        processes.kill_group(self.crew.members[name].process)

    @contextmanager
    def frozen(self, name: str) -> Iterator[None]:
        """A program that neither speaks nor says good-bye for the length of the block."""
        group = self.crew.members[name].process.pid
        os.killpg(group, signal.SIGSTOP)
        try:
            yield
        finally:
            os.killpg(group, signal.SIGCONT)

    def open(self, name: str) -> None:
        """Start a program again that was killed."""
        member = self.crew.members[name]
        self.crew.start(name, member.command, member.environ)

    def until(self, true: Callable[[], bool], seconds: float = PATIENCE_SECONDS) -> None:
        """Wait for a condition, starting again what died meanwhile as the launcher would."""
        deadline = time.monotonic() + seconds
        while not true():
            if time.monotonic() > deadline:
                raise TimeoutError("it did not come true in time")
            self.crew.look_after()
            time.sleep(0.05)

    def rows(self, query: str, **values: object) -> list[tuple[object, ...]]:
        """What the shop's database says, read from outside."""
        with self.books.connect() as connection:
            return [tuple(row) for row in connection.execute(text(query), values)]

    def change(self, statement: str, **values: object) -> None:
        """Change the shop's database from outside, as another person's deed would."""
        with self.books.begin() as connection:
            connection.execute(text(statement), values)

    def change_menus(self, statement: str, **values: object) -> None:
        """Change what is sold from outside, and wait until the pages say so: a menu may be a second old."""
        before = self._menu_seen()
        self.change(statement, **values)
        self.change(NEW_EDITION)
        self.until(lambda: self._menu_seen() != before)

    def sell_out(self, kind: str, key: str) -> None:
        """Elm Street runs out of something while somebody is looking at it: no page knows it yet."""
        self.change("INSERT INTO sold_out (store_id, kind, key) VALUES (1, :kind, :key)", kind=kind, key=key)
        self.change(NEW_EDITION)

    def restock(self) -> None:
        """Everything is there again, and the pages say so: they are drawn anew only if something was gone."""
        if self.rows("SELECT kind FROM sold_out LIMIT 1"):
            self.change_menus("DELETE FROM sold_out")

    def _menu_seen(self) -> str | None:
        return requests.get(self.url, timeout=10).headers.get("ETag")


@contextmanager
def running(folder: Path, given: Mapping[str, str]) -> Iterator[House]:
    """Open the shop in a folder, on free ports; close all of it after the block."""
    place, crew = place_in(folder)
    house = House(place, crew, given.get("DATABASE_URL", place.database_url))
    try:
        up.open_shop(place, crew, bare(folder, given))
        yield house
    finally:
        house.books.dispose()
        crew.stop(*up.CLOSING)


def place_in(folder: Path) -> tuple[Place, Crew]:
    """A folder made ready for a shop on free ports, and a crew with nobody in it yet."""
    for name in ("log", "redis"):
        (folder / name).mkdir()
    numbers = [ports.free_port() for _ in range(4)]
    place = Place("127.0.0.1", numbers[0], folder, *numbers[1:])
    return place, Crew(place.logs, say=lambda _words: None)


def bare(folder: Path, given: Mapping[str, str]) -> dict[str, str]:
    """What is given, and of our own environment only what a program cannot do without. Nobody is limited."""
    return {"PATH": os.environ["PATH"], "HOME": str(folder), "RATE_LIMITS": "off", **given}


@contextmanager
def database(kind: str, name: str) -> Iterator[dict[str, str]]:
    """Settings for a database of the running shop's own: its usual file, or a fresh one in the run's cluster."""
    if kind != "postgres":
        yield {}
        return
    maintenance = make_url(os.environ["TEST_POSTGRES_URL"])
    engine = create_engine(maintenance, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)"))
        connection.execute(text(f"CREATE DATABASE {name}"))
    yield {"DATABASE_URL": maintenance.set(database=name).render_as_string(hide_password=False)}
    with engine.connect() as connection:
        connection.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))
    engine.dispose()
