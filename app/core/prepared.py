"""Looking at PostgreSQL by one call of its own library (docs/decisions/0097)."""

from collections.abc import Mapping, Sequence
from itertools import count
from typing import Any

Known = tuple[bytes, Sequence[str], Sequence[Any]]  # a statement's name, and its values in order with their forms


def asks_at_once(psycopg: Any) -> bool:
    """Whether this process waits for the database in the driver's own code: beside gevent, others run meanwhile."""
    return psycopg.waiting.wait is getattr(psycopg.waiting, "wait_c", None)


class PreparedCursor:
    """What the window needs of a cursor. Each statement is prepared once on its connection, then asked by its name.

    psycopg's own cursor asks in steps, between which a program may see to other things. Here it has none.
    """

    def __init__(self, psycopg: Any, connection: Any) -> None:
        self.connection = connection  # in autocommit
        self._psycopg, self._library = psycopg, connection.pgconn
        self._values = psycopg.adapt.Transformer(connection)
        self._known: dict[str, Known] = {}
        self._numbers = count()

    def execute(self, sql: str, values: Mapping[str, Any]) -> None:
        """Ask what is written as psycopg has it, with a name for each value. Raises psycopg.Error."""
        name, order, forms = self._known.get(sql) or self._prepare(sql)
        given = self._values.dump_sequence([values[each] for each in order], forms)
        self._values.set_pgresult(self._right(self._library.exec_prepared(name, given)))

    def fetchall(self) -> Sequence[tuple[Any, ...]]:
        """The rows of the last answer."""
        rows: Sequence[tuple[Any, ...]] = self._values.load_rows(0, self._values.pgresult.ntuples, tuple)
        return rows

    def _prepare(self, sql: str) -> Known:
        name, places = b"%d" % next(self._numbers), _Places()
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
