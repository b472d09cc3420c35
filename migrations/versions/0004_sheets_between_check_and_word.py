"""sheets between check and word."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "menu_uploads",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=True),
        sa.Column("written_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_menu_uploads")),
    )
    with op.batch_alter_table("menu_uploads", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_menu_uploads_at"), ["at"], unique=False)
        batch_op.create_index(batch_op.f("ix_menu_uploads_user_id"), ["user_id"], unique=False)


def downgrade() -> None:
    with op.batch_alter_table("menu_uploads", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_menu_uploads_user_id"))
        batch_op.drop_index(batch_op.f("ix_menu_uploads_at"))
    op.drop_table("menu_uploads")
