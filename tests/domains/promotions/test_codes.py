"""A code is known however it is typed, and a slip of one letter is met halfway."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.promotions.codes import LONGEST, meant, normal

codes = st.text("ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789", min_size=3, max_size=LONGEST)


@pytest.mark.parametrize(
    "typed",
    ["PIZZA20", "pizza20", " Pizza 20 ", "pizza-20", "PIZZA_20", "ｐｉｚｚａ２０", "piz.za20\n", "pizza\u00a020"],
)
def test_one_code_has_many_ways_of_writing(typed):
    assert normal(typed) == "PIZZA20"


@pytest.mark.parametrize("typed", ["", "  ", "AB", "A" * 25, "PIZZA%", "PIZZA\x00", "Ü20", "x" * 10**6, "\ud800abc"])
def test_what_no_code_can_be_is_none(typed):
    assert normal(typed) == ""


@given(codes)
def test_what_is_kept_stays_as_it_is(code):
    assert normal(code) == normal(code.lower()) == code


@pytest.mark.parametrize("typed", ["PIZA20", "PIZZZA20", "PIZZB20", "PIZZA2", "IZZA20", "PIZZA200"])
def test_one_letter_off_is_understood(typed):
    assert meant(typed, ["LUNCH", "PIZZA20", "TUESDAY15"]) == "PIZZA20"


@pytest.mark.parametrize("typed", ["PIZZA20", "PZIZA20", "PIZ20", "LUNCHTIME", "", "PIZZA2000"])
def test_the_very_code_and_two_letters_off_are_not(typed):
    assert meant(typed, ["PIZZA20"]) is None


def test_between_two_that_are_as_near_nobody_guesses():
    assert meant("PIZZA2", ["PIZZA20", "PIZZA25"]) is None


@given(codes, codes)
def test_being_near_works_both_ways(one, other):
    assert (meant(one, [other]) == other) == (meant(other, [one]) == one)
