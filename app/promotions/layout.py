"""A seating as whole numbers, so that a search is quick: every record is one number, every seat what it adds to it.

From the lowest bits up, a record holds the state of each plan, which deals are used, parts of cents or counts of units
where money could still tell them apart, and, where every sum counts, the sum.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from app.core.money import PPM
from app.promotions.bounds import Bound, Seats, surplus
from app.promotions.seating import Plan, Seat
from app.promotions.values import Unit

FRACTION_BITS = 20  # PPM fits in
FRACTION_MASK = (1 << FRACTION_BITS) - 1
COUNT_BITS = 7  # as many units as an order may have

Move = tuple[int, int] | None  # what it adds to a record, and to what was gained


class Choice(NamedTuple):
    """What a unit may do: what it gains, the bit that it sets, what it adds, and how its plan moves on."""

    gain: int
    bit: int
    adds: int
    moves: list[Move] | None
    shift: int
    width: int
    fraction: int
    place: int
    number: int


STAND = Choice(0, 0, 0, None, 0, 0, 0, 0, -1)


@dataclass(frozen=True, slots=True)
class Aim:
    """What a search keeps apart.

    `tolerance` is by how much gains may mislead: rounding that is done only at the end. `exact` keeps apart all that
    could still be rounded differently; `strict` keeps apart all sums, where the largest may not be the best; `rough`
    keeps apart nothing but how plans stand.
    """

    tolerance: int = 0
    exact: bool = False
    strict: bool = False
    rough: bool = False


ROUGH = Aim(rough=True)


class Layout:
    """The layout of some plans for an aim."""

    def __init__(self, plans: Mapping[int, Plan], units: Sequence[Unit], seats: Seats, limit: Bound, aim: Aim) -> None:
        self.plans, self.seats, self.rest, self.aim = plans, seats, limit.rest, aim
        self.shifts: dict[int, int] = {}
        self.widths: dict[int, int] = {}
        self.bits: dict[int, int] = {}
        self.top = 0
        for number, plan in plans.items():
            if not plan.free:
                bits = (len(plan.automaton.states) - 1).bit_length()
                self.shifts[number], self.widths[number] = self.top, (1 << bits) - 1
                self.top += bits
        self.state_mask = (1 << self.top) - 1
        for number in plans:
            self.bits[number] = 0 if aim.rough else 1 << self.top
            self.top += 1
        self.worth = {number: _worth(plans[number], limit) for number in self.shifts}
        self.fractions = self._fractions()
        self.signs = self._signs() if aim.exact else {}
        self.completable = self._completable(units)

    def _fractions(self) -> dict[int, int]:
        """Where the fraction of a cent of each plan is kept whose percentage gives any."""
        if self.aim.exact or self.aim.rough:
            return {}
        broken = {seat.plan for fitting in self.seats for seat in fitting if seat.gain % PPM}
        places = {plan: self.top + FRACTION_BITS * n for n, plan in enumerate(sorted(broken))}
        self.top += FRACTION_BITS * len(places)
        return places

    def _signs(self) -> dict[tuple[int, int], int]:
        """Where it is counted how many units that money cannot tell apart sit in each place."""
        sorts = sorted({(seat.place, seat.sort) for fitting in self.seats for seat in fitting if seat.sort >= 0})
        places = {sort: 1 << (self.top + COUNT_BITS * n) for n, sort in enumerate(sorts)}
        self.top += COUNT_BITS * len(places)
        return places

    def _completable(self, units: Sequence[Unit]) -> list[dict[int, frozenset[int]]]:
        """By unit and plan, the states from which this unit and those after it can still complete what was begun."""
        ways = {number: self.plans[number].automaton.final for number in self.shifts}
        rows = [ways]
        for n in range(len(units) - 1, -1, -1):
            later, ways = ways, dict(ways)
            for plan, place in {(seat.plan, seat.place) for seat in self.seats[n] if seat.plan in ways}:
                machine = self.plans[plan].automaton
                moves, after = machine.moves[place - self.plans[plan].first], later[plan]
                ways[plan] |= {state for state, move in enumerate(moves) if move and move[0] in after}
            if n == 0 or units[n - 1].list_cents > units[n].list_cents:
                # What is got may be as dear as what is bought for it, so only between prices must it be bought already.
                ways = {plan: states & self.plans[plan].automaton.fair for plan, states in ways.items()}
            rows.append(ways)
        rows.reverse()
        return rows

    def choices(self, unit: int) -> list[Choice]:
        """What the unit may do: stand, or take a seat."""
        return [STAND, *(self._choice(unit, number, seat) for number, seat in enumerate(self.seats[unit]))]

    def _choice(self, unit: int, number: int, seat: Seat) -> Choice:
        plan, price = seat.plan, self.plans[seat.plan].price
        adds = self.signs.get((seat.place, seat.sort), 0)
        if self.aim.strict:
            adds += (seat.gain - (price if plan not in self.shifts else 0)) << self.top
        fraction = seat.gain % PPM if plan in self.fractions else 0
        place = self.fractions.get(plan, 0)
        if plan not in self.shifts:
            return Choice(seat.gain - price, self.bits[plan], adds, None, 0, 0, fraction, place, number)
        moves = self._moves(unit, seat)
        return Choice(
            *(seat.gain, self.bits[plan], adds, moves, self.shifts[plan], self.widths[plan], fraction, place, number)
        )

    def _moves(self, unit: int, seat: Seat) -> list[Move]:
        plan, shift, worth = self.plans[seat.plan], self.shifts[seat.plan], self.worth[seat.plan]
        after = self.completable[unit + 1][seat.plan]
        moves: list[Move] = []
        for state, move in enumerate(plan.automaton.moves[seat.place - plan.first]):
            if move is None or move[0] not in after:
                moves.append(None)
                continue
            paid = move[1] * plan.price
            adds = ((move[0] - state) << shift) - ((paid << self.top) if self.aim.strict else 0)
            moves.append((adds, worth[move[0]] - worth[state] - paid))
        return moves

    def hopes(self, record: int) -> int:
        """What the bound makes of repeats that may still come; none do when all units are through."""
        return sum(worth[(record >> self.shifts[n]) & self.widths[n]] for n, worth in self.worth.items())

    def closing(self, unit: int) -> list[tuple[int, int, frozenset[int]]]:
        """The plans of which something begun can no longer be completed after this unit."""
        before, after = self.completable[unit], self.completable[unit + 1]
        return [(self.shifts[n], self.widths[n], after[n]) for n in self.shifts if before[n] != after[n]]


def _worth(plan: Plan, limit: Bound) -> list[int]:
    """By state, what the bound makes of units that were seated ahead, and of repeats that are still to come."""
    over, found = surplus(plan, limit.prices), []
    for fill, repeats in plan.automaton.states:
        least = max(0, plan.rule.least - repeats)
        most = plan.most - repeats if plan.limited else plan.most
        seated = sum(limit.prices[plan.first + slot] * count for slot, count in enumerate(fill))
        found.append(over * (most if over > 0 else least) - seated)
    return found
