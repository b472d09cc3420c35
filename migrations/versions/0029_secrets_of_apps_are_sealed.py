"""secrets of authenticator apps are sealed."""

import sqlalchemy as sa
from alembic import op

from app.core import sealing

revision = "0029"
down_revision = "0028"
branch_labels = None
depends_on = None

USERS = sa.table("users", sa.column("id", sa.Integer()), sa.column("totp_secret", sa.String()))


def upgrade() -> None:
    with op.batch_alter_table("users") as batch:
        batch.alter_column("totp_secret", existing_type=sa.String(length=32), type_=sa.String(length=120))
    _turn(sealing.seal)


def downgrade() -> None:
    _turn(sealing.unseal)
    with op.batch_alter_table("users") as batch:
        batch.alter_column("totp_secret", existing_type=sa.String(length=120), type_=sa.String(length=32))


def _turn(turned) -> None:
    connection = op.get_bind()
    kept = sa.select(USERS).where(USERS.c.totp_secret.is_not(None))
    for row in connection.execute(kept).all():
        made = turned(f"totp:{row.id}", row.totp_secret)
        connection.execute(sa.update(USERS).where(USERS.c.id == row.id).values(totp_secret=made))
