"""menus that were uploaded wait among the other sheets."""

import sqlalchemy as sa
from alembic import op

revision = "0037"
down_revision = "0036"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.drop_table("menu_uploads")


def downgrade() -> None:
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
    op.create_index(op.f("ix_menu_uploads_at"), "menu_uploads", ["at"])
    op.create_index(op.f("ix_menu_uploads_user_id"), "menu_uploads", ["user_id"])
