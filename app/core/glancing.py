"""One row at a glance, through the driver, for what every page asks (docs/decisions/0038 and 0083)."""

from collections import namedtuple
from collections.abc import Callable, Mapping
from functools import cache
from typing import Any

from sqlalchemy import Engine, Select
from sqlalchemy.exc import DBAPIError

from app.core.db import db
from app.core.window import window


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
    through, broken = window(engine).through, dialect.loaded_dbapi.Error

    def look(values: Mapping[str, object]) -> Any:
        given = {**fixed, **values}
        asked = tuple(given[name] for name in order) if order else given
        try:
            row = through(lambda cursor: _first_row(engine, cursor, sql, asked))
        except broken as error:  # raised as SQLAlchemy's, which is what everybody here expects
            raise DBAPIError.instance(None, None, error, broken, hide_parameters=True, dialect=dialect) from error
        return row and shape(*[read(value) if read else value for read, value in zip(readers, row, strict=True)])

    return look


def _first_row(engine: Engine, cursor: Any, sql: str, asked: Any) -> Any:
    engine.dispatch.before_cursor_execute(None, cursor, sql, asked, None, False)  # who counts, counts this too
    cursor.execute(sql, asked)
    return cursor.fetchone()
