"""The seeded menu, read from seed.toml."""

import tomllib
from collections.abc import Iterable, Iterator, Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any, Protocol
from zoneinfo import ZoneInfo

from sqlalchemy import select

from app.core import clock
from app.core.db import Base, db
from app.core.money import half_up
from app.menu import models
from app.menu.catalogue import latest
from app.menu.values import BASE_GROUPS, SAUCE, Amount

FILE = Path(__file__).with_name("seed.toml")
PIZZA_PLACES = 1
MOST_SOLD_SIZE = "m"
PIZZA_OPTIONS: dict[str, list[str]] = {"bake": [], "cut": [], "season": []}


class Somewhere(Protocol):
    """A store, as far as a menu cares."""

    @property
    def zone(self) -> ZoneInfo:
        """On which clock its days and hours are meant."""


def load(stores: Mapping[int, Somewhere]) -> None:
    """Write the menu for these stores, in the open unit of work, unless it is there."""
    if db.session.scalar(select(models.Category.slug).limit(1)) is not None:
        return
    seed = tomllib.loads(FILE.read_text())
    _add(_words(seed))
    _add(_toppings(seed["toppings"], {group["key"]: group for group in seed["group"]}))
    _add(_groups(seed["options"]))
    _add(_options(seed["options"]))
    _add(models.StoreMenu(store_id=store_id, timezone=info.zone.key) for store_id, info in stores.items())
    for position, entry in enumerate(seed["pizza"]):
        _add_pizza(seed, entry, position)
    for category, items in seed["item"].items():
        for position, item in enumerate(items):
            _add_item(category, item, position)
    _add(_otherwise(seed, sorted(stores)))
    latest.clear()


def _add(rows: Iterable[Base]) -> None:
    db.session.add_all(rows)
    db.session.flush()


def _words(seed: dict[str, Any]) -> Iterator[Base]:
    for position, row in enumerate(seed["category"]):
        yield models.Category(slug=row["slug"], name=row["name"], tax_code=row["tax"], position=position)
    for position, (key, row) in enumerate(seed["sizes"].items()):
        counted = {name: row[name] for name in ("pieces", "piece", "portion") if name in row}
        cents = row.get("topping", 0)
        yield models.Size(
            key=key, name=row["name"], note=row["note"], topping_cents=cents, position=position, **counted
        )
    for position, (key, row) in enumerate(seed["crusts"].items()):
        known = {"allergens": row["has"], "diet": row["diet"], "picture": row.get("picture")}
        yield models.Crust(key=key, name=row["name"], note=row["note"], position=position, **known)
    for position, row in enumerate(seed["group"]):
        exclusive = row.get("exclusive", False)
        yield models.ToppingGroup(
            key=row["key"], name=row["name"], word=row["word"], exclusive=exclusive, position=position
        )


def _toppings(groups: dict[str, dict[str, Any]], known: dict[str, dict[str, Any]]) -> Iterator[models.Topping]:
    rows = [(group, key, row) for group, toppings in groups.items() for key, row in toppings.items()]
    for position, (group, key, row) in enumerate(rows):
        base = group in BASE_GROUPS
        every = [amount.value for amount in Amount if not (base and amount is Amount.DOUBLE)]
        yield models.Topping(
            key=key,
            name=row.get("name", _capital(row["word"])),
            word=row["word"],
            group=group,
            weight=0 if group == SAUCE else 1000,
            amounts=known[group].get("amounts", every),
            whole_only=base,
            tags=row.get("tags", []),
            picture=row.get("picture"),
            allergens=row["has"],
            diet=row["diet"],
            calories=row["kcal"],
            position=position,
        )


def _groups(groups: dict[str, dict[str, Any]]) -> Iterator[models.OptionGroup]:
    for position, (key, row) in enumerate(groups.items()):
        about = {name: row[name] for name in ("name", "if_none", "least", "most") if name in row}
        yield models.OptionGroup(key=key, position=position, **about)


def _options(groups: dict[str, dict[str, Any]]) -> Iterator[models.Option]:
    rows = [(group, key, row) for group, told in groups.items() for key, row in told.items() if isinstance(row, dict)]
    for position, (group, key, row) in enumerate(rows):
        yield models.Option(
            group=group,
            key=key,
            name=row.get("name", _capital(row["word"])),
            word=row["word"],
            price_cents=row.get("price", 0),
            allergens=row.get("has", []),
            diet=row.get("diet", "vegan"),
            calories=row.get("kcal", 0),
            position=position,
        )


def _capital(word: str) -> str:
    return word[:1].upper() + word[1:]


def _add_pizza(seed: dict[str, Any], entry: dict[str, Any], position: int) -> None:
    product = _product("pizzas", entry, position, places=PIZZA_PLACES)
    pairs = [
        (size, crust)
        for crust, row in seed["crusts"].items()
        for size in row["sizes"]
        if size in entry.get("sizes", row["sizes"]) and crust in entry.get("crusts", seed["crusts"])
    ]
    usual = (MOST_SOLD_SIZE, "classic") if (MOST_SOLD_SIZE, "classic") in pairs else pairs[0]
    _add(_made(seed, product.id, entry["extra"], size, crust, (size, crust) == usual) for size, crust in pairs)
    cheese = entry.get("base", "mozzarella")
    on = [entry.get("sauce", "tomato"), f"{cheese}.{entry.get('cheese', 'normal')}", *entry["on"]]
    for word in on:
        topping, _, amount = word.partition(".")
        _add([models.Preset(product_id=product.id, topping=topping, amount=amount or "normal")])
    _add(_asked(product.id, {**PIZZA_OPTIONS, **entry.get("with", {})}))


def _made(seed: dict[str, Any], product_id: int, extra: int, size: str, crust: str, usual: bool) -> models.Variant:
    about, row = seed["sizes"][size], seed["crusts"][crust]
    return models.Variant(
        product_id=product_id,
        size=size,
        crust=crust,
        price_cents=about["base"] + row["extra"] + extra,
        calories=half_up(row["kcal"] * about["portion"], 1000),
        default=usual,
    )


def _add_item(category: str, item: dict[str, Any], position: int) -> None:
    product = _product(category, item, position, places=item.get("places", 0))
    _add(
        models.Variant(
            product_id=product.id, size=size, price_cents=told[0], calories=(*told[1:], None)[0], default=n == 0
        )
        for n, (size, told) in enumerate(item["sizes"].items())
    )
    _add(_asked(product.id, item.get("with", {})))


def _product(category: str, entry: dict[str, Any], position: int, places: int) -> models.Product:
    opens, closes = entry.get("hours", (None, None))
    product = models.Product(
        slug=entry["slug"],
        category=category,
        name=entry["name"],
        description=entry["text"],
        picture=entry.get("picture"),
        tags=entry.get("tags", []),
        places=places,
        allergens=entry.get("has"),
        diet=entry.get("diet", "unknown"),
        everywhere="stores" not in entry,
        last_day=clock.now().date() + timedelta(days=entry["days"]) if "days" in entry else None,
        opens=opens,
        closes=closes,
        position=position,
    )
    _add([product])
    return product


def _asked(product_id: int, groups: Mapping[str, list[str]]) -> Iterator[models.ProductOption]:
    return (models.ProductOption(product_id=product_id, group=key, comes_with=keys) for key, keys in groups.items())


def _otherwise(seed: dict[str, Any], stores: list[int]) -> Iterator[Base]:
    """What single stores offer or charge unlike the chain, and what will cost something else one day."""
    for entry in seed["pizza"]:
        for number in entry.get("stores", []):
            if number < len(stores):
                yield models.StoreOffer(store_id=stores[number], kind="product", key=entry["slug"], offered=True)
    for row in seed["store"]:
        if row["number"] < len(stores):
            yield from _at_store(stores[row["number"]], row)
    for row in seed["price"]:
        starts = clock.now().date() + timedelta(days=row["days"])
        yield models.VariantPrice(variant_id=_variant_of(row["slug"]), starts=starts, price_cents=row["cents"])


def _at_store(store_id: int, row: dict[str, Any]) -> Iterator[Base]:
    for kind, keys in row.get("without", {}).items():
        for key in keys:
            yield models.StoreOffer(store_id=store_id, kind=kind, key=key, offered=False)
    for slug, cents in row.get("prices", {}).items():
        yield models.StorePrice(store_id=store_id, variant_id=_variant_of(slug), price_cents=cents)


def _variant_of(slug: str) -> int:
    found = select(models.Variant.id).join(models.Product).where(models.Product.slug == slug, models.Variant.default)
    return db.session.execute(found).scalar_one()
