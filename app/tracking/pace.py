"""How long an order of its kind takes from a stage until it is there, pure: learned from those that are finished.

Four facts that a kitchen knows at the tap weigh in: that there is work at all, the oven places before this order, its
own, and the drive. What each weighs is the ridge regression of the store's last orders, held to what `eta.ALLOWED`
grants until there are enough of them; on top comes what this hour of the day adds or takes (docs/tracking.md).
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

PRIOR_WORTH = 15  # finished orders that the allowances count as
HOUR_WORTH = 15
TYPICAL = (1.0, 5.0, 2.0, 10.0)  # sizes of the four facts, so that each is held to its allowance alike
LEAST_MINUTES = 1.0

Vector = tuple[float, float, float, float]


@dataclass(frozen=True, slots=True)
class Sight:
    """What a kitchen knows of an order when it comes to a stage: oven places before it and of its own, minutes of the
    drive, and the hour on the store's wall.
    """

    ahead: int
    places: int
    drive: int
    hour: int

    @property
    def facts(self) -> Vector:
        """The four that weigh in."""
        return (1.0, float(self.ahead), float(self.places), float(self.drive))


@dataclass(frozen=True, slots=True)
class Pace:
    """What each fact weighs, in minutes, and what each hour adds."""

    weights: Vector
    hours: dict[int, float]

    def minutes(self, sight: Sight) -> float:
        """How long such an order takes from here until it is there."""
        return max(LEAST_MINUTES, _product(self.weights, sight.facts) + self.hours.get(sight.hour, 0.0))


def learn(lessons: Sequence[tuple[Sight, float]], prior: Vector) -> Pace:
    """The pace of orders that were seen at a stage, each with the minutes that it took from there."""
    pull = [PRIOR_WORTH * size * size for size in TYPICAL]
    matrix = [[pull[i] if i == j else 0.0 for j in range(4)] for i in range(4)]
    right = [pull[i] * prior[i] for i in range(4)]
    for sight, took in lessons:
        facts = sight.facts
        for i in range(4):
            right[i] += facts[i] * took
            for j in range(4):
                matrix[i][j] += facts[i] * facts[j]
    weights = _solve(matrix, right)
    return Pace(weights, _hours(lessons, weights))


def _hours(lessons: Sequence[tuple[Sight, float]], weights: Vector) -> dict[int, float]:
    missing: dict[int, list[float]] = defaultdict(list)
    for sight, took in lessons:
        missing[sight.hour].append(took - _product(weights, sight.facts))
    return {hour: sum(each) / (len(each) + HOUR_WORTH) for hour, each in missing.items()}


def _product(weights: Vector, facts: Vector) -> float:
    return sum(weight * fact for weight, fact in zip(weights, facts, strict=True))


def _solve(matrix: list[list[float]], right: list[float]) -> Vector:
    """The solution of four equations. The prior keeps the matrix positive, so no row need be swapped."""
    rows = [[*row, value] for row, value in zip(matrix, right, strict=True)]
    for i in range(4):
        for below in rows[i + 1 :]:
            share = below[i] / rows[i][i]
            for j in range(i, 5):
                below[j] -= share * rows[i][j]
    found = [0.0] * 4
    for i in reversed(range(4)):
        known = sum(rows[i][j] * found[j] for j in range(i + 1, 4))
        found[i] = (rows[i][4] - known) / rows[i][i]
    return (found[0], found[1], found[2], found[3])
