"""One open socket: what is sent on it, what happens to a slow reader, and how it ends."""

import json
import select
import socket
from _thread import start_new_thread
from collections.abc import Callable, Sequence
from contextlib import suppress
from random import uniform
from threading import Lock
from time import monotonic
from typing import Any

import structlog
from simple_websocket import ConnectionClosed, Server
from wsproto.utilities import LocalProtocolError

log = structlog.get_logger()

SEND_SECONDS = 5
PING_SECONDS = 25.0
REDRAW_SECONDS, CHECK_SECONDS, LIFE_SECONDS = 10.0, 60.0, 600.0
MOST_MESSAGES = 50
# RFC 6455, section 7.4: from 4000 on the codes are ours. The page comes back after each of them but the last two.
RESTARTING, FAILED, COME_BACK, UNWANTED, NOT_YOURS = 1001, 1011, 4000, 1008, 4403
PING = b"\x89\x00"
SIGN_OF_LIFE = json.dumps({"alive": True}).encode()  # no `content`: the page swaps nothing
ALIVE = bytes([0x81, len(SIGN_OF_LIFE)]) + SIGN_OF_LIFE
NEVER = float("inf")
SENDING = Lock()  # one for all wires: whoever has it waits for nobody


class InPlace:
    """What simple-websocket takes for its thread: whoever holds the socket listens itself, which saves one for each."""

    name = "live"

    def __init__(self, target: Callable[[], None]) -> None:
        self.run = target

    def start(self) -> None:
        """Not yet."""


class Bell:
    """What simple-websocket rings when the other side spoke or left."""

    __slots__ = ("set",)

    def __init__(self) -> None:
        self.set: Callable[[], None] = lambda: None


class Wire:
    """A socket as its room knows it: nobody who sends ever waits for a reader.

    It stands in for the network's own socket, so that what the library sends keeps its place between our frames.
    `heard` is the number of the last frame that it has got; `allowed` says now and then whether it may still see.
    """

    __slots__ = (
        *("allowed", "ask", "beat", "beat_at", "check_at", "due", "end_at", "heard", "ping_at"),
        *("_line", "_messages", "_raw", "_rest", "_ws", "__weakref__"),
    )

    def __init__(self, ws: Server, *, beat: float, allowed: Callable[[], bool] | None = None, heard: int = 0) -> None:
        self.beat, self.allowed, self.heard = beat, allowed, heard
        self.ask: Callable[[], None] = lambda: None
        self._ws, self._line = ws, ws.sock
        self._raw: Any = getattr(ws.sock, "_sock", ws.sock)  # gevent's own socket would wait where we must not
        self._rest, self._messages = b"", 0
        now = monotonic()
        self.beat_at, self.ping_at = now + beat, now + PING_SECONDS
        self.check_at = now + CHECK_SECONDS if allowed else NEVER
        self.end_at = now + LIFE_SECONDS * uniform(0.9, 1.1)  # noqa: S311 - those who came together go apart
        self.due = 0.0
        ws.sock, ws.event.set = self, self._hear
        ws.ws = ws.ws.connection  # hands are shaken: what that took need not be kept

    def hold(self) -> None:
        """Listen until either side ends it: what is heard counts, but nobody acts on it."""
        with suppress(ConnectionAbortedError):  # who talks without end was sent away
            self._ws.thread.run()

    def show(self, frames: Sequence[tuple[int, bytes]], now: float) -> None:
        """Send what of these is new, with the lock; called where something is.

        A slow reader is shown the newest once it has read what it was sent.
        """
        if self._rest or not self._ws.connected:
            return
        number, news = frames[-1]
        if len(frames) > 1:
            news = b"".join(frame for number, frame in frames if number > self.heard)
        self.heard, self.beat_at = number, now + self.beat
        self._put(news)

    def tick(self, now: float) -> bool:
        """Do what is due, and say when the next thing is; True when it is time to ask whether it may still see."""
        asks = False
        if now >= self.end_at:
            self.end(COME_BACK)
        if now >= self.beat_at:
            self.beat_at = now + self.beat
            self._say(ALIVE)
        if now >= self.ping_at:
            self.ping_at = now + PING_SECONDS
            self._ping()
        if now >= self.check_at:
            self.check_at, asks = now + CHECK_SECONDS, True
        self.due = min(self.end_at, self.beat_at, self.ping_at, self.check_at)
        return asks

    def check(self) -> None:
        """Send away whoever may not see it any more."""
        try:
            if self.allowed and not self.allowed():
                self.end(NOT_YOURS)
        except Exception:
            log.exception("socket_failed")
            self.end(FAILED)

    def end(self, code: int) -> None:
        """Say good-bye."""
        with suppress(ConnectionClosed, LocalProtocolError):
            self._ws.close(code)
        self._hang_up(socket.SHUT_RD)

    def recv(self, most: int) -> bytes:
        """For the library: the next bytes of the other side."""
        return bytes(self._line.recv(most))

    def send(self, data: bytes) -> int:
        """For the library: an answer to a ping or a good-bye, behind what is on its way."""
        with SENDING:
            if self._rest:
                self._rest += data
            else:
                self._put(data)
        return len(data)

    def close(self) -> None:
        """For the library: it is over."""
        self._line.close()

    def _hear(self) -> None:
        self._messages += len(self._ws.input_buffer)
        self._ws.input_buffer.clear()
        if self._messages > MOST_MESSAGES:
            self.end(UNWANTED)
            raise ConnectionAbortedError  # the library hears no more of it

    def _ping(self) -> None:
        if not self._ws.pong_received:  # a laptop that sleeps, a train in a tunnel: welcome when it is back
            self.end(COME_BACK)
        self._ws.pong_received = False
        self._say(PING)

    def _say(self, frame: bytes) -> None:
        with SENDING:
            if not self._rest and self._ws.connected:
                self._put(frame)

    def _put(self, data: bytes) -> None:
        """Send, with the lock. What does not go at once is left to a thread that waits for the reader, but not long."""
        sent = self._write(data)
        if sent < len(data):
            self._rest = data[sent:]
            start_new_thread(self._catch_up, ())

    def _write(self, data: bytes) -> int:
        try:
            return int(self._raw.send(data, socket.MSG_DONTWAIT))
        except BlockingIOError:
            return 0
        except OSError:  # it is gone: whoever listens on it hears so, too
            self._hang_up(socket.SHUT_RDWR)
            return len(data)

    def _catch_up(self) -> None:
        deadline, more = monotonic() + SEND_SECONDS, True
        while more:
            left = deadline - monotonic()
            if left <= 0 or not self._writable(left):
                self._hang_up(socket.SHUT_RDWR)
                return
            with SENDING:  # whoever has more to say from here on starts a thread with a deadline of its own
                self._rest = self._rest[self._write(self._rest) :]
                more = bool(self._rest)
        self.ask()

    def _writable(self, seconds: float) -> bool:
        poll = select.poll()
        try:
            poll.register(self._line, select.POLLOUT)
        except ValueError:  # closed meanwhile
            return False
        return bool(poll.poll(seconds * 1000))

    def _hang_up(self, how: int) -> None:
        with suppress(OSError):
            self._line.shutdown(how)
