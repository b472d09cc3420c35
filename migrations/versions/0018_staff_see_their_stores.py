"""staff see their stores: row security on PostgreSQL, the second wall. SQLite has none."""

from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None

ASKED = "(SELECT coalesce(current_setting('hotcorner.stores', true), ''))"
BY_STORE = f"{ASKED} = '' OR store_id = ANY (string_to_array({ASKED}, ',')::int[])"
CHILDREN = (
    ("order_units", "order_id", "orders", "id"),
    ("order_events", "order_id", "orders", "id"),
    ("refunds", "payment_id", "payments", "id"),
    ("stage_moves", "order_id", "tickets", "order_id"),
)
RULES = {
    **dict.fromkeys(("orders", "payments", "tickets"), BY_STORE),
    **{
        table: f"{ASKED} = '' OR EXISTS (SELECT 1 FROM {parent} WHERE {parent}.{parent_key} = {table}.{key})"  # noqa: S608 - names of tables
        for table, key, parent, parent_key in CHILDREN
    },
}


def upgrade() -> None:
    if op.get_bind().dialect.name != "postgresql":
        return
    for table, rule in RULES.items():
        op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
        op.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")
        op.execute(f"CREATE POLICY their_stores ON {table} USING ({rule})")


def downgrade() -> None:
    if op.get_bind().dialect.name != "postgresql":
        return
    for table in RULES:
        op.execute(f"DROP POLICY their_stores ON {table}")
        op.execute(f"ALTER TABLE {table} NO FORCE ROW LEVEL SECURITY")
        op.execute(f"ALTER TABLE {table} DISABLE ROW LEVEL SECURITY")
