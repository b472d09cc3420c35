"""Rows at a glance, through the driver, for what every page asks (docs/decisions/0038 and 0083)."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Select

from app.core import driver, walls
from app.core.db import db, sent


def glance(statement: Select[*tuple[Any, ...]], values: Mapping[str, object]) -> Any:
    """One row by one short read, or None: in the open unit of work, else for itself, without session or transaction.

    For what every page asks: asked through the driver it costs a third (docs/decisions/0038). Raises DBAPIError.
    """
    rows = glances(statement, values)
    return rows[0] if rows else None


def glances(statement: Select[*tuple[Any, ...]], values: Mapping[str, object]) -> Sequence[Any]:
    """All rows of such a read; in a transaction where walls stand, for only there they do."""
    if walls.stand() or (db.session.registry.has() and db.session().in_transaction()):
        return sent(statement, values)
    return driver.look(db.engine, statement, values)
