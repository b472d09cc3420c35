"""Whoever writes to SQLite waits in a line, over all processes (docs/decisions/0098)."""

import fcntl
import os
from collections.abc import Callable
from threading import Lock

PATIENCE_SECONDS = 5.0


class Turns:
    """The line in front of one database. SQLite's own lock guards what is written; left to itself, it lets those who
    wait nap for up to a tenth of a second, and gives way to whoever happens to come by.
    """

    def __init__(self, path: str) -> None:
        self._file = os.open(f"{path}-turns", os.O_RDWR | os.O_CREAT, 0o600)
        self._here = Lock()  # one thread of this process stands in the line

    def take(self) -> Callable[[], None]:
        """Wait for one's turn, and get what ends it. Whoever waits in vain asks SQLite, which decides."""
        if not self._here.acquire(timeout=PATIENCE_SECONDS):
            return lambda: None
        try:
            fcntl.lockf(self._file, fcntl.LOCK_EX)  # the system wakes up who waits, and frees what a dead process had
        except BaseException:
            self._here.release()
            raise
        return self._end

    def _end(self) -> None:
        fcntl.lockf(self._file, fcntl.LOCK_UN)
        self._here.release()
