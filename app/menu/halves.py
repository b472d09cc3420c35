"""Two pizzas of the menu on one: one of them laid on a half of another. Pure."""

from collections.abc import Iterable, Iterator

from app.menu.pizza import canonical
from app.menu.values import BASE_GROUPS, Catalogue, Placement, Product, Side

OTHER = {Side.LEFT: Side.RIGHT, Side.RIGHT: Side.LEFT}
Filled = tuple[tuple[Placement, ...], tuple[str, ...]]


def fill(catalogue: Catalogue, placements: Iterable[Placement], item: Product, side: Side) -> Filled:
    """A pizza whose one half is that of a product, and a sentence for each thing that could not come along.

    Sauce and cheese lie on the whole of a pizza; the left half says which.
    """
    said: list[str] = []
    present = list(placements)
    base = list(_base(catalogue, item.preset if side is Side.LEFT else present))
    for group in {catalogue.toppings[placement.topping].group for placement in base}:
        said += _one_base(catalogue, group, base, item)
    kept = [placement for p in _loose(catalogue, present) for placement in _other_half(catalogue, p, side)]
    said_or_laid = list(_half(catalogue, item, side, kept))
    laid = [one for one in said_or_laid if isinstance(one, Placement)]
    said += [one for one in said_or_laid if isinstance(one, str)]
    return canonical(catalogue, [*base, *kept, *laid]), tuple(said)


def _base(catalogue: Catalogue, placements: Iterable[Placement]) -> Iterator[Placement]:
    return (p for p in placements if catalogue.toppings[p.topping].group in BASE_GROUPS)


def _loose(catalogue: Catalogue, placements: Iterable[Placement]) -> Iterator[Placement]:
    return (p for p in placements if catalogue.toppings[p.topping].group not in BASE_GROUPS)


def _one_base(catalogue: Catalogue, group: str, base: list[Placement], item: Product) -> Iterator[str]:
    used, wanted = (
        next((p.topping for p in found if catalogue.toppings[p.topping].group == group), None)
        for found in (base, item.preset)
    )
    if used and used != wanted:
        words = (catalogue.groups[group].word, catalogue.toppings[used].word, item.name)
        yield "A pizza has one {}: it stays {}, also under the half of {}.".format(*words)


def _other_half(catalogue: Catalogue, placement: Placement, side: Side) -> Iterator[Placement]:
    """What stays of a topping when one half is taken away."""
    if placement.side is Side.WHOLE and not catalogue.toppings[placement.topping].whole_only:
        yield Placement(placement.topping, OTHER[side], placement.amount)
    elif placement.side is not side:
        yield placement


def _half(catalogue: Catalogue, item: Product, side: Side, kept: list[Placement]) -> Iterator[Placement | str]:
    """What a product has on a half, or why it has to stay off."""
    whole = {placement.topping for placement in kept if placement.side is Side.WHOLE}
    taken = {catalogue.toppings[placement.topping].group: placement.topping for placement in kept}
    for placement in _loose(catalogue, item.preset):
        topping = catalogue.toppings[placement.topping]
        group = catalogue.groups[topping.group]
        if placement.side is OTHER[side] or topping.key in whole:
            continue
        if topping.sold_out:
            yield f"This store is sold out of {topping.word} today, so we left it off."
        elif topping.whole_only:
            yield f"{topping.name} goes on the whole pizza only, so we left it off."
        elif group.exclusive and taken.get(group.key, topping.key) != topping.key:
            yield f"A pizza has one {group.word}, so we left the {topping.word} off."
        else:
            yield Placement(topping.key, side, placement.amount)
