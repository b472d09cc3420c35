"""What is known of what is in a food, pure. It fails closed: a whole is only what every part of it is known to be."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum


class Allergen(StrEnum):
    """The nine that a menu in the United States names (FASTER Act of 2021)."""

    WHEAT = "wheat"
    MILK = "milk"
    EGG = "egg"
    SOY = "soy"
    FISH = "fish"
    SHELLFISH = "shellfish"
    TREE_NUTS = "tree nuts"
    PEANUTS = "peanuts"
    SESAME = "sesame"


class Diet(StrEnum):
    """The strictest diet that a food is known to fit: each one in this order fits those after it too."""

    VEGAN = "vegan"
    VEGETARIAN = "vegetarian"
    NO_PORK = "no pork"
    PORK = "pork"
    UNKNOWN = "unknown"


NUTS = frozenset({Allergen.TREE_NUTS, Allergen.PEANUTS})
LADDER = tuple(Diet)


@dataclass(frozen=True, slots=True)
class Facts:
    """What one thing is known to hold. `allergens` and `calories` (kcal of the whole) are None where nobody knows."""

    allergens: frozenset[Allergen] | None = None
    diet: Diet = Diet.UNKNOWN
    calories: int | None = None

    def fits(self, diet: Diet) -> bool:
        """Whether it is known to fit a diet; what nobody knows fits none."""
        return self.diet is not Diet.UNKNOWN and LADDER.index(self.diet) <= LADDER.index(diet)

    @property
    def nut_free(self) -> bool:
        """Whether it is known that no nuts are in it."""
        return self.allergens is not None and not self.allergens & NUTS

    @property
    def words(self) -> str:
        """The allergens as a list for people, or the warning that they are not known."""
        if self.allergens is None:
            return "not known for every part: please ask the store"
        return ", ".join(one.value for one in Allergen if one in self.allergens) or "none of the nine major ones"


NOTHING = Facts(frozenset(), Diet.VEGAN, 0)


def together(parts: Iterable[Facts]) -> Facts:
    """The facts of a whole: every allergen of every part, the diet that all of them fit, calories summed."""
    found = list(parts)
    known = [part.allergens for part in found if part.allergens is not None]
    counted = [part.calories for part in found if part.calories is not None]
    return Facts(
        frozenset[Allergen]().union(*known) if len(known) == len(found) else None,
        max((part.diet for part in found), key=LADDER.index, default=Diet.VEGAN),
        sum(counted) if len(counted) == len(found) else None,
    )


def read(allergens: Iterable[str] | None, diet: str, calories: int | None = None) -> Facts:
    """Facts from a table's row; a word that no list knows makes the whole unknown."""
    try:
        named = None if allergens is None else frozenset(map(Allergen, allergens))
    except ValueError:
        named = None
    return Facts(named, Diet(diet) if diet in set(Diet) else Diet.UNKNOWN, calories)
