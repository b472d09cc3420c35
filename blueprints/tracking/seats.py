"""How many sockets a process holds, and how many of them one person or address may have."""

import resource
from collections import Counter
from contextlib import suppress
from threading import Lock

MOST_EACH = 1_000
OTHER_FILES = 500  # database, log, sockets that are being refused


class Seats:
    """How many sockets there may be in all; one person or address gets half of them, and never more than a thousand."""

    def __init__(self, most: int) -> None:
        self._most, self._most_each = most, min(max(1, most // 2), MOST_EACH)
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
            self._all -= 1
            for name in names:
                self._taken[name] -= 1
                if not self._taken[name]:
                    del self._taken[name]


def as_many_as_files(wanted: int) -> int:
    """So many seats as are wanted, or fewer where this process may open no more files: each seat is one."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft < wanted + OTHER_FILES:
        soft = wanted + OTHER_FILES if hard == resource.RLIM_INFINITY else min(hard, wanted + OTHER_FILES)
        with suppress(OSError, ValueError):
            resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
    return min(wanted, max(0, resource.getrlimit(resource.RLIMIT_NOFILE)[0] - OTHER_FILES))
