"""several codes on a cart, whose account an order is, and what deals took off."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("carts", sa.Column("codes", sa.String(length=80), nullable=False, server_default=""))
    op.add_column("carts", sa.Column("pinned_code", sa.String(length=24), nullable=False, server_default=""))
    op.execute("UPDATE carts SET codes = code, pinned_code = CASE WHEN pinned THEN code ELSE '' END WHERE code <> ''")
    op.drop_column("carts", "pinned")
    op.drop_column("carts", "code")
    op.add_column("orders", sa.Column("account_id", sa.Integer(), nullable=True))
    op.create_index(op.f("ix_orders_account_id"), "orders", ["account_id"])
    op.create_index("ix_redemptions_taken_off", "redemptions", ["deal_id", "state", "off_cents"])


def downgrade() -> None:
    op.drop_index("ix_redemptions_taken_off", "redemptions")
    op.drop_index(op.f("ix_orders_account_id"), "orders")
    op.drop_column("orders", "account_id")
    op.add_column("carts", sa.Column("code", sa.String(length=24), nullable=False, server_default=""))
    op.add_column("carts", sa.Column("pinned", sa.Boolean(), nullable=False, server_default=sa.false()))
    # One code has room: the one that must be used, else the first.
    postgres = op.get_context().dialect.name == "postgresql"
    first = "split_part(codes, ' ', 1)" if postgres else "substr(codes, 1, instr(codes || ' ', ' ') - 1)"
    op.execute(f"UPDATE carts SET code = {first} WHERE codes <> ''")  # noqa: S608 (texts from above)
    op.execute("UPDATE carts SET code = pinned_code, pinned = TRUE WHERE pinned_code <> ''")
    op.drop_column("carts", "pinned_code")
    op.drop_column("carts", "codes")
