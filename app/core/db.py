"""The database: one base class, one kind of time, and the one place that commits."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime
from typing import Any, TypeVar

import structlog
from flask import Flask
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import DateTime, Dialect, Engine, MetaData, TypeDecorator, event, inspect, text
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import DeclarativeBase, Session, registry

log = structlog.get_logger()
Result = TypeVar("Result")

SQLITE_BUSY_MS = 15_000
POSTGRES_OPTIONS = "-c lock_timeout=2000 -c statement_timeout=5000 -c timezone=UTC"
RETRIED_SQLSTATES = {"40001", "40P01"}
TRIES = 3

_writing: ContextVar[bool] = ContextVar("writing", default=False)


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


db = SQLAlchemy(model_class=Base, session_options={"expire_on_commit": False})


def engine_options(url: str) -> dict[str, Any]:
    """Engine settings for a database URL, as measured for each kind of database. Errors never tell what was written."""
    private = {"hide_parameters": True}
    if url.startswith("sqlite"):
        return {**private, "connect_args": {"timeout": SQLITE_BUSY_MS / 1000, "check_same_thread": False}}
    return {**private, "connect_args": {"options": POSTGRES_OPTIONS}, "pool_pre_ping": True, "pool_size": 10}


def init_app(app: Flask) -> None:
    """Bind the database to the program and teach SQLite to take its write lock at once."""
    db.init_app(app)
    with app.app_context():
        if db.engine.dialect.name == "sqlite":
            _teach_sqlite(db.engine)


def _teach_sqlite(engine: Engine) -> None:
    @event.listens_for(engine, "connect")
    def configure(connection: Any, _record: object) -> None:
        connection.isolation_level = None  # the driver must not begin on its own: we say which BEGIN
        for pragma in ("journal_mode=WAL", "synchronous=NORMAL", "foreign_keys=ON"):
            connection.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine, "begin")
    def begin(connection: Any) -> None:
        # A deferred BEGIN that later writes fails at once with "locked"; taking the lock first waits its turn.
        connection.exec_driver_sql("BEGIN IMMEDIATE" if _writing.get() else "BEGIN")


@contextmanager
def transaction() -> Iterator[Session]:
    """One unit of work: commits at its end, rolls back when anything is raised, never nests.

    What `after_commit` was given runs once the commit has succeeded and dies with a rollback.
    """
    session = db.session()
    if in_transaction():
        raise RuntimeError("a unit of work is already open here")
    if session.new or session.dirty or session.deleted:
        raise RuntimeError("something was written outside of a unit of work")
    session.rollback()  # ends a read that is still open, so that nothing stale is seen
    hooks: list[Callable[[], object]] = []
    session.info["hooks"] = hooks
    token = _writing.set(True)
    try:
        yield session
        session.commit()
    except BaseException:
        session.rollback()
        raise
    finally:
        del session.info["hooks"]
        _writing.reset(token)
    for hook in hooks:
        _run(hook)


def in_transaction() -> bool:
    """Whether a unit of work is open in this context."""
    return unit_of_work() is not None


def unit_of_work() -> object | None:
    """The open unit of work, to know it again: what was seen inside of it may never come true. None outside of one."""
    return db.session().info.get("hooks")


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
            if left == 0 or getattr(error.orig, "sqlstate", None) not in RETRIED_SQLSTATES:
                raise
    raise AssertionError("unreachable")


def insert_new(model: type[Base], **values: object) -> bool:
    """Insert a row unless its key is taken; says whether it is new. Waits for a rival that is still undecided."""
    dialect = postgresql if db.engine.dialect.name == "postgresql" else sqlite
    key = inspect(model).primary_key[0]
    statement = dialect.insert(model).values(**values).on_conflict_do_nothing().returning(key)
    return db.session.execute(statement).first() is not None


def answers() -> bool:
    """Whether the database answers right now."""
    try:
        db.session.execute(text("SELECT 1"))
    except DBAPIError:
        return False
    return True
