"""Migrations run both ways on the database of the run, and end where the models are."""

from datetime import datetime, timedelta
from pathlib import Path

import pytest
from alembic import command
from flask_migrate import Migrate
from sqlalchemy import MetaData, UniqueConstraint, inspect, text

from app.core import sealing
from app.core.db import Base, db, transaction
from app.core.settings import Settings
from app.menu import seed as menu
from app.promotions import seed as promotions
from app.promotions.live import live
from app.promotions.values import Kind
from app.stores import directory
from app.stores import seed as stores
from tests.conftest import forget
from wsgi import create_app

FOLDER = Path(__file__).parents[1] / "migrations"
LONG_AGO = datetime(2026, 7, 3, 17, 5)  # noqa: DTZ001 (as SQLite keeps it)


@pytest.fixture
def config(environment, copies):
    """Alembic's configuration inside a program on an empty database."""
    app = create_app(settings=Settings.from_env({**environment, "DATABASE_URL": copies.empty()}))
    migrate = Migrate(app, db)
    forget()
    with app.app_context():
        yield migrate.get_config(str(FOLDER))
        db.session.remove()
        db.engine.dispose()
    forget()


def tables():
    return set(inspect(db.engine).get_table_names()) - {"alembic_version"}


def _index(told):
    """An index in words; what it is restricted to comes as an object that equals nothing else."""
    options = {name: str(value) for name, value in told.get("dialect_options", {}).items()}
    return str({**told, "dialect_options": options})


def shape():
    """Columns (in any order), keys, indexes and constraints of every table, as the database tells them."""
    seen = inspect(db.engine)
    return {
        table: (
            sorted((column["name"], str(column["type"]), column["nullable"]) for column in seen.get_columns(table)),
            seen.get_pk_constraint(table),
            sorted(seen.get_foreign_keys(table), key=str),
            sorted(seen.get_unique_constraints(table), key=str),
            sorted(seen.get_check_constraints(table), key=str),
            sorted(_index(index) for index in seen.get_indexes(table)),
        )
        for table in sorted(tables())
    }


def test_migrations_run_up_down_and_up_again_and_end_at_the_tables_that_tests_start_from(config):
    command.upgrade(config, "head")
    command.check(config)  # raises, naming each difference to the models
    first = shape()
    assert tables() == set(Base.metadata.tables)
    command.downgrade(config, "base")
    assert tables() == set()
    command.upgrade(config, "head")
    assert shape() == first
    command.downgrade(config, "base")
    Base.metadata.create_all(db.engine)
    assert shape() == first


def test_the_seed_fits_into_migrated_tables(config):
    command.upgrade(config, "head")
    with transaction():
        stores.load()
        menu.load({info.id: info for info in directory.listed()})
        promotions.load()
    with transaction():
        stores.load()  # a second run changes nothing
        menu.load({info.id: info for info in directory.listed()})
        promotions.load()
    assert directory.count() == 8
    on_offer = live()
    assert len(on_offer.deals) == 13
    assert {deal.kind for deal in on_offer.deals.values()} == set(Kind)
    assert set(on_offer.codes) == {"QUARTER25", "TUESDAY15", "WELCOME5"}


def test_every_constraint_has_a_name_of_its_own():
    for table in Base.metadata.tables.values():
        names = [str(constraint.name) for constraint in table.constraints]
        assert "None" not in names
        assert len(set(names)) == len(names), table.name
        assert all(len(name) <= 63 for name in names), "PostgreSQL cuts longer names"


def test_no_two_unique_rules_share_a_name():
    names = [
        str(rule.name)
        for table in Base.metadata.tables.values()
        for rule in (*table.indexes, *(found for found in table.constraints if isinstance(found, UniqueConstraint)))
    ]
    assert len(set(names)) == len(names)


def test_a_menu_of_before_comes_along_and_goes_back(config):
    """Toppings get their groups, menus the clock of their store, prices a day; nobody knows what is in anything."""
    command.upgrade(config, "0001")
    old = MetaData()
    old.reflect(db.engine)
    common = {"name": "Old", "note": "", "position": 0}
    store = {column.name: OLD_STORE.get(column.name, 0) for column in old.tables["stores"].columns}
    topping = {"word": "olives", "group": "vegetable", "weight": 1000, "amounts": ["normal"], "whole_only": False}
    product = {"id": 1, "slug": "old", "category": "sides", "description": "", "tags": [], "places": 0}
    rows = {
        "stores": store,
        "categories": {"slug": "sides", "name": "Sides", "tax_code": "food", "position": 0},
        "sizes": {**common, "key": "one", "topping_cents": 0},
        "toppings": {**topping, "key": "olive", "name": "Olives", "tags": ["vegan"], "position": 0},
        "products": {**product, "name": "Old", "position": 0},
        "variants": {"id": 1, "product_id": 1, "size": "one", "price_cents": 100, "default": True},
        "store_menus": {"store_id": 1, "version": 7, "halves": "dearer_half"},
        "store_prices": {"store_id": 1, "variant_id": 1, "price_cents": 90},
    }
    with db.engine.begin() as connection:
        for table, values in rows.items():
            connection.execute(old.tables[table].insert(), values)
    command.upgrade(config, "0003")
    known = told('SELECT g.exclusive, t.diet, t.allergens FROM toppings t JOIN topping_groups g ON g.key = t."group"')
    assert known == [(False, "unknown", None)]
    assert told("SELECT timezone, most_per_side, version FROM store_menus") == [("America/Denver", 10, 7)]
    assert [(str(day), cents) for day, cents in told("SELECT starts, price_cents FROM store_prices")] == [
        ("2000-01-01", 90)
    ]
    with db.engine.begin() as connection:
        connection.execute(text("INSERT INTO store_prices VALUES (1, 1, 95, '2026-01-01')"))
    command.downgrade(config, "0001")
    assert told("SELECT price_cents FROM store_prices") == [(95,)]
    assert told("SELECT name FROM toppings") == [("Olives",)]


def test_the_code_on_a_cart_of_before_comes_along_and_the_chosen_one_goes_back(config):
    command.upgrade(config, "0006")
    old = MetaData()
    old.reflect(db.engine)
    head = {"status": "open", "version": 1, "street": "", "unit": "", "city": "", "zip": ""}
    head |= {"touched_at": LONG_AGO}
    kept = [(1, "", False), (2, "ONEOFF", False), (3, "TWOOFF", True)]
    with db.engine.begin() as connection:
        rows = [{**head, "id": n, "code": code, "pinned": pinned} for n, code, pinned in kept]
        connection.execute(old.tables["carts"].insert(), rows)
    command.upgrade(config, "0007")
    asked = "SELECT codes, pinned_code FROM carts ORDER BY id"
    assert told(asked) == [("", ""), ("ONEOFF", ""), ("TWOOFF", "TWOOFF")]
    with db.engine.begin() as connection:
        connection.execute(text("UPDATE carts SET codes = 'ONEOFF A1 B2' WHERE id = 2"))
        connection.execute(text("UPDATE carts SET codes = 'ONEOFF TWOOFF' WHERE id = 3"))
    command.downgrade(config, "0006")
    back = told("SELECT id, code, pinned FROM carts ORDER BY id")
    assert [(n, code, bool(pinned)) for n, code, pinned in back] == kept


def test_secrets_of_apps_are_sealed_and_unsealed_again(config):
    command.upgrade(config, "0028")
    old = MetaData()
    old.reflect(db.engine)
    person = {"name": "Mina", "disabled": False, "totp_step": 7, "created_at": datetime(2026, 7, 3, 17, 5)}  # noqa: DTZ001 (as SQLite keeps it)
    secrets = {1: "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP", 2: None}
    with db.engine.begin() as connection:
        rows = [
            {**person, "id": n, "email": f"{n}@example.com", "totp_secret": secret} for n, secret in secrets.items()
        ]
        connection.execute(old.tables["users"].insert(), rows)
    asked = "SELECT id, totp_secret FROM users ORDER BY id"
    command.upgrade(config, "0029")
    sealed = dict(told(asked))
    assert sealing.unseal("totp:1", sealed[1]) == secrets[1]
    assert (sealed[1] != secrets[1], sealed[2]) == (True, None)
    command.downgrade(config, "0028")
    assert dict(told(asked)) == secrets


OLD_STORE = {
    "id": 1,
    "slug": "old",
    "name": "Old",
    "street": "1 Old Street",
    "city": "Denver",
    "state": "CO",
    "zip": "80202",
    "phone": "+13035550100",
    "timezone": "America/Denver",
}


def told(query):
    with db.engine.connect() as connection:
        return [tuple(row) for row in connection.execute(text(query))]


def plain(table, **known):
    """A row of a table as it was, with nothing in it but what is said."""
    empty = {int: 0, float: 0.0, str: "", bool: False, datetime: LONG_AGO}
    needed = [column for column in table.columns if not column.nullable and column.name not in known]
    return {column.name: empty.get(column.type.python_type, []) for column in needed} | known


def test_why_a_delivery_failed_comes_along_to_its_tap_and_goes_back(config):
    command.upgrade(config, "0043")
    old = MetaData()
    old.reflect(db.engine)
    after = LONG_AGO + timedelta(seconds=1)
    rows = {
        "stores": {**OLD_STORE, "id": 1},
        "users": {"id": 1},
        "carts": {"id": 1},
        "orders": {"id": 1, "cart_id": 1, "store_id": 1, "method": "delivery", "status": "making"},
        "tickets": {"order_id": 1, "store_id": 1, "method": "delivery"},
        "driver_runs": {"id": 1, "store_id": 1, "driver_id": 1},
        "run_stops": {"run_id": 1, "order_id": 1, "outcome": "failed", "reason": "Nobody answered", "at": after},
    }
    taps = [
        plain(old.tables["stage_moves"], order_id=1, seq=n, to=to) for n, to in enumerate(("prep", "delivery_failed"))
    ]
    with db.engine.begin() as connection:
        for table, values in rows.items():
            connection.execute(old.tables[table].insert(), plain(old.tables[table], **values))
        connection.execute(old.tables["stage_moves"].insert(), taps)
    command.upgrade(config, "0044")
    assert told("SELECT reason FROM stage_moves ORDER BY seq") == [("",), ("Nobody answered",)]
    command.downgrade(config, "0043")
    assert told("SELECT reason FROM run_stops") == [("Nobody answered",)]
