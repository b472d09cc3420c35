"""Statements that are written once, by way of the driver (docs/decisions/0078).

SQLAlchemy puts them together, a single time; types, names in rows and errors stay as it has them.
"""

from collections import namedtuple
from collections.abc import Callable, Mapping, Sequence
from functools import cache, partial
from typing import Any, TypeVar
from weakref import WeakSet

from sqlalchemy import BindParameter, Column, Connection, Engine, Executable, PoolProxiedConnection, event
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import DBAPIError

from app.core.prepared import PreparedCursor, asks_at_once, cursor_of, kept_cursor
from app.core.window import window

_taught: WeakSet[Engine] = WeakSet()  # on which what answers nothing may wait: somebody sees that it is sent
Values = Mapping[str, Any]
Turn = Callable[[Any], Any]
Done = TypeVar("Done")


def ask(connection: Connection, statement: Executable, values: Values) -> Sequence[Any]:
    """The rows with which a statement answers in the transaction that is open there. Raises DBAPIError."""
    ready = _ready(connection.engine, statement, frozenset(values))

    def rows(driven: PoolProxiedConnection) -> Sequence[Any]:
        cursor = cursor_of(connection.dialect, driven)
        found = ready.rows(cursor, values)
        cursor.close()
        return found

    found = _through(connection, rows)
    if connection.in_nested_transaction():  # whoever sets a savepoint wants to hear here what is refused
        _kept(connection, PreparedCursor.finish)
    return found


def teach(engine: Engine) -> None:
    """Send what waits on a connection before anything else goes there, and with its commit (docs/decisions/0108)."""
    if not asks_at_once(engine.dialect):
        return
    _taught.add(engine)

    @event.listens_for(engine, "before_cursor_execute")
    def finish(connection: Connection | None, *_: object) -> None:
        if connection is not None:  # else it is a statement of ours
            _kept(connection, PreparedCursor.finish)

    @event.listens_for(engine, "commit")
    def commit(connection: Connection) -> None:
        _kept(connection, PreparedCursor.commit)

    @event.listens_for(engine, "rollback")
    def forget(connection: Connection) -> None:
        if not connection.invalidated:
            _kept(connection, PreparedCursor.forget)

    @event.listens_for(engine, "checkin")
    def leave(_connection: object, record: Any) -> None:
        if kept := kept_cursor(record.info):
            kept.forget()


def _kept(connection: Connection, deed: Callable[[PreparedCursor], None]) -> None:
    """Have it done by the cursor that stays with a connection, if there is one."""

    def done(driven: PoolProxiedConnection) -> None:
        if kept := kept_cursor(driven.info):
            deed(kept)

    _through(connection, done)


def _through(connection: Connection, deed: Callable[[PoolProxiedConnection], Done]) -> Done:
    """What is done with the driver's connection. Raises DBAPIError for its errors, and any other one as it is."""
    driven = connection.connection
    try:
        return deed(driven)
    except connection.dialect.loaded_dbapi.Error as error:
        raise _told(connection, error, driven.dbapi_connection) from error
    except BaseException as error:
        if getattr(driven.dbapi_connection, "closed", False):  # a signal cut it short: do not ask there to roll back
            connection.invalidate(error)
        raise


def _told(connection: Connection, error: Exception, driven: DBAPIConnection | None) -> DBAPIError:
    told = _as_ours(connection.engine, error, driven)
    if told.connection_invalidated:
        connection.invalidate(error)
    return told


def look(engine: Engine, statement: Executable, values: Values) -> Sequence[Any]:
    """The same of a statement that only looks, through the window, in no transaction (docs/decisions/0083)."""
    ready = _ready(engine, statement, frozenset(values))
    try:
        return window(engine).through(lambda cursor: ready.rows(cursor, values))
    except engine.dialect.loaded_dbapi.Error as error:
        raise _as_ours(engine, error) from error


def _as_ours(engine: Engine, error: Exception, driven: DBAPIConnection | None = None) -> DBAPIError:
    """An error of the driver as SQLAlchemy tells it, which is what everybody here expects."""
    dialect, broken = engine.dialect, engine.dialect.loaded_dbapi.Error
    lost = dialect.is_disconnect(error, driven, None)  # type: ignore[arg-type]  # an error of the driver's, as it wants
    return DBAPIError.instance(None, None, error, broken, True, lost, dialect)  # type: ignore[return-value]  # not as is


@cache
def _ready(engine: Engine, statement: Executable, names: frozenset[str]) -> "_Ready":
    return _Ready(engine, statement, names)


class _Ready:
    """A statement that was put together for values of certain names."""

    def __init__(self, engine: Engine, statement: Any, names: frozenset[str]) -> None:
        self._engine = engine
        self._compiled: Any = statement.compile(dialect=engine.dialect, column_keys=sorted(names))
        binds = self._compiled.bind_names.items()
        self._turns = {name: turn for bind, name in binds if (turn := self._turn(bind, "bind_processor"))}
        self._lists = [name for bind, name in binds if bind.expanding and name in names]
        self._defaults = {column.key: column.default.arg for column in self._compiled.prefetch}
        columns = [*statement.exported_columns]
        self._row = self._reader(columns) if columns else None
        self._forms: dict[tuple[int, ...], _Form] = {}

    def rows(self, cursor: Any, values: Values) -> Sequence[Any]:
        """What it answers when it is asked with these values by a cursor of the driver."""
        form = self._form(values)
        given = form.given(values)
        # Whoever counts statements counts this one, too.
        self._engine.dispatch.before_cursor_execute(None, cursor, form.sql, given, None, False)
        if self._row is None:
            tell = cursor.tell if self._engine in _taught else cursor.execute
            tell(form.sql, given)
            return ()
        cursor.execute(form.sql, given)
        return [*map(self._row, cursor.fetchall())]

    def _form(self, values: Values) -> "_Form":
        """Its words for lists of these lengths."""
        lengths = tuple([len(values[name]) for name in self._lists]) if self._lists else ()
        if lengths not in self._forms:
            state = self._compiled.construct_expanded_state({**self._defaults, **values})
            self._forms[lengths] = _Form(state, self._lists, self._turns, values)
        return self._forms[lengths]

    def _reader(self, columns: Sequence[Column[Any]]) -> Turn:
        shape = namedtuple("Seen", [column.key for column in columns], rename=True)  # type: ignore[misc]  # noqa: PYI024 - the statement names them
        made: Turn = partial(tuple.__new__, shape)
        turns = [(place, self._turn(column, "result_processor", None)) for place, column in enumerate(columns)]
        turned = [(place, turn) for place, turn in turns if turn]

        def read(row: Sequence[Any]) -> Any:
            values = list(row)
            for place, turn in turned:
                if values[place] is not None:  # NULL is nothing, whatever its type
                    values[place] = turn(values[place])
            return made(values)

        return read if turned else made

    def _turn(self, typed: BindParameter[Any] | Column[Any], processor: str, *more: object) -> Turn | None:
        dialect = self._engine.dialect
        turn: Turn | None = getattr(typed.type.dialect_impl(dialect), processor)(dialect, *more)
        return turn


class _Form:
    """The words of a statement for lists of certain lengths, and what goes with them."""

    def __init__(self, state: Any, lists: Sequence[str], turns: Mapping[str, Turn], values: Values) -> None:
        spread = state.parameter_expansion
        each_turn = {each: turn for name, turn in turns.items() for each in spread.get(name, (name,))}
        self.sql: str = state.statement
        self._order = state.positiontup
        self._lists = [(name, spread[name]) for name in lists]
        anew = {*values, *(each for _, names in self._lists for each in names)}
        plain = ((name, value, each_turn.get(name)) for name, value in state.parameters.items() if name not in anew)
        self._fixed = {name: turn(value) if turn else value for name, value, turn in plain}
        self._turns = [(name, turn) for name, turn in each_turn.items() if name in anew]

    def given(self, values: Values) -> Any:
        """The values as the driver takes them."""
        given = {**self._fixed, **values}
        for name, names in self._lists:
            given.update(zip(names, values[name], strict=True))
        for name, turn in self._turns:
            given[name] = turn(given[name])
        return given if self._order is None else tuple(map(given.__getitem__, self._order))
