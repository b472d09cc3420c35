"""hours as text, zones of three kinds, found addresses, and an index to look for what is near."""

import re
from collections import defaultdict

import sqlalchemy as sa
from alembic import op

from app.core.db import UTCDateTime

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

DAYS = ("Mo", "Tu", "We", "Th", "Fr", "Sa", "Su")
LATEST = 2879  # what ended at midnight two days on is written as ending a minute before it


def upgrade() -> None:
    for column in (
        sa.Column("hours", sa.String(length=400), server_default="", nullable=False),
        sa.Column("delivery_hours", sa.String(length=400), server_default="", nullable=False),
        sa.Column("last_order_minutes", sa.Integer(), server_default="0", nullable=False),
        sa.Column("reach_miles", sa.Double(), server_default="0", nullable=False),
    ):
        op.add_column("stores", column)
    op.create_index("ix_stores_lat_lon", "stores", ["lat", "lon", "reach_miles"])
    op.create_index("ix_stores_name_id", "stores", ["name", "id"])
    op.create_index("ix_stores_reach_miles", "stores", ["reach_miles"])
    _keep_hours_as_text()
    _make_zones()
    _fill_zones()
    op.drop_index("ix_store_zones_zip", "store_zones")
    op.drop_table("store_zones")
    op.create_table(
        "located_addresses",
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("lat", sa.Double(), nullable=True),
        sa.Column("lon", sa.Double(), nullable=True),
        sa.Column("asked_at", UTCDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_located_addresses")),
    )
    op.create_index("ix_located_addresses_asked_at", "located_addresses", ["asked_at"])


def downgrade() -> None:
    op.drop_index("ix_located_addresses_asked_at", "located_addresses")
    op.drop_table("located_addresses")
    op.create_table(
        "store_zones",
        sa.Column("store_id", sa.Integer(), nullable=False),
        sa.Column("zip", sa.String(length=5), nullable=False),
        sa.Column("fee_cents", sa.Integer(), nullable=False),
        sa.Column("minimum_cents", sa.Integer(), nullable=False),
        sa.Column("drive_minutes", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["store_id"], ["stores.id"], name=op.f("fk_store_zones_store_id")),
        sa.PrimaryKeyConstraint("store_id", "zip", name=op.f("pk_store_zones")),
    )
    op.create_index("ix_store_zones_zip", "store_zones", ["zip"])
    _empty_zones()
    op.drop_index("ix_delivery_zone_zips_zip", "delivery_zone_zips")
    op.drop_table("delivery_zone_zips")
    op.drop_index("ix_delivery_zones_store_id", "delivery_zones")
    op.drop_table("delivery_zones")
    _keep_hours_as_rows()
    for index in ("ix_stores_reach_miles", "ix_stores_name_id", "ix_stores_lat_lon"):
        op.drop_index(index, "stores")
    for column in ("reach_miles", "last_order_minutes", "delivery_hours", "hours"):
        op.drop_column("stores", column)


def _keep_hours_as_text() -> None:
    found = defaultdict(list)
    rows = _ask("SELECT store_id, weekday, opens, closes FROM store_hours ORDER BY store_id, weekday, opens")
    for store_id, weekday, opens, closes in rows:
        found[store_id].append((weekday, _span(opens, closes)))
    for store_id, days in found.items():
        text = "; ".join(
            f"{name} {','.join(span for day, span in days if day == weekday) or 'closed'}"
            for weekday, name in enumerate(DAYS)
        )
        _say("UPDATE stores SET hours = :text WHERE id = :id", text=text, id=store_id)
    op.drop_index("ix_store_hours_store_id", "store_hours")
    op.drop_table("store_hours")
    with op.batch_alter_table("store_holidays") as batch:
        batch.add_column(sa.Column("hours", sa.String(length=200), server_default="closed", nullable=False))
        batch.add_column(sa.Column("delivery_hours", sa.String(length=200), server_default="", nullable=False))
    for store_id, day, opens, closes in _ask("SELECT store_id, day, opens, closes FROM store_holidays"):
        if opens is not None and closes is not None:
            _say(
                "UPDATE store_holidays SET hours = :hours WHERE store_id = :id AND day = :day",
                hours=_span(opens, closes),
                id=store_id,
                day=day,
            )
    with op.batch_alter_table("store_holidays") as batch:
        batch.drop_column("opens")
        batch.drop_column("closes")
        batch.create_index("ix_store_holidays_day", ["day"])


def _keep_hours_as_rows() -> None:
    op.drop_index("ix_store_holidays_day", "store_holidays")
    with op.batch_alter_table("store_holidays") as batch:
        batch.add_column(sa.Column("opens", sa.Integer(), nullable=True))
        batch.add_column(sa.Column("closes", sa.Integer(), nullable=True))
    for store_id, day, hours in _ask("SELECT store_id, day, hours FROM store_holidays"):
        for opens, closes in _minutes(hours)[:1]:
            _say(
                "UPDATE store_holidays SET opens = :opens, closes = :closes WHERE store_id = :id AND day = :day",
                opens=opens,
                closes=closes,
                id=store_id,
                day=day,
            )
    with op.batch_alter_table("store_holidays") as batch:
        batch.drop_column("delivery_hours")
        batch.drop_column("hours")
    op.create_table(
        "store_hours",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("store_id", sa.Integer(), nullable=False),
        sa.Column("weekday", sa.Integer(), nullable=False),
        sa.Column("opens", sa.Integer(), nullable=False),
        sa.Column("closes", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "0 <= opens AND opens < closes AND closes <= 2880", name=op.f("ck_store_hours_opens_before_closing")
        ),
        sa.ForeignKeyConstraint(["store_id"], ["stores.id"], name=op.f("fk_store_hours_store_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_store_hours")),
    )
    op.create_index("ix_store_hours_store_id", "store_hours", ["store_id"])
    for store_id, hours in _ask("SELECT id, hours FROM stores ORDER BY id"):
        for part in filter(None, hours.split("; ")):
            first, _, last = part.split(" ")[0].partition("-")
            for weekday in range(DAYS.index(first), DAYS.index(last or first) + 1):
                for opens, closes in _minutes(part):
                    _say(
                        "INSERT INTO store_hours (store_id, weekday, opens, closes) VALUES (:id, :day, :opens, :closes)",
                        id=store_id,
                        day=weekday,
                        opens=opens,
                        closes=closes,
                    )


def _make_zones() -> None:
    op.create_table(
        "delivery_zones",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("store_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("kind", sa.String(length=8), nullable=False),
        sa.Column("miles", sa.Double(), nullable=True),
        sa.Column("area", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("minimum_cents", sa.Integer(), nullable=False),
        sa.Column("drive_minutes", sa.Integer(), nullable=False),
        sa.Column("minutes_a_mile", sa.Integer(), nullable=False),
        sa.Column("steps", sa.JSON(), nullable=False),
        sa.CheckConstraint(
            "minimum_cents >= 0 AND drive_minutes >= 0 AND minutes_a_mile >= 0",
            name=op.f("ck_delivery_zones_not_negative"),
        ),
        sa.CheckConstraint(
            "(kind = 'radius' AND miles > 0 AND area IS NULL) OR (kind = 'zips' AND miles IS NULL AND area IS NULL)"
            " OR (kind = 'area' AND miles IS NULL AND area IS NOT NULL)",
            name=op.f("ck_delivery_zones_shaped_as_its_kind"),
        ),
        sa.ForeignKeyConstraint(["store_id"], ["stores.id"], name=op.f("fk_delivery_zones_store_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_delivery_zones")),
    )
    op.create_index("ix_delivery_zones_store_id", "delivery_zones", ["store_id"])
    op.create_table(
        "delivery_zone_zips",
        sa.Column("zone_id", sa.Integer(), nullable=False),
        sa.Column("zip", sa.String(length=5), nullable=False),
        sa.ForeignKeyConstraint(["zone_id"], ["delivery_zones.id"], name=op.f("fk_delivery_zone_zips_zone_id")),
        sa.PrimaryKeyConstraint("zone_id", "zip", name=op.f("pk_delivery_zone_zips")),
    )
    op.create_index("ix_delivery_zone_zips_zip", "delivery_zone_zips", ["zip"])


def _fill_zones() -> None:
    found = defaultdict(list)
    for *terms, code in _ask("SELECT store_id, fee_cents, minimum_cents, drive_minutes, zip FROM store_zones"):
        found[tuple(terms)].append(code)
    for number, ((store_id, fee, minimum, drive), codes) in enumerate(sorted(found.items()), start=1):
        _say(
            "INSERT INTO delivery_zones (id, store_id, name, kind, minimum_cents, drive_minutes, minutes_a_mile, steps)"
            " VALUES (:id, :store, :name, 'zips', :minimum, :drive, 0, :steps)",
            id=number,
            store=store_id,
            name=f"{drive} minutes away",
            minimum=minimum,
            drive=drive,
            steps=f"[[0, {fee}]]",
        )
        for code in codes:
            _say("INSERT INTO delivery_zone_zips (zone_id, zip) VALUES (:id, :zip)", id=number, zip=code)
    if found and op.get_bind().dialect.name == "postgresql":
        _say("SELECT setval(pg_get_serial_sequence('delivery_zones', 'id'), (SELECT max(id) FROM delivery_zones))")


def _empty_zones() -> None:
    """ZIP codes keep their terms, the quickest where several zones have one; round and drawn zones have no place."""
    query = (
        "SELECT z.store_id, c.zip, z.steps, z.minimum_cents, z.drive_minutes FROM delivery_zones z"
        " JOIN delivery_zone_zips c ON c.zone_id = z.id WHERE z.kind = 'zips' ORDER BY z.drive_minutes, z.id"
    )
    seen = set()
    for store_id, code, steps, minimum, drive in _ask(query):
        if (store_id, code) not in seen:
            seen.add((store_id, code))
            fee = steps[0][1] if isinstance(steps, list) else int(re.findall(r"\d+", steps)[1])
            _say(
                "INSERT INTO store_zones (store_id, zip, fee_cents, minimum_cents, drive_minutes)"
                " VALUES (:store, :zip, :fee, :minimum, :drive)",
                store=store_id,
                zip=code,
                fee=fee,
                minimum=minimum,
                drive=drive,
            )


def _ask(query):
    return op.get_bind().execute(sa.text(query)).all()


def _say(statement, **values) -> None:
    op.get_bind().execute(sa.text(statement), values)


def _span(opens, closes) -> str:
    return f"{_clock(opens)}-{_clock(min(closes, LATEST))}"


def _clock(minute) -> str:
    return "24:00" if minute == 1440 else f"{minute // 60 % 24:02d}:{minute % 60:02d}"


def _minutes(text):
    spans = []
    for numbers in re.findall(r"(\d\d):(\d\d)-(\d\d):(\d\d)", text):
        one, two, three, four = map(int, numbers)
        opens, closes = one * 60 + two, three * 60 + four
        spans.append((opens, closes if closes > opens else closes + 1440))
    return spans
