"""programs that sign in: refresh tokens, sessions of guests, and the carts of those."""

import sqlalchemy as sa
from alembic import op

from app.core.db import UTCDateTime

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("sessions") as sessions:
        sessions.alter_column("user_id", existing_type=sa.Integer(), nullable=True)
    op.create_table(
        "refresh_tokens",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("session_id", sa.Integer(), nullable=False),
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("made_at", UTCDateTime(), nullable=False),
        sa.Column("used_at", UTCDateTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["session_id"], ["sessions.id"], name=op.f("fk_refresh_tokens_session_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_refresh_tokens")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_refresh_tokens_token_hash")),
    )
    op.create_index(op.f("ix_refresh_tokens_session_id"), "refresh_tokens", ["session_id"])
    with op.batch_alter_table("carts") as carts:
        carts.add_column(sa.Column("guest", sa.String(length=64), nullable=True))
        carts.create_index(op.f("ix_carts_guest"), ["guest"])


def downgrade() -> None:
    with op.batch_alter_table("carts") as carts:
        carts.drop_index(op.f("ix_carts_guest"))
        carts.drop_column("guest")
    op.drop_table("refresh_tokens")
    op.execute("DELETE FROM sessions WHERE user_id IS NULL")
    with op.batch_alter_table("sessions") as sessions:
        sessions.alter_column("user_id", existing_type=sa.Integer(), nullable=False)
