"""The search for the seating that gains most: exact, unit by unit, with a bound that cuts off what cannot win.

Units come in their fixed order. After each, one record is kept for every way in which the deals may stand (their
automata's states), with the most that was gained so far. Records that cannot reach the goal any more are dropped.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from app.core.money import PPM
from app.promotions.bounds import Bound, Seats, surplus
from app.promotions.seating import Plan, Seat
from app.promotions.values import Unit

FEW_RECORDS = 16  # so few are not worth thinning
FRACTION_BITS = 20  # PPM fits in
FRACTION_MASK = (1 << FRACTION_BITS) - 1
COUNT_BITS = 7  # as many units as an order may have

Path = tuple[Any, ...] | None  # the seats taken, the last first: (unit, number of its seat, what came before)
Move = tuple[int, int] | None  # what it adds to a record, and to what was gained
Layer = dict[int, tuple[int, Path]]  # by record, the most that was gained, and how


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
    """What a search is after.

    `tolerance` is by how much gains may mislead: rounding that is done only at the end. `exact` keeps apart all that
    could still be rounded differently; `strict` keeps apart all sums, where the largest may not be the best.
    """

    tolerance: int = 0
    exact: bool = False
    strict: bool = False


@dataclass(frozen=True, slots=True)
class Found:
    """Complete seatings, the most gained first, and `lost`: a bound on those that were given up for want of steps."""

    seatings: list[tuple[int, Path]]
    steps: int
    lost: int | None


class Layout:
    """A seating as whole numbers: every record is one number, and every seat what it adds to it."""

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
            self.bits[number] = 1 << self.top
            self.top += 1
        self.worth = {number: _worth(plans[number], limit) for number in self.shifts}
        self.fractions = self._fractions()
        self.signs = self._signs() if aim.exact else {}
        self.completable = self._completable(units)

    def _fractions(self) -> dict[int, int]:
        """Where the fraction of a cent of each plan is kept whose percentage gives any."""
        if self.aim.exact:
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


def search(layout: Layout, goal: int, most_steps: int) -> Found:
    """The seatings that gain `goal` or more, after as many steps as `most_steps` allow (price law, section 5)."""
    start = sum(worth[0] for worth in layout.worth.values())
    layer: Layer = {0: (start, None)}
    lost: int | None = None
    steps, units = 0, len(layout.seats)
    for unit in range(units):
        choices = layout.choices(unit)
        width = max(1, (most_steps - steps) // ((units - unit) * len(choices)))
        if len(layer) > width:
            layer, given_up = _best_of(layer, width)
            lost = max(given_up + layout.rest[unit], lost if lost is not None else given_up + layout.rest[unit])
        steps += len(layer) * len(choices)
        layer = _seat(layer, choices, unit, goal - layout.rest[unit + 1])
        layer = _thin(layer, layout, unit)
    return Found(_complete(layer, layout, goal), steps, lost)


def _seat(layer: Layer, choices: Sequence[Choice], unit: int, floor: int) -> Layer:
    """Every record with every choice of one unit; of equal ones the better is kept."""
    seated: Layer = {}
    for key, (gained, path) in layer.items():
        for gain, bit, adds, moves, shift, width, fraction, place, number in choices:
            after, now = (key | bit) + adds, gained + gain
            if moves is not None:
                move = moves[(key >> shift) & width]
                if move is None:
                    continue
                after += move[0]
                now += move[1]
            if now < floor:
                continue
            if fraction:
                after += fraction << place
                if ((key >> place) & FRACTION_MASK) + fraction >= PPM:
                    after -= PPM << place
            known = seated.get(after)
            if known is None or now > known[0]:
                seated[after] = (now, (unit, number, path) if number >= 0 else path)
    return seated


def _best_of(layer: Layer, width: int) -> tuple[Layer, int]:
    ranked = sorted(layer.items(), key=lambda item: -item[1][0])
    return dict(ranked[:width]), ranked[width][1][0]


def _thin(layer: Layer, layout: Layout, unit: int) -> Layer:
    """Drop what was begun and cannot be completed, and what another record is better than in any case."""
    for shift, width, ways in layout.closing(unit):
        layer = {key: record for key, record in layer.items() if (key >> shift) & width in ways}
    if layout.aim.strict or len(layer) < FEW_RECORDS:
        return layer
    best: dict[int, int] = {}
    mask, tolerance = layout.state_mask, layout.aim.tolerance
    for key, (gained, _) in layer.items():
        state = key & mask
        if gained > best.get(state, gained - 1):
            best[state] = gained
    return {key: record for key, record in layer.items() if record[0] + tolerance >= best[key & mask]}


def _complete(layer: Layer, layout: Layout, goal: int) -> list[tuple[int, Path]]:
    """What was gained in truth: without what the bound makes of repeats that did not come."""
    found = []
    for key, (gained, path) in layer.items():
        hopes = sum(worth[(key >> layout.shifts[n]) & layout.widths[n]] for n, worth in layout.worth.items())
        if gained - hopes >= goal:
            found.append((gained - hopes, path))
    found.sort(key=lambda item: -item[0])
    return found


def seated(path: Path) -> Iterator[tuple[int, int]]:
    """The units of a path and the numbers of their seats."""
    while path is not None:
        unit, number, path = path
        yield unit, number
