"""Carts to price: what people really ordered together, group orders made of it, and twelve deals that vie for them.

The real ones are a pizzeria's orders of one year (Maven Pizza, public), kept beside the project and not in it.
"""

import csv
import os
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from random import Random

from app.promotions.values import Bill, Combine, Deal, Kind, Slot, Tier, Unit

SHARED = Path(os.environ.get("SHARED_DATA") or Path(__file__).parents[2] / "shared" / "data") / "maven_pizza"
FOOD_PPM, DRINKS_PPM = 82_500, 62_500
FEE_CENTS = 299
GROUP_SEED = 12


def _slot(*sizes: str, categories: tuple[str, ...] = (), count: int = 1) -> Slot:
    return Slot(sizes=sizes, categories=categories, count=count)


_TIERS = (Tier(4, 100_000), Tier(7, 150_000), Tier(10, 200_000))
_SIDES: Sequence[tuple[str, str, int]] = (
    ("wings", "sides", 899),
    ("sticks", "sides", 599),
    ("salad", "salads", 749),
    ("cola", "drinks", 225),
    ("water", "drinks", 199),
    ("lemonade", "drinks", 325),
    ("ranch", "dips", 99),
    ("garlic", "dips", 89),
)

SIX = (
    Deal(1, 1, "Two mediums", Kind.BUNDLE_PRICE, (_slot("m", count=2),), price_cents=2600),
    Deal(2, 1, "Second large half price", Kind.BUY_X_GET_Y, (_slot("l"), _slot("l")), rate_ppm=500_000),
    Deal(3, 1, "Greens", Kind.PERCENT_ITEMS, (_slot(categories=("veggie",)),), rate_ppm=200_000),
    Deal(4, 1, "The more, the merrier", Kind.TIERED_PERCENT, (_slot("s", "m", "l", "xl", "xxl"),), tiers=_TIERS),
    Deal(5, 1, "15% off", Kind.PERCENT_ORDER, rate_ppm=150_000, cap_cents=1500),
    Deal(6, 1, "Chicken", Kind.AMOUNT_ITEMS, (_slot("l", categories=("chicken",)),), off_cents=300),
)
TWELVE = (
    *SIX,
    Deal(7, 1, "One of each", Kind.BUNDLE_PRICE, (_slot("l"), _slot("m"), _slot("s")), price_cents=4000),
    Deal(8, 1, "Smalls", Kind.FIXED_EACH, (_slot("s"),), price_cents=999, min_count=2),
    Deal(9, 1, "A small on us", Kind.FREE_ITEM, (_slot("l", count=3), _slot("s")), max_per_order=1),
    Deal(10, 1, "Five off sixty", Kind.AMOUNT_ORDER, off_cents=500, min_spend_cents=6000, stackable=True),
    Deal(11, 1, "Free delivery", Kind.DELIVERY, rate_ppm=1_000_000, min_spend_cents=2000),
    Deal(
        12,
        1,
        "Supreme day",
        Kind.PERCENT_ITEMS,
        (_slot(categories=("supreme",)),),
        rate_ppm=300_000,
        combine=Combine.EXCLUSIVE,
    ),
)


@dataclass(frozen=True, slots=True)
class Pizza:
    """One of the pizzeria's, in a size."""

    product: str
    size: str
    category: str
    cents: int

    def unit(self, unit_id: int) -> Unit:
        """It in a cart."""
        return Unit(unit_id, self.product, self.size, None, self.cents, self.category, True, (), FOOD_PPM)


def found() -> bool:
    """Whether the real carts are there."""
    return (SHARED / "orders.csv").exists()


def real(least: int, most: int) -> dict[tuple[Pizza, ...], int]:
    """Every cart of so many pizzas, and how often it was ordered. Raises FileNotFoundError."""
    pizzas = _pizzas()
    orders: defaultdict[str, Counter[str]] = defaultdict(Counter)
    with (SHARED / "order_details.csv").open(newline="") as file:
        for row in csv.DictReader(file):
            orders[row["order_id"]][row["pizza_id"]] += int(row["quantity"])
    carts = Counter(tuple(sorted(order.elements())) for order in orders.values())
    return {tuple(pizzas[each] for each in cart): count for cart, count in carts.items() if least <= len(cart) <= most}


def _pizzas() -> dict[str, Pizza]:
    with (SHARED / "pizza_types.csv").open(newline="", encoding="latin-1") as file:
        categories = {row["pizza_type_id"]: row["category"].lower() for row in csv.DictReader(file)}
    with (SHARED / "pizzas.csv").open(newline="") as file:
        return {
            row["pizza_id"]: Pizza(
                row["pizza_type_id"], row["size"].lower(), categories[row["pizza_type_id"]], _cents(row["price"])
            )
            for row in csv.DictReader(file)
        }


def _cents(price: str) -> int:
    dollars, _, cents = price.partition(".")
    return int(dollars) * 100 + int(cents.ljust(2, "0"))


def made_up(count: int, most: int) -> dict[tuple[Pizza, ...], int]:
    """Carts such as people order, where the real ones are not there: the same ones every time."""
    dice, pizzas = Random(GROUP_SEED), _invented()
    return {tuple(dice.choice(pizzas) for _ in range(dice.randint(2, most))): 1 for _ in range(count)}


def _invented() -> list[Pizza]:
    kinds = [(name, category) for category in ("classic", "veggie", "chicken", "supreme") for name in "abcd"]
    prices = {"s": 1200, "m": 1600, "l": 2025}
    return [
        Pizza(f"{category}-{name}", size, category, cents + 25 * ord(name) % 150)
        for name, category in kinds
        for size, cents in prices.items()
    ]


def bill(cart: Sequence[Pizza]) -> Bill:
    """A cart with its delivery."""
    return Bill(tuple(pizza.unit(n) for n, pizza in enumerate(cart)), FEE_CENTS, FOOD_PPM)


def group_order(number: int, units: int, *, one_rate: bool) -> Bill:
    """What an office orders: some favorites over and over, sides and drinks between; the same for each number."""
    dice = Random(number)
    favorites = dice.sample(_invented(), dice.randint(6, 24))
    found = [_ordered(dice, n, favorites, one_rate=one_rate) for n in range(units)]
    return Bill(tuple(found), FEE_CENTS, FOOD_PPM)


def _ordered(dice: Random, unit_id: int, favorites: Sequence[Pizza], *, one_rate: bool) -> Unit:
    if dice.random() < 0.65:
        return dice.choice(favorites).unit(unit_id)
    product, category, cents = dice.choice(_SIDES)
    rate = DRINKS_PPM if category == "drinks" and not one_rate else FOOD_PPM
    return Unit(unit_id, product, None, None, cents, category, rate_ppm=rate)
