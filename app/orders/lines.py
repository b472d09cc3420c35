"""Lines of a cart and what they cost: the step between the menu's choices and the price law."""

from collections.abc import Mapping, Sequence

from app.core.errors import Refusal
from app.menu import service as menu
from app.menu.service import Catalogue, Choice, Selection
from app.orders.pricing import ListedUnit, Quote, quote
from app.orders.values import LineView
from app.promotions import service as promotions
from app.promotions.service import Offer, Unit
from app.stores.values import Promise


def view_lines(catalogue: Catalogue, rows: Sequence[tuple[int, int, Selection]]) -> tuple[LineView, ...]:
    """What each line is at this store, or what stands in its way."""
    return tuple(_view(catalogue, line_id, quantity, selection) for line_id, quantity, selection in rows)


def _view(catalogue: Catalogue, line_id: int, quantity: int, selection: Selection) -> LineView:
    known = catalogue.products.get(selection.product)
    name = known.name if known else "Something that is no longer on the menu"
    try:
        choice = menu.choose(catalogue, selection)
    except Refusal as problem:
        return LineView(line_id, quantity, selection, name, None, problem)
    return LineView(line_id, quantity, selection, choice.name, choice, None)


def units(lines: Sequence[LineView]) -> list[tuple[int, Choice]]:
    """Every physical item of the lines in order, with the number of its line."""
    return [(n, line.choice) for n, line in enumerate(lines) if line.choice for _ in range(line.quantity)]


def best_offer(lines: Sequence[LineView]) -> Offer:
    """The cheapest combination of deals for these lines."""
    seen = [
        Unit(n, choice.selection.product, choice.selection.size, choice.selection.crust, choice.unit_cents)
        for n, (_, choice) in enumerate(units(lines))
    ]
    return promotions.best_offer(seen)


def delivery_fee(promise: Promise | None, lines: Sequence[LineView], offer: Offer) -> int:
    """What bringing these lines costs: by the value of food after deals on items, as the minimum is measured."""
    if promise is None:
        return 0
    found = units(lines)
    off = sum(offer.off(n) for n in range(len(found)))
    return promise.fee_for(sum(choice.unit_cents for _, choice in found) - off)


def price(lines: Sequence[LineView], offer: Offer, fee_cents: int, taxes: Mapping[str, int], tip_cents: int) -> Quote:
    """What these lines cost with an offer. `taxes` maps tax codes to parts per million."""
    listed = [ListedUnit(n, choice.unit_cents, choice.tax_code) for n, (_, choice) in enumerate(units(lines))]
    return quote(listed, offer=offer, fee_cents=fee_cents, taxes=taxes, tip_cents=tip_cents)
