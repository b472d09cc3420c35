"""what amounts of a topping count as, store by store."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

AMOUNTS = (("light_counts", "1000"), ("extra_counts", "1500"), ("double_counts", "2000"))
NAME = "ck_store_menus_amounts_in_order"
RULE = "light_counts BETWEEN 0 AND 1000 AND extra_counts BETWEEN 1000 AND double_counts"


def upgrade() -> None:
    with op.batch_alter_table("store_menus") as batch:
        for name, value in AMOUNTS:
            batch.add_column(sa.Column(name, sa.Integer(), nullable=False, server_default=value))
    with op.batch_alter_table("store_menus") as batch:
        for name, _ in AMOUNTS:
            batch.alter_column(name, server_default=None)
        batch.create_check_constraint(op.f(NAME), RULE)


def downgrade() -> None:
    with op.batch_alter_table("store_menus") as batch:
        batch.drop_constraint(op.f(NAME), type_="check")
    with op.batch_alter_table("store_menus") as batch:
        for name, _ in reversed(AMOUNTS):
            batch.drop_column(name)
