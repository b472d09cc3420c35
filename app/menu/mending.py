"""The nearest that a store makes now of what was made before: what has run out or is gone is left off, and said."""

from collections.abc import Iterable, Iterator
from dataclasses import replace

from app.menu import options
from app.menu.pizza import canonical
from app.menu.service import choose, mend, product
from app.menu.values import BASE_GROUPS, Amount, Catalogue, Choice, Chosen, Placement, Product, Selection, Side

Notes = tuple[str, ...]


def remake(menu: Catalogue, selection: Selection) -> tuple[Choice, Notes]:
    """What a store makes now of a selection, and a sentence for each thing that is unlike before.

    Toppings and options that it has no more are left off, since the rest is still what was liked. Raises NotFound and
    what `choose` raises where nothing like it can be made: without its sauce, its cheese or its size it is another
    thing.
    """
    item = product(menu, selection.product)
    mended, notes = mend(menu, selection)
    kept, left_off = _toppings(menu, item, mended)
    chosen, other = _options(menu, item, mended)
    return choose(menu, replace(mended, placements=kept, options=chosen)), (*notes, *left_off, *other)


def _toppings(menu: Catalogue, item: Product, selection: Selection) -> tuple[tuple[Placement, ...] | None, Notes]:
    if not item.pizza:
        return None, ()
    placed = item.preset if selection.placements is None else selection.placements
    kept = [placement for placement in placed if not _gone(menu, placement)]
    mended = canonical(menu, (_fitting(menu, placement) for placement in kept))
    notes = [*_without(menu, placed), *_otherwise(menu, kept)]
    return mended, tuple(dict.fromkeys(notes))


def _gone(menu: Catalogue, placement: Placement) -> bool:
    """Whether a topping is left off. Sauce and cheese are not: `choose` says what is wrong with them."""
    topping = menu.toppings.get(placement.topping)
    return topping is None or (topping.sold_out and topping.group not in BASE_GROUPS)


def _without(menu: Catalogue, placed: Iterable[Placement]) -> Iterator[str]:
    for placement in placed:
        topping = menu.toppings.get(placement.topping)
        if topping is None:
            yield "A topping of then is not on this menu any more."
        elif _gone(menu, placement):
            yield f"Without {topping.word}: sold out here today."


def _otherwise(menu: Catalogue, kept: Iterable[Placement]) -> Iterator[str]:
    for placement in kept:
        topping = menu.toppings[placement.topping]
        if placement.amount not in topping.amounts:
            yield f"{topping.name} does not come {placement.amount.value} here."
        if topping.whole_only and placement.side is not Side.WHOLE:
            yield f"{topping.name} goes on the whole pizza here."


def _fitting(menu: Catalogue, placement: Placement) -> Placement:
    topping = menu.toppings[placement.topping]
    amount = placement.amount if placement.amount in topping.amounts else Amount.NORMAL
    return replace(placement, amount=amount, side=Side.WHOLE if topping.whole_only else placement.side)


def _options(menu: Catalogue, item: Product, selection: Selection) -> tuple[tuple[Chosen, ...], Notes]:
    """The options that there still are; where a group has too few left, what the product comes with."""
    wanted = options.known(menu, item, selection.options)
    sold_out = {one for one in wanted if menu.options[one.group].options[one.option].sold_out}
    notes = [f"Without {menu.options[one.group].options[one.option].word}: sold out here today." for one in sold_out]
    if selection.options is not None and set(selection.options) - set(wanted):
        notes.append("Something that was chosen with it then is not on this menu any more.")
    left: list[Chosen] = []
    for key in item.options:
        group = [one for one in wanted if one.group == key and one not in sold_out]
        usual = [one for one in item.comes_with if one.group == key]
        left += group if len(group) >= menu.options[key].least else usual
    return tuple(left), tuple(sorted(notes))
