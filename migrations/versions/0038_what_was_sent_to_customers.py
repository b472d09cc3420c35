"""what was sent to customers, and remakes by their day."""

import sqlalchemy as sa
from alembic import op

revision = "0038"
down_revision = "0037"
branch_labels = None
depends_on = None

# The second wall, as in migration 0018.
ASKED = "(SELECT coalesce(current_setting('hotcorner.stores', true), ''))"
WALL = f"{ASKED} = '' OR EXISTS (SELECT 1 FROM orders WHERE orders.id = order_letters.order_id)"  # noqa: S608 - no words of others


def upgrade() -> None:
    op.create_table(
        "order_letters",
        sa.Column("order_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("what", sa.String(length=40), nullable=False),
        sa.Column("way", sa.String(length=4), nullable=False),
        sa.Column("to", sa.String(length=40), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("tried_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["order_id"], ["orders.id"], name=op.f("fk_order_letters_order_id")),
        sa.PrimaryKeyConstraint("order_id", "what", name=op.f("pk_order_letters")),
    )
    op.create_index(op.f("ix_remakes_at"), "remakes", ["at"])
    if op.get_bind().dialect.name == "postgresql":
        op.execute("ALTER TABLE order_letters ENABLE ROW LEVEL SECURITY")
        op.execute("ALTER TABLE order_letters FORCE ROW LEVEL SECURITY")
        op.execute(f"CREATE POLICY their_stores ON order_letters USING ({WALL})")


def downgrade() -> None:
    op.drop_index(op.f("ix_remakes_at"), table_name="remakes")
    op.drop_table("order_letters")
