"""The second wall: whatever is asked in the scope of a store's staff, PostgreSQL gives no row of another store.

SQLite has no such wall, which is told here, too: there the scope of the queries stands alone.
"""

from contextlib import suppress

import pytest
from flask import g
from sqlalchemy import ColumnElement, event, select, text, update
from sqlalchemy.exc import DBAPIError

from app.core import walls
from app.core.db import Base, db, transaction
from app.orders import service as orders
from app.orders.models import Order, OrderEvent, OrderUnit
from app.payments import records
from app.payments.service import PayWith
from app.stores.service import Method
from app.tracking import following
from app.tracking.models import TicketRow
from app.users.service import Role
from tests import databases
from tests.conftest import browser
from tests.edges.pages import HTMX
from tests.factories.orders import COLA, COUNTER, ELM_STREET, MILWAUKEE_AVENUE, Place, check_out
from tests.factories.staff import signed_in

WALLED = {
    *("orders", "order_units", "order_events", "order_letters", "time_changes"),
    *("payments", "refunds", "tickets", "stage_moves"),
}
THERE = Place(Method.CARRYOUT, MILWAUKEE_AVENUE)
HAS_WALLS = databases.KIND == "postgres"
BOTH = {ELM_STREET, MILWAUKEE_AVENUE}


@pytest.fixture
def two(shop, work_off) -> tuple[int, int]:
    """An order at each of two stores."""
    (here, _), (there, _) = (check_out(COLA, place=place, pay_with=PayWith.CASH) for place in (COUNTER, THERE))
    work_off()
    return here, there


@pytest.fixture
def scope(shop):
    """Sets the scope of a request of staff."""
    yield walls.see_only
    g.pop("stores_seen", None)


def found(column: ColumnElement[int]) -> set[int]:
    """What a question without any scope finds, as somebody might write it who forgot that."""
    return set(db.session.scalars(select(column)))


def money_of(order_ids: tuple[int, ...]) -> list[int]:
    """Those of these orders whose payment is seen."""
    return [order_id for order_id in order_ids if records.of_order(order_id)]


def kitchens_of(order_ids: tuple[int, ...]) -> list[int]:
    """Those of these orders whose ticket is seen."""
    return [order_id for order_id in order_ids if following.latest_running([order_id])]


def test_in_the_scope_of_a_store_no_row_of_another_is_seen(two, scope):
    here, there = two
    for store_id, order_id in ((ELM_STREET, here), (MILWAUKEE_AVENUE, there)):
        scope({store_id})
        assert found(Order.store_id) == found(TicketRow.store_id) == ({store_id} if HAS_WALLS else BOTH)
        assert found(OrderUnit.order_id) == found(OrderEvent.order_id) == ({order_id} if HAS_WALLS else set(two))


@pytest.mark.parametrize("look", [orders.several, money_of, kitchens_of])
def test_nor_is_one_seen_at_a_glance(two, scope, look):
    scope({ELM_STREET})
    db.session.rollback()  # no transaction is open
    assert set(look(two)) == ({two[0]} if HAS_WALLS else set(two))


def test_a_glance_before_the_provider_is_asked_holds_no_connection(two, scope):
    scope({ELM_STREET})
    payment = records.of_order(two[0])
    records.glance(payment.id)
    assert db.engine.pool.checkedout() == 0


def test_nor_can_one_be_changed_or_moved_there(two, scope):
    here, there = two
    scope({ELM_STREET})
    with transaction():
        moved = update(Order).where(Order.id == there).values(note="Mine").returning(Order.id)
        assert (db.session.execute(moved).first() is None) is HAS_WALLS
    with suppress(DBAPIError), transaction():
        db.session.execute(update(Order).where(Order.id == here).values(store_id=MILWAUKEE_AVENUE))
    assert (db.session.scalar(select(Order.store_id).where(Order.id == here)) == ELM_STREET) is HAS_WALLS


def test_the_scope_holds_for_all_of_a_request_and_no_longer(two, scope):
    scope({ELM_STREET})
    db.session.rollback()
    assert found(Order.store_id) == ({ELM_STREET} if HAS_WALLS else BOTH)  # in the next transaction, too
    g.pop("stores_seen", None)
    db.session.rollback()
    assert found(Order.store_id) == BOTH  # as customers and workers
    scope(None)
    assert found(Order.store_id) == BOTH  # as whoever works for the chain


def test_without_the_policy_the_other_store_would_be_seen(two, scope, copies):
    """The control: the same question with the wall taken away."""
    db.session.rollback()
    copies.as_owner("ALTER TABLE orders DISABLE ROW LEVEL SECURITY" if HAS_WALLS else "SELECT 1")
    try:
        scope({ELM_STREET})
        assert found(Order.store_id) == BOTH
    finally:
        db.session.rollback()
        copies.as_owner("ALTER TABLE orders ENABLE ROW LEVEL SECURITY" if HAS_WALLS else "SELECT 1")


def test_the_shop_is_a_plain_role_and_every_wall_stands_before_owners_too(shop):
    plain = "SELECT rolsuper OR rolbypassrls FROM pg_roles WHERE rolname = current_user"
    forced = "SELECT relname FROM pg_class WHERE relrowsecurity AND relforcerowsecurity"
    assert (db.session.scalar(text(plain)) if HAS_WALLS else False) is False
    assert (set(db.session.scalars(text(forced))) if HAS_WALLS else WALLED) == WALLED


def test_staff_ask_within_their_stores_once_a_page_and_nobody_else_pays_for_it(shop, two):
    said: list[str] = []

    def note(_connection, _cursor, statement, *_rest):
        said.append(statement)

    beppe, guest = signed_in(shop, "Beppe", Role.KITCHEN), browser(shop)
    event.listen(db.engine, "before_cursor_execute", note)
    try:
        guest.get("/")
        assert not any("set_config" in one for one in said)
        assert beppe.get("/x/board/1", headers=HTMX).status_code == 200
        assert sum("set_config" in one for one in said) == (1 if HAS_WALLS else 0)
    finally:
        event.remove(db.engine, "before_cursor_execute", note)


def test_every_table_of_orders_and_money_with_a_store_has_a_wall():
    tables = Base.metadata.tables.values()
    named = {table.name for table in tables if {"store_id", "status"} <= set(table.columns.keys())}
    assert named - {"carts"} <= WALLED
