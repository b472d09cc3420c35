"""How a pizza stands in an address or a form: `?size=l&crust=thin&sauce=tomato&cheese=extra&t=pepperoni.l.x`.

The form's radios say `t-pepperoni=left` and `a-pepperoni=extra` instead of `t`; both are read, the first is written.
Reading is forgiving, so that any link draws a pizza: what makes no sense is left out and said in a note.
"""

from collections.abc import Iterator
from urllib.parse import urlencode

from werkzeug.datastructures import MultiDict

from app.menu.service import CHEESE, SAUCE, Amount, Catalogue, Placement, Product, Selection, Side

SIDES = {"l": Side.LEFT, "w": Side.WHOLE, "r": Side.RIGHT}
AMOUNTS = {"l": Amount.LIGHT, "n": Amount.NORMAL, "x": Amount.EXTRA, "d": Amount.DOUBLE}
SIDE_LETTERS = {side: letter for letter, side in SIDES.items()}
AMOUNT_LETTERS = {amount: letter for letter, amount in AMOUNTS.items()}
NONE = "none"
UNREADABLE = "Part of that link made no sense, so we left it out."


def read(menu: Catalogue, item: Product, args: MultiDict[str, str]) -> tuple[Selection, tuple[str, ...]]:
    """The selection that an address or form stands for, and notes about what was left out."""
    size, crust = args.get("size") or None, args.get("crust") or None
    if not item.pizza:
        return Selection(item.slug, size), ()
    if not any(name in {"sauce", "cheese", "t"} or name.startswith("t-") for name in args):
        return Selection(item.slug, size, crust), ()
    found = list(_placements(menu, args))
    readable = tuple(placement for placement in found if placement is not None)
    return Selection(item.slug, size, crust, readable), () if len(found) == len(readable) else (UNREADABLE,)


def _placements(menu: Catalogue, args: MultiDict[str, str]) -> Iterator[Placement | None]:
    sauce, cheese = args.get("sauce", NONE), args.get("cheese", NONE)
    if sauce != NONE:
        known = sauce in menu.toppings and menu.toppings[sauce].group == SAUCE
        amount = args.get("a-sauce", Amount.NORMAL.value)
        yield Placement(sauce, Side.WHOLE, Amount(amount)) if known and amount in list(Amount) else None
    if cheese != NONE:
        base = next((key for key, topping in menu.toppings.items() if topping.group == CHEESE), None)
        yield Placement(base, Side.WHOLE, Amount(cheese)) if base and cheese in list(Amount) else None
    for word in args.getlist("t"):
        yield _from_letters(menu, word)
    for name, side in args.items(multi=True):
        key = name.removeprefix("t-")
        if key != name and side != NONE:
            yield _from_words(menu, key, side, args.get(f"a-{key}", Amount.NORMAL.value))


def _from_letters(menu: Catalogue, word: str) -> Placement | None:
    key, _, rest = word.partition(".")
    side, _, amount = rest.partition(".")
    if key not in menu.toppings or side not in SIDES or amount not in AMOUNTS:
        return None
    return Placement(key, SIDES[side], AMOUNTS[amount])


def _from_words(menu: Catalogue, key: str, side: str, amount: str) -> Placement | None:
    if key not in menu.toppings or side not in list(Side) or amount not in list(Amount):
        return None
    return Placement(key, Side(side), Amount(amount))


def write(menu: Catalogue, selection: Selection, placements: tuple[Placement, ...]) -> str:
    """The address's query for a selection, always the same for the same pizza."""
    pairs = [("size", selection.size or ""), ("crust", selection.crust or "")]
    chosen, toppings = {"sauce": NONE, "cheese": NONE}, []
    for placement in placements:
        group = menu.toppings[placement.topping].group
        if group == SAUCE:
            chosen["sauce"] = placement.topping
            if placement.amount is not Amount.NORMAL:
                chosen["a-sauce"] = placement.amount.value
        elif group == CHEESE:
            chosen["cheese"] = placement.amount.value
        else:
            letters = (placement.topping, SIDE_LETTERS[placement.side], AMOUNT_LETTERS[placement.amount])
            toppings.append(("t", ".".join(letters)))
    return urlencode([*pairs, *chosen.items(), *toppings])
