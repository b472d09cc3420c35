"""figures of the whole chain's days, and how fast the stores' days were."""

import sqlalchemy as sa
from alembic import op

revision = "0034"
down_revision = "0031"
branch_labels = None
depends_on = None

SUMS = ("items", "discount", "fee", "tax", "tip", "taken", "back", "disputed")
HOURS = ("orders", *(f"{name}_cents" for name in SUMS))


def upgrade() -> None:
    op.create_table(
        "sales_chain_days",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("noted", sa.Integer(), nullable=False),
        sa.Column("rolled", sa.Integer(), nullable=False),
        sa.CheckConstraint("0 <= rolled AND rolled <= noted", name=op.f("ck_sales_chain_days_rolled_what_was_noted")),
        sa.PrimaryKeyConstraint("day", name=op.f("pk_sales_chain_days")),
    )
    waiting = sa.text("rolled < noted")
    op.create_index(
        "ix_sales_chain_days_waiting", "sales_chain_days", ["day"], postgresql_where=waiting, sqlite_where=waiting
    )
    op.create_table(
        "sales_chain_hours",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("hour", sa.Integer(), autoincrement=False, nullable=False),
        *(sa.Column(name, sa.BigInteger(), nullable=False) for name in HOURS),
        sa.PrimaryKeyConstraint("day", "hour", name=op.f("pk_sales_chain_hours")),
    )
    op.create_table(
        "sales_chain_shares",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("kind", sa.String(length=8), nullable=False),
        sa.Column("key", sa.String(length=40), nullable=False),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("count", sa.BigInteger(), nullable=False),
        sa.Column("cents", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("day", "kind", "key", name=op.f("pk_sales_chain_shares")),
    )
    # What is there is counted anew by the work that comes every five seconds, the chain's days after their stores'.
    op.execute("UPDATE sales_days SET noted = noted + 1")
    op.create_index(op.f("ix_audit_at"), "audit", ["at"])
    op.create_table(
        "speed_days",
        sa.Column("store_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("noted", sa.Integer(), nullable=False),
        sa.Column("rolled", sa.Integer(), nullable=False),
        sa.Column("tickets", sa.Integer(), nullable=False),
        sa.CheckConstraint("0 <= rolled AND rolled <= noted", name=op.f("ck_speed_days_rolled_what_was_noted")),
        sa.ForeignKeyConstraint(["store_id"], ["stores.id"], name=op.f("fk_speed_days_store_id")),
        sa.PrimaryKeyConstraint("store_id", "day", name=op.f("pk_speed_days")),
    )
    op.create_index(
        "ix_speed_days_waiting", "speed_days", ["day", "store_id"], postgresql_where=waiting, sqlite_where=waiting
    )
    op.create_table(
        "speeds",
        sa.Column("store_id", sa.Integer(), autoincrement=False, nullable=False),
        *_speed(sa.Integer()),
        sa.ForeignKeyConstraint(["store_id"], ["stores.id"], name=op.f("fk_speeds_store_id")),
        sa.PrimaryKeyConstraint("store_id", "day", "measure", "hour", "minutes", name=op.f("pk_speeds")),
    )
    op.create_index("ix_speeds_day", "speeds", ["day"])
    op.create_table(
        "speed_chain_days",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("noted", sa.Integer(), nullable=False),
        sa.Column("rolled", sa.Integer(), nullable=False),
        sa.CheckConstraint("0 <= rolled AND rolled <= noted", name=op.f("ck_speed_chain_days_rolled_what_was_noted")),
        sa.PrimaryKeyConstraint("day", name=op.f("pk_speed_chain_days")),
    )
    op.create_index(
        "ix_speed_chain_days_waiting", "speed_chain_days", ["day"], postgresql_where=waiting, sqlite_where=waiting
    )
    op.create_table(
        "speed_chain",
        *_speed(sa.BigInteger()),
        sa.PrimaryKeyConstraint("day", "measure", "hour", "minutes", name=op.f("pk_speed_chain")),
    )


def _speed(counted: sa.types.TypeEngine) -> list[sa.Column]:
    return [
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("measure", sa.String(length=8), nullable=False),
        sa.Column("hour", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("minutes", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("count", counted, nullable=False),
    ]


def downgrade() -> None:
    op.drop_index(op.f("ix_audit_at"), "audit")
    for table in ("speed_chain", "speed_chain_days", "speeds", "speed_days"):
        op.drop_table(table)
    for table in ("sales_chain_shares", "sales_chain_hours", "sales_chain_days"):
        op.drop_table(table)
