"""What is in a food, in words: calories by the piece, allergens, the diet that it fits. Says so where nobody knows."""

from dataclasses import dataclass

from app.menu import service as menu
from app.menu.service import Catalogue, Diet, Facts

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
