"""A shop from before: its hours, zones and holidays come along when the tables change, and go back."""

from pathlib import Path

import pytest
from alembic import command
from flask_migrate import Migrate
from sqlalchemy import text

from app.core.db import db
from app.core.settings import Settings
from tests.conftest import forget
from wsgi import create_app

FOLDER = Path(__file__).parents[3] / "migrations"
STORE = (
    "INSERT INTO stores (id, slug, name, street, city, state, zip, lat, lon, phone, timezone, pickup_minutes,"
    " slot_capacity, auto_accept, cash_limit_cents) VALUES (7, 'elm', 'Elm', '1 Elm', 'Chicago', 'IL', '60610', 41.9,"
    " -87.6, '+13125550100', 'America/Chicago', 15, 24, true, 10000)"
)
WEEK = "INSERT INTO store_hours (store_id, weekday, opens, closes) VALUES (7, :a, :b, :c)"
DAY = "INSERT INTO store_holidays (store_id, name, day, opens, closes) VALUES (7, 'Feast', :a, :b, :c)"
ZONE = "INSERT INTO store_zones (store_id, zip, fee_cents, minimum_cents, drive_minutes) VALUES (7, :a, :b, 1200, :c)"
BEFORE = (
    *((WEEK, row) for row in ((0, 660, 840), (1, 660, 840), (0, 1020, 1560), (5, 1020, 1560))),
    *((DAY, row) for row in (("2026-12-25", 720, 1200), ("2026-11-26", None, None))),
    *((ZONE, row) for row in (("60610", 299, 6), ("60611", 299, 6), ("60647", 399, 15))),
)


@pytest.fixture
def old(environment, copies):
    """A database as it was before, with a store in it."""
    app = create_app(settings=Settings.from_env({**environment, "DATABASE_URL": copies.empty()}))
    migrate = Migrate(app, db)
    forget()
    with app.app_context():
        config = migrate.get_config(str(FOLDER))
        command.upgrade(config, "0001")
        with db.engine.begin() as connection:
            connection.execute(text(STORE))
            for statement, row in BEFORE:
                connection.execute(text(statement), dict(zip("abc", row, strict=True)))
        yield config
        db.session.remove()
        db.engine.dispose()
    forget()


def ask(query):
    with db.engine.connect() as connection:
        return [tuple(map(str, row)) for row in connection.execute(text(query))]


HOURS = "SELECT weekday, opens, closes FROM store_hours ORDER BY weekday, opens"
DAYS = "SELECT day, opens, closes, name FROM store_holidays ORDER BY day"
ZONES = "SELECT zip, fee_cents, minimum_cents, drive_minutes FROM store_zones ORDER BY zip"


def test_a_store_keeps_its_hours_holidays_and_zones_there_and_back(old):
    before = [ask(query) for query in (HOURS, DAYS, ZONES)]
    command.upgrade(old, "0005")
    assert ask("SELECT hours, delivery_hours FROM stores") == [
        (
            "Mo 11:00-14:00,17:00-02:00; Tu 11:00-14:00; We closed; Th closed; Fr closed; Sa 17:00-02:00; Su closed",
            "",
        )
    ]
    assert ask("SELECT day, hours FROM store_holidays ORDER BY day") == [
        ("2026-11-26", "closed"),
        ("2026-12-25", "12:00-20:00"),
    ]
    zips = ask("SELECT z.drive_minutes, c.zip FROM delivery_zones z JOIN delivery_zone_zips c ON c.zone_id = z.id")
    assert sorted(zips) == [("15", "60647"), ("6", "60610"), ("6", "60611")]
    command.downgrade(old, "0001")
    assert [ask(query) for query in (HOURS, DAYS, ZONES)] == before
