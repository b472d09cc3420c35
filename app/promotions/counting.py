"""How a deal counts its units, as a small automaton.

A state says how many units stand in each slot beyond the repeats that are complete, and how many repeats count. Many
deals have one state only: whatever is taken, the rest goes on as before.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

Fill = tuple[int, ...]
State = tuple[Fill, int]


@dataclass(frozen=True, slots=True)
class Counting:
    """What decides how a deal counts: units of each slot in one repeat, units at hand for each slot, least and most
    repeats. Where it is `bought_first`, what is got (slot 1) is never dearer than what is bought for it (slot 0).
    """

    counts: Fill
    at_hand: Fill
    least: int
    most: int
    bought_first: bool = False

    @property
    def feasible(self) -> int:
        """How many repeats the units at hand are enough for."""
        return min(have // need for have, need in zip(self.at_hand, self.counts, strict=True))


@dataclass(frozen=True, slots=True)
class Automaton:
    """States by number, 0 the first. `moves[slot][state]` is the next state and the repeats that it completes.

    In a `final` state nothing is begun and enough is done. In a `fair` one all that was got so far has been bought for.
    """

    states: tuple[State, ...]
    moves: tuple[tuple[tuple[int, int] | None, ...], ...]
    final: frozenset[int]
    fair: frozenset[int]


@lru_cache(maxsize=4096)
def automaton(rule: Counting) -> Automaton:
    """The automaton of a way of counting."""
    numbers: dict[State, int] = {((0,) * len(rule.counts), 0): 0}
    queue = list(numbers)
    rows: list[list[tuple[int, int] | None]] = []
    for state in queue:
        row: list[tuple[int, int] | None] = []
        for step in _steps(rule, state):
            if step and step[0] not in numbers:
                numbers[step[0]] = len(numbers)
                queue.append(step[0])
            row.append((numbers[step[0]], step[1]) if step else None)
        rows.append(row)
    final = frozenset(n for (fill, repeats), n in numbers.items() if not any(fill) and repeats >= rule.least)
    fair = frozenset(n for (fill, _), n in numbers.items() if not rule.bought_first or _bought(rule, fill))
    return Automaton(tuple(numbers), tuple(zip(*rows, strict=True)), final, fair)


def _bought(rule: Counting, fill: Fill) -> bool:
    (bought, got), (buy, get) = fill, rule.counts
    return got <= get * (bought // buy)


def _steps(rule: Counting, state: State) -> Iterator[tuple[State, int] | None]:
    """The state after one more unit in each slot, None where there is no room for it."""
    fill, repeats = state
    limited = rule.most < rule.feasible
    room = rule.most - repeats if limited else rule.feasible
    counted_to = rule.most if limited else rule.least
    for slot in range(len(fill)):
        filled = tuple(count + (n == slot) for n, count in enumerate(fill))
        if max(-(-have // need) for have, need in zip(filled, rule.counts, strict=True)) > room:
            yield None
            continue
        done = min(have // need for have, need in zip(filled, rule.counts, strict=True))
        rest = tuple(have - done * need for have, need in zip(filled, rule.counts, strict=True))
        yield (rest, min(repeats + done, counted_to)), done
