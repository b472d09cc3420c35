"""How a selection looks to people, whether or not a store makes it today: its name, its words, its picture. Pure."""

from collections.abc import Iterable

from app.menu import options
from app.menu.pizza import base_words, canonical, side_words
from app.menu.values import CHEESE, SAUCE, Catalogue, Look, Placement, Product, Selection, Side
from app.pictures import CRUSTS, SAUCES, TOPPINGS, Recipe

UNKNOWN = "Something that is no longer on the menu"


def look(menu: Catalogue, selection: Selection) -> Look:
    """A selection in words and as a picture: all of it that this menu knows, made today or not."""
    item = menu.products.get(selection.product)
    if item is None:
        return Look(UNKNOWN, "", (), "", pizza=False, note=selection.note, asks=False)
    beside = options.words(menu, options.known(menu, item, selection.options))
    size = selection.size or item.default.size
    if not item.pizza:
        asks = len(item.variants) > 1 or bool(item.options)
        name = _item_name(menu, item, size)
        return Look(name, _sentence(beside), (), item.picture or "", pizza=False, note=selection.note, asks=asks)
    crust = selection.crust or item.default.crust or ""
    found = item.preset if selection.placements is None else selection.placements
    placements = canonical(menu, (placement for placement in found if placement.topping in menu.toppings))
    return Look(
        name=f"{menu.sizes[size].name} {item.name}" if size in menu.sizes else item.name,
        base=_sentence(", ".join(filter(None, (base_words(menu, crust, placements), beside)))),
        sides=side_words(menu.toppings, placements) if placements != canonical(menu, item.preset) else (),
        picture=_drawn(menu, crust, placements),
        pizza=True,
        note=selection.note,
        asks=True,
    )


def _item_name(menu: Catalogue, item: Product, size: str) -> str:
    return item.name if len(item.variants) == 1 or size not in menu.sizes else f"{item.name}, {menu.sizes[size].name}"


def _sentence(words: str) -> str:
    return words[:1].upper() + words[1:]


def _drawn(menu: Catalogue, crust: str, placements: tuple[Placement, ...]) -> str:
    """As much of it as can be drawn: a link may ask for more than fits into one picture."""
    while True:
        try:
            return recipe(menu, crust, placements).code()
        except ValueError:
            placements = placements[:-1]


def recipe(menu: Catalogue, crust: str, placements: Iterable[Placement]) -> Recipe:
    """What the picture of a pizza is drawn from; what has no drawing is left to the words."""
    sauce, cheese = "none", "none"
    toppings: dict[tuple[str, str], str] = {}
    for placement in placements:
        topping = menu.toppings[placement.topping]
        drawn = topping.picture or topping.key
        if topping.group == SAUCE:
            sauce = drawn if drawn in SAUCES else "none"
        elif topping.group == CHEESE:
            cheese = placement.amount.value
        elif drawn in TOPPINGS:
            sides = (Side.LEFT, Side.RIGHT) if placement.side is Side.WHOLE else (placement.side,)
            for side in sides:  # two that are drawn alike are drawn once
                toppings.setdefault((drawn, side.value), placement.amount.value)
    known = menu.crusts.get(crust)
    made = (known.picture if known else None) or crust
    strewn = tuple((key, side, amount) for (key, side), amount in toppings.items())
    return Recipe(crust=made if made in CRUSTS else CRUSTS[0], sauce=sauce, cheese=cheese, toppings=strewn)
