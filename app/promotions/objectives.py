"""What a gain on items is worth in the end: the total that it leads to, and the gain that a total asks for.

Where all units have one tax rate and every discount on the order is about all of them, the total follows to the cent
from what comes off items (`Plain`). Elsewhere each unit's cents weigh by its own rate, and the total follows up to
rounding (`Mixed`). Either way a bound is a bound: what is found is settled to the cent.
"""

from bisect import bisect_left
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import product
from typing import Protocol

from app.core.money import PPM, at_rate
from app.promotions.applying import counts, fee_off, order_off
from app.promotions.values import Bill, Deal, Kind, Unit

Seats = Sequence[Sequence[tuple[Unit, int]]]  # by slot of a deal, the units that fit and the cents that count
HALF = PPM // 2  # of a cent: gains are counted in millionths
WHOLE = PPM * PPM
MOST_CUT = PPM - PPM // 100  # a percentage off the order that leaves enough for gains to be told apart


@dataclass(frozen=True, slots=True)
class Ending:
    """What follows the items: a deal on the order, one on the fee, and the least food that they and the bill want."""

    order: Deal | None
    fee: Deal | None
    floor_cents: int


class Objective(Protocol):
    """What a search tries to make large, and how that leads to a total."""

    mixed: bool

    def endings(self, gain: int, slack: int, total_cents: int) -> list[Ending]:
        """What may follow a seating of this gain, so that it comes to this total or less."""

    def weighed(self, unit: Unit, gain: int) -> int:
        """A gain on a unit as it counts for the total, rounded up."""

    def price(self, deal: Deal, seats: Seats, most: int) -> tuple[int, int]:
        """The least that one repeat of a bundle costs, and by how much more `most` repeats may cost after all."""

    def main(self, unit: Unit) -> bool:
        """Whether a unit is of the sort whose gains alone say what is left to pay, all others being known."""

    def slack(self, seats: Seats, *, broken: bool, bundle: bool) -> int:
        """By how much roundings at the end may move what a plan gains in these seats; `broken` if it has part cents."""

    def lowest(self, gain: int, slack: int) -> int:
        """A total that no seating of this gain goes below, whatever its plans' slack."""

    def goal(self, total_cents: int, slack: int) -> int:
        """The gain that a seating must have at least for this total."""

    def tolerance(self, slack: int) -> int:
        """By how much the gains of two seatings must differ for the larger to be better in any case."""


class Plain:
    """One tax rate, and discounts on the order that are about everything in it."""

    mixed = False

    def __init__(self, bill: Bill, endings: Sequence[Ending], *, strict: bool) -> None:
        self._endings = tuple(endings)
        self._listed = sum(unit.list_cents for unit in bill.units)
        self._most_off = self._listed - endings[0].floor_cents if strict else self._listed
        self._rate = bill.units[0].rate_ppm
        self._fee_rate = bill.fee_rate_ppm
        self._fees = [bill.fee_cents - (fee_off(each.fee, bill.fee_cents) if each.fee else 0) for each in endings]

    def weighed(self, unit: Unit, gain: int) -> int:
        """A gain as it is: every cent counts the same."""
        del unit
        return gain

    def price(self, deal: Deal, seats: Seats, most: int) -> tuple[int, int]:
        """The price of the bundle."""
        del seats, most
        return (deal.price_cents or 0) * PPM, 0

    def endings(self, gain: int, slack: int, total_cents: int) -> list[Ending]:
        """Those whose total, were every rounding in the customer's favor, is not above this one."""
        off = min(self._most_off, (gain + slack) // PPM)
        ways = zip(self._endings, self._fees, strict=True)
        return [ending for ending, fee in ways if self._ended(off, ending.order, fee) <= total_cents]

    def main(self, unit: Unit) -> bool:
        """All are of one sort."""
        del unit
        return True

    def slack(self, seats: Seats, *, broken: bool, bundle: bool) -> int:
        """Half a cent, where there are parts of a cent."""
        del seats, bundle
        return HALF if broken else 0

    def lowest(self, gain: int, slack: int) -> int:
        """The total of this gain, were every rounding in the customer's favor."""
        return self._total(min(self._most_off, (gain + slack) // PPM))

    def goal(self, total_cents: int, slack: int) -> int:
        """The least gain that leads to a total, were every rounding in the customer's favor."""
        off = bisect_left(range(self._most_off + 1), -total_cents, key=lambda off: -self._total(off))
        return off * PPM - slack

    def tolerance(self, slack: int) -> int:
        """Roundings of plans, and the cents over which a discount on the order gives the same total."""
        orders = [ending.order for ending in self._endings if ending.order]
        return 2 * slack + max((self._flat(order) for order in orders), default=0) * PPM

    def _flat(self, order: Deal) -> int:
        if order.kind is Kind.PERCENT_ORDER:
            return PPM // (PPM - order.rate_ppm) if order.rate_ppm < PPM else self._listed
        return self._listed if order.off_cents >= self._listed else 0

    def _total(self, off: int) -> int:
        return min(self._ended(off, ending.order, fee) for ending, fee in zip(self._endings, self._fees, strict=True))

    def _ended(self, off: int, order: Deal | None, fee: int) -> int:
        due = self._listed - off
        if order:
            due -= order_off(order, due)
        if self._rate == self._fee_rate:
            return due + fee + at_rate(due + fee, self._rate)
        return due + at_rate(due, self._rate) + fee + at_rate(fee, self._fee_rate)


class Mixed:
    """Units that weigh differently: several tax rates, or a discount on the order that is about some of them."""

    mixed = True

    def __init__(self, bill: Bill, ending: Ending, *, strict: bool) -> None:
        self._ending = ending
        order = ending.order
        self._counted = frozenset(unit.id for unit in bill.units if order and counts(order, unit))
        counted_cents = sum(unit.list_cents for unit in bill.units if unit.id in self._counted)
        percent = order is not None and order.kind is Kind.PERCENT_ORDER
        self._cut = order.rate_ppm if order and percent else 0
        rates = [PPM + unit.rate_ppm for unit in bill.units]
        self._dear, spread = max(rates), max(rates) - min(rates)
        fee = bill.fee_cents - (fee_off(ending.fee, bill.fee_cents) if ending.fee else 0)
        fixed = order.off_cents if order and not percent else 0
        self._base = (
            sum(unit.list_cents * self._weight(unit) for unit in bill.units) // PPM
            + fee * (PPM + bill.fee_rate_ppm)
            - fixed * self._dear
        )
        room = sum(unit.list_cents for unit in bill.units) - ending.floor_cents
        self._most_gain = room * self._dear if strict else None
        pennies = len(bill.units) * spread
        sorts = Counter((unit.rate_ppm, unit.id in self._counted) for unit in bill.units)
        told = not order or (spread == 0 and self._cut <= MOST_CUT)
        self._main = max(sorts, key=lambda sort: (sorts[sort], sort)) if told else None
        taxes = len({bill.fee_rate_ppm, *(unit.rate_ppm for unit in bill.units)}) * HALF
        self._down = taxes + (self._dear // 2 + pennies + 1 if order else 0) + len(bill.units)
        self._up = self._down + fixed * spread
        if order and percent and order.cap_cents is not None:
            self._up += max(0, counted_cents * self._cut - order.cap_cents * PPM) * 2
        if fixed and counted_cents <= 2 * fixed:
            self._up += fixed * self._dear

    def endings(self, gain: int, slack: int, total_cents: int) -> list[Ending]:
        """The one that the weights are for."""
        del gain, slack, total_cents
        return [self._ending]

    def _weight(self, unit: Unit) -> int:
        cut = self._cut if unit.id in self._counted else 0
        return (PPM + unit.rate_ppm) * (PPM - cut)

    def weighed(self, unit: Unit, gain: int) -> int:
        """A gain with the tax that it saves, less what a percentage off the order would have taken anyway."""
        return -(-gain * self._weight(unit) // WHOLE)

    def price(self, deal: Deal, seats: Seats, most: int) -> tuple[int, int]:
        """The price of the bundle, weighed as its units may lie at the best; and at the worst."""
        sides = []
        for slot, fitting in zip(deal.slots, seats, strict=True):
            cents = [count for _, count in fitting]
            weights = [self._weight(unit) for unit, _ in fitting]
            ends = (slot.count * min(cents), slot.count * max(cents))
            sides.append((ends, min(weights), max(weights)))
        price = (deal.price_cents or 0) * PPM
        low, high = price * self._dear * PPM, 0
        for corner in product((0, 1), repeat=len(sides)):
            parts = [(ends[side], least, most_) for (ends, least, most_), side in zip(sides, corner, strict=True)]
            whole = sum(cents for cents, _, _ in parts)
            if whole:
                low = min(low, price * sum(cents * least for cents, least, _ in parts) // whole)
                high = max(high, price * sum(cents * most_ for cents, _, most_ in parts) // whole)
        return low // WHOLE, max(0, high - low) // WHOLE * most + most

    def main(self, unit: Unit) -> bool:
        """The most frequent sort, unless pennies of a discount on the order fall to one rate or the other."""
        return (unit.rate_ppm, unit.id in self._counted) == self._main

    def slack(self, seats: Seats, *, broken: bool, bundle: bool) -> int:
        """Half a cent with its tax; and a cent of each unit, where shares may fall to the one or the other rate."""
        weights = [self._weight(unit) for slot in seats for unit, _ in slot]
        spread = max(weights) - min(weights)
        pennies = len(weights) * spread // PPM + (spread > 0) if broken or bundle else 0
        return (self._dear // 2 if broken else 0) + pennies

    def lowest(self, gain: int, slack: int) -> int:
        """The total of this gain, were every rounding in the customer's favor."""
        most = gain if self._most_gain is None else min(gain, self._most_gain)
        return max(0, -(-(self._base - most - self._down - slack) // PPM))

    def goal(self, total_cents: int, slack: int) -> int:
        """The least gain that leads to a total, were every rounding in the customer's favor."""
        return self._base - total_cents * PPM - self._down - slack

    def tolerance(self, slack: int) -> int:
        """All that roundings may do in favor of one and against the other."""
        return self._down + self._up + 2 * slack
