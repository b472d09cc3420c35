"""refunds that say for what and wait for approval, disputes, and nightly comparisons."""

import sqlalchemy as sa
from alembic import op

from app.core.db import UTCDateTime

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("payments", sa.Column("store_id", sa.Integer(), nullable=True))
    op.execute(
        "UPDATE payments SET store_id = (SELECT orders.store_id FROM orders WHERE orders.id = payments.order_id)"
    )
    with op.batch_alter_table("payments") as table:
        table.alter_column("store_id", existing_type=sa.Integer(), nullable=False)
        table.create_foreign_key(op.f("fk_payments_store_id"), "stores", ["store_id"], ["id"])
        table.create_index(op.f("ix_payments_store_id"), ["store_id"])
    with op.batch_alter_table("refunds") as table:
        table.add_column(sa.Column("bearer", sa.String(length=10), nullable=False, server_default="nobody"))
        table.add_column(sa.Column("note", sa.String(length=120), nullable=False, server_default=""))
        table.add_column(sa.Column("parts", sa.JSON(), nullable=False, server_default="[]"))
        table.add_column(sa.Column("user_id", sa.Integer(), nullable=True))
        table.add_column(sa.Column("decided_by", sa.String(length=40), nullable=False, server_default=""))
        table.add_column(sa.Column("why", sa.String(length=200), nullable=False, server_default=""))
    op.execute("UPDATE refunds SET note = reason")
    op.execute("UPDATE refunds SET reason = CASE WHEN key LIKE 'rest-%' THEN 'cancelled' ELSE 'other' END")
    with op.batch_alter_table("refunds") as table:
        table.alter_column("reason", existing_type=sa.String(length=120), type_=sa.String(length=12))
        for name in ("bearer", "note", "parts", "decided_by", "why"):
            table.alter_column(name, server_default=None)
    op.create_table(
        "refund_claims",
        sa.Column("payment_id", sa.Integer(), nullable=False),
        sa.Column("part", sa.String(length=24), nullable=False),
        sa.Column("refund_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["payment_id"], ["payments.id"], name=op.f("fk_refund_claims_payment_id")),
        sa.ForeignKeyConstraint(["refund_id"], ["refunds.id"], name=op.f("fk_refund_claims_refund_id")),
        sa.PrimaryKeyConstraint("payment_id", "part", name=op.f("pk_refund_claims")),
    )
    op.create_index(op.f("ix_refund_claims_refund_id"), "refund_claims", ["refund_id"])
    op.create_table(
        "disputes",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("payment_id", sa.Integer(), nullable=False),
        sa.Column("provider_id", sa.String(length=80), nullable=False),
        sa.Column("amount_cents", sa.Integer(), nullable=False),
        sa.Column("reason", sa.String(length=40), nullable=False),
        sa.Column("status", sa.String(length=24), nullable=False),
        sa.Column("due_at", UTCDateTime(), nullable=True),
        sa.Column("seen_at", UTCDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["payment_id"], ["payments.id"], name=op.f("fk_disputes_payment_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_disputes")),
        sa.UniqueConstraint("provider_id", name=op.f("uq_disputes_provider_id")),
    )
    op.create_index(op.f("ix_disputes_payment_id"), "disputes", ["payment_id"])
    op.create_table(
        "comparisons",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("at", UTCDateTime(), nullable=False),
        sa.Column("since", UTCDateTime(), nullable=False),
        sa.Column("intents", sa.Integer(), nullable=False),
        sa.Column("payments", sa.Integer(), nullable=False),
        sa.Column("unheard", sa.Integer(), nullable=False),
        sa.Column("differences", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_comparisons")),
    )


def downgrade() -> None:
    op.drop_table("comparisons")
    op.drop_table("disputes")
    op.drop_table("refund_claims")
    with op.batch_alter_table("refunds") as table:
        table.alter_column("reason", existing_type=sa.String(length=12), type_=sa.String(length=120))
        for name in ("why", "decided_by", "user_id", "parts", "note", "bearer"):
            table.drop_column(name)
    with op.batch_alter_table("payments") as table:
        table.drop_index(op.f("ix_payments_store_id"))
        table.drop_constraint(op.f("fk_payments_store_id"), type_="foreignkey")
        table.drop_column("store_id")
