"""orders that are found, searches that are kept, and what headquarters watches."""

import unicodedata

import sqlalchemy as sa
from alembic import op

revision = "0028"
down_revision = "0026"
branch_labels = None
depends_on = None

PLAIN = sa.String(length=80).with_variant(sa.String(length=80, collation="C"), "postgresql")
ORDERS = sa.table("orders", sa.column("id", sa.Integer()), sa.column("name", sa.String()), sa.column("name_key", PLAIN))
WAITING, PARKED = sa.text("closed_at IS NULL"), sa.text("parked_at IS NOT NULL")
BATCH = 5_000


def upgrade() -> None:
    op.create_table(
        "order_searches",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("query", sa.String(length=300), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_order_searches_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_order_searches")),
        sa.UniqueConstraint("user_id", "name", name=op.f("uq_order_searches_user_id_name")),
    )
    op.add_column("orders", sa.Column("name_key", PLAIN, nullable=False, server_default=""))
    _name_what_is_there()
    op.create_index(op.f("ix_orders_name_key"), "orders", ["name_key"])
    op.create_index("ix_orders_store_id_created_at", "orders", ["store_id", "created_at"])
    op.create_index("ix_orders_status_created_at", "orders", ["status", "created_at"])
    op.drop_index(op.f("ix_orders_store_id"), "orders")
    op.drop_index(op.f("ix_orders_status"), "orders")
    op.create_index("ix_tickets_open", "tickets", ["promised_to"], sqlite_where=WAITING, postgresql_where=WAITING)
    op.create_index("ix_outbox_parked_at", "outbox", ["parked_at"], sqlite_where=PARKED, postgresql_where=PARKED)


def _name_what_is_there() -> None:
    connection, last = op.get_bind(), 0
    wanted = sa.select(ORDERS.c.id, ORDERS.c.name).order_by(ORDERS.c.id).limit(BATCH)
    write = sa.update(ORDERS).where(ORDERS.c.id == sa.bindparam("order")).values(name_key=sa.bindparam("key"))
    while found := connection.execute(wanted.where(ORDERS.c.id > last)).all():
        connection.execute(write, [{"order": row.id, "key": _plain(row.name)} for row in found])
        last = found[-1].id


def _plain(name: str) -> str:
    letters = unicodedata.normalize("NFKD", " ".join(name.casefold().split()))
    return "".join(letter for letter in letters if not unicodedata.combining(letter))[:80]


def downgrade() -> None:
    op.drop_index("ix_outbox_parked_at", "outbox")
    op.drop_index("ix_tickets_open", "tickets")
    op.create_index(op.f("ix_orders_status"), "orders", ["status"])
    op.create_index(op.f("ix_orders_store_id"), "orders", ["store_id"])
    op.drop_index("ix_orders_status_created_at", "orders")
    op.drop_index("ix_orders_store_id_created_at", "orders")
    op.drop_index(op.f("ix_orders_name_key"), "orders")
    with op.batch_alter_table("orders") as batch:
        batch.drop_column("name_key")
    op.drop_table("order_searches")
