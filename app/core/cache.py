"""A small memory of this process, for answers that may be a moment old."""

from collections import OrderedDict
from collections.abc import Callable, Hashable
from datetime import datetime, timedelta
from threading import Lock
from typing import Generic, TypeVar

from app.core import clock

Key = TypeVar("Key", bound=Hashable)
Value = TypeVar("Value")


class Memory(Generic[Key, Value]):
    """Keeps up to `most` answers, each for `age`; the least lately used goes first."""

    def __init__(self, *, most: int, age: timedelta) -> None:
        self._most, self._age, self._lock = most, age, Lock()
        self._kept: OrderedDict[Key, tuple[datetime, Value]] = OrderedDict()

    def get(self, key: Key, make: Callable[[], Value]) -> Value:
        """The remembered answer, or what `make` gives, remembered from now on."""
        kept = self.recall(key)
        if kept is not None:
            return kept[0]
        value = make()
        self.put(key, value)
        return value

    def recall(self, key: Key) -> tuple[Value] | None:
        """The remembered answer by itself in a tuple; None where there is none, or an old one."""
        now = clock.now()
        with self._lock:
            kept = self._kept.get(key)
            if kept is None or not kept[0] <= now < kept[0] + self._age:
                return None
            self._kept.move_to_end(key)
            return (kept[1],)

    def put(self, key: Key, value: Value) -> None:
        """Remember an answer that was just heard."""
        with self._lock:
            self._kept[key] = (clock.now(), value)
            self._kept.move_to_end(key)
            while len(self._kept) > self._most:
                self._kept.popitem(last=False)

    def clear(self) -> None:
        """Forget everything."""
        with self._lock:
            self._kept.clear()
