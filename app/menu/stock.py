"""What a store can run out of, what it ran out of, and which products that takes along."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, or_, select, update

from app.core import clock
from app.core.db import db, insert_new
from app.core.errors import NotFound
from app.menu import models
from app.menu.catalogue import catalogue, versions
from app.menu.values import Catalogue, Placement

PRODUCT, TOPPING = "product", "topping"


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


def stocked(store_id: int, kind: str, key: str) -> Stocked:
    """One of them. Raises NotFound."""
    found = next((thing for thing in stock(store_id) if (thing.kind, thing.key) == (kind, key)), None)
    if found is None:
        raise NotFound("That is not on this store's menu.")
    return found


def _gone(store_id: int) -> dict[tuple[str, str], datetime | None]:
    row = models.SoldOut
    still = or_(row.until.is_(None), row.until > clock.now())
    rows = db.session.execute(select(row.kind, row.key, row.until).where(row.store_id == store_id, still))
    return {(kind, key): until for kind, key, until in rows}


def _things(menu: Catalogue) -> Iterator[tuple[str, str, str, str, tuple[str, ...]]]:
    for topping in menu.toppings.values():
        yield TOPPING, topping.key, topping.name, topping.group, _coming_with(menu, topping.key)
    for category in menu.categories:
        for slug, product in menu.products.items():
            if product.category == category.slug:
                yield PRODUCT, slug, product.name, category.name, ()


def _coming_with(menu: Catalogue, topping: str) -> tuple[str, ...]:
    def lies_on(preset: tuple[Placement, ...]) -> bool:
        return any(placement.topping == topping for placement in preset)

    return tuple(product.name for product in menu.products.values() if lies_on(product.preset))


def sell_out(store_id: int, kind: str, key: str, until: datetime | None = None) -> None:
    """Take a `product` or a `topping` off a store's menu until then, in the open unit of work."""
    bring_back(store_id, kind, key)
    insert_new(models.SoldOut, store_id=store_id, kind=kind, key=key, until=until)  # two hands at once are one


def bring_back(store_id: int, kind: str, key: str) -> None:
    """Put a product or topping back on a store's menu, in the open unit of work."""
    row, edition = models.SoldOut, models.StoreMenu
    gone = delete(row).where(row.store_id == store_id, row.kind == kind, row.key == key).returning(row.key)
    # A row that ran out counts in the version, so what is deleted is added: no number comes twice.
    changes = 1 + len(db.session.execute(gone).all())
    db.session.execute(update(edition).where(edition.store_id == store_id).values(version=edition.version + changes))
    versions.clear()
