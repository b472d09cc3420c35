"""What a chosen combination takes off and what is then to pay, to the cent (price law, sections 3, 4 and 6)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from app.core.money import at_rate, share_out
from app.promotions.matching import eligible_cents, fits
from app.promotions.values import Application, Bill, Deal, Kind, Stage, Unit

Member = tuple[Unit, int]  # a unit, and the number of the slot that it fills


@dataclass(frozen=True, slots=True)
class Combination:
    """Which units each deal on items takes, and the deals on order and fee."""

    items: Mapping[Deal, Sequence[Member]]
    order: Deal | None = None
    fee: Deal | None = None


@dataclass(frozen=True, slots=True)
class Settled:
    """A combination worked out. `food_cents` is food after deals on items: what minimums are measured on."""

    applications: tuple[Application, ...]
    food_cents: int
    total_cents: int

    @property
    def rank(self) -> tuple[int, int, list[int]]:
        """The lowest is the best: total, then how many deals, then their ids (price law, section 5)."""
        ids = sorted(application.deal_id for application in self.applications)
        return self.total_cents, len(ids), ids


def settle(bill: Bill, chosen: Combination) -> Settled:
    """Work a combination out, stage by stage. A deal that takes nothing off is left out."""
    due = {unit.id: unit.list_cents for unit in bill.units}
    applied = [on_items(deal, members) for deal, members in sorted(chosen.items.items(), key=lambda item: item[0].id)]
    _take_off(due, applied)
    food = sum(due.values())
    if chosen.order:
        ordered = on_order(chosen.order, bill.units, due)
        _take_off(due, [ordered])
        applied.append(ordered)
    off_fee = fee_off(chosen.fee, bill.fee_cents) if chosen.fee else 0
    if chosen.fee:
        applied.append(
            Application(chosen.fee.id, chosen.fee.version, chosen.fee.name, {}, Stage.FEE, fee_cents=off_fee)
        )
    total = to_pay(bill, due, bill.fee_cents - off_fee)
    return Settled(tuple(each for each in applied if each.off_cents), food, total)


def _take_off(due: dict[int, int], applied: Sequence[Application]) -> None:
    for application in applied:
        for unit_id, share in application.shares.items():
            due[unit_id] -= share


def on_items(deal: Deal, members: Sequence[Member]) -> Application:
    """What a deal takes off its units. Rounded once, spread by largest remainder, ties by unit id."""
    seats = sorted(members, key=lambda member: member[0].id)
    ids = [unit.id for unit, _ in seats]
    amounts = [eligible_cents(deal.slots[slot], unit) for unit, slot in seats]
    repeats = 1
    match deal.kind:
        case Kind.AMOUNT_ITEMS:
            shares = [min(deal.off_cents, cents) for cents in amounts]
        case Kind.FIXED_EACH:
            shares = [max(0, cents - (deal.price_cents or 0)) for cents in amounts]
        case Kind.FREE_ITEM:
            shares, repeats = amounts, len(seats)
        case Kind.BUNDLE_PRICE:
            repeats = len(seats) // sum(slot.count for slot in deal.slots)
            shares = share_out(max(0, sum(amounts) - repeats * (deal.price_cents or 0)), amounts)
        case Kind.BUY_X_GET_Y:
            got = [cents if slot == 1 else 0 for cents, (_, slot) in zip(amounts, seats, strict=True)]
            repeats = sum(slot for _, slot in seats) // deal.slots[1].count
            shares = share_out(at_rate(sum(got), deal.rate_ppm), got)
        case _:
            shares = share_out(at_rate(sum(amounts), rate_for(deal, len(seats))), amounts)
    return Application(deal.id, deal.version, deal.name, dict(zip(ids, shares, strict=True)), times=repeats)


def rate_for(deal: Deal, count: int) -> int:
    """The percentage, in parts per million, that a deal takes off so many units."""
    if deal.kind is not Kind.TIERED_PERCENT:
        return deal.rate_ppm
    return next((tier.rate_ppm for tier in reversed(deal.tiers) if count >= tier.count), 0)


def on_order(deal: Deal, units: Sequence[Unit], due: Mapping[int, int]) -> Application:
    """What a discount on the order takes off what is left of the units that it is about."""
    counted = sorted((unit for unit in units if counts(deal, unit)), key=lambda unit: unit.id)
    weights = [due[unit.id] for unit in counted]
    shares = share_out(order_off(deal, sum(weights)), weights)
    ids = [unit.id for unit in counted]
    return Application(deal.id, deal.version, deal.name, dict(zip(ids, shares, strict=True)), Stage.ORDER)


def counts(deal: Deal, unit: Unit) -> bool:
    """Whether a discount on the order is about a unit."""
    return not deal.slots or fits(deal.slots[0], unit)


def order_off(deal: Deal, left_cents: int) -> int:
    """What a discount on the order takes off so many cents."""
    if deal.kind is Kind.AMOUNT_ORDER:
        return min(deal.off_cents, left_cents)
    off = at_rate(left_cents, deal.rate_ppm)
    return off if deal.cap_cents is None else min(off, deal.cap_cents)


def fee_off(deal: Deal, fee_cents: int) -> int:
    """What a deal takes off the delivery fee."""
    if deal.price_cents is not None:
        return max(0, fee_cents - deal.price_cents)
    return min(fee_cents, deal.off_cents or at_rate(fee_cents, deal.rate_ppm))


def to_pay(bill: Bill, due: Mapping[int, int], fee_cents: int) -> int:
    """The total before tip: what is due, the fee, and the tax on both, rounded once for each rate."""
    by_rate = {bill.fee_rate_ppm: fee_cents}
    for unit in bill.units:
        by_rate[unit.rate_ppm] = by_rate.get(unit.rate_ppm, 0) + due[unit.id]
    return sum(cents + at_rate(cents, rate) for rate, cents in by_rate.items())
