"""One row at a glance, through the driver, for what every page asks (docs/decisions/0038 and 0083)."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Select

from app.core import driver
from app.core.db import db, sent_one


def glance(statement: Select[Any], values: Mapping[str, object]) -> Any:
    """One row by one short read, or None: in the open unit of work, else for itself, without session or transaction.

    For what every page asks: asked through the driver it costs a third (docs/decisions/0038). Raises DBAPIError.
    """
    if db.session.registry.has() and db.session().in_transaction():
        return sent_one(statement, values)
    rows = driver.look(db.engine, statement, values)
    return rows[0] if rows else None
