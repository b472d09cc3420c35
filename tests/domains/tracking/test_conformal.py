"""A range that is right as often as it says."""

from random import Random

from app.tracking.conformal import HIGHEST, LOWEST, RIGHT, Outcome, aim, reach


def outcomes(count: int, *, right: bool | None = True, spread: float = 4.0) -> list[Outcome]:
    dice = Random(2)
    return [Outcome(20.0, 20 + dice.gauss(0, spread), right) for _ in range(count)]


def test_four_in_five_of_what_came_before_lie_in_it():
    past = outcomes(200, right=None)
    first, last = reach(20, past)
    held = sum(first - 0.5 <= outcome.took <= last + 0.5 for outcome in past)
    assert 0.78 < held / len(past) < 0.9


def test_it_is_as_wide_as_guesses_were_off():
    steady, wild = (reach(20, outcomes(200, right=None, spread=spread)) for spread in (1.0, 6.0))
    assert steady[1] - steady[0] < 4
    assert wild[1] - wild[0] > 12


def test_a_longer_guess_has_a_wider_range():
    past = outcomes(200, right=None)
    short, long = reach(5, past), reach(40, past)
    assert long[1] - long[0] > 2 * (short[1] - short[0])


def test_too_many_misses_lately_widen_what_comes_next():
    lucky, unlucky = ([Outcome(20, 20, n % 10 >= missed) for n in range(100)] for missed in (0, 4))
    assert LOWEST <= aim(lucky) < RIGHT < aim(unlucky) <= HIGHEST


def test_what_was_told_without_having_learned_moves_no_aim():
    assert aim(outcomes(50, right=None)) == RIGHT


def test_a_range_never_begins_before_now_and_always_has_an_end():
    first, last = reach(1, [Outcome(20, 0.1, None)] * 40)
    assert (first, last) == (0, 1)
