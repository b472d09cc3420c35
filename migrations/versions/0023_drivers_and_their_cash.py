"""drivers and their cash."""

import sqlalchemy as sa
from alembic import op

from app.core.db import UTCDateTime

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "driver_runs",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("store_id", sa.Integer(), nullable=False),
        sa.Column("driver_id", sa.Integer(), nullable=False),
        sa.Column("driver", sa.String(length=40), nullable=False),
        sa.Column("began_at", UTCDateTime(), nullable=False),
        sa.Column("ended_at", UTCDateTime(), nullable=True),
        sa.ForeignKeyConstraint(["store_id"], ["stores.id"], name=op.f("fk_driver_runs_store_id")),
        sa.ForeignKeyConstraint(["driver_id"], ["users.id"], name=op.f("fk_driver_runs_driver_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_driver_runs")),
    )
    for column in ("store_id", "driver_id"):
        op.create_index(op.f(f"ix_driver_runs_{column}"), "driver_runs", [column])
    op.create_table(
        "cash_handins",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("store_id", sa.Integer(), nullable=False),
        sa.Column("driver_id", sa.Integer(), nullable=False),
        sa.Column("driver", sa.String(length=40), nullable=False),
        sa.Column("expected_cents", sa.Integer(), nullable=False),
        sa.Column("counted_cents", sa.Integer(), nullable=False),
        sa.Column("at", UTCDateTime(), nullable=False),
        sa.Column("by", sa.String(length=40), nullable=False),
        sa.CheckConstraint("expected_cents > 0 AND counted_cents >= 0", name=op.f("ck_cash_handins_cash_not_negative")),
        sa.ForeignKeyConstraint(["store_id"], ["stores.id"], name=op.f("fk_cash_handins_store_id")),
        sa.ForeignKeyConstraint(["driver_id"], ["users.id"], name=op.f("fk_cash_handins_driver_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_cash_handins")),
    )
    op.create_index(op.f("ix_cash_handins_day"), "cash_handins", ["store_id", "at"])
    op.create_table(
        "run_stops",
        sa.Column("run_id", sa.Integer(), nullable=False),
        sa.Column("order_id", sa.Integer(), nullable=False),
        sa.Column("due_cents", sa.Integer(), nullable=False),
        sa.Column("outcome", sa.String(length=10), nullable=False),
        sa.Column("reason", sa.String(length=60), nullable=False),
        sa.Column("at", UTCDateTime(), nullable=True),
        sa.Column("handin_id", sa.Integer(), nullable=True),
        sa.CheckConstraint("due_cents >= 0", name=op.f("ck_run_stops_due_not_negative")),
        sa.ForeignKeyConstraint(["run_id"], ["driver_runs.id"], name=op.f("fk_run_stops_run_id")),
        sa.ForeignKeyConstraint(["order_id"], ["tickets.order_id"], name=op.f("fk_run_stops_order_id")),
        sa.ForeignKeyConstraint(["handin_id"], ["cash_handins.id"], name=op.f("fk_run_stops_handin_id")),
        sa.PrimaryKeyConstraint("run_id", "order_id", name=op.f("pk_run_stops")),
    )
    for column in ("order_id", "handin_id"):
        op.create_index(op.f(f"ix_run_stops_{column}"), "run_stops", [column])


def downgrade() -> None:
    op.execute("DELETE FROM memberships WHERE role = 'driver'")  # a role that the version before does not know
    for table in ("run_stops", "cash_handins", "driver_runs"):
        op.drop_table(table)
