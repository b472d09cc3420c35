"""Many hands at once, each with a database session of its own."""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

from flask import Flask

from app.core.db import atomically, db


def at_once(app: Flask, *works: Callable[[], object]) -> Sequence[object]:
    """What each work gave or raised, all of them let go at the same moment, each in a unit of work of its own."""
    start = Barrier(len(works))

    def run(work: Callable[[], object]) -> object:
        with app.app_context():
            start.wait(10)
            try:
                return atomically(work)
            except Exception as error:  # noqa: BLE001 - what it raised is what the test asks for
                return error
            finally:
                db.session.remove()

    with ThreadPoolExecutor(len(works)) as hands:
        return list(hands.map(run, works))
