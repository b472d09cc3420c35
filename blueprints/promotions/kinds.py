"""The ten kinds of deals as their form asks for them."""

from collections.abc import Mapping
from dataclasses import dataclass

from app.promotions.deals import NEEDS
from app.promotions.values import Kind


@dataclass(frozen=True, slots=True)
class Asked:
    """What the form of a kind asks for: its name and an example, its own fields, and a heading for each slot.

    Of so many slots, from the first, it is `counted` how many things they hold; the others hold one.
    """

    name: str
    example: str
    fields: tuple[str, ...] = ()
    slots: tuple[str, ...] = ()
    counted: int = 0


KINDS: Mapping[Kind, Asked] = {
    Kind.PERCENT_ITEMS: Asked("Percent off items", "20% off wings", ("percent", "max_per_order"), ("Which items",)),
    Kind.AMOUNT_ITEMS: Asked("Amount off items", "$3 off any large", ("off", "max_per_order"), ("Which items",)),
    Kind.FIXED_EACH: Asked(
        "Fixed price each",
        "Two or more mediums, $7.99 each",
        ("price", "min_count", "max_per_order"),
        ("Which items",),
    ),
    Kind.BUNDLE_PRICE: Asked(
        "Bundle",
        "A large, a side and a drink for $27",
        ("price", "max_per_order"),
        tuple(f"Item {n}" for n in range(1, NEEDS[Kind.BUNDLE_PRICE].slots[1] + 1)),
        counted=NEEDS[Kind.BUNDLE_PRICE].slots[1],
    ),
    Kind.BUY_X_GET_Y: Asked(
        "Buy and get",
        "Buy one, get one for half",
        ("percent", "max_per_order"),
        ("What they buy", "What they get"),
        counted=2,
    ),
    Kind.FREE_ITEM: Asked(
        "Free item", "A free dip with any pizza", ("max_per_order",), ("What they buy", "What is free"), counted=1
    ),
    Kind.PERCENT_ORDER: Asked(
        "Percent off the order", "25% off, at most $15", ("percent", "cap", "stackable"), ("What counts",)
    ),
    Kind.AMOUNT_ORDER: Asked("Amount off the order", "$5 off from $25", ("off", "stackable"), ("What counts",)),
    Kind.DELIVERY: Asked("Delivery", "Free delivery from $35", ("percent", "off", "price")),
    Kind.TIERED_PERCENT: Asked(
        "The more, the cheaper", "10, 15, 20% off from 4, 7, 10 pizzas", ("max_per_order",), ("Which items",)
    ),
}
