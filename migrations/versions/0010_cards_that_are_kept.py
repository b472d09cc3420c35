"""cards that the provider keeps for customers."""

import sqlalchemy as sa
from alembic import op

from app.core.db import UTCDateTime

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "card_owners",
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("customer_id", sa.String(length=80), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_card_owners_user_id")),
        sa.PrimaryKeyConstraint("user_id", name=op.f("pk_card_owners")),
        sa.UniqueConstraint("customer_id", name=op.f("uq_card_owners_customer_id")),
    )
    op.create_table(
        "saved_cards",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("method_id", sa.String(length=80), nullable=False),
        sa.Column("brand", sa.String(length=20), nullable=False),
        sa.Column("last4", sa.String(length=4), nullable=False),
        sa.Column("exp_month", sa.Integer(), nullable=False),
        sa.Column("exp_year", sa.Integer(), nullable=False),
        sa.Column("saved_at", UTCDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_saved_cards_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_saved_cards")),
        sa.UniqueConstraint("method_id", name=op.f("uq_saved_cards_method_id")),
    )
    op.create_index(op.f("ix_saved_cards_user_id"), "saved_cards", ["user_id"])
    op.add_column("payments", sa.Column("user_id", sa.Integer(), nullable=True))
    op.add_column("payments", sa.Column("customer_id", sa.String(length=80), nullable=True))
    op.add_column("payments", sa.Column("keeps_card", sa.Boolean(), nullable=False, server_default=sa.false()))


def downgrade() -> None:
    for name in ("keeps_card", "customer_id", "user_id"):
        op.drop_column("payments", name)
    op.drop_table("saved_cards")
    op.drop_table("card_owners")
