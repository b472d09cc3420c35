"""An upper bound on what is still to be gained: each place has a price, and each unit keeps what its best seat leaves.

Whatever the prices, no seating gains more than all that units keep, plus what plans earn by their prices (Lagrange;
docs/deals.md). Good prices make the bound tight. All of it is whole numbers, so the bound is exact.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from app.promotions.seating import Plan, Seat

ROUNDS = 100
PATIENCE = 30  # rounds without getting better

Seats = Sequence[Sequence[Seat]]


@dataclass(frozen=True, slots=True)
class Bound:
    """Prices by place, what the units from each one on keep, and the bound on the whole."""

    prices: Sequence[int]
    rest: Sequence[int]
    total: int


def surplus(plan: Plan, prices: Sequence[int]) -> int:
    """What the prices of one repeat bring in beyond its own."""
    first = plan.first
    return sum(count * prices[first + slot] for slot, count in enumerate(plan.rule.counts)) - plan.price


def weigh(plans: Sequence[Plan], seats: Seats, prices: Sequence[int]) -> Bound:
    """The bound that these prices give."""
    kept, rest = 0, [0]
    for fitting in reversed(seats):
        best = 0
        for _, place, gain, _ in fitting:
            left = gain - prices[place]
            best = max(best, left)
        kept += best
        rest.append(kept)
    rest.reverse()
    earned = 0
    for plan in plans:
        over = surplus(plan, prices)
        earned += over * (plan.most if over > 0 else plan.rule.least)
    return Bound(prices, rest, kept + earned)


def tighten(plans: Sequence[Plan], seats: Seats, best: Bound, goal: int) -> Bound:
    """The best bound of some rounds of asking which places are wanted too often; it may end below `goal`."""
    tied = [plan for plan in plans if not plan.free or plan.price]
    alike = Counter(tuple((place, gain) for _, place, gain, _ in fitting) for fitting in seats)
    prices, least, since = list(best.prices), best.total, 0
    chosen: Sequence[int] = best.prices
    for turn in range(ROUNDS):
        total, slopes = _ask(tied, alike, prices)
        since += 1
        if total < least:
            chosen, least, since = tuple(prices), total, 0
        steepness = sum(slope * slope for slope in slopes)
        if not steepness or least < goal or since > PATIENCE:
            break
        # Polyak's step, shortened as the search goes on.
        step = (total - goal + 1) * (ROUNDS - turn) // (ROUNDS * steepness)
        for plan in tied:
            _move(plan, prices, slopes, step)
    return weigh(plans, seats, chosen)


def _ask(
    tied: Sequence[Plan], alike: Mapping[tuple[tuple[int, int], ...], int], prices: Sequence[int]
) -> tuple[int, list[int]]:
    """The bound at these prices, and by how many units more each place is wanted than its plan repeats."""
    total, wanted = 0, [0] * len(prices)
    for fitting, count in alike.items():
        best, taken = 0, -1
        for place, gain in fitting:
            left = gain - prices[place]
            if left > best:
                best, taken = left, place
        if taken >= 0:
            wanted[taken] += count
            total += best * count
    slopes = [0] * len(prices)
    for plan in tied:
        first, counts = plan.first, plan.rule.counts
        over = surplus(plan, prices)
        if over:
            repeats = plan.most if over > 0 else plan.rule.least
            total += over * repeats
        else:
            asked = sum(count * wanted[first + slot] for slot, count in enumerate(counts))
            repeats = min(plan.most, max(plan.rule.least, asked // sum(count * count for count in counts)))
        for slot, count in enumerate(counts):
            slopes[first + slot] = wanted[first + slot] - count * repeats
    return total, slopes


def _move(plan: Plan, prices: list[int], slopes: Sequence[int], step: int) -> None:
    first, counts = plan.first, plan.rule.counts
    for place in range(first, first + len(counts)):
        prices[place] += step * slopes[place]
    if not plan.limited and not plan.rule.least:
        # Nothing but the units at hand limits it: its places' prices add up to its own.
        over, weight = surplus(plan, prices), sum(count * count for count in counts)
        for slot, count in enumerate(counts):
            prices[first + slot] -= count * over // weight
