"""what customers thought of their orders."""

import sqlalchemy as sa
from alembic import op

from app.core.db import UTCDateTime

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "ratings",
        sa.Column("order_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("store_id", sa.Integer(), nullable=False),
        sa.Column("stars", sa.Integer(), nullable=False),
        sa.Column("words", sa.String(length=200), nullable=False),
        sa.Column("at", UTCDateTime(), nullable=False),
        sa.CheckConstraint("stars BETWEEN 1 AND 5", name=op.f("ck_ratings_stars_in_bounds")),
        sa.ForeignKeyConstraint(["order_id"], ["tickets.order_id"], name=op.f("fk_ratings_order_id")),
        sa.ForeignKeyConstraint(["store_id"], ["stores.id"], name=op.f("fk_ratings_store_id")),
        sa.PrimaryKeyConstraint("order_id", name=op.f("pk_ratings")),
    )
    op.create_index("ix_ratings_of_store", "ratings", ["store_id", "at"])


def downgrade() -> None:
    op.drop_table("ratings")
