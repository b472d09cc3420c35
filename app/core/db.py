"""The database: one base class, one kind of time, and the one place that commits."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime
from functools import cache, lru_cache
from typing import Any, TypeVar, cast

import structlog
from flask import Flask
from flask.globals import app_ctx
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import (
    Connection,
    DateTime,
    Dialect,
    Engine,
    Executable,
    Insert,
    MetaData,
    Row,
    TypeDecorator,
    bindparam,
    event,
    text,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import DeclarativeBase, InstrumentedAttribute, Session, registry

from app.core import driver, engines
from app.core.turns import Turns

log = structlog.get_logger()
Result = TypeVar("Result")

RETRIED_SQLSTATES = {"40001", "40P01"}
# PostgreSQL waited too long for a lock or a statement, or gave a deadlock up; nothing was done, and once more may do.
LOCK_TIMED_OUT = "55P03"
BUSY_SQLSTATES = RETRIED_SQLSTATES | {LOCK_TIMED_OUT, "57014"}
SQLITE_LOCKED = "database is locked"
TRIES = 3
TO_WRITE, TURN, LINE = "BEGIN IMMEDIATE", "turn", "line"
NOTHING: Mapping[str, object] = {}

# How the unit of work that is open here begins on SQLite; none, and each statement stands for itself.
_begins: ContextVar[str] = ContextVar("begins", default="BEGIN")


class UTCDateTime(TypeDecorator[datetime]):
    """An aware moment: kept in UTC on every database, refused when naive."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Turn any aware moment into UTC; SQLite keeps it without its zone."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a naive datetime has no place in the database")
        moment = value.astimezone(UTC)
        return moment.replace(tzinfo=None) if dialect.name == "sqlite" else moment

    def process_result_value(self, value: datetime | None, _dialect: Dialect) -> datetime | None:
        """Give the moment back aware, in UTC."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Base(DeclarativeBase):
    """What every table inherits: named constraints (so migrations can drop them) and UTC times."""

    registry = registry(
        metadata=MetaData(
            naming_convention={
                "ix": "ix_%(column_0_label)s",
                "uq": "uq_%(table_name)s_%(column_0_N_name)s",
                "ck": "ck_%(table_name)s_%(constraint_name)s",
                "fk": "fk_%(table_name)s_%(column_0_N_name)s",
                "pk": "pk_%(table_name)s",
            }
        ),
        type_annotation_map={datetime: UTCDateTime()},
    )


# One session for each application context, as ever; found by the context itself, as its number is one call more.
CONTEXT: Callable[[], object] = app_ctx._get_current_object  # type: ignore[attr-defined]  # of Werkzeug's proxy
db = SQLAlchemy(model_class=Base, session_options={"expire_on_commit": False, "scopefunc": CONTEXT})


def init_app(app: Flask) -> None:
    """Bind the database to the program and teach SQLite to take its write lock at once."""
    db.init_app(app)
    with app.app_context():
        if db.engine.dialect.name == "sqlite":
            _teach_sqlite(db.engine)
        else:
            engines.teach_postgres(db.engine)
            driver.teach(db.engine)


def _teach_sqlite(engine: Engine) -> None:
    @event.listens_for(engine, "connect")
    def configure(connection: Any, _record: object) -> None:
        connection.isolation_level = None  # the driver must not begin on its own: we say which BEGIN
        for pragma in ("journal_mode=WAL", "synchronous=NORMAL", "foreign_keys=ON"):
            connection.execute(f"PRAGMA {pragma}")

    turns = Turns(engine.url.database) if engine.url.database else None

    @event.listens_for(engine, "begin")
    def begin(connection: Any) -> None:
        # A deferred BEGIN that later writes fails at once with "locked"; taking the lock first waits its turn.
        begins = _begins.get()
        if turns and begins == TO_WRITE and TURN not in (told := db.session().info):
            told[TURN] = turns.take()
        if begins:
            connection.exec_driver_sql(begins)


@contextmanager
def transaction() -> Iterator[Session]:
    """One unit of work: commits at its end, rolls back when anything is raised, never nests.

    What `before_commit` was given runs as its last part; what `after_commit` was given runs once the commit has
    succeeded, and dies with a rollback.
    """
    session = db.session()
    if in_transaction():
        raise RuntimeError("a unit of work is already open here")
    if session.new or session.dirty or session.deleted:
        raise RuntimeError("something was written outside of a unit of work")
    session.rollback()  # ends a read that is still open, so that nothing stale is seen
    hooks: list[Callable[[], object]] = []
    session.info["hooks"], session.info["lasts"] = hooks, []
    token = _begins.set(TO_WRITE)
    try:
        yield session
        for last in session.info["lasts"]:
            last()
        session.commit()
    except BaseException:
        session.rollback()
        raise
    finally:
        session.info.pop(LINE, None)
        session.info.pop(TURN, _nothing)()
        del session.info["hooks"], session.info["lasts"]
        _begins.reset(token)
    for hook in hooks:
        _run(hook)


def _nothing() -> None:
    """What ends no turn."""


def in_transaction() -> bool:
    """Whether a unit of work is open in this context."""
    return db.session.registry.has() and "hooks" in db.session().info


def before_commit(last: Callable[[], object]) -> None:
    """Run `last` when all else in the open unit of work is done, so that what it locks is held for no longer than a
    commit takes. Raises RuntimeError when none is open.
    """
    if not in_transaction():
        raise RuntimeError("no unit of work is open here")
    db.session().info["lasts"].append(last)


def after_commit(hook: Callable[[], object]) -> None:
    """Run `hook` when the open unit of work has been committed; at once when none is open."""
    hooks = db.session().info.get("hooks")
    if hooks is None:
        _run(hook)
    else:
        hooks.append(hook)


def _run(hook: Callable[[], object]) -> None:
    try:
        hook()
    except Exception:  # what is committed stays true, whatever its messenger does
        log.exception("after_commit_failed")


def atomically(work: Callable[[], Result]) -> Result:
    """Run `work` in one unit of work, again up to three times when the database asks for it (40001, 40P01)."""
    for left in range(TRIES - 1, -1, -1):
        try:
            with transaction():
                return work()
        except DBAPIError as error:
            if left == 0 or _sqlstate(error) not in RETRIED_SQLSTATES:
                raise
    raise AssertionError("unreachable")


def is_busy(error: BaseException) -> bool:
    """Whether the database only had too much to do, or is away for a moment: what was asked is undone, and may be asked
    again.
    """
    if not isinstance(error, DBAPIError):
        return False
    return error.connection_invalidated or _sqlstate(error) in BUSY_SQLSTATES or SQLITE_LOCKED in str(error.orig)


def waited_in_vain(error: DBAPIError) -> bool:
    """Whether a rival kept a row locked for longer than anybody waits for one."""
    return _sqlstate(error) == LOCK_TIMED_OUT


def _sqlstate(error: DBAPIError) -> str | None:
    state: str | None = getattr(error.orig, "sqlstate", None)
    return state


def sent(statement: Executable, values: Mapping[str, object] = NOTHING) -> Sequence[Any]:
    """The rows with which a statement that is written once answers in the open unit of work, by way of the driver
    (docs/decisions/0078). What waits as objects is written first. Raises DBAPIError; what one that gives no rows is
    refused for, the next one or the commit may raise (docs/decisions/0108).
    """
    session = db.session()
    session.flush()
    return driver.ask(_line(session), statement, values)


def _line(session: Session) -> Connection:
    """The connection of the open transaction: the same one to the end of a unit of work, unless that was undone. The
    session has to be asked for it in a savepoint, which it sets only then.
    """
    kept: Connection | None = session.info.get(LINE)
    if kept is not None and not kept.closed and not session.in_nested_transaction():
        return kept
    line = session.connection()
    if "hooks" in session.info:
        session.info[LINE] = line
    return line


def sent_one(statement: Executable, values: Mapping[str, object] = NOTHING) -> Any:
    """The first of them; None when there is none."""
    rows = sent(statement, values)
    return rows[0] if rows else None


def sent_many(insert: Insert, rows: Sequence[Mapping[str, object]]) -> Sequence[Any]:
    """The same of one insert of a few rows, all of which have the same names."""
    given = {f"{name}_{n}": value for n, row in enumerate(rows) for name, value in row.items()}
    return sent(_of_rows(insert, tuple(rows[0]), len(rows)), given) if rows else ()


@lru_cache(256)
def _of_rows(insert: Insert, names: Sequence[str], count: int) -> Insert:
    types = {name: insert.table.c[name].type for name in names}
    return insert.values([{name: bindparam(f"{name}_{n}", type_=types[name]) for name in names} for n in range(count)])


def insert_new(model: type[Base], **values: object) -> bool:
    """Insert a row unless its key is taken; says whether it is new. Waits for a rival that is still undecided."""
    return bool(insert_rows_new(model, [values], model.__mapper__.primary_key[0]))


def insert_many_new(told: InstrumentedAttribute[Result], rows: Sequence[Mapping[str, object]]) -> list[Result]:
    """Insert rows unless their keys are taken; gives a column of those that are new."""
    return [row[0] for row in insert_rows_new(cast("type[Base]", told.class_), rows, told)]


def insert_rows_new(model: type[Base], rows: Sequence[Mapping[str, object]], *told: Any) -> Sequence[Row[Any]]:
    """The same for several columns."""
    statement = _unless_there(model, db.engine.dialect.name, told)
    if len(rows) == 1:
        return sent(statement, rows[0])
    db.session.flush()  # what they refer to may still be an object
    return db.session.execute(statement, list(rows)).all()


@cache
def _unless_there(model: type[Base], dialect: str, told: tuple[Any, ...]) -> Any:
    """Put together once: that costs more than sending it."""
    return insert_into(model, dialect).on_conflict_do_nothing().returning(*told)


def insert_into(model: type[Base], dialect: str) -> Any:
    """An insert into a model's table that may say what to do when the row is there already."""
    return (postgresql if dialect == "postgresql" else sqlite).insert(model.__table__)


def answers() -> bool:
    """Whether the database answers right now."""
    try:
        return db.session.execute(text("SELECT 1")).scalar() == 1
    except DBAPIError:
        return False
