"""How a pick stands in an address or a form: `?size=l&crust=thin&sauce=tomato&cheese=extra&t=basil.l.x&o-bake=well`.

The form's radios say `t-pepperoni=left` and `a-pepperoni=extra` instead of `t`; both are read, the first is written.
Reading is forgiving, so that any link draws a pizza: what makes no sense is left out and said in a note, and sauce
and cheese that nothing is said of are those that the pizza comes with.
"""

from collections.abc import Iterator
from urllib.parse import urlencode

from werkzeug.datastructures import MultiDict

from app.menu.service import CHEESE, SAUCE, Amount, Catalogue, Chosen, Placement, Product, Selection, Side, in_size
from blueprints.forms import in_one_line

SIDES = {"l": Side.LEFT, "w": Side.WHOLE, "r": Side.RIGHT}
AMOUNTS = {"l": Amount.LIGHT, "n": Amount.NORMAL, "x": Amount.EXTRA, "d": Amount.DOUBLE}
SIDE_LETTERS = {side: letter for letter, side in SIDES.items()}
AMOUNT_LETTERS = {amount: letter for letter, amount in AMOUNTS.items()}
NONE = "none"
UNREADABLE = "Part of that link made no sense, so we left it out."
Args = MultiDict[str, str]
Pairs = list[tuple[str, str]]


def read(menu: Catalogue, item: Product, args: Args) -> tuple[Selection, tuple[str, ...]]:
    """The selection that an address or form stands for, and notes about what was left out."""
    size, crust = args.get("size") or _last_size(item, args), args.get("crust") or None
    options, strange = _options(menu, item, args)
    note = in_one_line(args.get("note", ""))
    placements = None
    if item.pizza and any(name in {"sauce", "cheese", "t"} or name.startswith("t-") for name in args):
        found = [*_base(menu, item, args), *_strewn(menu, args)]
        placements = tuple(placement for placement in found if placement is not None)
        strange = strange or len(found) != len(placements)
    selection = Selection(item.slug, size, crust if item.pizza else None, placements, options, note)
    return selection, (UNREADABLE,) if strange else ()


def _last_size(item: Product, args: Args) -> str | None:
    """The size that a card of the menu promised; none for what is not made in it."""
    size = args.get("pizza-size")
    return size if size and in_size(item, size).size == size else None


def quantity(menu: Catalogue, args: Args, usual: int) -> int:
    """How many, as far as a line may hold."""
    return min(max(args.get("quantity", usual, type=int), 1), menu.most_of_a_line)


def _options(menu: Catalogue, item: Product, args: Args) -> tuple[tuple[Chosen, ...] | None, bool]:
    """What was chosen of a product's options, None where nothing was said; and whether some of it was nonsense."""
    if not any(f"o-{group}" in args for group in item.options):
        return None, False
    chosen: list[Chosen] = []
    strange = False
    for group in item.options:
        said = args.getlist(f"o-{group}")
        if not said:
            chosen += [one for one in item.comes_with if one.group == group]
        known = dict.fromkeys(key for key in said if key in menu.options[group].options)
        strange = strange or not known.keys() >= set(said) - {NONE}
        chosen += [Chosen(group, key) for key in known]
    return tuple(chosen), strange


def _base(menu: Catalogue, item: Product, args: Args) -> Iterator[Placement | None]:
    unsaid = {group for group, name in ((SAUCE, "sauce"), (CHEESE, "cheese")) if name not in args}
    yield from (placement for placement in item.preset if menu.toppings[placement.topping].group in unsaid)
    sauce, cheese = args.get("sauce", NONE), args.get("cheese", NONE)
    if sauce != NONE:
        known = sauce in menu.toppings and menu.toppings[sauce].group == SAUCE
        amount = args.get("a-sauce", Amount.NORMAL.value)
        yield Placement(sauce, Side.WHOLE, Amount(amount)) if known and amount in list(Amount) else None
    if cheese != NONE:
        base = args.get("base") or usual_cheese(menu)
        known = base in menu.toppings and menu.toppings[base].group == CHEESE
        yield Placement(base, Side.WHOLE, Amount(cheese)) if known and cheese in list(Amount) else None


def _strewn(menu: Catalogue, args: Args) -> Iterator[Placement | None]:
    for word in args.getlist("t"):
        yield _from_letters(menu, word)
    for name, side in args.items(multi=True):
        key = name.removeprefix("t-")
        if key != name and side != NONE:
            yield _from_words(menu, key, side, args.get(f"a-{key}", Amount.NORMAL.value))


def usual_cheese(menu: Catalogue) -> str:
    """The cheese that a pizza has unless another is named."""
    return next((key for key, topping in menu.toppings.items() if topping.group == CHEESE), "")


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
    """The address's query for a selection, always the same for the same pick."""
    pairs = [("size", selection.size or "")]
    if selection.crust:
        pairs += [("crust", selection.crust), *_placed(menu, placements)]
    note = [("note", selection.note)] if selection.note else []
    return urlencode([*pairs, *_unusual(menu, selection), *note])


def _placed(menu: Catalogue, placements: tuple[Placement, ...]) -> Pairs:
    chosen, toppings = {"sauce": NONE, "cheese": NONE}, []
    for placement in placements:
        group = menu.toppings[placement.topping].group
        if group == SAUCE:
            chosen["sauce"] = placement.topping
            if placement.amount is not Amount.NORMAL:
                chosen["a-sauce"] = placement.amount.value
        elif group == CHEESE:
            chosen["cheese"] = placement.amount.value
            if placement.topping != usual_cheese(menu):
                chosen["base"] = placement.topping
        else:
            letters = (placement.topping, SIDE_LETTERS[placement.side], AMOUNT_LETTERS[placement.amount])
            toppings.append(("t", ".".join(letters)))
    return [*chosen.items(), *toppings]


def _unusual(menu: Catalogue, selection: Selection) -> Iterator[tuple[str, str]]:
    """The options that are not what the product comes with: `none` where nothing of a group is chosen."""
    item = menu.products[selection.product]
    chosen = item.comes_with if selection.options is None else selection.options
    for group in item.options:
        keys = {one.option for one in chosen if one.group == group}
        if keys != {one.option for one in item.comes_with if one.group == group}:
            yield from ((f"o-{group}", key) for key in menu.options[group].options if key in keys)
            if not keys:
                yield f"o-{group}", NONE
