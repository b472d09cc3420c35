"""The rules of a pizza, pure: which selections are legal, what their toppings cost, and how they read.

Prices follow the price law, section 2: the weight that a half carries counts half, what the preset includes is free,
leaving it out earns nothing, and the sum is multiplied by the size's topping price and rounded once.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import groupby, takewhile

from app.core.errors import Refusal
from app.core.money import half_up, share_out
from app.menu.values import (
    BASE_GROUPS,
    CHEESE,
    SAUCE,
    Amount,
    Catalogue,
    Halves,
    Placement,
    Product,
    Side,
    Topping,
)

AMOUNT_WORDS = {Amount.LIGHT: "light", Amount.EXTRA: "extra", Amount.DOUBLE: "double"}
HALVES = (Side.LEFT, Side.RIGHT)


def canonical(catalogue: Catalogue, placements: Iterable[Placement]) -> tuple[Placement, ...]:
    """The same pizza, always written the same way: in menu order, equal halves joined to a whole."""
    by_topping: dict[str, list[Placement]] = {}
    for placement in placements:
        by_topping.setdefault(placement.topping, []).append(placement)
    order = {key: position for position, key in enumerate(catalogue.toppings)}
    joined = [_join(found) for _, found in sorted(by_topping.items(), key=lambda item: order.get(item[0], len(order)))]
    return tuple(placement for found in joined for placement in found)


def _join(found: list[Placement]) -> list[Placement]:
    halves = sorted(found, key=lambda placement: placement.side)
    if len(halves) == 2 and {p.side for p in halves} == set(HALVES) and halves[0].amount == halves[1].amount:
        return [Placement(halves[0].topping, Side.WHOLE, halves[0].amount)]
    return halves


def check(catalogue: Catalogue, product: Product, placements: tuple[Placement, ...]) -> None:
    """Raise a Refusal, its `field` naming the topping, unless this store can make these placements."""
    if placements and not product.pizza:
        raise Refusal("no_toppings", f"{product.name} does not take toppings.")
    for placement in placements:
        _check_placement(catalogue.toppings.get(placement.topping), placement)
    _check_sides(catalogue, placements)
    of_group = Counter(catalogue.toppings[key].group for key in {placement.topping for placement in placements})
    for group, count in of_group.items():
        if catalogue.groups[group].exclusive and count > 1:
            word = catalogue.groups[group].word
            raise Refusal("one_of_a_kind", f"A pizza has one {word}. Please choose one.", field=group)


def _check_placement(topping: Topping | None, placement: Placement) -> None:
    if topping is None:
        raise Refusal("unknown_topping", "We do not have that topping.", field=placement.topping[:24])
    if topping.sold_out:
        what = f"{topping.word} sauce" if topping.group == SAUCE else topping.word
        raise Refusal("topping_sold_out", f"This store is sold out of {what} today.", field=topping.key)
    if placement.amount not in topping.amounts:
        raise Refusal("amount_not_offered", f"{topping.name} does not come {placement.amount}.", field=topping.key)
    if topping.whole_only and placement.side is not Side.WHOLE:
        raise Refusal("whole_only", f"{topping.name} goes on the whole pizza only.", field=topping.key)


def _check_sides(catalogue: Catalogue, placements: tuple[Placement, ...]) -> None:
    sides = [(p.topping, side) for p in placements for side in _sides(p.side)]
    twice = next((topping for (topping, _), count in Counter(sides).items() if count > 1), None)
    if twice is not None:
        raise Refusal("placed_twice", f"{catalogue.toppings[twice].name} lies twice on one side.", field=twice)
    for side in HALVES:
        toppings = [key for key, where in sides if where is side and catalogue.toppings[key].group not in BASE_GROUPS]
        if len(toppings) > catalogue.most_per_side:
            message = f"At most {catalogue.most_per_side} toppings fit on one side. Take one off to add another."
            raise Refusal("too_many_toppings", message, field=toppings[-1])


def _sides(side: Side) -> tuple[Side, ...]:
    return HALVES if side is Side.WHOLE else (side,)


def topping_charge(catalogue: Catalogue, size: str, preset: Iterable[Placement], chosen: Iterable[Placement]) -> int:
    """What the toppings of one unit cost in cents, beyond what the preset includes (price law, section 2)."""
    weight = dict.fromkeys(HALVES, 0)
    for _, side, more in _weights(catalogue, preset, chosen):
        weight[side] += more
    counted = 2 * max(weight.values()) if catalogue.halves is Halves.DEARER else sum(weight.values())
    # Weights are thousandths twice over (amount and topping), and each half counts half.
    return half_up(counted * catalogue.sizes[size].topping_cents, 2 * 1000 * 1000)


def _weights(
    catalogue: Catalogue, preset: Iterable[Placement], chosen: Iterable[Placement]
) -> Iterator[tuple[Placement, Side, int]]:
    """What each placement adds to the weight of each half that it lies on, beyond what the preset includes there."""
    counts = catalogue.amounts
    included = {(p.topping, side): counts[p.amount] for p in preset for side in _sides(p.side)}
    for placement in chosen:
        topping = catalogue.toppings[placement.topping]
        for side in _sides(placement.side):
            extra = counts[placement.amount] - included.get((placement.topping, side), 0)
            yield placement, side, max(0, extra) * topping.weight


def topping_shares(
    catalogue: Catalogue, size: str, preset: Iterable[Placement], chosen: Sequence[Placement]
) -> list[tuple[str, int]]:
    """The parts of `topping_charge` in words, in cents that sum to it: `Left half: pepperoni (extra)`.

    By largest remainder, as all sums are shared (price law, section 6). Where the dearer half counts, the other one's
    toppings cost nothing.
    """
    found = list(_weights(catalogue, preset, chosen))
    if catalogue.halves is Halves.DEARER:
        heavy = max(HALVES, key=lambda half: sum(more for _, side, more in found if side is half))
        found = [(placement, side, more if side is heavy else 0) for placement, side, more in found]
    weights = [sum(more for placement, _, more in found if placement == each) for each in chosen]
    shares = share_out(topping_charge(catalogue, size, preset, chosen), weights)
    return [(_placed(catalogue, each), cents) for each, cents in zip(chosen, shares, strict=True) if cents]


def _placed(catalogue: Catalogue, placement: Placement) -> str:
    words = _words(catalogue.toppings, placement)
    if catalogue.toppings[placement.topping].group == SAUCE:
        words = _sauce_words(catalogue, placement)
    if placement.side is Side.WHOLE:
        return f"{words[:1].upper()}{words[1:]}"
    return f"{placement.side.capitalize()} half: {words}"


def charges_beyond(
    catalogue: Catalogue, size: str, preset: tuple[Placement, ...], chosen: Iterable[Placement]
) -> tuple[int, ...]:
    """What the toppings cost beyond the first n of them, dearest first, for as long as that is anything.

    Deals that include some toppings are paid for the rest (price law, section 3).
    """

    def charge(placements: Iterable[Placement]) -> int:
        return topping_charge(catalogue, size, preset, placements)

    by_topping: dict[str, list[Placement]] = {}
    for placement in chosen:
        by_topping.setdefault(placement.topping, []).append(placement)
    dearest = sorted(by_topping.values(), key=charge, reverse=True)
    beyond = (charge(placement for found in dearest[n:] for placement in found) for n in range(len(dearest)))
    return tuple(takewhile(bool, beyond))


def base_words(catalogue: Catalogue, crust: str, placements: Iterable[Placement]) -> str:
    """Crust, sauce and cheese in words: `Thin crust, tomato sauce, extra cheese`; a crust only where it is known."""
    by_group = {catalogue.toppings[p.topping].group: p for p in placements}
    words = [f"{catalogue.crusts[crust].name} crust"] if crust in catalogue.crusts else []
    words.append(_sauce_words(catalogue, by_group.get(SAUCE)))
    cheese = by_group.get(CHEESE)
    if cheese is None:
        words.append("no cheese")
    elif cheese.amount is not Amount.NORMAL:
        words.append(f"{AMOUNT_WORDS[cheese.amount]} cheese")
    return ", ".join(words)


def _sauce_words(catalogue: Catalogue, sauce: Placement | None) -> str:
    if sauce is None:
        return "no sauce"
    return " ".join(filter(None, (AMOUNT_WORDS.get(sauce.amount), catalogue.toppings[sauce.topping].word, "sauce")))


def side_words(toppings: Mapping[str, Topping], placements: Iterable[Placement]) -> tuple[tuple[Side, str], ...]:
    """The toppings in words by side, left first, then right, then what is all over."""
    order = (Side.LEFT, Side.RIGHT, Side.WHOLE)
    loose = [p for p in placements if toppings[p.topping].group not in BASE_GROUPS]
    by_side = groupby(sorted(loose, key=lambda p: order.index(p.side)), key=lambda p: p.side)
    return tuple((side, ", ".join(_words(toppings, p) for p in found)) for side, found in by_side)


def _words(toppings: Mapping[str, Topping], placement: Placement) -> str:
    word = toppings[placement.topping].word
    amount = AMOUNT_WORDS.get(placement.amount)
    return f"{word} ({amount})" if amount else word
