"""One row at a glance, through the driver, for what every page asks (docs/decisions/0038 and 0083)."""

from collections import namedtuple
from collections.abc import Callable, Mapping
from contextlib import suppress
from functools import cache
from queue import Empty, LifoQueue
from typing import Any, cast

from sqlalchemy import Engine, Select, event
from sqlalchemy.exc import DBAPIError

from app.core.db import db

MOST = 10  # that look at the same time in one process


def glance(statement: Select[Any], values: Mapping[str, object]) -> Any:
    """One row by one short read, or None: in the open unit of work, else for itself, without session or transaction.

    For what every page asks: asked through the driver it costs a third (docs/decisions/0038). Raises DBAPIError.
    """
    if db.session.registry.has() and db.session().in_transaction():
        return db.session.execute(statement, values).first()
    return _peephole(db.engine, statement)(values)


@cache
def _peephole(engine: Engine, statement: Select[Any]) -> Callable[[Mapping[str, object]], Any]:
    """A statement and the shape of its row, made ready for the driver once."""
    dialect, columns = engine.dialect, statement.selected_columns
    compiled = statement.compile(dialect=dialect)
    sql, order, fixed = str(compiled), compiled.positiontup, compiled.params
    shape = namedtuple("Seen", columns.keys())  # type: ignore[misc]  # noqa: PYI024 - the statement names its fields
    readers = [each.type.dialect_impl(dialect).result_processor(dialect, None) for each in columns]
    window, broken = _window(engine), dialect.loaded_dbapi.Error

    def look(values: Mapping[str, object]) -> Any:
        given = {**fixed, **values}
        try:
            row = window.first_row(sql, tuple(given[name] for name in order) if order else given)
        except broken as error:  # raised as SQLAlchemy's, which is what everybody here expects
            raise DBAPIError.instance(None, None, error, broken, hide_parameters=True, dialect=dialect) from error
        return row and shape(*[read(value) if read else value for read, value in zip(readers, row, strict=True)])

    return look


@cache
def _window(engine: Engine) -> "Window":
    return Window(engine)


class Window:
    """Cursors that only look, the one used last first, each on a connection of its own that begins and ends nothing."""

    def __init__(self, engine: Engine) -> None:
        self._engine, self._dialect = engine, cast("Any", engine.dialect)
        self._cursors: LifoQueue[Any] = LifoQueue(MOST)
        for _ in range(MOST):
            self._cursors.put(None)  # a place, whose cursor is opened when it is wanted
        event.listen(engine, "engine_disposed", self._close)

    def first_row(self, sql: str, asked: Any) -> Any:
        """What the driver answers first. It is only a look, so whoever finds a kept connection dead looks once more."""
        while True:
            kept = cursor = self._cursors.get()
            try:
                cursor = kept or self._open()
                # Who counts statements counts this one, too.
                self._engine.dispatch.before_cursor_execute(None, cursor, sql, asked, None, False)
                cursor.execute(sql, asked)
                return cursor.fetchone()
            except BaseException as error:
                gone = kept and self._dialect.is_disconnect(error, kept.connection, kept)
                if cursor:
                    cursor.connection.close()  # nobody knows in which state it is
                    cursor = None
                if not gone:
                    raise
            finally:
                self._cursors.put(cursor)

    def _open(self) -> Any:
        """A cursor on a connection of the pool's making that the pool does not count."""
        made = self._engine.raw_connection()
        made.detach()
        self._dialect.set_isolation_level(made.dbapi_connection, "AUTOCOMMIT")
        return made.cursor()

    def _close(self, _engine: Engine) -> None:
        idle = []
        with suppress(Empty):
            while True:
                idle.append(self._cursors.get_nowait())
        for cursor in idle:
            if cursor:
                cursor.connection.close()
            self._cursors.put(None)
