"""A deal tried on an order: items that were picked for it, or an order that was made."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from app.core import clock
from app.menu import service as menu
from app.menu.service import Selection
from app.orders import replays
from app.orders.lines import bill, view_lines
from app.orders.pricing import DELIVERY_TAX_CODE
from app.promotions import service as promotions
from app.promotions.service import Bill, Context, Deal, Tried
from app.stores import service as stores
from app.stores.service import Method


@dataclass(frozen=True, slots=True)
class Sample:
    """An order as it might be: what, at which store, how, when (None: now), and what bringing it costs, in cents."""

    picks: tuple[tuple[Selection, int], ...]
    store_id: int
    method: Method = Method.CARRYOUT
    at: datetime | None = None
    fee_cents: int = 0


@dataclass(frozen=True, slots=True)
class Trial:
    """What a deal makes of an order: names of its items, and the totals before tip, taxes included."""

    items: tuple[str, ...]
    tried: Tried

    @property
    def less_cents(self) -> int:
        """How much less is to pay with it."""
        return self.tried.without.total_cents - self.tried.beside.total_cents


def on_sample(deal: Deal, sample: Sample) -> Trial:
    """A deal on picked items, beside the deals that run. What this store does not make is left out."""
    info = stores.store(sample.store_id)
    rows = [(n, quantity, selection) for n, (selection, quantity) in enumerate(sample.picks)]
    lines = view_lines(menu.catalogue(sample.store_id), rows)
    food = bill(lines, None, info.taxes)
    fee = sample.fee_cents if sample.method is Method.DELIVERY else 0
    asked = replace(food, fee_cents=fee, fee_rate_ppm=info.taxes.get(DELIVERY_TAX_CODE, 0))
    context = Context(
        at=sample.at or clock.now(),
        zone=info.zone,
        store_id=info.id,
        store_name=info.name,
        method=sample.method.value,
    )
    items = tuple(f"{line.quantity} × {line.choice.name}" for line in lines if line.choice)
    return Trial(items, _tried(deal, asked, context))


def on_order(deal: Deal, order_id: int) -> Trial:
    """A deal on an order that was made, at the time that it was made for. Raises NotFound."""
    found = replays.one(order_id)
    return Trial((f"Order {order_id}",), _tried(deal, found.bill, found.context, found.used))


def _tried(deal: Deal, asked: Bill, context: Context, used: Sequence[int] | frozenset[int] = ()) -> Tried:
    running = promotions.live().deals.values()
    return promotions.tried(deal, asked, context, [each for each in running if not each.by_code or each.id in used])
