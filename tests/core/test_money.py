from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.core.money import PPM, at_rate, format_cents, half_up, share_out

whole = st.integers(-(10**12), 10**12)
weights = st.lists(st.integers(0, 10**7), min_size=1, max_size=30)


@pytest.mark.parametrize(
    ("numerator", "denominator", "rounded"),
    [(1, 2, 1), (-1, 2, -1), (1, -2, -1), (-1, -2, 1), (3, 2, 2), (5, 2, 3), (49, 100, 0), (50, 100, 1), (0, 7, 0)],
)
def test_a_half_is_rounded_away_from_zero(numerator, denominator, rounded):
    assert half_up(numerator, denominator) == rounded


@given(whole, whole.filter(bool))
def test_rounding_never_moves_a_value_by_more_than_a_half(numerator, denominator):
    exact = Fraction(numerator, denominator)
    rounded = half_up(numerator, denominator)
    assert abs(rounded - exact) <= Fraction(1, 2)
    if abs(rounded - exact) == Fraction(1, 2):
        assert abs(rounded) > abs(exact)


@given(whole, whole.filter(bool))
def test_rounding_treats_debts_like_credits(numerator, denominator):
    assert half_up(-numerator, denominator) == -half_up(numerator, denominator)


def test_a_rate_is_parts_per_million():
    assert at_rate(10_000, 82_500) == 825
    assert at_rate(1_234, PPM) == 1_234
    assert at_rate(20, 25_000) == 1  # exactly half a cent


@given(st.integers(0, 10**9), weights)
def test_shares_always_sum_to_the_whole(total, parts):
    if sum(parts) == 0:
        total = 0
    assert sum(share_out(total, parts)) == total


@given(weights.filter(any), st.data())
def test_no_share_is_larger_than_what_it_is_taken_off(parts, data):
    total = data.draw(st.integers(0, sum(parts)))
    shares = share_out(total, parts)
    assert all(0 <= share <= part for share, part in zip(shares, parts, strict=True))


@given(st.integers(0, 10**6), weights.filter(any))
def test_each_share_is_within_a_cent_of_the_exact_one(total, parts):
    shares = share_out(total, parts)
    assert all(abs(s - Fraction(total * w, sum(parts))) < 1 for s, w in zip(shares, parts, strict=True))


@given(st.integers(0, 10**6), weights.filter(any), st.randoms())
def test_the_order_of_the_weights_changes_nothing_but_ties(total, parts, dice):
    shuffled = list(parts)
    dice.shuffle(shuffled)
    pairs = sorted(zip(parts, share_out(total, parts), strict=True))
    assert pairs == sorted(zip(shuffled, share_out(total, shuffled), strict=True))


def test_a_tie_goes_to_the_earlier_unit():
    assert share_out(1000, [667, 667, 667]) == [334, 333, 333]
    assert share_out(2, [1, 1, 1]) == [1, 1, 0]


def test_something_free_takes_no_share():
    assert share_out(100, [0, 300, 0]) == [0, 100, 0]


def test_nothing_is_spread_over_nothing():
    assert share_out(0, [0, 0]) == [0, 0]
    assert share_out(0, []) == []
    with pytest.raises(ValueError, match="nothing to spread"):
        share_out(1, [0, 0])


@pytest.mark.parametrize(
    ("cents", "words"), [(0, "$0.00"), (5, "$0.05"), (-5, "-$0.05"), (123450, "$1,234.50"), (-100000, "-$1,000.00")]
)
def test_cents_read_as_dollars(cents, words):
    assert format_cents(cents) == words
