"""A store's menu as one frozen value: read with plain rows, kept in this process, checked against its version."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from sqlalchemy import ColumnElement, func, or_, select

from app.core import clock
from app.core.cache import Memory
from app.core.db import db
from app.core.errors import NotFound
from app.menu import models
from app.menu.values import Amount, Catalogue, Category, Crust, Halves, Placement, Product, Side, Size, Topping, Variant

MOST_PER_SIDE = 10
Positioned = models.Size | models.Crust | models.Topping | models.Category | models.Product

versions: Memory[int, int] = Memory(most=1000, age=timedelta(seconds=1))
editions: Memory[tuple[int, int], Catalogue] = Memory(most=64, age=timedelta(minutes=1))


def catalogue(store_id: int) -> Catalogue:
    """A store's menu, at most a second old: for pages and carts. Raises NotFound."""
    version = versions.get(store_id, lambda: _version(store_id))
    return editions.get((store_id, version), lambda: load(store_id))


def _version(store_id: int) -> int:
    # What is no longer sold out since a moment ago has changed the menu without anybody's hand.
    row, edition = models.SoldOut, models.StoreMenu
    ran_out = select(func.count()).where(row.store_id == store_id, row.until <= clock.now()).scalar_subquery()
    version = db.session.scalar(select(edition.version + ran_out).where(edition.store_id == store_id))
    if version is None:
        raise NotFound("We could not find that store's menu.")
    return version


def load(store_id: int) -> Catalogue:
    """A store's menu from its tables as they are this moment: for placing an order. Raises NotFound."""
    version = _version(store_id)  # asked first: a change in between is at worst loaded twice
    versions.put(store_id, version)  # whoever was just refused for a change sees it on the page that says so
    edition = db.session.get_one(models.StoreMenu, store_id, populate_existing=True)
    gone = _sold_out(store_id)
    products = _products(store_id, gone)
    return Catalogue(
        store_id=store_id,
        version=version,
        halves=Halves(edition.halves),
        most_per_side=MOST_PER_SIDE,
        categories=_categories(products),
        products=products,
        toppings=_toppings(gone),
        sizes={row.key: Size(row.key, row.name, row.note, row.topping_cents) for row in _ordered(models.Size)},
        crusts={row.key: Crust(row.key, row.name, row.note) for row in _ordered(models.Crust)},
    )


def _ordered(model: type[Positioned]) -> Sequence[Any]:
    table = model.__table__
    return db.session.execute(select(table).order_by(table.c.position)).all()


def _sold_out(store_id: int) -> set[tuple[str, str]]:
    row = models.SoldOut
    still: ColumnElement[bool] = or_(row.until.is_(None), row.until > clock.now())
    return {
        (kind, key)
        for kind, key in db.session.execute(select(row.kind, row.key).where(row.store_id == store_id, still))
    }


def _toppings(gone: set[tuple[str, str]]) -> dict[str, Topping]:
    return {
        row.key: Topping(
            key=row.key,
            name=row.name,
            word=row.word,
            group=row.group,
            weight=row.weight,
            amounts=tuple(Amount(amount) for amount in row.amounts),
            whole_only=row.whole_only,
            tags=tuple(row.tags),
            sold_out=("topping", row.key) in gone,
        )
        for row in _ordered(models.Topping)
    }


def _products(store_id: int, gone: set[tuple[str, str]]) -> dict[str, Product]:
    variants, presets = _variants(store_id), _presets()
    return {
        row.slug: Product(
            id=row.id,
            slug=row.slug,
            category=row.category,
            name=row.name,
            description=row.description,
            picture=row.picture,
            tags=tuple(row.tags),
            places=row.places,
            variants=tuple(variants[row.id]),
            preset=tuple(presets[row.id]),
            sold_out=("product", row.slug) in gone,
        )
        for row in _ordered(models.Product)
        if row.id in variants
    }


def _variants(store_id: int) -> defaultdict[int, list[Variant]]:
    own, price = models.Variant, models.StorePrice
    at_store = (price.variant_id == own.id) & (price.store_id == store_id)
    rows = db.session.execute(
        select(
            own.id, own.product_id, own.size, own.crust, own.default, own.price_cents, price.price_cents.label("here")
        )
        .outerjoin(price, at_store)
        .order_by(own.id)
    )
    found: defaultdict[int, list[Variant]] = defaultdict(list)
    for row in rows:
        cents = row.price_cents if row.here is None else row.here
        found[row.product_id].append(Variant(row.id, row.size, row.crust, cents, row.default))
    return found


def _presets() -> defaultdict[int, list[Placement]]:
    found: defaultdict[int, list[Placement]] = defaultdict(list)
    row = models.Preset
    for product_id, topping, side, amount in db.session.execute(
        select(row.product_id, row.topping, row.side, row.amount)
    ):
        found[product_id].append(Placement(topping, Side(side), Amount(amount)))
    return found


def _categories(products: dict[str, Product]) -> tuple[Category, ...]:
    by_category: defaultdict[str, list[str]] = defaultdict(list)
    for product in sorted(products.values(), key=lambda product: product.sold_out):
        by_category[product.category].append(product.slug)
    return tuple(
        Category(row.slug, row.name, row.tax_code, tuple(by_category[row.slug]))
        for row in _ordered(models.Category)
        if row.slug in by_category
    )
