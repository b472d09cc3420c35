"""Lines of a cart and what they cost: the step between the menu's choices and the price law."""

from collections.abc import Mapping, Sequence

from app.core.errors import Refusal
from app.menu import service as menu
from app.menu.service import Catalogue, Choice, Selection
from app.orders.pricing import DELIVERY_TAX_CODE, ListedUnit, Quote, quote
from app.orders.values import LineView
from app.promotions.service import Bill, Offer, Stage, Unit
from app.stores.service import Promise


def view_lines(catalogue: Catalogue, rows: Sequence[tuple[int, int, Selection]]) -> tuple[LineView, ...]:
    """What each line is at this store, or what stands in its way."""
    return tuple(_view(catalogue, line_id, quantity, selection) for line_id, quantity, selection in rows)


def _view(catalogue: Catalogue, line_id: int, quantity: int, selection: Selection) -> LineView:
    try:
        return LineView(line_id, quantity, selection, menu.choose(catalogue, selection))
    except Refusal as problem:
        return LineView(line_id, quantity, selection, menu.look(catalogue, selection), problem)


def units(lines: Sequence[LineView]) -> list[tuple[int, Choice]]:
    """Every physical item of the lines in order, with the number of its line."""
    return [(n, line.choice) for n, line in enumerate(lines) if line.choice for _ in range(line.quantity)]


def bill(lines: Sequence[LineView], promise: Promise | None, taxes: Mapping[str, int]) -> Bill:
    """These lines as deals see them. `taxes` maps tax codes to parts per million."""
    return Bill(
        units=tuple(unit_of(n, choice, taxes) for n, (_, choice) in enumerate(units(lines))),
        fee_cents=promise.fee_cents if promise else 0,
        fee_rate_ppm=taxes.get(DELIVERY_TAX_CODE, 0),
        minimum_cents=promise.minimum_cents if promise else 0,
        fee_steps=tuple((step.from_cents, step.fee_cents) for step in promise.steps[1:]) if promise else (),
    )


def unit_of(n: int, choice: Choice, taxes: Mapping[str, int]) -> Unit:
    """One item as deals see it."""
    return Unit(
        id=n,
        product=choice.selection.product,
        size=choice.selection.size,
        crust=choice.selection.crust,
        list_cents=choice.unit_cents,
        category=choice.category,
        specialty=choice.specialty,
        beyond_cents=choice.beyond_cents,
        rate_ppm=taxes.get(choice.tax_code, 0),
    )


def delivery_fee(promise: Promise | None, lines: Sequence[LineView], offer: Offer) -> int:
    """What bringing these lines costs: by the value of food after deals on items, as the minimum is measured."""
    if promise is None:
        return 0
    listed = sum(choice.unit_cents for _, choice in units(lines))
    return promise.fee_for(listed - offer.off_at(Stage.ITEM))


def price(lines: Sequence[LineView], offer: Offer, fee_cents: int, taxes: Mapping[str, int], tip_cents: int) -> Quote:
    """What these lines cost with an offer. `taxes` maps tax codes to parts per million."""
    listed = [ListedUnit(n, choice.unit_cents, choice.tax_code) for n, (_, choice) in enumerate(units(lines))]
    return quote(listed, offer=offer, fee_cents=fee_cents, taxes=taxes, tip_cents=tip_cents)
