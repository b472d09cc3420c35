"""A small memory of this process, for answers that may be a moment old."""

from collections.abc import Callable, Hashable
from datetime import datetime, timedelta
from threading import Lock
from typing import Generic, TypeVar

from app.core import clock

Key = TypeVar("Key", bound=Hashable)
Value = TypeVar("Value")


class Memory(Generic[Key, Value]):
    """Keeps up to `most` answers, each for `age`; the longest kept goes first. To look takes no lock."""

    def __init__(self, *, most: int, age: timedelta) -> None:
        self._most, self._age, self._lock = most, age, Lock()
        self._kept: dict[Key, tuple[datetime, datetime, tuple[Value]]] = {}

    def get(self, key: Key, make: Callable[[], Value]) -> Value:
        """The remembered answer, or what `make` gives, remembered from now on."""
        kept = self._kept.get(key)  # as `recall` does: a page asks a dozen times
        if kept is not None and kept[0] <= clock.now() < kept[1]:
            return kept[2][0]
        value = make()
        self.put(key, value)
        return value

    def recall(self, key: Key) -> tuple[Value] | None:
        """The remembered answer by itself in a tuple; None where there is none, or an old one."""
        kept = self._kept.get(key)
        return kept[2] if kept is not None and kept[0] <= clock.now() < kept[1] else None

    def put(self, key: Key, value: Value) -> None:
        """Remember an answer that was just heard."""
        now = clock.now()
        with self._lock:
            self._kept.pop(key, None)
            self._kept[key] = (now, now + self._age, (value,))
            if len(self._kept) > self._most:
                del self._kept[next(iter(self._kept))]

    def clear(self) -> None:
        """Forget everything."""
        with self._lock:
            self._kept.clear()
