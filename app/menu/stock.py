"""What a store can run out of, what it ran out of, and which products that takes along."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import or_, select

from app.core import clock
from app.core.db import db
from app.core.errors import NotFound
from app.menu import models
from app.menu.catalogue import catalogue
from app.menu.facts import NOTHING
from app.menu.values import Catalogue

Thing = tuple[str, str, str, str, tuple[str, ...]]  # kind, key, name, group, what it takes along


@dataclass(frozen=True, slots=True)
class Stocked:
    """Something that a store can run out of. `hides` are the products that come with it; `until` is when it is back
    by itself, None while it is there and where somebody has to say so.
    """

    kind: str
    key: str
    name: str
    group: str
    hides: tuple[str, ...]
    gone: bool
    until: datetime | None


def stock(store_id: int) -> tuple[Stocked, ...]:
    """Everything that a store can run out of, ingredients first, in menu order. Raises NotFound."""
    gone = _gone(store_id)
    return tuple(
        Stocked(kind, key, name, group, hides, (kind, key) in gone, gone.get((kind, key)))
        for kind, key, name, group, hides in _things(catalogue(store_id))
    )


def stocked(things: Iterable[Stocked], kind: str, key: str) -> Stocked:
    """The one of these that is called so. Raises NotFound."""
    found = next((thing for thing in things if (thing.kind, thing.key) == (kind, key)), None)
    if found is None:
        raise NotFound("That is not on this store's menu.")
    return found


def _gone(store_id: int) -> dict[tuple[str, str], datetime | None]:
    row = models.SoldOut
    still = or_(row.until.is_(None), row.until > clock.now())
    rows = db.session.execute(select(row.kind, row.key, row.until).where(row.store_id == store_id, still))
    return {(kind, key): until for kind, key, until in rows}


def _things(menu: Catalogue) -> Iterator[Thing]:
    yield from _crusts_and_sizes(menu)
    yield from _toppings(menu)
    yield from _options(menu)
    for category in menu.categories:
        found = (product for product in menu.products.values() if product.category == category.slug)
        yield from (("product", product.slug, product.name, category.name, ()) for product in found)


def _crusts_and_sizes(menu: Catalogue) -> Iterator[Thing]:
    made: dict[tuple[str, str | None], dict[str, None]] = {}
    for product in menu.products.values():
        for variant in product.variants:
            made.setdefault(("crust", variant.crust), {})[product.name] = None
            made.setdefault(("size", variant.size), {})[product.name] = None
    for kind, name, things in (("crust", "Crusts", menu.crusts), ("size", "Sizes", menu.sizes)):
        for key, thing in things.items():
            if hides := made.get((kind, key)):
                yield kind, key, thing.name, name, tuple(hides)


def _toppings(menu: Catalogue) -> Iterator[Thing]:
    on: defaultdict[str, dict[str, None]] = defaultdict(dict)
    for product in menu.products.values():
        for placement in product.preset:
            on[placement.topping][product.name] = None
    for group in menu.groups.values():
        found = (topping for topping in menu.toppings.values() if topping.group == group.key)
        yield from (("topping", topping.key, topping.name, group.name, tuple(on[topping.key])) for topping in found)


def _options(menu: Catalogue) -> Iterator[Thing]:
    """Sauces, dips, and the like; a way to cut or bake is no stuff that runs out."""
    for asked in menu.options.values():
        hides = tuple(product.name for product in menu.products.values() if asked.key in product.options)
        for option in asked.options.values():
            if hides and (option.facts != NOTHING or option.price_cents):
                yield "option", f"{asked.key}.{option.key}", option.name, f"To choose: {asked.name}", hides
