"""How many statements each page sends to the database, counted inside this process."""

import io
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, redirect_stderr
from dataclasses import dataclass

from flask.testing import FlaskClient
from sqlalchemy import Engine, event

from app.core.db import db
from app.core.settings import Settings
from bench.cases import PIZZA
from bench.visitor import HTMX
from wsgi import create_app

CONTROL = ("BEGIN", "COMMIT", "ROLLBACK", "PRAGMA", "SAVEPOINT", "RELEASE")


@dataclass(frozen=True, slots=True)
class Count:
    """Statements of a page: asked for the first time in a process, and the fewest of the next three times.

    The fewest, since what a process remembers for a second may run out between two of them.
    """

    cold: int
    warm: int


def count(environ: Mapping[str, str]) -> dict[str, Count]:
    """Statements of each page by its name, on a prepared database."""
    with redirect_stderr(io.StringIO()):  # the log is told where to write when the program is made
        app = create_app(settings=Settings.from_env(environ))
    with app.app_context():
        engine = db.engine
    with _statements(engine) as seen:
        stranger, guest = app.test_client(), app.test_client()
        return {
            "menu, first visit": _count(lambda: _of(seen, stranger, "/")),
            "add to cart": _count(lambda: _add(seen, guest)),
            "menu with a cart": _count(lambda: _of(seen, guest, "/")),
            "builder": _count(lambda: _of(seen, guest, "/build")),
            "builder piece": _count(lambda: _piece(seen, guest)),
            "cart": _count(lambda: _of(seen, guest, "/cart")),
        }


def _count(ask: Callable[[], int]) -> Count:
    return Count(cold=ask(), warm=min(ask() for _ in range(3)))


@contextmanager
def _statements(engine: Engine) -> Iterator[list[str]]:
    seen: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        if not statement.startswith(CONTROL):
            seen.append(statement)

    event.listen(engine, "before_cursor_execute", note)
    try:
        yield seen
    finally:
        event.remove(engine, "before_cursor_execute", note)


def _of(seen: list[str], browser: FlaskClient, path: str, headers: Mapping[str, str] | None = None) -> int:
    seen.clear()
    response = browser.get(path, headers=headers)
    if response.status_code != 200:
        raise RuntimeError(f"{path}: {response.status}")
    return len(seen)


def _piece(seen: list[str], browser: FlaskClient) -> int:
    return _of(seen, browser, f"/x/build/your-own?{PIZZA}", HTMX)


def _add(seen: list[str], browser: FlaskClient) -> int:
    seen.clear()
    response = browser.post("/cart/lines", data={"product": "pepperoni"}, headers=HTMX)
    if response.status_code != 200:
        raise RuntimeError(f"/cart/lines: {response.status}")
    return len(seen)
