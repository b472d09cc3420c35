"""What else was tried, what is nearly there, and what would lower the total: the reasons beside a price, pure."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import lru_cache

from app.core.money import format_cents
from app.promotions.best import cheaper, cheapest
from app.promotions.eligibility import below_minimum
from app.promotions.matching import fits
from app.promotions.values import Bill, Deal, Kind, NearMiss, Nudge, Offer, Stage, Trial, Unit

MOST_NUDGED = 12  # units; for a larger cart, trying one more thing after another would keep the page waiting
MOST_MISSING = 2  # units; a deal that misses more is not near


def trials(bill: Bill, deals: Sequence[Deal], offer: Offer) -> tuple[Trial, ...]:
    """The combination that was taken, the cheapest, and the best one with each other deal; most taken off first.

    Each is a search of its own: for a page that somebody asked for.
    """
    names = {deal.id: deal.name for deal in deals}
    found = {offer.deal_ids: _trial(offer, names, "")} if offer.applications else {}
    best = cheapest(bill, deals)
    if best.applications:
        found.setdefault(best.deal_ids, _trial(best, names, _dearer(best, offer)))
    for deal in deals:
        if deal.id in offer.deal_ids:
            continue
        rival = cheapest(bill, deals, pinned=deal.id)
        if deal.id in rival.deal_ids:
            found.setdefault(rival.deal_ids, _trial(rival, names, _dearer(rival, offer)))
        else:
            food = sum(unit.list_cents for unit in bill.units) - rival.off_at(Stage.ITEM)
            low = below_minimum(deal, food)
            words = low.message if low else "It needs other items."
            found.setdefault((deal.id,), Trial((deal.id,), (deal.name,), 0, rival.total_cents, words))
    return tuple(sorted(found.values(), key=lambda each: (each.why_not != "", -each.saves_cents, each.deal_ids)))


def _trial(offer: Offer, names: dict[int, str], why_not: str) -> Trial:
    used = tuple(names[deal_id] for deal_id in offer.deal_ids)
    return Trial(offer.deal_ids, used, offer.off_cents, offer.total_cents, why_not)


def _dearer(rival: Offer, offer: Offer) -> str:
    more = rival.total_cents - offer.total_cents
    if more == 0:
        return "It comes to the same."
    return f"You would pay {format_cents(abs(more))} {'more' if more > 0 else 'less'}."


def nudge(bill: Bill, deals: Sequence[Deal], total_cents: int, candidates: Sequence[Unit]) -> Nudge | None:
    """The one more unit that lowers the total of a bill's best offer most, if any does; of equal ones the cheaper.

    Candidates are units with ids of their own, such as the cheapest of each category.
    """
    few = len(bill.units) <= MOST_NUDGED
    return _nudge(bill, tuple(deals), total_cents, tuple(candidates)) if few else None


@lru_cache(512)  # carts of many customers are alike (docs/decisions/0107)
def _nudge(bill: Bill, deals: tuple[Deal, ...], total_cents: int, candidates: tuple[Unit, ...]) -> Nudge | None:
    best: Nudge | None = None
    for unit in sorted(candidates, key=lambda unit: (unit.list_cents, unit.product)):
        if not _counts(unit, deals):
            continue
        beaten = total_cents - (best.less_cents if best else 0)
        if found := cheaper(replace(bill, units=(*bill.units, unit)), deals, beaten):
            best = Nudge(unit, total_cents - found.total_cents)
    return best


def _counts(unit: Unit, deals: Sequence[Deal]) -> bool:
    """Whether another unit may do anything for deals."""
    return any(deal.min_spend_cents or any(fits(slot, unit) for slot in deal.slots) for deal in deals)


def near_misses(bill: Bill, deals: Sequence[Deal], offer: Offer) -> tuple[NearMiss, ...]:
    """The deals that take nothing off yet and wait for little: a unit or two of one slot, or some more food."""
    food = sum(unit.list_cents for unit in bill.units) - offer.off_at(Stage.ITEM)
    waiting = [deal for deal in deals if deal.id not in offer.deal_ids]
    found = [miss for deal in waiting if (miss := _near_miss(bill, deal, food))]
    return tuple(sorted(found, key=lambda miss: (miss.missing, miss.missing_cents, miss.deal_id)))


def _near_miss(bill: Bill, deal: Deal, food_cents: int) -> NearMiss | None:
    gaps = [(n, missing) for n, missing in enumerate(_missing(bill, deal)) if missing > 0]
    if not gaps:
        short = max(0, deal.min_spend_cents - food_cents)
        return NearMiss(deal.id, deal.name, None, 0, short) if short else None
    slot, missing = gaps[0]
    if (
        len(gaps) > 1
        or missing > MOST_MISSING
        or not any(fits(each, unit) for each in deal.slots for unit in bill.units)
    ):
        return None
    return NearMiss(deal.id, deal.name, deal.slots[slot], missing, 0)


def _missing(bill: Bill, deal: Deal) -> Iterator[int]:
    """By slot, how many units a deal on items still waits for. A unit stands in for one slot only."""
    left = list(bill.units)
    for slot in deal.slots if deal.stage is Stage.ITEM else ():
        needed = deal.min_count if deal.kind is Kind.FIXED_EACH else slot.count
        if deal.kind is Kind.TIERED_PERCENT:
            needed = deal.tiers[0].count
        taken = [unit for unit in left if fits(slot, unit)][:needed]
        left = [unit for unit in left if unit not in taken]
        yield needed - len(taken)
