"""What is unlike its preset on a pizza, in words: `no red onion, plus crispy bacon on the left`. Pure."""

from collections.abc import Iterable, Iterator

from app.menu.pizza import AMOUNT_WORDS
from app.menu.values import CHEESE, SAUCE, Catalogue, Placement, Side

WHERE = {Side.LEFT: " on the left", Side.RIGHT: " on the right", Side.WHOLE: ""}
Placed = dict[str, list[Placement]]


def changes(catalogue: Catalogue, preset: Iterable[Placement], chosen: Iterable[Placement]) -> tuple[str, ...]:
    """Each difference between two pizzas in canonical form, in menu order; none where they are the same."""
    before, after = _by_topping(preset), _by_topping(chosen)
    base = (*_sauce(catalogue, before, after), *_cheese(catalogue, before, after))
    loose = (key for key, topping in catalogue.toppings.items() if topping.group not in {SAUCE, CHEESE})
    pairs = ((catalogue.toppings[key].word, before.get(key, []), after.get(key, [])) for key in loose)
    return base + tuple(_topping(word, was, now) for word, was, now in pairs if was != now)


def _by_topping(placements: Iterable[Placement]) -> Placed:
    found: Placed = {}
    for placement in placements:
        found.setdefault(placement.topping, []).append(placement)
    return found


def _of_group(catalogue: Catalogue, placed: Placed, group: str) -> Placement | None:
    return next((p[0] for key, p in placed.items() if catalogue.toppings[key].group == group), None)


def _sauce(catalogue: Catalogue, before: Placed, after: Placed) -> Iterator[str]:
    was, now = (_of_group(catalogue, placed, SAUCE) for placed in (before, after))
    if was == now:
        return
    if now is None:
        yield "no sauce"
        return
    amount = AMOUNT_WORDS.get(now.amount)
    other = was is None or was.topping != now.topping
    words = [amount or ("" if other else "regular"), catalogue.toppings[now.topping].word if other else "", "sauce"]
    yield " ".join(filter(None, words))


def _cheese(catalogue: Catalogue, before: Placed, after: Placed) -> Iterator[str]:
    was, now = (_of_group(catalogue, placed, CHEESE) for placed in (before, after))
    if was != now:
        yield "no cheese" if now is None else f"{AMOUNT_WORDS.get(now.amount, 'regular')} cheese"


def _topping(word: str, before: list[Placement], after: list[Placement]) -> str:
    if not after:
        return f"no {word}"
    if not before:
        return "plus " + " and ".join(_placed(word, placement, "") for placement in after)
    only = " only" if len(after) == 1 and after[0].side is not Side.WHOLE else ""
    usual = {placement.amount for placement in before} == {placement.amount for placement in after}
    return " and ".join(_placed(word, placement, "" if usual else "regular") for placement in after) + only


def _placed(word: str, placement: Placement, normal: str) -> str:
    amount = AMOUNT_WORDS.get(placement.amount, normal)
    return f"{amount} {word}".strip() + WHERE[placement.side]
