"""One open socket: what is sent on it when, and how it ends."""

import json
import socket
import struct
from collections.abc import Callable
from dataclasses import dataclass
from time import monotonic

import structlog
from simple_websocket import ConnectionClosed, Server

from app.core.db import db
from blueprints.tracking.hub import Hub
from blueprints.tracking.pieces import Piece

log = structlog.get_logger()

SEND_SECONDS = 5
REDRAW_SECONDS, CHECK_SECONDS, LIFE_SECONDS = 10.0, 60.0, 600.0
MOST_MESSAGES = 50
# RFC 6455, section 7.4: from 4000 on the codes are ours. The page comes back after each of them but the last two.
RESTARTING, FAILED, COME_BACK, UNWANTED, NOT_YOURS = 1012, 1011, 4000, 1008, 4403
SIGN_OF_LIFE = json.dumps({"alive": True})  # no `content`: the page swaps nothing


@dataclass(frozen=True, slots=True)
class Feed:
    """What a socket shows: its topic, its piece, whether it may still be seen, and seconds between signs of life."""

    topic: str
    piece: Callable[[], Piece]
    allowed: Callable[[], bool]
    beat: float


class Wire:
    """Sends a piece at once, after every hint, and every ten seconds if it changed without one (Redis may lose any)."""

    def __init__(self, ws: Server, feed: Feed, hub: Hub) -> None:
        self.ws, self.feed, self.hub = ws, feed, hub
        self.tag = ""
        self.messages = 0
        now = monotonic()
        self.redraw_at, self.beat_at = now, now + feed.beat
        self.check_at, self.end_at = now + CHECK_SECONDS, now + LIFE_SECONDS
        # A reader that takes nothing for so long is dropped; the kernel gives up for us.
        ws.sock.setsockopt(socket.SOL_SOCKET, socket.SO_SNDTIMEO, struct.pack("ll", SEND_SECONDS, 0))

    def hold(self) -> None:
        """Serve until either side ends it. Raises ConnectionClosed."""
        watcher = self.hub.watch(self.feed.topic, self.ws.event)
        try:
            while (end := self._end()) is None:
                if watcher.take_hint() or monotonic() >= self.redraw_at:
                    self._redraw()
                if monotonic() >= self.beat_at:
                    self._send(SIGN_OF_LIFE)
                self._wait()
            self.ws.close(end)
        except ConnectionClosed:
            raise
        except Exception:  # the page asks again by itself, here or by polling
            log.exception("socket_failed", topic=self.feed.topic)
            self.ws.close(FAILED)
        finally:
            self.hub.leave(watcher)
            db.session.remove()

    def _end(self) -> int | None:
        now = monotonic()
        if not self.ws.connected:
            raise ConnectionClosed(self.ws.close_reason)
        if self.hub.stopping.is_set():
            return RESTARTING
        if now >= self.end_at:
            return COME_BACK
        if self.messages > MOST_MESSAGES:
            return UNWANTED
        if now >= self.check_at:
            self.check_at = now + CHECK_SECONDS
            allowed = self.feed.allowed()
            db.session.remove()
            return None if allowed else NOT_YOURS
        return None

    def _wait(self) -> None:
        # The library sets this event when the other side spoke or left; the hub sets it when there is a hint.
        bell = self.ws.event
        bell.wait(max(0.0, min(self.redraw_at, self.beat_at, self.check_at, self.end_at) - monotonic()))
        bell.clear()
        self.messages += len(self.ws.input_buffer)
        self.ws.input_buffer.clear()

    def _redraw(self) -> None:
        self.redraw_at = monotonic() + REDRAW_SECONDS
        piece = self.feed.piece()
        frames = piece.frames() if piece.tag != self.tag else ()
        db.session.remove()  # nothing is held while waiting
        self.tag = piece.tag
        for frame in frames:
            self._send(frame)

    def _send(self, frame: str) -> None:
        started = monotonic()
        self.ws.send(frame)
        self.beat_at = monotonic() + self.feed.beat
        if self.beat_at - self.feed.beat - started >= SEND_SECONDS:
            self.ws.sock.shutdown(socket.SHUT_RDWR)
            raise ConnectionClosed(UNWANTED)
