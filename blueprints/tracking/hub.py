"""What one socket process shares: one ear at Redis that wakes the sockets of a topic, and a count of who sits where."""

from collections import Counter
from threading import Event, Lock, Thread

import structlog

from app.core import live

log = structlog.get_logger()


class Watcher:
    """One socket's wish to hear of a topic. Hints are not kept, only that there was one, so that nothing piles up."""

    def __init__(self, topic: str, bell: Event) -> None:
        self.topic, self.bell, self._hinted = topic, bell, True

    def ring(self) -> None:
        """Something about the topic may be new."""
        self._hinted = True
        self.bell.set()

    def take_hint(self) -> bool:
        """Whether there was a hint since the last time; a new watcher has one."""
        hinted, self._hinted = self._hinted, False
        return hinted


class Hub:
    """Hears what is published and rings whoever watches it. The ear opens with the first watcher, after any fork."""

    def __init__(self, redis_url: str) -> None:
        self._url, self._lock = redis_url, Lock()
        self._watchers: dict[str, set[Watcher]] = {}
        self._ear: Thread | None = None
        self.stopping = Event()

    def watch(self, topic: str, bell: Event) -> Watcher:
        """Ring `bell` from now on whenever there is a hint about `topic`."""
        watcher = Watcher(topic, bell)
        with self._lock:
            self._watchers.setdefault(topic, set()).add(watcher)
            if self._ear is None:
                self._ear = Thread(target=self._hear, name="live", daemon=True)
                self._ear.start()
        return watcher

    def leave(self, watcher: Watcher) -> None:
        """Stop ringing."""
        with self._lock:
            watching = self._watchers[watcher.topic]
            watching.discard(watcher)
            if not watching:
                del self._watchers[watcher.topic]

    def stop(self) -> None:
        """This process ends: wake everybody up, so that they say good-bye."""
        self.stopping.set()
        self._ring(None)

    def _hear(self) -> None:
        while not self.stopping.is_set():
            try:
                for topic in live.heard(self._url, self.stopping):
                    self._ring(topic)
            except Exception:  # a deaf process would still look alive
                log.exception("live_failed")
                self.stopping.wait(1)

    def _ring(self, topic: str | None) -> None:
        with self._lock:
            watching = [watcher for name, those in self._watchers.items() if topic in {None, name} for watcher in those]
        for watcher in watching:
            watcher.ring()


class Seats:
    """How many sockets there may be in all; one person or address gets half of them at most."""

    def __init__(self, most: int) -> None:
        self._most, self._most_each = most, max(1, most // 2)
        self._taken: Counter[str] = Counter()
        self._all = 0
        self._lock = Lock()

    def take(self, *names: str) -> bool:
        """Take one seat under some names; False when it would be one too many."""
        with self._lock:
            if self._all >= self._most or any(self._taken[name] >= self._most_each for name in names):
                return False
            self._taken.update(names)
            self._all += 1
            return True

    @property
    def taken(self) -> int:
        """How many seats are taken."""
        return self._all

    def leave(self, *names: str) -> None:
        """Give that seat back."""
        with self._lock:
            self._taken.subtract(names)
            self._taken = +self._taken
            self._all -= 1
