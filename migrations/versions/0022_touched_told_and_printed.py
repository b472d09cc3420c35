"""touched, told and printed."""

import sqlalchemy as sa
from alembic import op

from app.core.db import UTCDateTime

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("tickets") as batch:
        batch.add_column(sa.Column("touched_at", UTCDateTime(), nullable=True))
        batch.add_column(sa.Column("told", sa.Integer(), server_default="0", nullable=False))
    op.create_index("ix_tickets_untouched", "tickets", ["closed_at", "touched_at"])
    op.execute("UPDATE tickets SET touched_at = received_at")  # nobody is rung for what was there before
    op.create_table(
        "ticket_prints",
        sa.Column("order_id", sa.Integer(), nullable=False),
        sa.Column("copy", sa.Integer(), nullable=False),
        sa.Column("by", sa.String(length=40), nullable=False),
        sa.Column("claimed_at", UTCDateTime(), nullable=False),
        sa.Column("printed_at", UTCDateTime(), nullable=True),
        sa.CheckConstraint("copy >= 1", name=op.f("ck_ticket_prints_copy_counts_from_one")),
        sa.ForeignKeyConstraint(["order_id"], ["tickets.order_id"], name=op.f("fk_ticket_prints_order_id")),
        sa.PrimaryKeyConstraint("order_id", "copy", name=op.f("pk_ticket_prints")),
    )
    # What hangs on a board already was printed by hand, or not: it is not printed all over again.
    op.execute(
        'INSERT INTO ticket_prints (order_id, copy, "by", claimed_at, printed_at)'
        " SELECT order_id, 1, 'before', received_at, received_at FROM tickets"
    )


def downgrade() -> None:
    op.drop_table("ticket_prints")
    op.drop_index("ix_tickets_untouched", "tickets")
    with op.batch_alter_table("tickets") as batch:
        batch.drop_column("told")
        batch.drop_column("touched_at")
