"""Connections that only look, beside those of the pool (docs/decisions/0083)."""

from collections.abc import Callable
from contextlib import suppress
from functools import cache
from queue import Empty, SimpleQueue
from typing import Any, TypeVar, cast

from sqlalchemy import Engine, event

from app.core.prepared import PreparedCursor, asks_at_once

Seen = TypeVar("Seen")

MOST = 10  # that look at the same time in one process


@cache
def window(engine: Engine) -> "Window":
    """The one window of a database in this process."""
    return Window(engine)


class Window:
    """Cursors that only look, the one used last first, each on a connection of its own that begins and ends nothing."""

    def __init__(self, engine: Engine) -> None:
        self._engine, self._dialect = engine, cast("Any", engine.dialect)
        self._free: SimpleQueue[None] = SimpleQueue()  # one for each cursor that nobody has
        self._cursors: list[Any] = []
        for _ in range(MOST):
            self._give_back(None)  # a place, whose cursor is opened when it is wanted
        event.listen(engine, "engine_disposed", self._close)

    def through(self, look: Callable[[Any], Seen]) -> Seen:
        """What is seen with a cursor. Whoever finds a kept connection dead looks once more, which harms nobody."""
        while True:
            self._free.get()
            kept = cursor = self._cursors.pop()
            try:
                cursor = kept or self._open()
                return look(cursor)
            except BaseException as error:
                gone = kept and self._dialect.is_disconnect(error, kept.connection, kept)
                if cursor:
                    cursor.connection.close()  # nobody knows in which state it is
                    cursor = None
                if not gone:
                    raise
            finally:
                self._give_back(cursor)

    def _give_back(self, cursor: Any) -> None:
        self._cursors.append(cursor)
        self._free.put(None)

    def _open(self) -> Any:
        """A cursor on a connection of the pool's making that the pool does not count."""
        made = self._engine.raw_connection()
        made.detach()
        self._dialect.set_isolation_level(made.dbapi_connection, "AUTOCOMMIT")
        if asks_at_once(self._dialect):
            return PreparedCursor(self._dialect.loaded_dbapi, made.dbapi_connection)
        return made.cursor()

    def _close(self, _engine: Engine) -> None:
        idle = []
        with suppress(Empty):
            while True:
                self._free.get_nowait()
                idle.append(self._cursors.pop())
        for cursor in idle:
            if cursor:
                cursor.connection.close()
            self._give_back(None)
