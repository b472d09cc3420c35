"""What the builder page shows: every option with its price and whether it can be had, and the pizza so far."""

from collections.abc import Iterator
from dataclasses import dataclass

from app.core.errors import Refusal
from app.core.money import half_up
from app.menu import service as menu
from app.menu.service import CHEESE, SAUCE, Amount, Catalogue, Choice, Placement, Product, Selection, Side, Topping
from blueprints import picks

GROUPS = (("meat", "Meat"), ("vegetable", "Vegetables"), ("cheese", "More cheese"))


@dataclass(frozen=True, slots=True)
class Option:
    """One radio of a group. `price_cents` is the size's price or the crust's surcharge."""

    key: str
    name: str
    note: str
    price_cents: int
    checked: bool
    problem: str = ""


@dataclass(frozen=True, slots=True)
class Row:
    """One topping: where it lies (None when nowhere), how much of it, and what stands in its way."""

    topping: Topping
    placement: Placement | None
    problem: str

    @property
    def side(self) -> str:
        """The radio that is checked."""
        return self.placement.side.value if self.placement else picks.NONE

    @property
    def amount(self) -> str:
        """The amount that is checked."""
        return self.placement.amount.value if self.placement else Amount.NORMAL.value


@dataclass(frozen=True, slots=True)
class Builder:
    """The builder for one pizza."""

    product: Product
    selection: Selection
    placements: tuple[Placement, ...]
    choice: Choice | None
    refusal: Refusal | None
    notes: tuple[str, ...]
    quantity: int
    line_id: int | None
    sizes: tuple[Option, ...]
    crusts: tuple[Option, ...]
    sauces: tuple[Option, ...]
    cheeses: tuple[Option, ...]
    groups: tuple[tuple[str, tuple[Row, ...]], ...]
    whole_cents: int
    half_cents: int
    picture: str
    halves: tuple[tuple[str, str], ...]
    query: str

    @property
    def total_cents(self) -> int | None:
        """What this many of it cost; None while it cannot be made."""
        return self.choice.unit_cents * self.quantity if self.choice else None

    @property
    def path(self) -> str:
        """The page's address without its query."""
        return f"/build/line/{self.line_id}" if self.line_id else f"/build/{self.product.slug}"

    @property
    def url(self) -> str:
        """The page's address with the whole pizza in it."""
        return f"{self.path}?{self.query}" + (f"&quantity={self.quantity}" if self.quantity > 1 else "")


def build(
    catalogue: Catalogue,
    wanted: Selection,
    *,
    notes: tuple[str, ...] = (),
    quantity: int = 1,
    line_id: int | None = None,
) -> Builder:
    """Lay the builder out for a selection; one that cannot be made is shown with the reason. Raises NotFound."""
    item = menu.product(catalogue, wanted.product)
    selection, mended = menu.mend(catalogue, wanted)
    placements = menu.canonical(catalogue, item.preset if selection.placements is None else selection.placements)
    try:
        choice, refusal = menu.choose(catalogue, selection), None
    except Refusal as no:
        choice, refusal = None, no
    cents = catalogue.sizes[selection.size or ""].topping_cents
    return Builder(
        product=item,
        selection=selection,
        placements=placements,
        choice=choice,
        refusal=refusal,
        notes=(*notes, *mended),
        quantity=quantity,
        line_id=line_id,
        sizes=tuple(_sizes(catalogue, item, selection)),
        crusts=tuple(_crusts(catalogue, item, selection)),
        sauces=tuple(_sauces(catalogue, placements)),
        cheeses=tuple(_cheeses(catalogue, placements)),
        groups=tuple((name, tuple(_rows(catalogue, group, placements, refusal))) for group, name in GROUPS),
        whole_cents=cents,
        half_cents=half_up(cents, 2),
        picture=_picture(catalogue, selection, placements),
        halves=tuple(_halves(catalogue, placements)),
        query=picks.write(catalogue, selection, placements),
    )


def _sizes(catalogue: Catalogue, item: Product, selection: Selection) -> Iterator[Option]:
    for key in dict.fromkeys(variant.size for variant in item.variants):
        size = catalogue.sizes[key]
        variant = item.variant(key, selection.crust) or next(v for v in item.variants if v.size == key)
        yield Option(key, size.name, size.note, variant.price_cents, key == selection.size)


def _crusts(catalogue: Catalogue, item: Product, selection: Selection) -> Iterator[Option]:
    made = {variant.crust: variant.price_cents for variant in item.variants if variant.size == selection.size}
    cheapest = min(made.values())
    for key in dict.fromkeys(variant.crust for variant in item.variants if variant.crust):
        crust = catalogue.crusts[key]
        problem = "" if key in made else f"not in {catalogue.sizes[selection.size or ''].name}"
        extra = made.get(key, cheapest) - cheapest
        yield Option(key, crust.name, crust.note, extra, key == selection.crust, problem)


def _sauces(catalogue: Catalogue, placements: tuple[Placement, ...]) -> Iterator[Option]:
    chosen = {placement.topping for placement in placements}
    sauces = [topping for topping in catalogue.toppings.values() if topping.group == SAUCE]
    for topping in sauces:
        problem = "sold out today" if topping.sold_out else ""
        yield Option(topping.key, topping.name, "", 0, topping.key in chosen, problem)
    yield Option(picks.NONE, "None", "", 0, not any(topping.key in chosen for topping in sauces))


def _cheeses(catalogue: Catalogue, placements: tuple[Placement, ...]) -> Iterator[Option]:
    cheese = next((p for p in placements if catalogue.toppings[p.topping].group == CHEESE), None)
    yield Option(picks.NONE, "None", "", 0, cheese is None)
    for amount, name in ((Amount.LIGHT, "Light"), (Amount.NORMAL, "Regular"), (Amount.EXTRA, "Extra")):
        yield Option(amount.value, name, "", 0, cheese is not None and cheese.amount is amount)


def _rows(
    catalogue: Catalogue, group: str, placements: tuple[Placement, ...], refusal: Refusal | None
) -> Iterator[Row]:
    placed = {placement.topping: placement for placement in placements}
    for topping in catalogue.toppings.values():
        if topping.group == group:
            blamed = refusal is not None and refusal.field == topping.key
            sold_out = "Sold out today" if topping.sold_out else ""
            yield Row(topping, placed.get(topping.key), refusal.message if blamed and refusal else sold_out)


def _picture(catalogue: Catalogue, selection: Selection, placements: tuple[Placement, ...]) -> str:
    return menu.recipe(catalogue, selection.crust or "classic", placements).code()


def _halves(catalogue: Catalogue, placements: tuple[Placement, ...]) -> Iterator[tuple[str, str]]:
    """What lies on each half in words, whole toppings on both; one row when the halves are the same."""
    names = ("Left", Side.LEFT), ("Right", Side.RIGHT)
    both = [
        (name, ", ".join(words for side, words in menu.words(catalogue, placements) if side in {half, Side.WHOLE}))
        for name, half in names
    ]
    same = both[0][1] == both[1][1]
    yield from [("All over", both[0][1] or "sauce and cheese")] if same else [(n, w or "plain") for n, w in both]
