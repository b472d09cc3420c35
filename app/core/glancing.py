"""One row at a glance, through the driver, for what every page asks (docs/decisions/0038)."""

from collections import namedtuple
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager
from functools import cache
from typing import Any

from sqlalchemy import Engine, Select
from sqlalchemy.exc import DBAPIError

from app.core.db import db


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

    def look(values: Mapping[str, object]) -> Any:
        given = {**fixed, **values}
        asked = tuple(given[name] for name in order) if order else given
        with _as_ours(engine), _autocommitting(engine) as cursor:
            engine.dispatch.before_cursor_execute(None, cursor, sql, asked, None, False)  # who counts, counts this too
            cursor.execute(sql, asked)
            row = cursor.fetchone()
        return row and shape(*[read(value) if read else value for read, value in zip(readers, row, strict=True)])

    return look


@contextmanager
def _autocommitting(engine: Engine) -> Iterator[Any]:
    """A driver's cursor, each statement a transaction of its own; on SQLite the driver does that by itself."""
    connection = engine.raw_connection()
    switched = connection.dbapi_connection if engine.dialect.name == "postgresql" else None
    try:
        if switched:
            switched.autocommit = True
        with closing(connection.cursor()) as cursor:
            yield cursor
        if switched:
            switched.autocommit = False
    except BaseException as error:
        connection.invalidate(error)  # nobody knows in which state it is
        raise
    finally:
        connection.close()


@contextmanager
def _as_ours(engine: Engine) -> Iterator[None]:
    """The driver's errors as SQLAlchemy's, which is what everybody here expects."""
    base = engine.dialect.loaded_dbapi.Error
    try:
        yield
    except base as error:
        raise DBAPIError.instance(None, None, error, base, hide_parameters=True, dialect=engine.dialect) from error
