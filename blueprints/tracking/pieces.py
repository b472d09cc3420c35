"""The two pieces that live: drawn once by the page, again by each poll and push, always from the same template."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import partial

from flask import render_template

from app.core import clock
from app.core.cache import Memory
from app.payments import service as payments
from app.stores import service as stores
from app.tracking import service as tracking
from blueprints.tracking.board_words import board_words
from blueprints.tracking.track_words import track_words

# A rush rings every screen at once: each of them gets the same drawing.
drawings: Memory[tuple[str, str], str] = Memory(most=200, age=timedelta(seconds=1))


@dataclass(frozen=True, slots=True)
class Piece:
    """A piece as it stands: its tag, which changes with it, and how to draw it; `number` where it has one by itself."""

    tag: str
    draw: Callable[[], str]
    number: int = 0

    def frames(self, number: int) -> Sequence[tuple[int, str]]:
        """What a socket sends of it, each with the number below which a socket has not had it."""
        return ((number, self.draw()),)


def track_piece(order_id: int, address: str) -> Piece:
    """Where an order stands, for whoever holds its address; sends the page's title along. Raises NotFound."""
    view, payment = tracking.follow(order_id), payments.find(order_id)
    tag = f"{view.tag}-{payment.status}-{payment.refunded_cents}" if payment else view.tag

    def draw() -> str:
        words = track_words(view, payment, stores.store(view.store_id), address)
        return render_template("tracking/track_changed.html", track=words)

    return Piece(tag, partial(drawings.get, (address, tag), draw))


def board_piece(store_id: int, shown: str, *, runs: bool) -> Piece:
    """A store's board; `shown` is the column that a phone shows, `runs` whether its reader may end a pause.

    Raises NotFound.
    """
    store = stores.store(store_id)
    board = tracking.board(store_id)

    def draw() -> str:
        words = board_words(board, store, shown, clock.now(), runs=runs)
        return render_template("tracking/_board.html", board=words)

    return Piece(board.tag, partial(drawings.get, (f"board:{store_id}:{shown}:{runs}", board.tag), draw))
