"""Reading a store's menu from its tables: plain rows, and the same number of questions whatever is on it."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, or_, select

from app.core.day import day_begins
from app.core.db import Base, db
from app.menu import facts, models
from app.menu.here import Here, look
from app.menu.values import (
    AMOUNTS,
    Amount,
    Catalogue,
    Category,
    Chosen,
    Crust,
    Halves,
    Option,
    OptionGroup,
    Placement,
    Product,
    Side,
    Size,
    Topping,
    ToppingGroup,
    Variant,
)
from app.menu.windows import Window

NEVER = 2**53


@dataclass(frozen=True, slots=True)
class Parts:
    """What products are made of at a store."""

    sizes: Mapping[str, Size]
    crusts: Mapping[str, Crust]
    toppings: Mapping[str, Topping]
    options: Mapping[str, OptionGroup]


def read(store_id: int, version: int) -> Catalogue:
    """A store's menu as its tables have it now."""
    edition = db.session.get_one(models.StoreMenu, store_id, populate_existing=True)
    here = look(edition)
    sizes, crusts = _sizes(here), _crusts(here)
    toppings, options = _toppings(here), _options(here)
    products = _products(here, Parts(sizes, crusts, toppings, options))
    until = here.until()
    return Catalogue(
        store_id=store_id,
        version=(version, int(until.timestamp()) if until else NEVER),
        halves=Halves(edition.halves),
        amounts=_amounts(edition),
        most_per_side=edition.most_per_side,
        most_of_a_line=edition.most_of_a_line,
        most_units=edition.most_units,
        categories=_categories(products),
        products=products,
        toppings=toppings,
        groups={
            row.key: ToppingGroup(row.key, row.name, row.word, row.exclusive) for row in _rows(models.ToppingGroup)
        },
        sizes=sizes,
        crusts=crusts,
        options=options,
        until=until,
    )


def _amounts(edition: models.StoreMenu) -> dict[Amount, int]:
    own = (edition.light_counts, AMOUNTS[Amount.NORMAL], edition.extra_counts, edition.double_counts)
    return dict(zip(Amount, own, strict=True))


def _rows(model: type[Base]) -> Sequence[Any]:
    table = model.__table__
    return db.session.execute(select(table).order_by(table.c.position, *table.primary_key)).all()


def _sizes(here: Here) -> dict[str, Size]:
    return {
        row.key: Size(
            *(row.key, row.name, row.note, row.topping_cents, row.pieces, row.piece, row.portion),
            sold_out=("size", row.key) in here.gone,
        )
        for row in _rows(models.Size)
        if here.offered("size", row.key)
    }


def _crusts(here: Here) -> dict[str, Crust]:
    return {
        row.key: Crust(
            *(row.key, row.name, row.note, row.picture, facts.read(row.allergens, row.diet)),
            sold_out=("crust", row.key) in here.gone,
        )
        for row in _rows(models.Crust)
        if here.offered("crust", row.key)
    }


def _toppings(here: Here) -> dict[str, Topping]:
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
            sold_out=("topping", row.key) in here.gone,
            picture=row.picture,
            facts=facts.read(row.allergens, row.diet, row.calories),
        )
        for row in _rows(models.Topping)
        if here.offered("topping", row.key)
    }


def _options(here: Here) -> dict[str, OptionGroup]:
    by_group: defaultdict[str, dict[str, Option]] = defaultdict(dict)
    for row in _rows(models.Option):
        code = f"{row.group}.{row.key}"
        if here.offered("option", code):
            known = facts.read(row.allergens, row.diet, row.calories)
            by_group[row.group][row.key] = Option(
                row.key, row.name, row.word, row.price_cents, known, sold_out=("option", code) in here.gone
            )
    return {
        row.key: OptionGroup(row.key, row.name, row.if_none, row.least, row.most, by_group[row.key])
        for row in _rows(models.OptionGroup)
    }


def _products(here: Here, parts: Parts) -> dict[str, Product]:
    table, found = models.Product.__table__, {}
    rows = db.session.execute(select(table).where(_sold_by(here)).order_by(table.c.position, table.c.slug)).all()
    # All else is asked by the numbers of these: of a large chain's rows only the store's own are touched.
    ids = [row.id for row in rows]
    variants, presets, asked = _variants(here, parts, ids), _presets(parts, ids), _asked(parts, ids)
    for row in rows:
        window = Window(row.first_day, row.last_day, row.opens, row.closes)
        if change := window.next_change(here.now, here.zone):
            here.moments.append(change)
        if row.id in variants and window.on(here.today):
            groups = asked[row.id]
            found[row.slug] = Product(
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
                sold_out=("product", row.slug) in here.gone or all(made.sold_out for made in variants[row.id]),
                facts=facts.read(row.allergens, row.diet),
                options=tuple(groups),
                comes_with=tuple(Chosen(group, key) for group, keys in groups.items() for key in keys),
                window=window,
                served=window.open_at(here.now, here.zone),
            )
    return found


def _sold_by(here: Here) -> ColumnElement[bool]:
    """Which products are on the store's menu: those of the whole chain, and what the store says otherwise."""
    slug, everywhere = models.Product.slug, models.Product.everywhere
    own = [key for (kind, key), offered in here.offers.items() if kind == "product" and offered]
    never = [key for (kind, key), offered in here.offers.items() if kind == "product" and not offered]
    return or_(everywhere & slug.not_in(never), slug.in_(own))


def _variants(here: Here, parts: Parts, ids: list[int]) -> defaultdict[int, list[Variant]]:
    own, sizes, crusts, prices = models.Variant, parts.sizes, parts.crusts, _prices(here, ids)
    rows = db.session.execute(
        select(own.id, own.product_id, own.size, own.crust, own.default, own.price_cents, own.calories)
        .where(own.product_id.in_(ids))
        .order_by(own.id)
    )
    found: defaultdict[int, list[Variant]] = defaultdict(list)
    for row in rows:
        if row.size in sizes and (row.crust is None or row.crust in crusts):
            out = sizes[row.size].sold_out or (row.crust is not None and crusts[row.crust].sold_out)
            cents = prices.get(row.id, row.price_cents)
            found[row.product_id].append(Variant(row.id, row.size, row.crust, cents, row.default, row.calories, out))
    return found


def _prices(here: Here, ids: list[int]) -> dict[int, int]:
    """Prices other than the usual ones, by variant: the chain's, and over these the store's own."""
    chain, own, variant = models.VariantPrice, models.StorePrice, models.Variant
    dated = select(chain.variant_id, chain.starts, chain.price_cents).join(variant).where(variant.product_id.in_(ids))
    at_store = select(own.variant_id, own.starts, own.price_cents).where(own.store_id == here.store_id)
    return {
        **dict(_begun(here, db.session.execute(dated).all())),
        **dict(_begun(here, db.session.execute(at_store).all())),
    }


def _begun(here: Here, rows: Iterable[Any]) -> Iterator[tuple[int, int]]:
    """Those whose day has come, the newest last; the others' days are noted."""
    for variant_id, starts, cents in sorted(rows, key=lambda row: row[1]):
        if starts <= here.today:
            yield variant_id, cents
        else:
            here.moments.append(day_begins(starts, here.zone))


def _presets(parts: Parts, ids: list[int]) -> defaultdict[int, list[Placement]]:
    found: defaultdict[int, list[Placement]] = defaultdict(list)
    row = models.Preset
    wanted = select(row.product_id, row.topping, row.side, row.amount).where(row.product_id.in_(ids))
    for product_id, topping, side, amount in db.session.execute(wanted.order_by(row.product_id, row.topping, row.side)):
        if topping in parts.toppings:
            found[product_id].append(Placement(topping, Side(side), Amount(amount)))
    return found


def _asked(parts: Parts, ids: list[int]) -> defaultdict[int, dict[str, list[str]]]:
    """The groups of options of each product in menu order, with what it comes with, as far as the store has it."""
    options = parts.options
    rows: defaultdict[int, dict[str, list[str]]] = defaultdict(dict)
    row = models.ProductOption
    wanted = select(row.product_id, row.group, row.comes_with).where(row.product_id.in_(ids))
    for product_id, group, comes_with in db.session.execute(wanted):
        rows[product_id][group] = [key for key in options[group].options if key in comes_with]
    return defaultdict(
        dict,
        {
            product_id: {key: found[key] for key in options if options[key].options and key in found}
            for product_id, found in rows.items()
        },
    )


def _categories(products: Mapping[str, Product]) -> tuple[Category, ...]:
    """The sections, in each of them last what cannot be had now."""
    by_category: defaultdict[str, list[str]] = defaultdict(list)
    for product in sorted(products.values(), key=lambda product: (product.sold_out, not product.served)):
        by_category[product.category].append(product.slug)
    return tuple(
        Category(row.slug, row.name, row.tax_code, tuple(by_category[row.slug]))
        for row in _rows(models.Category)
        if row.slug in by_category
    )
