"""stores at which long work needs its right, asked again with every batch; of what was begun before, anywhere is enough."""

import sqlalchemy as sa
from alembic import op

revision = "0043"
down_revision = "0039"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("jobs", sa.Column("stores", sa.JSON(), server_default="[]", nullable=False))
    with op.batch_alter_table("jobs") as batch:
        batch.alter_column("stores", server_default=None)


def downgrade() -> None:
    with op.batch_alter_table("jobs") as batch:
        batch.drop_column("stores")
