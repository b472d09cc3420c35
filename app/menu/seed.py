"""The seeded menu: read from seed.toml, the same at every store."""

import tomllib
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from sqlalchemy import select

from app.core.db import Base, db
from app.menu import models
from app.menu.catalogue import versions
from app.menu.values import CHEESE, SAUCE, Amount

FILE = Path(__file__).with_name("seed.toml")
PIZZA_PLACES = 1
MOST_SOLD_SIZE = "m"


def load(store_ids: Iterable[int]) -> None:
    """Write the menu for these stores, in the open unit of work, unless it is there."""
    if db.session.scalar(select(models.Category.slug).limit(1)) is not None:
        return
    seed = tomllib.loads(FILE.read_text())
    _add(_words(seed))
    _add(_toppings(seed["toppings"]))
    _add(models.StoreMenu(store_id=store_id) for store_id in store_ids)
    for position, entry in enumerate(seed["pizza"]):
        _add_pizza(seed, entry, position)
    for category, items in seed["items"].items():
        for position, item in enumerate(items):
            _add_item(category, item, position)
    db.session.flush()
    versions.clear()


def _add(rows: Iterable[Base]) -> None:
    db.session.add_all(rows)
    db.session.flush()


def _words(seed: dict[str, Any]) -> Iterator[Base]:
    for position, row in enumerate(seed["category"]):
        yield models.Category(slug=row["slug"], name=row["name"], tax_code=row["tax"], position=position)
    for position, (key, row) in enumerate(seed["sizes"].items()):
        cents = row.get("topping", 0)
        yield models.Size(key=key, name=row["name"], note=row["note"], topping_cents=cents, position=position)
    for position, (key, row) in enumerate(seed["crusts"].items()):
        yield models.Crust(key=key, name=row["name"], note=row["note"], position=position)


def _toppings(groups: dict[str, dict[str, Any]]) -> Iterator[models.Topping]:
    position = 0
    for group, toppings in groups.items():
        base = group in {SAUCE, CHEESE}
        for key, (name, word, tags) in toppings.items():
            position += 1
            yield models.Topping(
                key=key,
                name=name,
                word=word,
                group=group,
                weight=0 if group == SAUCE else 1000,
                amounts=[amount.value for amount in Amount if not (base and amount is Amount.DOUBLE)],
                whole_only=base,
                tags=tags,
                position=position,
            )


def _add_pizza(seed: dict[str, Any], entry: dict[str, Any], position: int) -> None:
    product = models.Product(
        slug=entry["slug"],
        category="pizzas",
        name=entry["name"],
        description=entry["text"],
        tags=entry.get("tags", []),
        places=PIZZA_PLACES,
        position=position,
    )
    _add([product])
    _add(
        models.Variant(
            product_id=product.id,
            size=size,
            crust=crust,
            price_cents=seed["sizes"][size]["base"] + row["extra"] + entry["extra"],
            default=(size, crust) == (MOST_SOLD_SIZE, "classic"),
        )
        for crust, row in seed["crusts"].items()
        for size in row["sizes"]
    )
    on = [entry.get("sauce", "tomato"), f"mozzarella.{entry.get('cheese', 'normal')}", *entry["on"]]
    for word in on:
        topping, _, amount = word.partition(".")
        _add([models.Preset(product_id=product.id, topping=topping, amount=amount or "normal")])


def _add_item(category: str, item: list[Any], position: int) -> None:
    slug, name, text, picture, prices, places, tags = item
    product = models.Product(
        slug=slug,
        category=category,
        name=name,
        description=text,
        picture=picture,
        tags=tags,
        places=places,
        position=position,
    )
    _add([product])
    _add(
        models.Variant(product_id=product.id, size=size, crust=None, price_cents=cents, default=n == 0)
        for n, (size, cents) in enumerate(prices.items())
    )
