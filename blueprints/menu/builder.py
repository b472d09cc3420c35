"""What the builder page shows of one pizza: the words of its template, worked out from a selection."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache

from flask import get_template_attribute
from markupsafe import Markup

from app.core.errors import NotFound, Refusal
from app.menu import service as menu
from app.menu.service import CHEESE, SAUCE, Amount, Catalogue, Choice, Placement, Product, Selection, Side, Topping
from blueprints import picks

GROUPS = (("meat", "Meat"), ("vegetable", "Vegetables"), ("cheese", "More cheese"))
CHEESES = (("none", "None"), ("light", "Light"), ("normal", "Regular"), ("extra", "Extra"))
SIDE_NAMES = {Side.LEFT: "Left half", Side.RIGHT: "Right half", Side.WHOLE: "All over"}


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
        groups = {self._group(p): p for p in self.placements if self._group(p) in {SAUCE, CHEESE}}
        sauce, cheese = groups.get(SAUCE), groups.get(CHEESE)
        return {
            "menu": self.menu,
            "product": self.product,
            "size": self.selection.size,
            "crust": self.selection.crust,
            "sauce": sauce.topping if sauce else picks.NONE,
            "sauce_amount": sauce.amount.value if sauce else Amount.NORMAL.value,
            "cheese": cheese.amount.value if cheese else picks.NONE,
            "placed": {p.topping: (p.side.value, p.amount.value) for p in self.placements},
            "sauces": [("none", "None"), *((topping.key, topping.name) for topping in self._toppings(SAUCE))],
            "cheeses": CHEESES,
            "groups": [(name, list(self._toppings(group))) for group, name in GROUPS],
            "picture": self._picture(),
            "spoken": spoken(self.menu, self.selection, self.placements),
            "halves": list(_halves(menu.words(self.menu, self.placements))),
            "total_cents": self.total_cents,
            "quantity": self.quantity,
            "line_id": self.line_id,
            "place": self.place,
            "notes": self.notes,
            "problem": self.problem,
            "topping_row": topping_row,
        }

    def _picture(self) -> str:
        """As much of it as can be drawn: a link may ask for more than fits, and is told so beside the picture."""
        drawn = self.placements
        while True:
            try:
                return menu.recipe(self.menu, self.selection.crust or "", drawn).code()
            except ValueError:
                drawn = drawn[:-1]

    def _group(self, placement: Placement) -> str:
        return self.menu.toppings[placement.topping].group

    def _toppings(self, group: str) -> Iterator[Topping]:
        return (topping for topping in self.menu.toppings.values() if topping.group == group)


@lru_cache(2_000)
def topping_row(topping: Topping, side: str, amount: str, problem: str) -> Markup:
    """The row of a topping, drawn once for each way it may lie: most of a builder is rows that did not change."""
    row: Markup = get_template_attribute("_macros/build.html", "topping_row")(topping, side, amount, problem)
    return row


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


def spoken(catalogue: Catalogue, selection: Selection, placements: tuple[Placement, ...]) -> str:
    """The pizza in one sentence, as its picture shows it."""
    size = catalogue.sizes[selection.size or ""].name
    crust = catalogue.crusts[selection.crust or ""].name.lower()
    sides = [f"{SIDE_NAMES[side]}: {words}." for side, words in menu.words(catalogue, placements)]
    return " ".join([f"{size} pizza, {crust} crust.", *(sides or ["No toppings yet."])])


def _halves(by_side: tuple[tuple[Side, str], ...]) -> Iterator[tuple[str, str]]:
    """What lies on each half, whole toppings counted to both; one row when nothing is halved."""
    words: Mapping[Side, str] = dict(by_side)
    whole = words.get(Side.WHOLE, "")
    if Side.LEFT not in words and Side.RIGHT not in words:
        yield "whole", whole or "sauce and cheese"
        return
    for side in (Side.LEFT, Side.RIGHT):
        yield side.value, ", ".join(filter(None, (words.get(side, ""), whole))) or "sauce and cheese"
