"""What could be said beside a cart's price: one thing more that costs less, deals that are near, and why this one."""

from collections.abc import Iterator
from dataclasses import dataclass

from app.menu import service as menu
from app.menu.service import Catalogue, Choice
from app.orders.bundles import options
from app.orders.lines import bill, unit_of
from app.orders.values import CartView
from app.promotions import service as promotions
from app.promotions.service import Bill, Deal, NearMiss, Slot, Trial
from app.stores import service as stores

MOST_NEAR = 2


@dataclass(frozen=True, slots=True)
class Suggestion:
    """One thing more that makes the order cheaper by so much."""

    choice: Choice
    less_cents: int


@dataclass(frozen=True, slots=True)
class Advice:
    """At most one suggestion, and the deals that wait for little."""

    suggestion: Suggestion | None = None
    near: tuple[NearMiss, ...] = ()


def advise(view: CartView) -> Advice:
    """What is worth saying beside this cart."""
    deals = view.deals
    if not view.count or not deals.weighed:
        return Advice()
    asked = _bill(view)
    named = {coupon.deal.id for coupon in (*deals.codes, deals.picked) if coupon and coupon.deal}
    near = promotions.near_misses(asked, deals.weighed, deals.offer)
    return Advice(_suggest(view, asked), tuple(miss for miss in near if miss.deal_id not in named)[:MOST_NEAR])


def why(view: CartView) -> tuple[Trial, ...]:
    """The combinations that take something off a cart, the one that was taken first: for whoever asks."""
    tried = promotions.trials(_bill(view), view.deals.weighed, view.deals.offer)
    return tuple(each for each in tried if each.saves_cents)


def _bill(view: CartView) -> Bill:
    taxes = stores.store(view.place.store_id).taxes if view.place else {}
    return bill(view.lines, view.promise, taxes)


def _suggest(view: CartView, asked: Bill) -> Suggestion | None:
    if view.pinned or view.blocked:
        return None
    taxes = stores.store(view.place.store_id).taxes if view.place else {}
    first = len(asked.units)
    choices = dict(enumerate(_candidates(view), start=first))
    units = [unit_of(n, choice, taxes) for n, choice in choices.items()]
    found = promotions.nudge(asked, view.deals.weighed, view.deals.offer.total_cents, units)
    return Suggestion(choices[found.unit.id], found.less_cents) if found else None


def _candidates(view: CartView) -> Iterator[Choice]:
    """For each place of each deal the cheapest thing that fits, and no thing twice."""
    catalogue = menu.catalogue(view.menu_store_id)
    found = (_cheapest(catalogue, slot) for slot in _slots(view.deals.weighed))
    yield from {choice.variant_id: choice for choice in found if choice}.values()


def _cheapest(catalogue: Catalogue, slot: Slot) -> Choice | None:
    choices = [option.choice for option in options(catalogue, slot)]
    return min(choices, key=lambda choice: (choice.unit_cents, choice.product_id), default=None)


def _slots(deals: tuple[Deal, ...]) -> Iterator[Slot]:
    yield from dict.fromkeys(slot for deal in deals for slot in deal.slots)
