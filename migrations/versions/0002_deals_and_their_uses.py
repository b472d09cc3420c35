"""deals and their uses.

Until now no kind of deal was on offer, so deals and redemptions hold nothing: they are made anew.
"""

import sqlalchemy as sa
from alembic import op

from app.core.db import UTCDateTime

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

WITHIN_LIMIT = '"limit" IS NULL OR reserved + redeemed <= "limit"'


def upgrade() -> None:
    _drop("redemptions", "deals")
    op.create_table(
        "deals",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=8), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("listed", sa.Boolean(), nullable=False),
        sa.Column("limit", sa.Integer(), nullable=True),
        sa.Column("limit_per_customer", sa.Integer(), nullable=True),
        sa.Column("reserved", sa.Integer(), nullable=False),
        sa.Column("redeemed", sa.Integer(), nullable=False),
        sa.CheckConstraint(WITHIN_LIMIT, name=op.f("ck_deals_used_within_limit")),
        sa.CheckConstraint("reserved >= 0 AND redeemed >= 0", name=op.f("ck_deals_counters_not_negative")),
        sa.CheckConstraint("state IN ('draft', 'live', 'ended')", name=op.f("ck_deals_state_known")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_deals")),
    )
    op.create_index(op.f("ix_deals_state"), "deals", ["state"])
    op.create_table(
        "deal_versions",
        sa.Column("deal_id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("terms", sa.JSON(), nullable=False),
        sa.Column("made_at", UTCDateTime(), nullable=False),
        sa.Column("made_by", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["deal_id"], ["deals.id"], name=op.f("fk_deal_versions_deal_id")),
        sa.PrimaryKeyConstraint("deal_id", "version", name=op.f("pk_deal_versions")),
    )
    op.create_table(
        "deal_codes",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=24), nullable=False),
        sa.Column("deal_id", sa.Integer(), nullable=False),
        sa.Column("limit", sa.Integer(), nullable=True),
        sa.Column("reserved", sa.Integer(), nullable=False),
        sa.Column("redeemed", sa.Integer(), nullable=False),
        sa.CheckConstraint(WITHIN_LIMIT, name=op.f("ck_deal_codes_used_within_limit")),
        sa.CheckConstraint("reserved >= 0 AND redeemed >= 0", name=op.f("ck_deal_codes_counters_not_negative")),
        sa.ForeignKeyConstraint(["deal_id"], ["deals.id"], name=op.f("fk_deal_codes_deal_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_deal_codes")),
        sa.UniqueConstraint("code", name=op.f("uq_deal_codes_code")),
    )
    op.create_index(op.f("ix_deal_codes_deal_id"), "deal_codes", ["deal_id"])
    op.create_table(
        "redemptions",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("deal_id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("order_id", sa.Integer(), nullable=False),
        sa.Column("code_id", sa.Integer(), nullable=True),
        sa.Column("off_cents", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=8), nullable=False),
        sa.Column("at", UTCDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["code_id"], ["deal_codes.id"], name=op.f("fk_redemptions_code_id")),
        sa.ForeignKeyConstraint(
            ["deal_id", "version"],
            ["deal_versions.deal_id", "deal_versions.version"],
            name=op.f("fk_redemptions_deal_id_version"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_redemptions")),
        sa.UniqueConstraint("deal_id", "order_id", name=op.f("uq_redemptions_deal_id_order_id")),
    )
    op.create_index(op.f("ix_redemptions_order_id"), "redemptions", ["order_id"])
    op.create_table(
        "deal_claims",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("redemption_id", sa.Integer(), nullable=False),
        sa.Column("deal_id", sa.Integer(), nullable=False),
        sa.Column("identity", sa.String(length=270), nullable=False),
        sa.Column("n", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["deal_id"], ["deals.id"], name=op.f("fk_deal_claims_deal_id")),
        sa.ForeignKeyConstraint(["redemption_id"], ["redemptions.id"], name=op.f("fk_deal_claims_redemption_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_deal_claims")),
        sa.UniqueConstraint("deal_id", "identity", "n", name=op.f("uq_deal_claims_deal_id_identity_n")),
    )
    op.create_index(op.f("ix_deal_claims_redemption_id"), "deal_claims", ["redemption_id"])
    op.create_table(
        "deal_editions",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_deal_editions")),
    )
    op.add_column("carts", sa.Column("code", sa.String(length=24), nullable=False, server_default=""))
    op.add_column("carts", sa.Column("pinned", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.add_column("carts", sa.Column("deal_id", sa.Integer(), nullable=True))
    op.add_column("cart_lines", sa.Column("deal_id", sa.Integer(), nullable=True))
    op.add_column("cart_lines", sa.Column("slot", sa.Integer(), nullable=True))
    op.add_column("orders", sa.Column("email_key", sa.String(length=260), nullable=False, server_default=""))
    op.add_column("orders", sa.Column("deals", sa.JSON(), nullable=False, server_default="[]"))
    op.execute("UPDATE orders SET email_key = 'email:' || lower(email) WHERE email <> ''")
    op.create_index(op.f("ix_orders_email_key"), "orders", ["email_key"])
    op.create_index(op.f("ix_orders_phone"), "orders", ["phone"])


def downgrade() -> None:
    op.drop_index(op.f("ix_orders_phone"), "orders")
    op.drop_index(op.f("ix_orders_email_key"), "orders")
    for table, column in (
        ("orders", "deals"),
        ("orders", "email_key"),
        ("cart_lines", "slot"),
        ("cart_lines", "deal_id"),
        ("carts", "deal_id"),
        ("carts", "pinned"),
        ("carts", "code"),
    ):
        op.drop_column(table, column)
    _drop("deal_editions", "deal_claims", "redemptions", "deal_codes", "deal_versions", "deals")
    op.create_table(
        "deals",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("limit", sa.Integer(), nullable=True),
        sa.Column("limit_per_customer", sa.Integer(), nullable=True),
        sa.Column("reserved", sa.Integer(), nullable=False),
        sa.Column("redeemed", sa.Integer(), nullable=False),
        sa.CheckConstraint(WITHIN_LIMIT, name=op.f("ck_deals_used_within_limit")),
        sa.CheckConstraint("reserved >= 0 AND redeemed >= 0", name=op.f("ck_deals_counters_not_negative")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_deals")),
    )
    op.create_table(
        "redemptions",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("deal_id", sa.Integer(), nullable=False),
        sa.Column("order_id", sa.Integer(), nullable=False),
        sa.Column("identity", sa.String(length=255), nullable=False),
        sa.Column("n", sa.Integer(), nullable=True),
        sa.Column("state", sa.String(length=8), nullable=False),
        sa.Column("at", UTCDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["deal_id"], ["deals.id"], name=op.f("fk_redemptions_deal_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_redemptions")),
        sa.UniqueConstraint("deal_id", "identity", "n", name=op.f("uq_redemptions_deal_id_identity_n")),
        sa.UniqueConstraint("deal_id", "order_id", name=op.f("uq_redemptions_deal_id_order_id")),
    )
    op.create_index(op.f("ix_redemptions_order_id"), "redemptions", ["order_id"])


def _drop(*tables: str) -> None:
    for table in tables:
        op.drop_table(table)
