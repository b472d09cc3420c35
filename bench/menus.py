"""How long one store's menu takes to read when it has just changed: of a small chain, and of a large one beside it."""

import io
import time
from collections.abc import Callable, Mapping
from contextlib import redirect_stderr
from dataclasses import dataclass
from statistics import median, quantiles

from flask import Flask
from sqlalchemy import event

from app.core.db import db
from app.core.settings import Settings
from app.menu import service as menu
from app.menu.catalogue import editions, latest
from app.menu.service import Catalogue
from wsgi import create_app

STORE = 1


@dataclass(frozen=True, slots=True)
class Reading:
    """Milliseconds for one menu (medians over the rounds), statements, products on it; `ratio` is the time of the large
    chain over that of the small one in the same round, `steadiness` the middle half of these."""

    database: str
    small_ms: float
    large_ms: float
    small_queries: int
    large_queries: int
    small_products: int
    large_products: int
    ratio: float
    steadiness: tuple[float, float]


def measure(database: str, small: Mapping[str, str], large: Mapping[str, str], rounds: int) -> Reading:
    """Read the menu of the first store of both, turn by turn."""
    with redirect_stderr(io.StringIO()):  # the log is told where to write when the program is made
        apps = [create_app("jobs", Settings.from_env(environ)) for environ in (small, large)]
    reads = [_reader(app) for app in apps]
    for read in reads:
        read()
    taken = [tuple(_time(read) for read in reads) for _ in range(rounds)]
    ratios = [big / little for little, big in taken]
    low, _, high = quantiles(ratios, n=4, method="inclusive")
    (few, little), (many, much) = (_counted(app, read) for app, read in zip(apps, reads, strict=True))
    return Reading(
        database,
        small_ms=median(one for one, _ in taken),
        large_ms=median(other for _, other in taken),
        small_queries=few,
        large_queries=many,
        small_products=little,
        large_products=much,
        ratio=median(ratios),
        steadiness=(low, high),
    )


def _time(read: Callable[[], object]) -> float:
    began = time.perf_counter()
    read()
    return (time.perf_counter() - began) * 1000


def _reader(app: Flask) -> Callable[[], Catalogue]:
    """Reads the first store's menu as if it had just changed."""

    def read() -> Catalogue:
        with app.app_context():
            latest.clear()
            editions.clear()
            offered = menu.load(STORE)
            db.session.rollback()
            return offered

    return read


def _counted(app: Flask, read: Callable[[], Catalogue]) -> tuple[int, int]:
    """How many statements a menu takes, and how many products are on it."""
    sent: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        sent.append(statement)

    with app.app_context():
        engine = db.engine
    event.listen(engine, "before_cursor_execute", note)
    products = len(read().products)
    event.remove(engine, "before_cursor_execute", note)
    return sum(not statement.startswith("BEGIN") for statement in sent), products
