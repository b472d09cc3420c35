"""The second wall: PostgreSQL itself shows staff no rows of stores that are not theirs (docs/privacy.md).

The first wall is the scope of every query at the desk. Policies on the tables read the setting `hotcorner.stores`,
which a request of staff sets in each of its transactions; without it, as for customers and workers, every row is the
shop's to see. SQLite has no such thing.
"""

from collections.abc import Collection
from typing import Any

from flask import g, has_app_context
from sqlalchemy import Connection, FromClause, String, Table, bindparam, event, func, select
from sqlalchemy.orm import Session

from app.core import driver
from app.core.db import db

SETTING = "hotcorner.stores"
SAY = select(func.set_config(SETTING, bindparam("stores", type_=String), True))  # until the transaction ends
ASKED = f"(SELECT coalesce(current_setting('{SETTING}', true), ''))"  # a subquery, so that it is asked once a statement
THEIRS = f"{ASKED} = '' OR store_id = ANY (string_to_array({ASKED}, ',')::int[])"


def by_store(table: FromClause) -> None:
    """Have the wall stand before a table whose rows name their store."""
    _raise(table, THEIRS)


def by_parent(table: FromClause, key: str, parent: str, parent_key: str = "id") -> None:
    """Have the wall stand before a table whose rows belong to those of another one with a wall."""
    _raise(table, f"{ASKED} = '' OR EXISTS (SELECT 1 FROM {parent} WHERE {parent}.{parent_key} = {table}.{key})")  # noqa: S608 - names of tables


def _raise(table: FromClause, rule: str) -> None:
    def build(made: Table, connection: Connection, **_more: object) -> None:
        if connection.dialect.name == "postgresql":
            for statement in statements(made.name, rule):
                connection.exec_driver_sql(statement)

    event.listen(table, "after_create", build)


def statements(table: str, rule: str) -> tuple[str, ...]:
    """What makes a wall; forced, so that it stands before the owner of the table, too. Migration 0018 says the same."""
    return (
        f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY",
        f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY",
        f"CREATE POLICY their_stores ON {table} USING ({rule})",
    )


def see_only(stores: Collection[int] | None) -> None:
    """Let the rest of this request see rows of these stores only; of every store for None."""
    if stores is None or db.engine.dialect.name != "postgresql":
        return
    asked = ",".join(str(store_id) for store_id in sorted(stores))
    if g.get("stores_seen") == asked:
        return
    g.stores_seen, session = asked, db.session()
    if session.in_transaction():
        _say(session.connection(), g.stores_seen)


def stand() -> bool:
    """Whether this request sees rows of certain stores only."""
    return has_app_context() and "stores_seen" in g


def _begun(_session: Session, _transaction: Any, connection: Connection) -> None:
    if stand():
        _say(connection, g.stores_seen)


def _say(connection: Connection, stores: str) -> None:
    driver.ask(connection, SAY, {"stores": stores})


event.listen(db.session, "after_begin", _begun)
