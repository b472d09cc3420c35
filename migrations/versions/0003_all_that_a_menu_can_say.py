"""all that a menu can say."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

KNOWN = sa.JSON(none_as_null=True)
GROUPS = (
    ("sauce", "Sauce", "sauce", True),
    ("base_cheese", "Cheese", "cheese", True),
    ("meat", "Meat", "meat", False),
    ("vegetable", "Vegetables", "vegetable", False),
    ("cheese", "More cheese", "cheese", False),
)
# Columns that old rows need a value for: table, column, what old rows get.
FILLED = (
    ("crusts", sa.Column("diet", sa.String(length=12), nullable=False), "unknown"),
    ("products", sa.Column("diet", sa.String(length=12), nullable=False), "unknown"),
    ("products", sa.Column("everywhere", sa.Boolean(), nullable=False), sa.true()),
    ("sizes", sa.Column("pieces", sa.Integer(), nullable=False), "1"),
    ("sizes", sa.Column("piece", sa.String(length=16), nullable=False), "serving"),
    ("sizes", sa.Column("portion", sa.Integer(), nullable=False), "1000"),
    ("store_menus", sa.Column("timezone", sa.String(length=40), nullable=False), "UTC"),
    ("store_menus", sa.Column("most_per_side", sa.Integer(), nullable=False), "10"),
    ("store_menus", sa.Column("most_of_a_line", sa.Integer(), nullable=False), "50"),
    ("store_menus", sa.Column("most_units", sa.Integer(), nullable=False), "100"),
    ("store_prices", sa.Column("starts", sa.Date(), nullable=False), "2000-01-01"),
    ("toppings", sa.Column("diet", sa.String(length=12), nullable=False), "unknown"),
    ("order_units", sa.Column("note", sa.String(length=80), nullable=False), ""),
)
EMPTY = (
    ("crusts", sa.Column("picture", sa.String(length=24), nullable=True)),
    ("crusts", sa.Column("allergens", KNOWN, nullable=True)),
    ("products", sa.Column("allergens", KNOWN, nullable=True)),
    ("products", sa.Column("first_day", sa.Date(), nullable=True)),
    ("products", sa.Column("last_day", sa.Date(), nullable=True)),
    ("products", sa.Column("opens", sa.Integer(), nullable=True)),
    ("products", sa.Column("closes", sa.Integer(), nullable=True)),
    ("toppings", sa.Column("picture", sa.String(length=24), nullable=True)),
    ("toppings", sa.Column("allergens", KNOWN, nullable=True)),
    ("toppings", sa.Column("calories", sa.Integer(), nullable=True)),
    ("variants", sa.Column("calories", sa.Integer(), nullable=True)),
)
CHECKS = (
    ("products", "days_in_order", "last_day >= first_day"),
    ("products", "hours_in_order", "opens >= 0 AND closes > opens AND closes <= 2880"),
    ("sizes", "topping_not_negative", "topping_cents >= 0"),
    ("sizes", "pieces_counted", "pieces > 0 AND portion >= 0"),
    ("store_menus", "side_can_be_drawn", "most_per_side BETWEEN 0 AND 10"),
    ("store_menus", "limits_in_bounds", "most_of_a_line BETWEEN 1 AND 50 AND most_units >= 1"),
    ("store_prices", "price_not_negative", "price_cents >= 0"),
)


def upgrade() -> None:
    _create()
    groups = sa.table("topping_groups", *map(sa.column, ("key", "name", "word", "exclusive", "position")))
    rows = [
        {"key": key, "name": name, "word": word, "exclusive": exclusive, "position": position}
        for position, (key, name, word, exclusive) in enumerate(GROUPS)
    ]
    op.bulk_insert(groups, rows if _any("toppings") else [])
    for table, column, value in FILLED:
        added = sa.Column(column.name, column.type, nullable=False, server_default=value)
        with op.batch_alter_table(table) as batch:
            batch.add_column(added)
        with op.batch_alter_table(table) as batch:
            batch.alter_column(column.name, server_default=None)
    for table, column in EMPTY:
        with op.batch_alter_table(table) as batch:
            batch.add_column(sa.Column(column.name, column.type, nullable=True))
    op.execute("UPDATE store_menus SET timezone = (SELECT timezone FROM stores WHERE id = store_id)")
    with op.batch_alter_table("toppings") as batch:
        batch.create_foreign_key("fk_toppings_group", "topping_groups", ["group"], ["key"])
    with op.batch_alter_table("store_prices") as batch:
        batch.drop_constraint("pk_store_prices", type_="primary")
        batch.create_primary_key("pk_store_prices", ["store_id", "variant_id", "starts"])
    with op.batch_alter_table("order_units") as batch:
        batch.alter_column("base", type_=sa.String(length=240), existing_nullable=False)
    for table, name, rule in CHECKS:
        with op.batch_alter_table(table) as batch:
            batch.create_check_constraint(op.f(f"ck_{table}_{name}"), rule)


def _any(table: str) -> bool:
    return op.get_bind().execute(sa.text(f"SELECT 1 FROM {table} LIMIT 1")).first() is not None  # noqa: S608 (our own)


def _create() -> None:
    op.create_table(
        "option_groups",
        sa.Column("key", sa.String(length=12), nullable=False),
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("if_none", sa.String(length=40), nullable=False),
        sa.Column("least", sa.Integer(), nullable=False),
        sa.Column("most", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.CheckConstraint("least >= 0 AND most >= least AND most > 0", name=op.f("ck_option_groups_least_and_most")),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_option_groups")),
    )
    op.create_table(
        "topping_groups",
        sa.Column("key", sa.String(length=12), nullable=False),
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("word", sa.String(length=40), nullable=False),
        sa.Column("exclusive", sa.Boolean(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_topping_groups")),
    )
    op.create_table(
        "options",
        sa.Column("group", sa.String(length=12), nullable=False),
        sa.Column("key", sa.String(length=24), nullable=False),
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("word", sa.String(length=40), nullable=False),
        sa.Column("price_cents", sa.Integer(), nullable=False),
        sa.Column("allergens", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("diet", sa.String(length=12), nullable=False),
        sa.Column("calories", sa.Integer(), nullable=True),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.CheckConstraint("price_cents >= 0", name=op.f("ck_options_price_not_negative")),
        sa.ForeignKeyConstraint(["group"], ["option_groups.key"], name=op.f("fk_options_group")),
        sa.PrimaryKeyConstraint("group", "key", name=op.f("pk_options")),
    )
    op.create_table(
        "store_offers",
        sa.Column("store_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=8), nullable=False),
        sa.Column("key", sa.String(length=40), nullable=False),
        sa.Column("offered", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["store_id"], ["stores.id"], name=op.f("fk_store_offers_store_id")),
        sa.PrimaryKeyConstraint("store_id", "kind", "key", name=op.f("pk_store_offers")),
    )
    op.create_table(
        "product_options",
        sa.Column("product_id", sa.Integer(), nullable=False),
        sa.Column("group", sa.String(length=12), nullable=False),
        sa.Column("comes_with", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["group"], ["option_groups.key"], name=op.f("fk_product_options_group")),
        sa.ForeignKeyConstraint(["product_id"], ["products.id"], name=op.f("fk_product_options_product_id")),
        sa.PrimaryKeyConstraint("product_id", "group", name=op.f("pk_product_options")),
    )
    op.create_table(
        "variant_prices",
        sa.Column("variant_id", sa.Integer(), nullable=False),
        sa.Column("starts", sa.Date(), nullable=False),
        sa.Column("price_cents", sa.Integer(), nullable=False),
        sa.CheckConstraint("price_cents >= 0", name=op.f("ck_variant_prices_price_not_negative")),
        sa.ForeignKeyConstraint(["variant_id"], ["variants.id"], name=op.f("fk_variant_prices_variant_id")),
        sa.PrimaryKeyConstraint("variant_id", "starts", name=op.f("pk_variant_prices")),
    )


def downgrade() -> None:
    for table, name, _ in reversed(CHECKS):
        with op.batch_alter_table(table) as batch:
            batch.drop_constraint(op.f(f"ck_{table}_{name}"), type_="check")
    op.execute("UPDATE order_units SET base = substr(base, 1, 120)")
    with op.batch_alter_table("order_units") as batch:
        batch.alter_column("base", type_=sa.String(length=120), existing_nullable=False)
    # Of several days only one price can be kept: the latest.
    op.execute(
        "DELETE FROM store_prices WHERE EXISTS (SELECT 1 FROM store_prices later WHERE later.store_id ="
        " store_prices.store_id AND later.variant_id = store_prices.variant_id AND later.starts > store_prices.starts)"
    )
    with op.batch_alter_table("store_prices") as batch:
        batch.drop_constraint("pk_store_prices", type_="primary")
        batch.create_primary_key("pk_store_prices", ["store_id", "variant_id"])
    with op.batch_alter_table("toppings") as batch:
        batch.drop_constraint("fk_toppings_group", type_="foreignkey")
    for table, column in reversed(EMPTY):
        with op.batch_alter_table(table) as batch:
            batch.drop_column(column.name)
    for table, column, _ in reversed(FILLED):
        with op.batch_alter_table(table) as batch:
            batch.drop_column(column.name)
    for table in ("variant_prices", "product_options", "store_offers", "options", "topping_groups", "option_groups"):
        op.drop_table(table)
