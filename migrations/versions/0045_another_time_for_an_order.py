"""another time for an order: each change, from when to when, who asked, and when."""

import sqlalchemy as sa
from alembic import op

revision = "0045"
down_revision = "0044"
branch_labels = None
depends_on = None

# The second wall, as in migration 0018.
ASKED = "(SELECT coalesce(current_setting('hotcorner.stores', true), ''))"
WALL = f"{ASKED} = '' OR EXISTS (SELECT 1 FROM orders WHERE orders.id = time_changes.order_id)"  # noqa: S608 - no words of others


def upgrade() -> None:
    op.create_table(
        "time_changes",
        sa.Column("order_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("was_from", sa.DateTime(timezone=True), nullable=False),
        sa.Column("promised_from", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by", sa.String(length=40), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["order_id"], ["orders.id"], name=op.f("fk_time_changes_order_id")),
        sa.PrimaryKeyConstraint("order_id", "number", name=op.f("pk_time_changes")),
    )
    if op.get_bind().dialect.name == "postgresql":
        op.execute("ALTER TABLE time_changes ENABLE ROW LEVEL SECURITY")
        op.execute("ALTER TABLE time_changes FORCE ROW LEVEL SECURITY")
        op.execute(f"CREATE POLICY their_stores ON time_changes USING ({WALL})")


def downgrade() -> None:
    op.drop_table("time_changes")
