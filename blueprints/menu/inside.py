"""What is in a food, in words: calories by the piece, allergens, the diet that it fits. Says so where nobody knows."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from app.menu import service as menu
from app.menu.service import Allergen, Catalogue, Diet, Facts

MARKS = ((Diet.VEGAN, "Vegan"), (Diet.VEGETARIAN, "Vegetarian"))


@dataclass(frozen=True, slots=True)
class Inside:
    """The words of a food's facts."""

    calories: str
    contains: str
    known: bool
    marks: tuple[str, ...]


def inside(catalogue: Catalogue, size: str, facts: Facts) -> Inside:
    """The facts of one thing in a size, as a page says them."""
    return Inside(_calories(catalogue, size, facts), facts.words, facts.allergens is not None, marks(facts))


def marks(facts: Facts) -> tuple[str, ...]:
    """The strictest diet that a food is known to fit, as a word; none where nobody knows."""
    return tuple(word for diet, word in MARKS if facts.fits(diet))[:1]


def _calories(catalogue: Catalogue, size: str, facts: Facts) -> str:
    if facts.calories is None:
        return "Calories are not known."
    made = catalogue.sizes[size]
    each = menu.per_piece(facts.calories, made)
    if made.pieces == 1:
        return f"About {each:,} calories."
    return f"About {each:,} calories a {made.piece}, {made.pieces} {_many(made.piece)}."


def _many(piece: str) -> str:
    return f"{piece}es" if piece.endswith("ss") else f"{piece}s"


@dataclass(frozen=True, slots=True)
class Row:
    """One thing of the page that tells all: its name, and its facts in words."""

    name: str
    contains: str
    known: bool
    marks: tuple[str, ...]


Rows = tuple[tuple[str, tuple[Row, ...]], ...]


def everything(offered: Catalogue, without: Iterable[Allergen]) -> Rows:
    """All that a store sells and puts on or beside it, in groups, but what holds or may hold one of these allergens."""
    avoided = frozenset(without)
    groups = (
        (name, tuple(Row(thing, facts.words, facts.allergens is not None, marks(facts)) for thing, facts in found))
        for name, all_of_it in _all(offered)
        if (found := [(thing, facts) for thing, facts in all_of_it if _free(facts, avoided)])
    )
    return tuple(groups)


def _free(facts: Facts, avoided: frozenset[Allergen]) -> bool:
    return not avoided or (facts.allergens is not None and not facts.allergens & avoided)


def _all(offered: Catalogue) -> Iterator[tuple[str, list[tuple[str, Facts]]]]:
    for category in offered.categories:
        items = (offered.products[slug] for slug in category.products)
        yield category.name, [(item.name, menu.usual(offered, item)) for item in items]
    yield "Crusts", [(crust.name, crust.facts) for crust in offered.crusts.values()]
    for group in offered.groups.values():
        toppings = (topping for topping in offered.toppings.values() if topping.group == group.key)
        yield f"Toppings: {group.name.lower()}", [(topping.name, topping.facts) for topping in toppings]
    for asked in offered.options.values():
        plain = all(option.facts.diet is Diet.VEGAN and not option.facts.allergens for option in asked.options.values())
        if not plain:
            yield asked.name, [(option.name, option.facts) for option in asked.options.values()]
