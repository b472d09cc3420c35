"""Migrations run both ways on the database of the run, and end where the models are."""

from pathlib import Path

import pytest
from alembic import command
from flask_migrate import Migrate
from sqlalchemy import UniqueConstraint, inspect

from app.core.db import Base, db, transaction
from app.core.settings import Settings
from app.menu import seed as menu
from app.promotions import seed as promotions
from app.promotions.live import live
from app.promotions.values import Kind
from app.stores import seed as stores
from app.stores.directory import all_stores
from tests.conftest import forget
from wsgi import create_app

FOLDER = Path(__file__).parents[1] / "migrations"


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
            sorted(seen.get_indexes(table), key=str),
        )
        for table in sorted(tables())
    }


def test_migrations_run_up_down_and_up_again(config):
    command.upgrade(config, "head")
    first = shape()
    assert tables() == set(Base.metadata.tables)
    command.downgrade(config, "base")
    assert tables() == set()
    command.upgrade(config, "head")
    assert shape() == first


def test_migrations_leave_nothing_to_add_to_the_models(config):
    command.upgrade(config, "head")
    command.check(config)  # raises, naming each difference


def test_migrations_make_the_very_tables_that_tests_start_from(config):
    command.upgrade(config, "head")
    migrated = shape()
    command.downgrade(config, "base")
    Base.metadata.create_all(db.engine)
    assert migrated == shape()


def test_the_seed_fits_into_migrated_tables(config):
    command.upgrade(config, "head")
    with transaction():
        stores.load()
        menu.load(all_stores())
        promotions.load()
    with transaction():
        stores.load()  # a second run changes nothing
        menu.load(all_stores())
        promotions.load()
    assert len(all_stores()) == 8
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
