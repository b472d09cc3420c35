"""What every test may ask for: the shop on a fresh seeded database, a browser, a queue that is worked off."""

import contextvars
import gc
import os
from collections.abc import Callable, Collection, Iterator
from datetime import UTC, datetime
from functools import cache, partial
from pathlib import Path
from subprocess import Popen
from typing import Any

import hypothesis
import pytest
import structlog
import time_machine
from argon2 import PasswordHasher
from argon2.exceptions import VerifyMismatchError
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from app.core import clock, events, outbound
from app.core.db import Base, db, transaction
from app.core.events import OutboxRow
from app.core.settings import Settings
from app.menu import catalogue
from app.menu import seed as menu_seed
from app.menu.values import Catalogue
from app.orders import bundles, offers, usual
from app.promotions import live
from app.stores import directory, nearest, open_now, places
from app.stores import seed as store_seed
from app.tracking import estimates
from app.users import grants, passwords
from bench import carts
from blueprints import frame, gateway, htmx, who
from blueprints.menu import api as menu_api
from blueprints.menu import views
from blueprints.orders import api as cart_api
from dev import machine, ports, processes
from dev import redis as redis_server
from dev.stripe import world as standin
from dev.stripe.server import Server
from dev.stripe.world import World
from tests import databases
from tests.provider import Provider
from wsgi import create_app

hypothesis.settings.register_profile("house", deadline=None)  # a busy machine is no fault
hypothesis.settings.load_profile("house")

FRIDAY_NOON = "2026-07-03T17:05:00+00:00"
FROM_NOON = (datetime.fromisoformat(FRIDAY_NOON), datetime.max.replace(tzinfo=UTC))
REAL_TIME = frozenset({"running_shop", "storm_folder", "besieged"})  # programs of their own look at the machine's clock
QUIET = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--proxy-server=127.0.0.1:9",  # nobody listens there; loopback is asked without it
]
# What takes long, or waits long. On PostgreSQL few tests have a browser: one worker takes them all, and opens one shop.
LONG = (
    *(f"tests/{where}" for where in ("chaos/", "bench/test_figures.py", "dev/test_run.py", "api/test_fuzz.py")),
    *(f"tests/browser/test_{name}.py" for name in ("tracker", "outages", "keyboard") if databases.KIND == "sqlite"),
    *(["tests/browser/"] if databases.KIND == "postgres" else []),
)
DATABASES = frozenset({"copies", "running_shop", "storm_folder"})  # the fixtures that bring a database along


def pytest_report_header() -> str:
    """Say which carts are priced: the real ones lie beside the project, not in it."""
    if carts.found():
        return "carts: a pizzeria's real ones, from ../shared/data/maven_pizza"
    return "carts: MADE UP, as ../shared/data/maven_pizza (or SHARED_DATA) is not there"


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Each test is run on the databases that it needs. What takes a minute begins first, so that nobody waits for it
    at the end.
    """
    items.sort(key=lambda item: not item.nodeid.startswith(LONG))
    elsewhere = {item for item in items if databases.KIND not in _needed(item)}
    config.hook.pytest_deselected(items=list(elsewhere))
    items[:] = [item for item in items if item not in elsewhere]


def _needed(item: pytest.Item) -> Collection[str]:
    """Both, but for what asks for no database, and what tells the same on each."""
    told_once = item.get_closest_marker("one_database")
    if told_once:
        return told_once.args or ("sqlite",)
    return ("sqlite",) if DATABASES.isdisjoint(getattr(item, "fixturenames", ())) else ("sqlite", "postgres")


def pytest_collection_finish() -> None:
    """All that was imported stays, so nobody looks through it again and again for what could go."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 20)


@pytest.fixture(autouse=True)
def friday_noon(request) -> Iterator[None]:
    """It is a little past noon on a Friday in Chicago, whenever the tests run; a running shop has the real time."""
    if REAL_TIME.isdisjoint(request.fixturenames):
        with time_machine.travel(FRIDAY_NOON):
            yield
    else:
        yield


@pytest.fixture(scope="session", autouse=True)
def open_ears() -> Iterator[None]:
    """Loggers look up how they are set up each time, so that any test may listen with `capture_logs`."""
    configure = structlog.configure
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(structlog, "configure", partial(_configure_openly, configure))
        yield


def _configure_openly(configure: Callable[..., None], **settings: Any) -> None:
    configure(**{**settings, "cache_logger_on_first_use": False})


class Remembering(PasswordHasher):
    """Argon2 as the shop sets it up, asked once for each password and each guess: the crew all have the same."""

    def __init__(self, as_set_up: PasswordHasher) -> None:
        super().__init__(as_set_up.time_cost, as_set_up.memory_cost, as_set_up.parallelism)
        self.hash = cache(super().hash)
        self.fits = cache(self._fits)

    def verify(self, kept: str, password: str) -> bool:
        """True, or raise what argon2 does."""
        if not self.fits(kept, password):
            raise VerifyMismatchError
        return True

    def _fits(self, kept: str, password: str) -> bool:
        try:
            return super().verify(kept, password)
        except VerifyMismatchError:
            return False


@pytest.fixture(scope="session", autouse=True)
def good_memory() -> Iterator[None]:
    """Hashing a password takes as long as drawing five pages, on purpose."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(passwords, "_hasher", Remembering(passwords._hasher))
        yield


@pytest.fixture(scope="session")
def browser_type_launch_args() -> dict[str, object]:
    """One browser serves all tests of a process, whoever asks for it first."""
    return {"executable_path": machine.chromium(), "args": QUIET}


@pytest.fixture(scope="session")
def redis_url() -> Iterator[str]:
    with redis_server.server() as url:
        yield url


@pytest.fixture(scope="session")
def copies(tmp_path_factory) -> Iterator[databases.SqliteCopies | databases.PostgresCopies]:
    made = databases.copies(tmp_path_factory.mktemp("database"), os.environ.get("PYTEST_XDIST_WORKER", "main"))
    yield made
    made.close()


@pytest.fixture(scope="session")
def till() -> Iterator[Server]:
    """The payment stand-in, over the wire; a test that pays asks for `provider`, which starts it empty."""
    server = Server(World(standin.Settings(seed=7)))
    server.start()
    yield server
    server.stop()


@pytest.fixture(scope="session")
def environment(redis_url, copies, till, tmp_path_factory) -> dict[str, str]:
    """Settings of the tests' shop, as environment variables; real processes are started with the same."""
    return {
        "HOTCORNER_ENV": "test",
        "SECRET_KEY": "a secret of the tests, forty characters.",
        "DATABASE_URL": copies.url,
        "REDIS_URL": redis_url,
        "STRIPE_SECRET_KEY": "sk_test_shop",
        "STRIPE_PUBLISHABLE_KEY": "pk_test_shop",
        "STRIPE_WEBHOOK_SECRET": "whsec_shop",
        "STRIPE_API_BASE": till.url,
        "STRIPE_JS_URL": f"{till.url}/endive/stripe.js",
        "MAIL_URL": f"folder:{tmp_path_factory.mktemp('mail')}",
        "RATE_LIMITS": "off",
    }


@pytest.fixture(scope="session")
def template(environment, copies) -> None:
    """The migrated and seeded database that every test starts from."""
    made = create_app(settings=Settings.from_env({**environment, "DATABASE_URL": copies.template_url}))
    with made.app_context():
        Base.metadata.create_all(db.engine)
        with transaction():
            store_seed.load()
            menu_seed.load({info.id: info for info in directory.listed()})
        db.session.remove()
        db.engine.dispose()
    forget()


@pytest.fixture(scope="session")
def app(environment, template) -> Iterator[Flask]:
    made = create_app(settings=Settings.from_env(environment))
    yield made
    with made.app_context():
        db.engine.dispose()


@pytest.fixture(scope="session")
def menus(app, copies) -> dict[tuple[int, int], Catalogue]:
    """What each store sells in the first edition of its menu, as a process that has just read it remembers it."""
    with app.app_context(), time_machine.travel(FRIDAY_NOON, tick=False):
        copies.renew(db.engine)
        forget()
        read = {(info.id, 1): catalogue.load(info.id) for info in directory.listed()}
        db.session.remove()
    return read


def forget() -> None:
    """Empty what this process remembers, as a fresh process would."""
    for memory in (
        *(directory.known, directory.slugs, directory.firsts, directory.pauses, directory.openings),
        *(nearest.reaches, open_now.feasts, places.middles, places.resting),
        *(catalogue.latest, catalogue.editions, live.latest, live.editions),
        *(menu_api.drawn, cart_api.seen),
        *(frame.views, frame.advices, bundles.fitting, gateway.unchanged, offers.lists, who.refused),
        *(htmx.tags, views.drawn_pages),
        usual.usuals,
        grants.signed,
        estimates.minds,
    ):
        memory.clear()
    outbound.only(None)


@pytest.fixture
def shop(app, copies, menus) -> Iterator[Flask]:
    """The shop in an application context, on a database of its own."""
    with app.app_context():
        copies.renew(db.engine)
        forget()
        for edition, menu in menus.items():
            catalogue.editions._kept[edition] = (*FROM_NOON, (menu,))  # itself knows until when
        yield app
        db.session.remove()


@pytest.fixture
def client(shop) -> FlaskClient:
    """A browser without JavaScript."""
    return browser(shop)


class Browser(FlaskClient):
    """Every request in a context of its own, as in production: nothing that a test holds open leaks into it."""

    def open(self, *args: Any, **kwargs: Any) -> TestResponse:
        """Send a request; what the test reads afterwards, it reads afresh."""
        db.session.rollback()
        return contextvars.Context().run(super().open, *args, **kwargs)


def browser(shop: Flask) -> FlaskClient:
    """One more browser, with cookies of its own."""
    made = Browser(shop, shop.response_class)
    made.environ_base["HTTP_ORIGIN"] = "http://localhost"
    return made


@pytest.fixture
def provider(till) -> Provider:
    """The payment provider with nothing in its books, and hands that hold its test cards."""
    till.world.clear()
    return Provider(till)


@pytest.fixture
def outbox(shop) -> None:
    """An outbox with nothing in it; `tests.factories.mail` reads it."""
    for file in Path(shop.extensions["settings"].mail_url.removeprefix("folder:")).glob("*.eml"):
        file.unlink()


@pytest.fixture
def now(monkeypatch) -> Callable[[datetime], None]:
    """Sets the only clock; it stands still until it is set again."""

    def set_to(moment: datetime) -> None:
        monkeypatch.setattr(clock, "now", lambda: moment)

    return set_to


@pytest.fixture
def work_off(shop) -> Callable[[], int]:
    """Act on every event that is undone, the first told first, as the workers would; gives how many."""
    undone = select(OutboxRow.id).where(OutboxRow.done_at.is_(None)).order_by(OutboxRow.id)

    def act() -> int:
        done = 0
        while waiting := db.session.scalars(undone).all():
            db.session.rollback()
            for event_id in waiting:
                events.deliver(event_id)
            done += len(waiting)
        db.session.rollback()
        return done

    return act


@pytest.fixture
def other_redis(tmp_path) -> Iterator[tuple[str, Callable[[], Popen[bytes]]]]:
    """The address of a Redis of one's own, and what starts it, the second time anew."""
    port, log, started = ports.free_port(), tmp_path / "redis.log", []

    def start() -> Popen[bytes]:
        started.append(processes.start(redis_server.command(tmp_path, port, keep=False), log))
        processes.wait_until(lambda: redis_server.answers(port), started[-1], "Redis", log)
        return started[-1]

    yield f"redis://127.0.0.1:{port}/0", start
    for process in started:
        processes.stop(process)
