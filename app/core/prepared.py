"""Asking PostgreSQL by calls of its own library (docs/decisions/0097, 0101, 0108)."""

import select
from collections.abc import Mapping, Sequence
from functools import cache
from itertools import count
from typing import Any

from sqlalchemy import Dialect, PoolProxiedConnection

Known = tuple[bytes, Sequence[str], Sequence[Any]]  # a statement's name, and its values in order with their forms
Asked = tuple[bytes, Sequence[Any]]  # a statement's name, and its values as they are sent

MOST_PREPARED = 300  # on a connection: a list of another length is another statement
BEGIN, COMMIT = "BEGIN", "COMMIT"  # never let go of: they go along with what was looked up before them

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
    kept = kept_cursor(driven.info)
    if kept is None:
        kept = driven.info[PreparedCursor] = PreparedCursor(dialect.loaded_dbapi, driven.dbapi_connection)
    return kept


def kept_cursor(info: Mapping[Any, Any]) -> "PreparedCursor | None":
    """The cursor that stays with a connection of the pool, of which this is the `info`; None before it is wanted."""
    return info.get(PreparedCursor)


class PreparedCursor:
    """What we need of a cursor. Each statement is prepared once on its connection, then asked by its name.

    psycopg's own cursor asks in steps, between which a program may see to other things. Here it has none. What answers
    with no rows waits for the next statement or the commit, and goes with it.
    """

    def __init__(self, psycopg: Any, connection: Any) -> None:
        self.connection = connection
        self._psycopg, self._library, self._begins = psycopg, connection.pgconn, not connection.autocommit
        self._idle = psycopg.pq.TransactionStatus.IDLE
        self._values = psycopg.adapt.Transformer(connection)
        self._known: dict[str, Known] = {}
        self._waiting: list[Asked] = []
        self._to_read, self._to_write = select.poll(), select.poll()
        self._to_read.register(self._library.socket, select.POLLIN)
        self._to_write.register(self._library.socket, select.POLLIN | select.POLLOUT)

    def execute(self, sql: str, values: Mapping[str, Any]) -> None:
        """Ask what is written as psycopg has it, with a name for each value. Raises psycopg.Error, also for what waited
        until now.
        """
        self._ask(self._asked(sql, values))

    def tell(self, sql: str, values: Mapping[str, Any]) -> None:
        """Ask the same of a statement of which nobody reads an answer: with the next one."""
        asked = self._asked(sql, values)
        if self._begins:
            self._waiting.append(asked)
        else:
            self._ask(asked)

    def fetchall(self) -> Sequence[tuple[Any, ...]]:
        """The rows of the last answer."""
        rows: Sequence[tuple[Any, ...]] = self._values.load_rows(0, self._values.pgresult.ntuples, tuple)
        return rows

    def close(self) -> None:
        """Nothing is kept but what is prepared, and what waits."""

    def finish(self) -> None:
        """Ask what waits. Raises psycopg.Error."""
        if self._waiting:
            self._ask(self._waiting.pop())

    def commit(self) -> None:
        """Ask what waits, and end the transaction. Raises psycopg.Error."""
        if self._waiting or self._library.transaction_status != self._idle:
            self._ask(self._asked(COMMIT, {}))

    def forget(self) -> None:
        """Drop what waits: its transaction is rolled back."""
        self._waiting.clear()

    def _asked(self, sql: str, values: Mapping[str, Any]) -> Asked:
        name, order, forms = self._known.get(sql) or self._prepare(sql)
        return name, self._values.dump_sequence([*map(values.__getitem__, order)], forms)

    def _ask(self, last: Asked) -> None:
        """One statement in its transaction, which begins here where none is open, after all that waits."""
        if self._begins and self._library.transaction_status == self._idle:
            self._waiting.insert(0, self._asked(BEGIN, {}))
        if self._waiting:
            asked, self._waiting = [*self._waiting, last], []
            answer = self._together(asked)
        else:
            answer = _right(self._psycopg, self._library.exec_prepared(*last))
        self._values.set_pgresult(answer)

    def _together(self, asked: Sequence[Asked]) -> Any:
        """The last answer to statements that go at once. Where one fails, those after it are not done."""
        try:
            self._library.enter_pipeline_mode()
            for name, given in asked:
                self._library.send_query_prepared(name, given)
            self._library.pipeline_sync()
            answers = self._answers(len(asked) + 1)  # the last one says that there are no more
            self._library.exit_pipeline_mode()
        except BaseException:
            self.connection.close()  # nobody knows in which state it is
            raise
        return [_right(self._psycopg, answer) for answer in answers[:-1]][-1]

    def _answers(self, number: int) -> Sequence[Any]:
        found: list[Any] = []
        while len(found) < number:
            (self._to_write if self._library.flush() else self._to_read).poll()  # other threads run meanwhile
            self._library.consume_input()
            while len(found) < number and not self._library.is_busy():
                answer = self._library.get_result()
                if answer is not None:
                    found.append(answer)
                elif self._library.status != self._psycopg.pq.ConnStatus.OK:  # else there is nothing between two
                    raise self._psycopg.OperationalError(self._library.get_error_message())
        return found

    def _prepare(self, sql: str) -> Known:
        if len(self._known) >= MOST_PREPARED:
            self.finish()  # the oldest may be waiting
            oldest, *_ = self._known.pop(next(each for each in self._known if each not in (BEGIN, COMMIT)))
            _right(self._psycopg, self._library.exec_(b'DEALLOCATE "%s"' % oldest))
        name, places = b"%d" % next(_numbers), _Places()
        _right(self._psycopg, self._library.prepare(name, (sql % places).encode()))
        as_text = self._psycopg.adapt.PyFormat.TEXT
        known = self._known[sql] = name, list(places), [as_text] * len(places)
        return known


def _right(psycopg: Any, answer: Any) -> Any:
    """An answer of the library, if it is one. Raises psycopg.Error."""
    if answer.error_message:
        raise psycopg.errors.error_from_result(answer)
    return answer


class _Places(dict[str, str]):
    """The places of a statement's values, numbered in the order in which they are first named."""

    def __missing__(self, name: str) -> str:
        place = self[name] = f"${len(self) + 1}"
        return place
