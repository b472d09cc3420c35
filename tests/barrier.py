"""Races told exactly: several hands at one gate, each with its own connection, let go at the same moment."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from flask import Flask

from app.core.db import db

Answer = TypeVar("Answer")


def at_once(shop: Flask, *deeds: Callable[[], Answer]) -> list[Answer | Exception]:
    """Do all deeds at the same moment, each in its own application context; gives each answer, or what was raised."""
    db.session.rollback()
    gate = threading.Barrier(len(deeds))

    def act(deed: Callable[[], Answer]) -> Answer | Exception:
        with shop.app_context():
            gate.wait(10)
            try:
                return deed()
            except Exception as error:
                return error
            finally:
                db.session.remove()

    with ThreadPoolExecutor(len(deeds)) as hands:
        return list(hands.map(act, deeds))
