"""A chain of 7,000 stores with 2,000 products between them: the menu of one store has to cost what it costs alone.

Each store has as many products as the small seed: most of them the chain's, a few of its own region instead.
"""

from collections.abc import Iterator, Mapping
from datetime import date
from itertools import islice
from typing import Any

from sqlalchemy import Connection, Table, delete, insert, select

from app.core.db import Base, db
from app.core.settings import Settings
from wsgi import create_app

STORES, PRODUCTS = 7_000, 2_000
REGIONAL, OWN_PRICES = 12, 20  # of a store
AT_ONCE = 5_000
Row = dict[str, Any]


def seed(environ: Mapping[str, str]) -> None:
    """Let a small seed grow into the chain: in one transaction, by bulk."""
    app = create_app("jobs", Settings.from_env(environ))
    with app.app_context():
        with db.engine.begin() as connection:
            _grow(connection)
        db.engine.dispose()


def _grow(connection: Connection) -> None:
    products, variants = _rows(connection, "products"), _rows(connection, "variants")
    regional = list(_copies(products))
    made = list(_parts(variants, regional, "variants"))
    _put(connection, "products", (row for _, row in regional))
    _put(connection, "variants", iter(made))
    for name in ("presets", "product_options"):
        _put(connection, name, _parts(_rows(connection, name), regional, name))
    _put(connection, "variant_prices", _dated(made))
    opened = _rows(connection, "stores")
    first, numbers = opened[0], range(len(opened) + 1, STORES + 1)
    _put(connection, "stores", ({**first, "id": n, "slug": f"store-{n}", "name": f"Store {n}"} for n in numbers))
    menu = _rows(connection, "store_menus")[0]
    _put(connection, "store_menus", ({**menu, "store_id": number} for number in numbers))
    for name in ("store_offers", "store_prices"):
        connection.execute(delete(_table(name)))
    _put(connection, "store_offers", _offers(products, [row for _, row in regional]))
    _put(connection, "store_prices", _own_prices([row["id"] for row in variants]))


def _table(name: str) -> Table:
    return Base.metadata.tables[name]


def _rows(connection: Connection, name: str) -> list[Row]:
    table = _table(name)
    return [dict(row._mapping) for row in connection.execute(select(table).order_by(*table.primary_key))]


def _put(connection: Connection, name: str, rows: Iterator[Row]) -> None:
    while some := list(islice(rows, AT_ONCE)):
        connection.execute(insert(_table(name)), some)


def _copies(products: list[Row]) -> Iterator[tuple[int, Row]]:
    """Regional products: each like one of the chain, whose number comes with it."""
    for n in range(PRODUCTS - len(products)):
        like = products[n % len(products)]
        own = {"id": 1_000 + n, "slug": f"{like['slug'][:33]}-{n}", "name": f"{like['name'][:52]} {n}"}
        yield like["id"], {**like, **own, "everywhere": False}


def _parts(rows: list[Row], regional: list[tuple[int, Row]], name: str) -> Iterator[Row]:
    """What belongs to the products that were copied, copied too."""
    of: dict[int, list[Row]] = {}
    for row in rows:
        of.setdefault(row["product_id"], []).append(row)
    number = 100_000
    for like, product in regional:
        for row in of.get(like, ()):
            number += 1
            yield {**row, "product_id": product["id"], **({"id": number} if name == "variants" else {})}


def _dated(variants: list[Row]) -> Iterator[Row]:
    """Each third variant has had a price of its own since some day, and gets another one some day."""
    for row in variants[::3]:
        for starts, more in ((date(2026, 1, 1), 25), (date(2036, 1, 1), 75)):
            yield {"variant_id": row["id"], "starts": starts, "price_cents": row["price_cents"] + more}


def _offers(products: list[Row], regional: list[Row]) -> Iterator[Row]:
    """Each store has a few regional products in place of those of the chain that they are like."""
    for store in range(1, STORES + 1):
        for n in range(REGIONAL):
            own = store * REGIONAL % (len(regional) - REGIONAL) + n
            like = products[own % len(products)]
            for key, offered in ((regional[own]["slug"], True), (like["slug"], False)):
                yield {"store_id": store, "kind": "product", "key": key, "offered": offered}


def _own_prices(variants: list[int]) -> Iterator[Row]:
    for store in range(1, STORES + 1):
        for n in range(OWN_PRICES):
            variant = variants[(store + 7 * n) % len(variants)]
            yield {"store_id": store, "variant_id": variant, "starts": date(2026, 1, 1), "price_cents": 999 + n}
