"""How migrations run: inside the program, on whatever database it is bound to; batches let SQLite alter tables."""

from typing import Any, Literal

from alembic import context
from alembic.autogenerate.api import AutogenContext

from app.core.db import UTCDateTime, db


def written(kind: str, item: Any, autogen: AutogenContext) -> str | Literal[False]:
    """Write our own type by a name that the migration imports."""
    if kind == "type" and isinstance(item, UTCDateTime):
        autogen.imports.add("from app.core.db import UTCDateTime")
        return "UTCDateTime()"
    return False


def migrate() -> None:
    """Bring the database to the wanted revision, in one transaction where the database can."""
    with db.engine.connect() as connection:
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
