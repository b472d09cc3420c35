"""How migrations run: inside the program, on whatever database it is bound to; batches let SQLite alter tables."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Literal

from alembic import context
from alembic.autogenerate.api import AutogenContext
from sqlalchemy import Connection

from app.core.db import UTCDateTime, db


def written(kind: str, item: Any, autogen: AutogenContext) -> str | Literal[False]:
    """Write our own type by a name that the migration imports."""
    if kind == "type" and isinstance(item, UTCDateTime):
        autogen.imports.add("from app.core.db import UTCDateTime")
        return "UTCDateTime()"
    return False


@contextmanager
def _loose(connection: Connection) -> Iterator[None]:
    """On SQLite a batch makes a table anew and drops the old one, to which others point: let them, and look afterwards."""
    driver = connection.connection.dbapi_connection
    if connection.dialect.name != "sqlite" or driver is None:
        yield
        return
    driver.execute("PRAGMA foreign_keys=OFF")  # has no effect inside a transaction, so before one begins
    try:
        yield
        if lost := driver.execute("PRAGMA foreign_key_check").fetchall():
            raise RuntimeError(f"the migration left rows that point to nothing: {lost[:5]}")
    finally:
        driver.execute("PRAGMA foreign_keys=ON")


def migrate() -> None:
    """Bring the database to the wanted revision, in one transaction where the database can."""
    with db.engine.connect() as connection, _loose(connection):
        context.configure(
            connection=connection,
            target_metadata=db.Model.metadata,
            render_as_batch=True,
            render_item=written,
            compare_type=True,
        )
        with context.begin_transaction():
            context.run_migrations()


migrate()
