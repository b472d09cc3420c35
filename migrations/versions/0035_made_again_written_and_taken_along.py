"""orders that are made again at no charge, all that is written to customers, and files that long work makes."""

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
    op.create_table(
        "ticket_messages",
        sa.Column("order_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("words", sa.String(length=160), nullable=False),
        sa.Column("by", sa.String(length=40), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["order_id"], ["tickets.order_id"], name=op.f("fk_ticket_messages_order_id")),
        sa.PrimaryKeyConstraint("order_id", "number", name=op.f("pk_ticket_messages")),
    )
    op.create_table(
        "job_files",
        sa.Column("job_id", sa.Integer(), nullable=False),
        sa.Column("part", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["job_id"], ["jobs.id"], name=op.f("fk_job_files_job_id")),
        sa.PrimaryKeyConstraint("job_id", "part", name=op.f("pk_job_files")),
    )


def downgrade() -> None:
    op.drop_table("job_files")
    op.drop_table("ticket_messages")
    op.drop_table("remakes")
