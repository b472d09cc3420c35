"""A search laid out: the units in their order, the seats that deals have for each, and what a unit gains there.

A seat is a slot of a plan, a plan a deal at one of its steps. Gains are millionths of a cent, so that percentages are
whole numbers until they are rounded.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from app.core.money import PPM
from app.promotions.counting import Automaton, Counting, automaton
from app.promotions.matching import eligible_cents, fits
from app.promotions.objectives import Objective
from app.promotions.values import Bill, Deal, Kind, Tier, Unit

NO_SORT = -1

Fit = tuple[Deal, int, int]  # a deal, the number of its slot, and the cents of a unit that it counts
Known = dict[tuple[object, ...], tuple[Fit, ...]]


class Seat(NamedTuple):
    """One unit in one slot: `place` is the slot among those of all plans, `gain` what sitting there is worth.

    Money cannot tell units of equal `sort` apart; without one, sitting there moves no money.
    """

    plan: int
    place: int
    gain: int
    sort: int


class Plan(NamedTuple):
    """A deal at one of its steps: how it counts, what a repeat costs, and the first of its places.

    `limited` says whether something but the units at hand limits how often it repeats, `free` whether each unit may
    sit or stand without regard to others.
    """

    deal: Deal
    tier: Tier | None
    rule: Counting
    automaton: Automaton
    price: int
    rate_ppm: int
    first: int
    most: int
    limited: bool
    free: bool


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
        if face not in known:
            known[face] = tuple(_fits(deals, unit))
        found.append(known[face])
        given = None
        for deal, slot, _ in known[face]:
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


def gain(deal: Deal, slot: int, cents: int, rate_ppm: int) -> int:
    """What comes off a unit in a slot, in millionths of a cent; a bundle's price is taken back for each repeat."""
    match deal.kind:
        case Kind.AMOUNT_ITEMS:
            return min(deal.off_cents, cents) * PPM
        case Kind.FIXED_EACH:
            return max(0, cents - (deal.price_cents or 0)) * PPM
        case Kind.FREE_ITEM:
            return cents * PPM * slot
        case Kind.BUNDLE_PRICE:
            return cents * PPM
        case Kind.BUY_X_GET_Y:
            return cents * rate_ppm * slot
    return cents * rate_ppm


class Seating:
    """The plans of a table and the seats of its units, as an objective weighs them.

    `prices` are a first guess at what each place is worth (see bounds); `loose` are the plans that round at the end,
    `spread` is how much dearer bundles may turn out than they are reckoned here.
    """

    def __init__(self, table: Table, deals: Iterable[Deal], objective: Objective, pinned: Deal | None) -> None:
        self.table, self.objective = table, objective
        self.plans: list[Plan] = []
        self.numbers: dict[Deal, list[int]] = {}
        self.prices: list[int] = []
        self.spread = 0
        for deal in deals:
            if deal in table.at_hand and (steps := table.steps(deal)):
                self.numbers[deal] = [self._plan(deal, tier, int(deal is pinned)) for tier in steps]
        self.loose: set[int] = set()
        self.seats = [self._seats(unit, found) for unit, found in zip(table.units, table.fits, strict=True)]

    def _plan(self, deal: Deal, tier: Tier | None, least: int) -> int:
        rule = self.table.rule(deal, tier, least)
        price, first, feasible = 0, len(self.prices), rule.feasible
        if deal.kind is Kind.BUNDLE_PRICE:
            fitting = self.table.fitting(deal)
            price, more = self.objective.price(deal, fitting, min(rule.most, feasible))
            self.spread += more
            self.prices += _first_prices(price, rule.counts, fitting)
        else:
            self.prices += [0] * len(rule.counts)
        rate = tier.rate_ppm if tier else deal.rate_ppm
        machine = automaton(rule)
        limits = (min(rule.most, feasible), rule.most < feasible, len(machine.states) == 1)
        self.plans.append(Plan(deal, tier, rule, machine, price, rate, first, *limits))
        return len(self.plans) - 1

    def _seats(self, unit: Unit, found: Sequence[Fit]) -> list[Seat]:
        seats = []
        for deal, slot, cents in found:
            for number in self.numbers.get(deal, ()):
                plan = self.plans[number]
                exact = gain(deal, slot, cents, plan.rate_ppm)
                if plan.price == 0 and exact == 0 and (plan.free or deal.kind is Kind.FREE_ITEM):
                    continue
                if exact % PPM or (self.objective.mixed and (plan.rate_ppm or plan.price)):
                    self.loose.add(number)
                place = plan.first + (slot if len(plan.rule.counts) > 1 else 0)
                sort = cents * PPM + unit.rate_ppm if exact else NO_SORT
                seats.append(Seat(number, place, self.objective.weighed(unit, exact), sort))
        return seats

    def most_gain(self, numbers: Iterable[int]) -> int:
        """More than plans can gain together, by the first guess at prices."""
        allowed, prices = set(numbers), self.prices
        return sum(
            max([0, *(seat.gain - prices[seat.place] for seat in seats if seat.plan in allowed)])
            for seats in self.seats
        )


def _first_prices(price: int, counts: Sequence[int], fitting: Sequence[Sequence[tuple[Unit, int]]]) -> list[int]:
    """A bundle's price shared out among its slots by what usually sits there."""
    usual = [sum(cents for _, cents in found) // max(1, len(found)) for found in fitting]
    whole = sum(count * each for count, each in zip(counts, usual, strict=True))
    return [price * each // whole for each in usual] if whole else [0] * len(usual)
