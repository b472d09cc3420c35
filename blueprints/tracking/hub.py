"""What one socket process shares: an ear at Redis, the rooms in which its sockets sit, and hands that draw."""

from collections.abc import Callable, Hashable
from threading import Event, Lock, Thread
from time import monotonic

import structlog
from flask import Flask

from app.core import live
from blueprints.tracking import wire as wires
from blueprints.tracking.rooms import Feed, Room, Work
from blueprints.tracking.wire import RESTARTING, Wire

log = structlog.get_logger()

HANDS = 4
TICK_SECONDS = 0.25
LOOKS_A_SECOND = 40  # without a hint: more would leave no time for those with one
# While nobody gives hints, looking is all there is.
DEAF_REDRAW_SECONDS, DEAF_LOOKS_A_SECOND = 2.0, 200


class Hub:
    """Hears what is published and has the rooms of that topic drawn. Its threads begin with the first socket."""

    def __init__(self, app: Flask) -> None:
        self._app, self._url = app, app.extensions["settings"].redis_url
        self._lock, self._topics = Lock(), dict[str, dict[Hashable, Room]]()
        self._work: Work = Work()
        self._awake = False
        self.stopping, self._deaf = Event(), Event()

    def hold(self, wire: Wire, feed: Feed) -> None:
        """Keep a socket in the room of its feed until either side ends it."""
        room = self._seat(wire, feed)
        try:
            if self.stopping.is_set():
                wire.end(RESTARTING)
            wire.hold()
        finally:
            with self._lock:
                room.wires.discard(wire)
                if not room.wires:
                    self._close(room)

    def stop(self) -> None:
        """This process ends: say good-bye to everybody."""
        self.stopping.set()
        for room in self._all():
            for wire in tuple(room.wires):
                wire.end(RESTARTING)
        for _ in range(HANDS):
            self._work.put(None)

    def _seat(self, wire: Wire, feed: Feed) -> Room:
        with self._lock:
            self._wake()
            rooms = self._topics.setdefault(feed.topic, {})
            room = rooms.setdefault(feed.key, Room(feed, self._work))
            room.wires.add(wire)
        wire.ask = room.ask
        room.ask()
        return room

    def _close(self, room: Room) -> None:
        rooms = self._topics.get(room.feed.topic, {})
        if rooms.get(room.feed.key) is room:
            del rooms[room.feed.key]
            if not rooms:
                del self._topics[room.feed.topic]

    def _wake(self) -> None:
        if not self._awake:  # not before: a process that forks takes no threads along
            self._awake = True
            for task in (self._hear, self._tick, *[self._draw] * HANDS):
                Thread(target=self._endlessly, args=(task,), name=f"live{task.__name__}", daemon=True).start()

    def _endlessly(self, task: Callable[[], None]) -> None:
        while not self.stopping.is_set():
            try:
                task()
            except Exception:  # a deaf process would still look alive
                log.exception("live_failed")
                self.stopping.wait(1)

    def _hear(self) -> None:
        for topic in live.heard(self._url, self.stopping, self._deaf):
            for room in self._all() if topic is None else self._about(topic):
                room.ask()

    def _draw(self) -> None:
        while (task := self._work.get()) is not None:
            with self._app.app_context():
                task()

    def _tick(self) -> None:
        while not self.stopping.wait(TICK_SECONDS):
            now, rooms = monotonic(), self._all()
            for room in rooms:
                for wire in tuple(room.wires):
                    if now >= wire.due and wire.tick(now):
                        self._work.put(wire.check)
            self._look_around(rooms, now)

    def _look_around(self, rooms: list[Room], now: float) -> None:
        """Redis may lose any hint, and some things change by the clock alone: who was not looked at longest is next."""
        seconds, looks = wires.REDRAW_SECONDS, LOOKS_A_SECOND
        if self._deaf.is_set():
            seconds, looks = min(seconds, DEAF_REDRAW_SECONDS), DEAF_LOOKS_A_SECOND
        stale = [room for room in rooms if now - room.looked_at >= seconds]
        stale.sort(key=lambda room: room.looked_at)
        for room in stale[: max(1, round(looks * TICK_SECONDS))]:
            room.ask()

    def _about(self, topic: str) -> list[Room]:
        with self._lock:
            return list(self._topics.get(topic, {}).values())

    def _all(self) -> list[Room]:
        with self._lock:
            return [room for rooms in self._topics.values() for room in rooms.values()]
