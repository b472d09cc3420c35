"""A range that is right as often as it says, pure, whatever the guess in it is worth.

How far past guesses were off, each as a share of its own size, is all that is assumed of the next one: the range is
the narrowest one that holds four in five of them (split conformal prediction). Kitchens change, so the aim moves
against what was missed lately (adaptive conformal inference, Gibbs and Candès 2021), and comes back by itself.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil

RIGHT = 0.8
STEADY = 5.0  # minutes that any guess may be off by, however short it is
FORCE = 2.0  # how strongly a miss too many or too few moves the next aim
LOWEST, HIGHEST = 0.5, 0.98


@dataclass(frozen=True, slots=True)
class Outcome:
    """One guess that is known to have been so far off, and whether the range that was told held."""

    guess: float
    took: float
    right: bool | None

    @property
    def off(self) -> float:
        """By which share of itself the guess was off; above nothing when it took longer."""
        return (self.took - self.guess) / (self.guess + STEADY)


def reach(guess: float, past: Sequence[Outcome]) -> tuple[int, int]:
    """From how many whole minutes to how many it takes, with four in five to be right. Wants some outcomes."""
    low, high = _narrowest(sorted(outcome.off for outcome in past), aim(past))
    size = guess + STEADY
    first = max(0, round(guess + low * size))
    return first, max(first + 1, round(guess + high * size))


def aim(past: Sequence[Outcome]) -> float:
    """Which share of outcomes the next range has to hold, so that four in five are right in the long run."""
    told = [outcome.right for outcome in past if outcome.right is not None]
    if not told:
        return RIGHT
    known = sum(told) / len(told)
    weight = len(told) / (len(told) + 20)
    return min(HIGHEST, max(LOWEST, RIGHT + FORCE * weight * (RIGHT - known)))


def _narrowest(offs: Sequence[float], share: float) -> tuple[float, float]:
    """The closest two outcomes with so many of them between: one more than the share, as the next is not among them."""
    count = min(len(offs), ceil((len(offs) + 1) * share))
    start = min(range(len(offs) - count + 1), key=lambda n: offs[n + count - 1] - offs[n])
    return offs[start], offs[start + count - 1]
