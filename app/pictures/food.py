"""Everything on the menu that is not a pizza, by its key."""

from collections.abc import Callable
from functools import cache, partial

from app.pictures import drinks, sides, sweets
from app.pictures.ink import picture
from app.pictures.sides import MARINARA, RANCH
from app.pictures.stagecraft import bag
from app.pictures.tableware import FOOD_VIEW


def _bag() -> str:
    return bag(120, 214, 1.2)


_GARLIC = ("#f4dd92", "#fff6cf")
_BLUE = ("#e9ecea", "#ffffff")

FOODS: dict[str, Callable[[], str]] = {
    "garlicsticks": sides.garlic_sticks,
    "cheesebread": sides.cheese_bread,
    "knots": sides.knots,
    "fries": sides.fries,
    "wings_hot": partial(sides.wings, "#b5451a", "#d9692a", "#ffc58a", RANCH, "#fbe6b0"),
    "wings_bbq": partial(sides.wings, "#5d2413", "#8a3d20", "#d98a5c", RANCH),
    "wings_plain": partial(sides.wings, "#b97a35", "#d9a055", "#f8dca4", ("#c93a22", "#f2876b")),
    "tenders": sides.tenders,
    "salad_garden": sides.garden_salad,
    "salad_caesar": sides.caesar_salad,
    "dip_ranch": partial(sides.dip, *RANCH),
    "dip_marinara": partial(sides.dip, *MARINARA),
    "dip_garlic": partial(sides.dip, *_GARLIC),
    "dip_bluecheese": partial(sides.dip, *_BLUE, "#56789a"),
    "dip_trio": sweets.dip_trio,
    "cookie": sweets.cookie,
    "brownie": sweets.brownie,
    "cinnamonrolls": sweets.cinnamon_rolls,
    "tiramisu": sweets.tiramisu,
    "cola": partial(drinks.can, "#c4321f", "#8f1d12", "Cola"),
    "dietcola": partial(drinks.can, "#d5d8da", "#8f1d12", "Diet"),
    "orange": partial(drinks.can, "#e8891c", "#b95f0a", "Orange"),
    "lemonlime": partial(drinks.can, "#4d9a3c", "#2a6b2b", "Lime"),
    "rootbeer": partial(drinks.can, "#6b3a1d", "#3c1c10", "Root"),
    "icedtea": partial(drinks.can, "#a85a1c", "#225733", "Tea"),
    "water": partial(drinks.bottle, "#bfe0ea", "#fff", "#2b6f8f", "Still"),
    "sparkling": partial(drinks.bottle, "#c9e9dd", "#fff", "#2a7d5f", "Fizz"),
    "cola2l": partial(drinks.bottle, "#3a1a10", "#8a5a44", "#c4321f", "Cola", large=True),
    "bag": _bag,
    "orange2l": partial(drinks.bottle, "#f09a2a", "#ffe0a8", "#b95f0a", "Orange", large=True),
}


@cache
def food_svg(key: str) -> str:
    """A picture of 240 by 240, hidden from screen readers (its name stands beside it). KeyError for an unknown key."""
    return picture(FOODS[key](), view=FOOD_VIEW, class_="food-svg")
