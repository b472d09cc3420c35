"""Several hands at the same moment: real threads that start together, each with a database session of its own."""

from collections.abc import Callable
from threading import Barrier, Thread
from typing import Any

from flask import Flask

from app.core.db import db, in_transaction

HANDS = 8
SECONDS = 60


def race(shop: Flask, *works: Callable[[], Any]) -> list[Any]:
    """What each of the works gave or raised, all started at one moment."""
    if not in_transaction():
        db.session.rollback()  # a read that is still open would keep what it saw
    barrier, outcomes = Barrier(len(works)), [None] * len(works)

    def run(number: int, work: Callable[[], Any]) -> None:
        with shop.app_context():
            db.session.connection()  # a connection is open before the start, so that none wins by it
            db.session.rollback()
            barrier.wait(SECONDS)
            try:
                outcomes[number] = work()
            except Exception as error:
                outcomes[number] = error
            finally:
                db.session.remove()

    threads = [Thread(target=run, args=(number, work)) for number, work in enumerate(works)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(SECONDS)
    assert not any(thread.is_alive() for thread in threads)
    return outcomes
