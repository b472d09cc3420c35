"""what was told of each order and what came of it, and words from the store to its customer."""

import sqlalchemy as sa
from alembic import op

from app.core.db import UTCDateTime

revision = "0020"
down_revision = "0018"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("tickets", sa.Column("places", sa.Integer(), nullable=False, server_default="0"))
    op.add_column("tickets", sa.Column("message", sa.String(length=160), nullable=False, server_default=""))
    op.add_column("tickets", sa.Column("late_told_at", UTCDateTime(), nullable=True))
    op.execute(
        "UPDATE tickets SET places ="
        " (SELECT COALESCE(SUM(places), 0) FROM order_units WHERE order_units.order_id = tickets.order_id)"
    )
    op.create_table(
        "estimates",
        sa.Column("order_id", sa.Integer(), nullable=False),
        sa.Column("stage", sa.String(length=20), nullable=False),
        sa.Column("store_id", sa.Integer(), nullable=False),
        sa.Column("method", sa.String(length=8), nullable=False),
        sa.Column("baked", sa.Boolean(), nullable=False),
        sa.Column("asap", sa.Boolean(), nullable=False),
        sa.Column("at", UTCDateTime(), nullable=False),
        sa.Column("ahead", sa.Integer(), nullable=False),
        sa.Column("places", sa.Integer(), nullable=False),
        sa.Column("drive_minutes", sa.Integer(), nullable=False),
        sa.Column("hour", sa.Integer(), nullable=False),
        sa.Column("guess_seconds", sa.Integer(), nullable=False),
        sa.Column("first_at", UTCDateTime(), nullable=False),
        sa.Column("last_at", UTCDateTime(), nullable=False),
        sa.Column("learned", sa.Boolean(), nullable=False),
        sa.Column("finished_at", UTCDateTime(), nullable=True),
        sa.Column("took_seconds", sa.Integer(), nullable=True),
        sa.Column("right", sa.Boolean(), nullable=True),
        sa.Column("late_seconds", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["order_id"], ["tickets.order_id"], name=op.f("fk_estimates_order_id")),
        sa.ForeignKeyConstraint(["store_id"], ["stores.id"], name=op.f("fk_estimates_store_id")),
        sa.PrimaryKeyConstraint("order_id", "stage", name=op.f("pk_estimates")),
    )
    lesson = ["store_id", "stage", "method", "baked", "finished_at"]
    op.create_index("ix_estimates_lessons", "estimates", lesson)
    op.create_index("ix_estimates_finished", "estimates", ["stage", "finished_at"])


def downgrade() -> None:
    op.drop_table("estimates")
    op.drop_column("tickets", "late_told_at")
    op.drop_column("tickets", "message")
    op.drop_column("tickets", "places")
