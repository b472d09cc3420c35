"""What the builder page shows of one pizza: the words of its template, worked out from a selection."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache, partial
from math import inf

from flask import get_template_attribute
from markupsafe import Markup

from app.core.errors import NotFound, Refusal
from app.menu import service as menu
from app.menu.service import (
    BASE_GROUPS,
    CHEESE,
    SAUCE,
    Amount,
    Catalogue,
    Choice,
    OptionGroup,
    Placement,
    Product,
    Selection,
    Side,
    Topping,
)
from app.stores import service as stores
from blueprints import picks
from blueprints.menu.inside import inside
from blueprints.picks import Args

BLANK = "your-own"
CHEESES = (("none", "None"), ("light", "Light"), ("normal", "Regular"), ("extra", "Extra"))
SIDE_NAMES = {Side.LEFT: "Left half", Side.RIGHT: "Right half", Side.WHOLE: "All over"}
HALVES = (("left", Side.LEFT), ("right", Side.RIGHT))
MENDED_AT = {
    "product": ("Back to the menu", "/"),
    "size": ("Choose another size", "#sizes"),
    "crust": ("Choose another crust", "#crusts"),
    "note": ("Change the note", "#special"),
}


@dataclass(frozen=True, slots=True)
class Builder:
    """One pizza in the builder; `choice` is None while the store cannot make it, `problem` says why.

    `place` is the deal and the number of its place that it goes into, if it is for a bundle.
    """

    menu: Catalogue
    product: Product
    selection: Selection
    placements: tuple[Placement, ...]
    choice: Choice | None
    problem: Refusal | None
    notes: tuple[str, ...]
    quantity: int
    line_id: int | None
    place: tuple[int, int] | None = None

    @property
    def url(self) -> str:
        """The page's address with the whole pizza in it."""
        path = f"/build/line/{self.line_id}" if self.line_id else f"/build/{self.product.slug}"
        more = f"&quantity={self.quantity}" if self.quantity > 1 else ""
        more += f"&deal={self.place[0]}&place={self.place[1]}" if self.place else ""
        return f"{path}?{picks.write(self.menu, self.selection, self.placements)}{more}"

    @property
    def total_cents(self) -> int | None:
        """What this many of it cost; None while it cannot be made."""
        return self.choice.unit_cents * self.quantity if self.choice else None

    def words(self) -> dict[str, object]:
        """What menu/_builder.html wants."""
        look = self.choice or menu.look(self.menu, self.selection)
        return {
            "menu": self.menu,
            "product": self.product,
            "size": self.selection.size,
            "crust": self.selection.crust,
            **self._base(),
            "placed": {p.topping: (p.side.value, p.amount.value) for p in self.placements},
            "groups": list(self._groups()),
            "options": list(self._options()),
            "note": self.selection.note,
            "picture": look.picture,
            "spoken": spoken(self.menu, self.selection, self.placements, look.base),
            "halves": list(_halves(menu.words(self.menu, self.placements))),
            "changed": self._changed(),
            "two": self._two(),
            "inside": inside(self.menu, self.selection.size or "", self.choice.facts) if self.choice else None,
            "store": stores.store(self.menu.store_id),
            "total_cents": self.total_cents,
            "quantity": self.quantity,
            "line_id": self.line_id,
            "place": self.place,
            "notes": self.notes,
            "problem": self.problem,
            "mending": self._mending(),
            "topping_row": topping_row,
            "two_lists": two_lists,
        }

    def _base(self) -> dict[str, object]:
        """Sauce and cheese: what lies there, and what there is to choose from."""
        found = {self._group(p): p for p in self.placements if self._group(p) in BASE_GROUPS}
        sauce, cheese = found.get(SAUCE), found.get(CHEESE)
        return {
            "sauce": sauce.topping if sauce else picks.NONE,
            "sauce_amount": sauce.amount.value if sauce else Amount.NORMAL.value,
            "cheese": cheese.amount.value if cheese else picks.NONE,
            "base": cheese.topping if cheese else picks.usual_cheese(self.menu),
            "sauces": list(self._toppings(SAUCE)),
            "cheeses": CHEESES,
            "bases": list(self._toppings(CHEESE)),
        }

    def _groups(self) -> Iterator[tuple[str, list[Topping]]]:
        for group in self.menu.groups.values():
            toppings = list(self._toppings(group.key))
            if group.key not in BASE_GROUPS and toppings:
                yield f"{group.name}, one of them" if group.exclusive else group.name, toppings

    def _options(self) -> Iterator[tuple[OptionGroup, tuple[str, ...]]]:
        chosen = self.product.comes_with if self.selection.options is None else self.selection.options
        for key in self.product.options:
            yield self.menu.options[key], tuple(one.option for one in chosen if one.group == key)

    def _changed(self) -> tuple[str, ...]:
        """What is unlike the menu's pizza, where it is one with toppings of its own."""
        own = any(self._group(placement) not in BASE_GROUPS for placement in self.product.preset)
        return menu.changed(self.menu, self.product, self.placements) if own else ()

    def _two(self) -> tuple[tuple[str, str], ...]:
        """The pizzas that a half may be made of; none while a line is changed, whose pizza stays what it is."""
        if self.line_id or BLANK not in self.menu.products:
            return ()
        pizzas = (item for item in self.menu.products.values() if item.pizza and not item.sold_out)
        return tuple((item.slug, item.name) for item in pizzas if item.slug != BLANK)

    def _mending(self) -> tuple[str, str] | None:
        """What is to be done about the problem, and where: at its control, or without the topping that ran out."""
        field = self.problem.field if self.problem else None
        topping = self.menu.toppings.get(field or "")
        if topping and topping.group not in BASE_GROUPS:
            rest = tuple(placement for placement in self.placements if placement.topping != field)
            without = replace(self, placements=rest).url if topping.sold_out else ""
            return f"Take off {topping.word}" if without else "Change it", f"{without}#row-{topping.key}"
        if topping or field in BASE_GROUPS:
            return "Choose another", "#base"
        return ("Choose another", f"#asked-{field}") if field in self.product.options else MENDED_AT.get(field or "")

    def _group(self, placement: Placement) -> str:
        return self.menu.toppings[placement.topping].group

    def _toppings(self, group: str) -> Iterator[Topping]:
        return (topping for topping in self.menu.toppings.values() if topping.group == group)


@lru_cache(4_000)
def topping_row(topping: Topping, side: str, amount: str, problem: str) -> Markup:
    """The row of a topping, drawn once for each way it may lie: most of a builder is rows that did not change."""
    row: Markup = get_template_attribute("_macros/build.html", "topping_row")(topping, side, amount, problem)
    return row


@lru_cache(500)
def two_lists(pizzas: tuple[tuple[str, str], ...], left: str, right: str) -> Markup:
    """The two lists of pizzas, drawn once for what is chosen in them."""
    lists: Markup = get_template_attribute("_macros/build.html", "two_pizzas")(pizzas, {"left": left, "right": right})
    return lists


def build(
    catalogue: Catalogue,
    wanted: Selection,
    *,
    notes: tuple[str, ...] = (),
    quantity: int = 1,
    line_id: int | None = None,
    place: tuple[int, int] | None = None,
) -> Builder:
    """Lay the builder out for a selection; one that cannot be made is shown with the reason. Raises NotFound."""
    item = menu.product(catalogue, wanted.product)
    if not item.pizza:
        raise NotFound(f"{item.name} comes as it is.")
    selection, mended = menu.mend(catalogue, wanted)
    placements = menu.canonical(catalogue, item.preset if selection.placements is None else selection.placements)
    choice, problem = None, None
    try:
        choice = menu.choose(catalogue, selection)
    except Refusal as refusal:
        problem = refusal
    all_notes = (*notes, *mended)
    return Builder(catalogue, item, selection, placements, choice, problem, all_notes, quantity, line_id, place)


def two_pizzas(catalogue: Catalogue, selection: Selection, args: Args) -> tuple[Selection, tuple[str, ...]]:
    """The selection with its left or right half made that of another pizza, as the form asks, and what to say of it.

    `fill` names the half that is made anew, so that the other one keeps what was changed on it; `1` means both. It is
    the pizza of the menu on which it costs least, in this size and on this crust: one of the two, or a custom one.
    """
    found = {name: catalogue.products.get(args.get(name, "")) for name, _ in HALVES}
    pizzas = {name: item for name, item in found.items() if item is not None and item.pizza}
    asked = [(pizzas[name], side) for name, side in HALVES if name in pizzas and args["fill"] in {name, "1"}]
    if not asked or BLANK not in catalogue.products:
        return selection, ()
    preset = catalogue.products[selection.product].preset
    placements = preset if selection.placements is None else selection.placements
    selection, mended = menu.mend(catalogue, selection)
    notes = list(mended)
    for item, side in asked:
        placements, said = menu.fill(catalogue, placements, item, side)
        notes += said
    bases = [item.slug for item in pizzas.values() if item.variant(selection.size, selection.crust)]
    ways = [replace(selection, product=slug, placements=placements) for slug in (BLANK, *bases)]
    return min(ways, key=partial(_cents, catalogue)), tuple(dict.fromkeys(notes))


def _cents(catalogue: Catalogue, selection: Selection) -> float:
    try:
        return menu.choose(catalogue, selection).unit_cents
    except Refusal:
        return inf


def spoken(catalogue: Catalogue, selection: Selection, placements: tuple[Placement, ...], base: str) -> str:
    """The pizza in words, with all that its picture shows. `base` says what it is made on."""
    size = catalogue.sizes[selection.size or ""].name
    sides = [f"{SIDE_NAMES[side]}: {words}." for side, words in menu.words(catalogue, placements)]
    return " ".join([f"{size} pizza, {base[:1].lower()}{base[1:]}.", *(sides or ["No toppings yet."])])


def _halves(by_side: tuple[tuple[Side, str], ...]) -> Iterator[tuple[str, str]]:
    """What lies on each half, whole toppings counted to both; one row when nothing is halved."""
    words: Mapping[Side, str] = dict(by_side)
    whole = words.get(Side.WHOLE, "")
    if Side.LEFT not in words and Side.RIGHT not in words:
        yield "whole", whole or "sauce and cheese"
        return
    for side in (Side.LEFT, Side.RIGHT):
        yield side.value, ", ".join(filter(None, (words.get(side, ""), whole))) or "sauce and cheese"
