"""Asking PostgreSQL by one call of its own library (docs/decisions/0097, 0101)."""

from collections.abc import Mapping, Sequence
from functools import cache
from itertools import count
from typing import Any

from sqlalchemy import Dialect, PoolProxiedConnection

Known = tuple[bytes, Sequence[str], Sequence[Any]]  # a statement's name, and its values in order with their forms

MOST_PREPARED = 300  # on a connection: a list of another length is another statement

_numbers = count()  # a name is never given twice, so nobody asks who else prepares something on a connection


@cache
def asks_at_once(dialect: Dialect) -> bool:
    """Whether this process waits for PostgreSQL in the driver's own code: beside gevent, others run meanwhile."""
    if dialect.driver != "psycopg":
        return False
    waiting: Any = dialect.loaded_dbapi.waiting
    return waiting.wait is getattr(waiting, "wait_c", None)


def cursor_of(dialect: Dialect, driven: PoolProxiedConnection) -> Any:
    """A cursor in the transaction of a connection of the pool: the one that stays with it, or one of the driver's."""
    if not asks_at_once(dialect):
        return driven.cursor()
    kept = driven.info.get(PreparedCursor)
    if kept is None:
        kept = driven.info[PreparedCursor] = PreparedCursor(dialect.loaded_dbapi, driven.dbapi_connection)
    return kept


class PreparedCursor:
    """What we need of a cursor. Each statement is prepared once on its connection, then asked by its name.

    psycopg's own cursor asks in steps, between which a program may see to other things. Here it has none.
    """

    def __init__(self, psycopg: Any, connection: Any) -> None:
        self.connection = connection
        self._psycopg, self._library, self._begins = psycopg, connection.pgconn, not connection.autocommit
        self._idle = psycopg.pq.TransactionStatus.IDLE
        self._values = psycopg.adapt.Transformer(connection)
        self._known: dict[str, Known] = {}

    def execute(self, sql: str, values: Mapping[str, Any]) -> None:
        """Ask what is written as psycopg has it, with a name for each value. Raises psycopg.Error."""
        if self._begins and self._library.transaction_status == self._idle:
            self._right(self._library.exec_(b"BEGIN"))
        name, order, forms = self._known.get(sql) or self._prepare(sql)
        given = self._values.dump_sequence([values[each] for each in order], forms)
        self._values.set_pgresult(self._right(self._library.exec_prepared(name, given)))

    def fetchall(self) -> Sequence[tuple[Any, ...]]:
        """The rows of the last answer."""
        rows: Sequence[tuple[Any, ...]] = self._values.load_rows(0, self._values.pgresult.ntuples, tuple)
        return rows

    def close(self) -> None:
        """Nothing is kept but what is prepared."""

    def _prepare(self, sql: str) -> Known:
        if len(self._known) >= MOST_PREPARED:
            oldest, *_ = self._known.pop(next(iter(self._known)))
            self._right(self._library.exec_(b'DEALLOCATE "%s"' % oldest))
        name, places = b"%d" % next(_numbers), _Places()
        self._right(self._library.prepare(name, (sql % places).encode()))
        as_text = self._psycopg.adapt.PyFormat.TEXT
        known = self._known[sql] = name, list(places), [as_text] * len(places)
        return known

    def _right(self, answer: Any) -> Any:
        """The answer, if it is one. Raises psycopg.Error."""
        if answer.error_message:
            raise self._psycopg.errors.error_from_result(answer)
        return answer


class _Places(dict[str, str]):
    """The places of a statement's values, numbered in the order in which they are first named."""

    def __missing__(self, name: str) -> str:
        place = self[name] = f"${len(self) + 1}"
        return place
