"""How the engine of each kind of database is set up, as measured."""

import math
import time
from typing import Any

from sqlalchemy import Engine, event
from sqlalchemy.exc import DisconnectionError

from app.core.prepared import asks_at_once

SQLITE_BUSY_MS = 15_000
POSTGRES_OPTIONS = "-c lock_timeout=2000 -c statement_timeout=5000 -c timezone=UTC"
MOST_AT_ONCE = 20  # units of work in one process; a pool that keeps fewer opens one for a moment, again and again
IDLE_SECONDS = 1.0


def engine_options(url: str) -> dict[str, Any]:
    """Engine settings for a database URL (docs/decisions/0109). Errors never tell what was written."""
    private = {"hide_parameters": True}
    if url.startswith("sqlite"):
        return {**private, "connect_args": {"timeout": SQLITE_BUSY_MS / 1000, "check_same_thread": False}}
    return {**private, "connect_args": {"options": POSTGRES_OPTIONS}, "pool_size": MOST_AT_ONCE, "max_overflow": 0}


def teach_postgres(engine: Engine) -> None:
    """Have its connections asked whether they live, and leave preparing statements to us."""
    _ask_the_idle(engine)
    _leave_preparing_to_us(engine)


def _ask_the_idle(engine: Engine) -> None:
    """Ask a connection whether it still lives, but only one that lay idle: asking a busy one doubles what it costs."""

    @event.listens_for(engine, "checkin")
    def note(_connection: Any, record: Any) -> None:
        record.info["idle_since"] = time.monotonic()

    @event.listens_for(engine, "checkout")
    def ask(connection: Any, record: Any, _proxy: object) -> None:
        if time.monotonic() - record.info.get("idle_since", math.inf) > IDLE_SECONDS:
            try:
                engine.dialect.do_ping(connection)
            except engine.dialect.loaded_dbapi.Error as error:
                raise DisconnectionError from error  # the pool drops it and takes another


def _leave_preparing_to_us(engine: Engine) -> None:
    """Whatever psycopg prepares it has the server forget at each rollback, and with it what we have prepared."""
    if asks_at_once(engine.dialect):

        @event.listens_for(engine, "connect")
        def leave(connection: Any, _record: object) -> None:
            connection.prepare_threshold = None
