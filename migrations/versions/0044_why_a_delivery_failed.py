"""why a delivery failed, beside the tap that said so: also where no driver of ours took it."""

import sqlalchemy as sa
from alembic import op

revision = "0044"
down_revision = "0043"
branch_labels = None
depends_on = None

# A stop fails in the transaction of its tap, a moment after it.
TO_THE_TAP = """
UPDATE stage_moves SET reason = COALESCE((
  SELECT s.reason FROM run_stops s
  WHERE s.order_id = stage_moves.order_id AND s.outcome = 'failed' AND s.at >= stage_moves.at ORDER BY s.at LIMIT 1), '')
WHERE "to" = 'delivery_failed' AND NOT reversal AND NOT undone
"""
TO_THE_STOP = """
UPDATE run_stops SET reason = COALESCE((
  SELECT m.reason FROM stage_moves m
  WHERE m.order_id = run_stops.order_id AND m."to" = 'delivery_failed' AND NOT m.reversal AND NOT m.undone
  AND m.at <= run_stops.at ORDER BY m.at DESC LIMIT 1), '')
WHERE outcome = 'failed'
"""


def upgrade() -> None:
    _add("stage_moves")
    op.execute(TO_THE_TAP)
    with op.batch_alter_table("run_stops") as batch:
        batch.drop_column("reason")


def downgrade() -> None:
    _add("run_stops")
    op.execute(TO_THE_STOP)
    with op.batch_alter_table("stage_moves") as batch:
        batch.drop_column("reason")


def _add(table: str) -> None:
    op.add_column(table, sa.Column("reason", sa.String(60), server_default="", nullable=False))
    with op.batch_alter_table(table) as batch:
        batch.alter_column("reason", server_default=None)
