"""what is known about people ends: accounts and orders are erased, and everybody may have a file of theirs."""

import sqlalchemy as sa
from alembic import op

from app.core.db import UTCDateTime

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("users") as users:
        users.add_column(sa.Column("erased_at", UTCDateTime(), nullable=True))
    with op.batch_alter_table("orders") as orders:
        orders.add_column(sa.Column("erased_at", UTCDateTime(), nullable=True))
        orders.create_index("ix_orders_to_erase", ["erased_at", "promised_to"])
    op.create_table(
        "data_exports",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("asked_at", UTCDateTime(), nullable=False),
        sa.Column("made_at", UTCDateTime(), nullable=True),
        sa.Column("content", sa.LargeBinary(), nullable=True),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_data_exports_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_data_exports")),
    )
    op.create_index(op.f("ix_data_exports_user_id"), "data_exports", ["user_id"])
    op.create_index(op.f("ix_data_exports_asked_at"), "data_exports", ["asked_at"])


def downgrade() -> None:
    op.drop_table("data_exports")
    with op.batch_alter_table("orders") as orders:
        orders.drop_index("ix_orders_to_erase")
        orders.drop_column("erased_at")
    with op.batch_alter_table("users") as users:
        users.drop_column("erased_at")
