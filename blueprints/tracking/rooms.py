"""A room is where the sockets sit that follow the same thing: it is drawn once for all of them."""

from collections.abc import Callable, Hashable
from dataclasses import dataclass
from queue import SimpleQueue
from threading import Lock
from time import monotonic

import structlog
from sqlalchemy.exc import OperationalError
from sqlalchemy.exc import TimeoutError as DatabaseTimeout
from wsproto.frame_protocol import FrameProtocol

from app.core.db import db
from blueprints.tracking.pieces import Piece
from blueprints.tracking.wire import FAILED, SENDING, Wire

log = structlog.get_logger()
Work = SimpleQueue[Callable[[], None] | None]


@dataclass(frozen=True, slots=True)
class Feed:
    """What a room shows: its topic and its piece. Whoever comes with an equal key sees the very same."""

    key: Hashable
    topic: str
    piece: Callable[[], Piece]


class Room:
    """Who follows one thing here. What is drawn is kept nowhere: ten thousand rooms of a page each would be heavy."""

    def __init__(self, feed: Feed, work: Work) -> None:
        self.feed, self.wires = feed, set[Wire]()
        self.looked_at = monotonic()
        self._tag, self._number = "", 0
        self._work, self._asked = work, False
        self._drawing = Lock()

    def ask(self) -> None:
        """Have somebody look anew, soon; twice is once."""
        if not self._asked:
            self._asked = True
            self._work.put(self.look)

    def look(self) -> None:
        """Look at the thing, and show it to whoever has not seen it as it is."""
        self._asked = False  # from here on a hint may be about something newer
        with self._drawing:
            self.looked_at = monotonic()
            try:
                self._show(self.feed.piece())
            except (OperationalError, DatabaseTimeout) as error:  # it comes back: who left now would come again at once
                db.session.remove()
                log.warning("socket_waits", topic=self.feed.topic, error=type(error).__name__)
            except Exception:  # their pages ask again by themselves, here or by polling
                log.exception("socket_failed", topic=self.feed.topic)
                for wire in tuple(self.wires):
                    wire.end(FAILED)

    def _show(self, piece: Piece) -> None:
        if piece.tag != self._tag:
            self._tag, self._number = piece.tag, piece.number or self._number + 1
        number = self._number
        behind = [wire for wire in tuple(self.wires) if wire.heard < number]
        frames = [(n, encoded(words)) for n, words in piece.frames(number)] if behind else []
        db.session.remove()  # nothing is held while others read
        if frames:
            now = monotonic()
            with SENDING:
                for wire in behind:
                    wire.show(frames, now)


def encoded(words: str) -> bytes:
    """A text as one frame, the same for every socket: none of them compresses."""
    return bytes(FrameProtocol(client=False, extensions=[]).send_data(words, fin=True))
