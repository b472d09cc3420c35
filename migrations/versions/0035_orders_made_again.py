"""orders that are made again at no charge."""

import sqlalchemy as sa
from alembic import op

revision = "0035"
down_revision = "0034"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "remakes",
        sa.Column("order_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("of_id", sa.Integer(), nullable=False),
        sa.Column("reason", sa.String(length=12), nullable=False),
        sa.Column("bearer", sa.String(length=12), nullable=False),
        sa.Column("worth_cents", sa.Integer(), nullable=False),
        sa.Column("by", sa.String(length=40), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("worth_cents >= 0 AND order_id <> of_id", name=op.f("ck_remakes_another_order")),
        sa.ForeignKeyConstraint(["order_id"], ["orders.id"], name=op.f("fk_remakes_order_id")),
        sa.ForeignKeyConstraint(["of_id"], ["orders.id"], name=op.f("fk_remakes_of_id")),
        sa.PrimaryKeyConstraint("order_id", name=op.f("pk_remakes")),
    )
    op.create_index(op.f("ix_remakes_of_id"), "remakes", ["of_id"])


def downgrade() -> None:
    op.drop_table("remakes")
