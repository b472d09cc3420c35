"""an audit that cannot be changed."""

import hashlib
import json
from datetime import UTC
from typing import Any

import sqlalchemy as sa
from alembic import op

from app.core.db import UTCDateTime

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

AUDIT = sa.table(
    "audit",
    sa.column("id", sa.Integer()),
    sa.column("at", UTCDateTime()),
    sa.column("user_id", sa.Integer()),
    sa.column("deed", sa.String()),
    sa.column("subject", sa.String()),
    sa.column("detail", sa.JSON()),
    sa.column("hash", sa.String()),
)
HEAD = sa.table(
    "audit_head", sa.column("id", sa.Integer()), sa.column("number", sa.Integer()), sa.column("hash", sa.String())
)
APPEND_ONLY = {
    "sqlite": (
        "CREATE TRIGGER audit_keeps BEFORE UPDATE ON audit BEGIN SELECT RAISE(ABORT, 'the audit is append-only'); END",
        "CREATE TRIGGER audit_stays BEFORE DELETE ON audit BEGIN SELECT RAISE(ABORT, 'the audit is append-only'); END",
    ),
    "postgresql": (
        """CREATE OR REPLACE FUNCTION audit_refuse() RETURNS trigger LANGUAGE plpgsql AS
           $$ BEGIN RAISE EXCEPTION 'the audit is append-only'; END $$""",
        "CREATE TRIGGER audit_keeps BEFORE UPDATE OR DELETE ON audit FOR EACH ROW EXECUTE FUNCTION audit_refuse()",
        "CREATE TRIGGER audit_stays BEFORE TRUNCATE ON audit FOR EACH STATEMENT EXECUTE FUNCTION audit_refuse()",
    ),
}


def upgrade() -> None:
    with op.batch_alter_table("audit") as batch:
        batch.add_column(sa.Column("store_id", sa.Integer(), nullable=True))
        batch.add_column(sa.Column("hash", sa.String(length=64), nullable=True))
    number, last = _chain()
    with op.batch_alter_table("audit") as batch:
        batch.alter_column("hash", existing_type=sa.String(length=64), nullable=False)
    for column in ("user_id", "store_id", "deed"):
        op.create_index(op.f(f"ix_audit_{column}"), "audit", [column])
    op.create_table(
        "audit_head",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_head")),
    )
    op.get_bind().execute(HEAD.insert().values(id=1, number=number, hash=last))
    for statement in APPEND_ONLY[op.get_bind().dialect.name]:
        op.execute(statement)


def _chain() -> tuple[int, str]:
    """Chain what was written down before; the number and hash of its last row."""
    bind, number, last = op.get_bind(), 0, ""
    for row in bind.execute(sa.select(AUDIT).order_by(AUDIT.c.id)).all():
        number, last = row.id, _hash(last, row)
        bind.execute(AUDIT.update().where(AUDIT.c.id == row.id).values(hash=last))
    return number, last


def _hash(before: str, row: Any) -> str:
    at = row.at.astimezone(UTC).isoformat(timespec="microseconds")
    said = [before, row.id, at, row.user_id, None, row.deed, row.subject, row.detail]
    return hashlib.sha256(json.dumps(said, sort_keys=True, separators=(",", ":")).encode()).hexdigest()


def downgrade() -> None:
    postgres = op.get_bind().dialect.name == "postgresql"
    for name in ("audit_keeps", "audit_stays"):
        op.execute(f"DROP TRIGGER {name}" + (" ON audit" if postgres else ""))
    if postgres:
        op.execute("DROP FUNCTION audit_refuse()")
    op.drop_table("audit_head")
    for column in ("user_id", "store_id", "deed"):
        op.drop_index(op.f(f"ix_audit_{column}"), table_name="audit")
    with op.batch_alter_table("audit") as batch:
        batch.drop_column("hash")
        batch.drop_column("store_id")
