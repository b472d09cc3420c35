"""figures of days, kept beside the ledger, and what was taken in from older books."""

import sqlalchemy as sa
from alembic import op

revision = "0026"
down_revision = "0024"
branch_labels = None
depends_on = None

SUMS = ("items", "discount", "fee", "tax", "tip", "taken", "back", "disputed")


def upgrade() -> None:
    op.create_table(
        "sales_days",
        sa.Column("store_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("noted", sa.Integer(), nullable=False),
        sa.Column("rolled", sa.Integer(), nullable=False),
        sa.Column("lines", sa.Integer(), nullable=False),
        sa.CheckConstraint("0 <= rolled AND rolled <= noted", name=op.f("ck_sales_days_rolled_what_was_noted")),
        sa.ForeignKeyConstraint(["store_id"], ["stores.id"], name=op.f("fk_sales_days_store_id")),
        sa.PrimaryKeyConstraint("store_id", "day", name=op.f("pk_sales_days")),
    )
    waiting = sa.text("rolled < noted")
    op.create_index(op.f("ix_sales_days_day"), "sales_days", ["day"])
    op.create_index(
        "ix_sales_days_waiting", "sales_days", ["day", "store_id"], postgresql_where=waiting, sqlite_where=waiting
    )
    op.create_table(
        "sales_hours",
        sa.Column("store_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("hour", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("orders", sa.Integer(), nullable=False),
        *(sa.Column(f"{name}_cents", sa.Integer(), nullable=False) for name in SUMS),
        sa.CheckConstraint(
            "taken_cents = items_cents - discount_cents + fee_cents + tax_cents + tip_cents",
            name=op.f("ck_sales_hours_taken_adds_up"),
        ),
        sa.ForeignKeyConstraint(["store_id"], ["stores.id"], name=op.f("fk_sales_hours_store_id")),
        sa.PrimaryKeyConstraint("store_id", "day", "hour", name=op.f("pk_sales_hours")),
    )
    op.create_index(op.f("ix_sales_hours_day"), "sales_hours", ["day"])
    op.create_table(
        "sales_shares",
        sa.Column("store_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("kind", sa.String(length=8), nullable=False),
        sa.Column("key", sa.String(length=40), nullable=False),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.Column("cents", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["store_id"], ["stores.id"], name=op.f("fk_sales_shares_store_id")),
        sa.PrimaryKeyConstraint("store_id", "day", "kind", "key", name=op.f("pk_sales_shares")),
    )
    op.create_index(op.f("ix_sales_shares_day"), "sales_shares", ["day"])
    op.create_table(
        "loaded_orders",
        sa.Column("source", sa.String(length=24), nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("order_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["order_id"], ["orders.id"], name=op.f("fk_loaded_orders_order_id")),
        sa.PrimaryKeyConstraint("source", "number", name=op.f("pk_loaded_orders")),
        sa.UniqueConstraint("order_id", name=op.f("uq_loaded_orders_order_id")),
    )
    op.create_index(op.f("ix_ledger_at"), "ledger", ["at"])


def downgrade() -> None:
    op.drop_index(op.f("ix_ledger_at"), "ledger")
    for table in ("loaded_orders", "sales_shares", "sales_hours", "sales_days"):
        op.drop_table(table)
