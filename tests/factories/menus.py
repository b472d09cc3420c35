"""A small menu without a database: one of each kind of topping, in four sizes and two crusts."""

import dataclasses

from app.menu.service import (
    Amount,
    Catalogue,
    Category,
    Crust,
    Halves,
    Placement,
    Product,
    Size,
    Topping,
    ToppingGroup,
    Variant,
)

EVERY = tuple(Amount)
PRESET = (Placement("tomato"), Placement("mozzarella"), Placement("pepperoni", amount=Amount.EXTRA))


def topping(key: str, group: str, **changes: object) -> Topping:
    """A topping that may lie anywhere in any amount."""
    plain = Topping(
        key=key,
        name=key.capitalize(),
        word=key,
        group=group,
        weight=1000,
        amounts=EVERY,
        whole_only=False,
        tags=(),
        sold_out=False,
    )
    return dataclasses.replace(plain, **changes)


TOPPINGS = (
    topping("tomato", "sauce", weight=0, whole_only=True),
    topping("bbq", "sauce", weight=0, whole_only=True),
    topping("mozzarella", "base_cheese", whole_only=True),
    topping("pepperoni", "meat"),
    topping("bacon", "meat", sold_out=True),
    topping("meatball", "meat", weight=2000),
    topping("mushroom", "vegetable"),
    topping("olive", "vegetable"),
    topping("basil", "vegetable", whole_only=True),
    topping("feta", "cheese", amounts=(Amount.NORMAL, Amount.EXTRA)),
    *(topping(key, "vegetable") for key in ("redonion", "corn", "spinach", "pineapple", "jalapeno", "garlic")),
    *(topping(key, "vegetable") for key in ("artichoke", "greenpepper", "roastedpepper", "cherrytomato")),
    *(topping(key, "cheese") for key in ("ricotta", "parmesan", "bluecheese")),
)
GROUPS = (
    ToppingGroup("sauce", "Sauce", "sauce", exclusive=True),
    ToppingGroup("base_cheese", "Cheese", "cheese", exclusive=True),
    ToppingGroup("meat", "Meat", "meat", exclusive=False),
    ToppingGroup("vegetable", "Vegetables", "vegetable", exclusive=False),
    ToppingGroup("cheese", "More cheese", "cheese", exclusive=False),
)
SIZES = (Size("m", "Medium", "", 150), Size("l", "Large", "", 175))
CRUSTS = (Crust("classic", "Classic", ""), Crust("stuffed", "Stuffed", ""))


def product(slug: str, *variants: Variant, **changes: object) -> Product:
    """Something on the menu."""
    plain = Product(
        id=1,
        slug=slug,
        category="pizzas",
        name=slug.capitalize(),
        description="",
        picture=None,
        tags=(),
        places=1,
        variants=variants,
        preset=(),
        sold_out=False,
    )
    return dataclasses.replace(plain, **changes)


PRODUCTS = (
    product(
        "salami",
        Variant(1, "m", "classic", 1350, default=True),
        Variant(2, "l", "classic", 1600, default=False),
        Variant(3, "l", "stuffed", 1850, default=False),
        preset=PRESET,
    ),
    product("gone", Variant(4, "m", "classic", 1000, default=True), sold_out=True),
    product("cola", Variant(5, "can", None, 225, default=True), category="drinks", picture="cola", places=0),
    product(
        "fries",
        Variant(6, "one", None, 450, default=False),
        Variant(7, "two", None, 695, default=True),
        category="sides",
    ),
)


def menu(**changes: object) -> Catalogue:
    """The menu of store 1."""
    sizes = (*SIZES, Size("can", "12 oz can", "", 0), Size("one", "For one", "", 0), Size("two", "For two", "", 0))
    plain = Catalogue(
        store_id=1,
        version=(1, 0),
        halves=Halves.SUM,
        most_per_side=10,
        categories=(
            Category("pizzas", "Pizzas", "food", ("salami", "gone")),
            Category("drinks", "Drinks", "drinks", ("cola",)),
            Category("sides", "Sides", "food", ("fries",)),
        ),
        products={item.slug: item for item in PRODUCTS},
        toppings={found.key: found for found in TOPPINGS},
        sizes={size.key: size for size in sizes},
        crusts={crust.key: crust for crust in CRUSTS},
        groups={group.key: group for group in GROUPS},
    )
    return dataclasses.replace(plain, **changes)
