"""what each part of an item cost, frozen with its price; nobody knows it of those before."""

import sqlalchemy as sa
from alembic import op

revision = "0039"
down_revision = "0038"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("order_units", sa.Column("parts", sa.JSON(), server_default="[]", nullable=False))
    with op.batch_alter_table("order_units") as batch:
        batch.alter_column("parts", server_default=None)


def downgrade() -> None:
    with op.batch_alter_table("order_units") as batch:
        batch.drop_column("parts")
