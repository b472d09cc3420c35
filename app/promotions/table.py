"""What fits where on a bill: its units in their order, and for each the slots of deals that it fits."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from app.promotions.counting import Counting
from app.promotions.matching import eligible_cents, fits
from app.promotions.values import Bill, Deal, Kind, Tier, Unit

Fit = tuple[Deal, int, int]  # a deal, the number of its slot, and the cents of a unit that it counts
Known = dict[tuple[object, ...], tuple[Fit, ...]]


@dataclass(frozen=True, slots=True)
class Table:
    """All that fits where: the units in their order, and for each the slots that fit it."""

    bill: Bill
    units: tuple[Unit, ...]
    fits: tuple[tuple[Fit, ...], ...]
    at_hand: Mapping[Deal, Sequence[int]]
    listed_cents: int
    even: bool  # one tax rate for all

    def steps(self, deal: Deal) -> list[Tier | None]:
        """The steps of a deal that the units at hand reach: a None for one without steps, nothing when out of reach."""
        have = self.at_hand[deal]
        most = deal.max_per_order or len(self.units)
        if deal.kind is Kind.TIERED_PERCENT:
            return [tier for tier in deal.tiers if tier.count <= min(have[0], most)]
        if deal.kind is Kind.FIXED_EACH and deal.min_count > 1:
            return [Tier(deal.min_count, 0)] if deal.min_count <= min(have[0], most) else []
        return [None] if all(count >= slot.count for count, slot in zip(have, deal.slots, strict=True)) else []

    def rule(self, deal: Deal, tier: Tier | None, least: int) -> Counting:
        """How a deal counts here, with a least number of repeats."""
        most, have = deal.max_per_order or len(self.units), tuple(self.at_hand[deal])
        if deal.kind is Kind.BUNDLE_PRICE or deal.kind is Kind.BUY_X_GET_Y:
            counts = tuple(slot.count for slot in deal.slots)
            return Counting(counts, have, least, most, deal.kind is Kind.BUY_X_GET_Y)
        if deal.kind is Kind.FREE_ITEM:
            return Counting((1,), have[1:], least, min(most, have[0] // deal.slots[0].count))
        return Counting((1,), have, max(least, tier.count if tier else 0), most)

    def fitting(self, deal: Deal) -> list[list[tuple[Unit, int]]]:
        """By slot of a deal, the units that fit and the cents of each that count."""
        slots: list[list[tuple[Unit, int]]] = [[] for _ in deal.slots]
        for unit, found in zip(self.units, self.fits, strict=True):
            for of, slot, cents in found:
                if of is deal:
                    slots[slot].append((unit, cents))
        return slots


def lay(bill: Bill, deals: Sequence[Deal], known: Known) -> Table:
    """Find what fits where. `known` remembers from one bill to the next what fits a unit."""
    faces = sorted((_face(unit), unit.id, unit) for unit in bill.units)
    at_hand: dict[Deal, list[int]] = {}
    found = []
    for face, _, unit in faces:
        fitting = known.get(face)
        if fitting is None:
            fitting = known[face] = tuple(_fits(deals, unit))
        found.append(fitting)
        given = None
        for deal, slot, _ in fitting:
            have = at_hand.get(deal) or at_hand.setdefault(deal, [0] * len(deal.slots))
            # What a free item comes with is never a free item itself.
            if slot or deal is not given or deal.kind is not Kind.FREE_ITEM:
                have[slot] += 1
            given = deal if slot else None
    units = tuple(unit for _, _, unit in faces)
    even = len({unit.rate_ppm for unit in units}) == 1
    return Table(bill, units, tuple(found), at_hand, sum(unit.list_cents for unit in units), even)


def _face(unit: Unit) -> tuple[object, ...]:
    """Dearest first; and what is alike stands together, whatever the order of lines."""
    return (
        *(-unit.list_cents, unit.category, unit.product, unit.size or "", unit.crust or ""),
        *(unit.specialty, unit.beyond_cents, unit.rate_ppm),
    )


def _fits(deals: Sequence[Deal], unit: Unit) -> list[Fit]:
    # The last slot of a deal first: a free item is found before what it comes with.
    return [
        (deal, number, eligible_cents(deal.slots[number], unit))
        for deal in deals
        for number in reversed(range(len(deal.slots)))
        if fits(deal.slots[number], unit)
    ]
