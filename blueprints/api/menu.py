"""The menu as the API says it."""

from enum import StrEnum

from app.menu import service as menu
from app.menu.service import Catalogue, Facts, Placement
from app.menu.values import OptionGroup as Group
from app.menu.values import Product as Item
from app.menu.values import Topping as Top
from blueprints.api.shape import Id, Money, Shape, money


class Sides(StrEnum):
    """Where a topping lies."""

    LEFT = "left"
    WHOLE = "whole"
    RIGHT = "right"


class Amounts(StrEnum):
    """How much of a topping."""

    LIGHT = "light"
    NORMAL = "normal"
    EXTRA = "extra"
    DOUBLE = "double"


class Placed(Shape):
    """A topping on a pizza: where, and how much of it."""

    topping_id: str
    side: Sides
    amount: Amounts


class Variant(Shape):
    """A product in a size, a pizza also on a crust, with its price at this store."""

    id: Id
    size: str
    size_name: str
    crust: str | None
    crust_name: str | None
    price: Money
    usual: bool
    sold_out: bool


class Contents(Shape):
    """What is in it as it comes. `allergens` is null where they are not known of every part."""

    allergens: list[str] | None
    diet: str
    calories: int | None


class Option(Shape):
    """One answer of a group of options, and what it costs on top."""

    id: str
    name: str
    price: Money
    sold_out: bool


class OptionGroup(Shape):
    """What may be asked about a product: from `least` to `most` of its options."""

    id: str
    name: str
    least: int
    most: int
    options: list[Option]


class Product(Shape):
    """Something on a store's menu. `available` says whether it can be had now, `served` when at all."""

    id: str
    category_id: str
    name: str
    description: str
    tags: list[str]
    pizza: bool
    available: bool
    served: str
    price_from: Money
    variants: list[Variant]
    toppings: list[Placed]
    instructions: list[str]
    contents: Contents


class ProductDetail(Product):
    """A product with everything that may be asked about it."""

    option_groups: list[OptionGroup]


class Products(Shape):
    """A page of a store's menu in its order, or by how well it fits the words."""

    store_id: Id
    products: list[Product]
    next_cursor: str | None


class Category(Shape):
    """A section of the menu."""

    id: str
    name: str
    products: int


class Categories(Shape):
    """The sections of a store's menu."""

    store_id: Id
    categories: list[Category]


class Topping(Shape):
    """Something that lies on a pizza; it counts as so many thousandths of a topping."""

    id: str
    name: str
    group_id: str
    weight: int
    amounts: list[Amounts]
    whole_only: bool
    sold_out: bool
    contents: Contents


class ToppingGroup(Shape):
    """Toppings that belong together; of an exclusive group a pizza has at most one."""

    id: str
    name: str
    exclusive: bool


class ToppingPrice(Shape):
    """What one topping costs on a size."""

    size: str
    size_name: str
    price: Money


class Toppings(Shape):
    """The toppings of a store, in their groups, and what one costs on each size."""

    store_id: Id
    groups: list[ToppingGroup]
    toppings: list[Topping]
    prices: list[ToppingPrice]


def product(offered: Catalogue, item: Item) -> Product:
    """A product of a store's menu."""
    return Product(**_told(offered, item))


def detail(offered: Catalogue, item: Item) -> ProductDetail:
    """A product with what may be asked about it."""
    groups = [_group(key, offered.options[key]) for key in item.options]
    return ProductDetail(**_told(offered, item), option_groups=groups)


def _told(offered: Catalogue, item: Item) -> dict[str, object]:
    return {
        "id": item.slug,
        "category_id": item.category,
        "name": item.name,
        "description": item.description,
        "tags": list(item.tags),
        "pizza": item.pizza,
        "available": item.served and not item.sold_out,
        "served": item.window.words or "always",
        "price_from": money(min(variant.price_cents for variant in item.variants)),
        "variants": [_variant(offered, variant) for variant in item.variants],
        "toppings": [placed(placement) for placement in item.preset],
        "instructions": list(item.options),
        "contents": _contents(menu.usual(offered, item)),
    }


def _variant(offered: Catalogue, variant: menu.Variant) -> Variant:
    size, crust = offered.sizes[variant.size], offered.crusts.get(variant.crust or "")
    return Variant(
        id=str(variant.id),
        size=variant.size,
        size_name=size.name,
        crust=variant.crust,
        crust_name=crust.name if crust else None,
        price=money(variant.price_cents),
        usual=variant.default,
        sold_out=variant.sold_out or size.sold_out or bool(crust and crust.sold_out),
    )


def placed(placement: Placement) -> Placed:
    """A topping where it lies."""
    side, amount = Sides(placement.side.value), Amounts(placement.amount.value)
    return Placed(topping_id=placement.topping, side=side, amount=amount)


def _contents(facts: Facts) -> Contents:
    known = None if facts.allergens is None else sorted(one.value for one in facts.allergens)
    return Contents(allergens=known, diet=facts.diet.value, calories=facts.calories)


def _group(key: str, group: Group) -> OptionGroup:
    options = [
        Option(id=name, name=one.name, price=money(one.price_cents), sold_out=one.sold_out)
        for name, one in group.options.items()
    ]
    return OptionGroup(id=key, name=group.name, least=group.least, most=group.most, options=options)


def categories(offered: Catalogue) -> Categories:
    """The sections of a store's menu."""
    found = [Category(id=each.slug, name=each.name, products=len(each.products)) for each in offered.categories]
    return Categories(store_id=str(offered.store_id), categories=found)


def toppings(offered: Catalogue) -> Toppings:
    """The toppings of a store."""
    groups = [ToppingGroup(id=key, name=one.name, exclusive=one.exclusive) for key, one in offered.groups.items()]
    prices = [
        ToppingPrice(size=key, size_name=size.name, price=money(size.topping_cents))
        for key, size in offered.sizes.items()
        if size.topping_cents
    ]
    found = [_topping(each) for each in offered.toppings.values()]
    return Toppings(store_id=str(offered.store_id), groups=groups, toppings=found, prices=prices)


def _topping(each: Top) -> Topping:
    return Topping(
        id=each.key,
        name=each.name,
        group_id=each.group,
        weight=each.weight,
        amounts=[Amounts(amount.value) for amount in each.amounts],
        whole_only=each.whole_only,
        sold_out=each.sold_out,
        contents=_contents(each.facts),
    )
