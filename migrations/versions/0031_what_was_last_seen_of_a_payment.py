"""what was last seen of a payment that stood still."""

import sqlalchemy as sa
from alembic import op

from app.core.db import UTCDateTime

revision = "0031"
down_revision = "0030"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "payment_sights",
        sa.Column("payment_id", sa.Integer(), nullable=False),
        sa.Column("said", sa.String(length=60), nullable=False),
        sa.Column("words", sa.String(length=200), nullable=False),
        sa.Column("at", UTCDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["payment_id"], ["payments.id"], name=op.f("fk_payment_sights_payment_id")),
        sa.PrimaryKeyConstraint("payment_id", name=op.f("pk_payment_sights")),
    )


def downgrade() -> None:
    op.drop_table("payment_sights")
