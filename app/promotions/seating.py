"""A search laid out: the plans that deals make, their places for the units, and what a unit gains there.

A plan is a deal at one of its steps, a place one of its slots, a seat a place for one unit. Gains are millionths of a
cent, so that percentages are whole numbers until they are rounded.
"""

from collections.abc import Iterable, Sequence
from functools import partial
from typing import NamedTuple

from app.core.money import PPM
from app.promotions.counting import Automaton, Counting, automaton
from app.promotions.objectives import Objective
from app.promotions.table import Fit, Table
from app.promotions.values import Deal, Kind, Tier, Unit

NO_SORT = -1


class Seat(NamedTuple):
    """One unit in one slot: `place` is the slot among those of all plans, `gain` what sitting there is worth.

    Money cannot tell units of equal `sort` apart. Without one, nothing but the gain matters of who sits there.
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

    @property
    def limited_alone(self) -> bool:
        """Whether it is about single units and takes so many of them at the most."""
        return self.limited and not self.price and not self.rule.bought_first


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

    `prices` are a first guess at what each place is worth (see bounds); `slack` is by plan what roundings at the end
    may do to its gains, `spread` how much dearer bundles may turn out than they are reckoned here.
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
        fitting = [self._fitting(found) for found in table.fits]
        self.slack = self._slack(fitting)
        self.seats = [
            [self._seat(unit, *fit) for fit in found] for unit, found in zip(table.units, fitting, strict=True)
        ]
        for number, plan in enumerate(self.plans):
            if plan.rule.bought_first or plan.limited_alone:
                self._price(number, plan)

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

    def _fitting(self, found: Sequence[Fit]) -> list[tuple[int, int, int, int]]:
        """The places for a unit: plan, place, gain by itself, and the cents that count."""
        places = []
        for deal, slot, cents in found:
            for number in self.numbers.get(deal, ()):
                plan = self.plans[number]
                exact = gain(deal, slot, cents, plan.rate_ppm)
                if exact or (not plan.free and deal.kind is not Kind.FREE_ITEM) or plan.price:
                    places.append((number, plan.first + (slot if len(plan.rule.counts) > 1 else 0), exact, cents))
        return places

    def _slack(self, fitting: Sequence[Sequence[tuple[int, int, int, int]]]) -> list[int]:
        broken = {number for found in fitting for number, _, exact, _ in found if exact % PPM}
        return [
            self.objective.slack(self.table.fitting(plan.deal), broken=number in broken, bundle=plan.price > 0)
            if number in broken or plan.price
            else 0
            for number, plan in enumerate(self.plans)
        ]

    def _seat(self, unit: Unit, number: int, place: int, exact: int, cents: int) -> Seat:
        plain = exact == 0 or (self.slack[number] == 0 and self.objective.main(unit))
        sort = NO_SORT if plain else cents * PPM + unit.rate_ppm
        return Seat(number, place, self.objective.weighed(unit, exact), sort)

    def _price(self, number: int, plan: Plan) -> None:
        """Let what is bought share in the gain of what is got, or who sits in a limited plan pay for it."""
        gains = sorted((seat.gain for seats in self.seats for seat in seats if seat.plan == number), reverse=True)
        if not plan.rule.bought_first:
            self.prices[plan.first] = gains[plan.most] if len(gains) > plan.most else 0
            return
        buy, get = plan.rule.counts
        usual = sum(gains) // max(1, sum(gain > 0 for gain in gains))
        ways = [(-get * part, buy * part) for part in (0, usual // (buy + get), usual // buy)]
        self.prices[plan.first : plan.first + 2] = min(ways, key=partial(self._kept, number, plan.first))

    def _kept(self, number: int, first: int, prices: Sequence[int]) -> int:
        """What units would keep of one plan's gains at these prices."""
        return sum(
            max([0, *(seat.gain - prices[seat.place - first] for seat in seats if seat.plan == number)])
            for seats in self.seats
        )

    def most_gain(self, numbers: Iterable[int]) -> int:
        """More than plans can gain together, by the first guess at prices."""
        allowed, prices = set(numbers), self.prices
        earned = sum(self.plans[n].most * prices[self.plans[n].first] for n in allowed if self.plans[n].limited_alone)
        return earned + sum(
            max([0, *(seat.gain - prices[seat.place] for seat in seats if seat.plan in allowed)])
            for seats in self.seats
        )


def _first_prices(price: int, counts: Sequence[int], fitting: Sequence[Sequence[tuple[Unit, int]]]) -> list[int]:
    """A bundle's price shared out among its slots by what usually sits there."""
    usual = [sum(cents for _, cents in found) // max(1, len(found)) for found in fitting]
    whole = sum(count * each for count, each in zip(counts, usual, strict=True))
    return [price * each // whole for each in usual] if whole else [0] * len(usual)
