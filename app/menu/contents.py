"""What one unit of a selection holds: the facts of all its parts together, pure."""

from collections.abc import Iterable, Iterator
from dataclasses import replace

from app.core.money import half_up
from app.menu.facts import Facts, together
from app.menu.options import options
from app.menu.values import Amount, Catalogue, Chosen, Placement, Product, Side, Size, Variant

SHARES = {Amount.LIGHT: 600, Amount.NORMAL: 1000, Amount.EXTRA: 1500, Amount.DOUBLE: 2000}


def contents(
    catalogue: Catalogue, item: Product, variant: Variant, placements: Iterable[Placement], chosen: Iterable[Chosen]
) -> Facts:
    """The facts of one unit. A pizza is what its crust, sauce, cheese and toppings are known to be."""
    parts = [replace(_plain(catalogue, item, variant), calories=variant.calories)]
    parts += _toppings(catalogue, catalogue.sizes[variant.size], placements)
    parts += [option.facts for option in options(catalogue, chosen)]
    return together(parts)


def _plain(catalogue: Catalogue, item: Product, variant: Variant) -> Facts:
    return item.facts if variant.crust is None else catalogue.crusts[variant.crust].facts


def _toppings(catalogue: Catalogue, size: Size, placements: Iterable[Placement]) -> Iterator[Facts]:
    for placement in placements:
        known = catalogue.toppings[placement.topping].facts
        if known.calories is None:
            yield known
        else:
            half = 1 if placement.side is Side.WHOLE else 2
            share = SHARES[placement.amount] * size.portion
            yield replace(known, calories=half_up(known.calories * share, half * 1000 * 1000))


def per_piece(calories: int, size: Size) -> int:
    """About how many calories are in one piece, to the next ten; never more exact than a kitchen is."""
    return half_up(calories, size.pieces * 10) * 10
