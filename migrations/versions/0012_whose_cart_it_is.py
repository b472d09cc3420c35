"""whose cart it is."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("carts") as carts:
        carts.add_column(sa.Column("user_id", sa.Integer(), nullable=True))
        carts.create_foreign_key(op.f("fk_carts_user_id"), "users", ["user_id"], ["id"])
        carts.create_index(op.f("ix_carts_user_id"), ["user_id"])


def downgrade() -> None:
    with op.batch_alter_table("carts") as carts:
        carts.drop_index(op.f("ix_carts_user_id"))
        carts.drop_constraint(op.f("fk_carts_user_id"), type_="foreignkey")
        carts.drop_column("user_id")
