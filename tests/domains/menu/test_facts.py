"""What is known of a food, and that a whole is never said to be more than all of its parts are known to be."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.menu.facts import LADDER, NOTHING, Allergen, Diet, Facts, read, together

facts = st.builds(
    Facts,
    st.none() | st.frozensets(st.sampled_from(Allergen)),
    st.sampled_from(Diet),
    st.none() | st.integers(0, 2000),
)


@given(st.lists(facts, max_size=6))
def test_a_whole_fits_a_diet_only_if_every_part_is_known_to(parts):
    whole = together(parts)
    for diet in (Diet.VEGAN, Diet.VEGETARIAN, Diet.NO_PORK):
        assert whole.fits(diet) == all(part.fits(diet) for part in parts)


@given(st.lists(facts, max_size=6))
def test_a_whole_holds_every_allergen_of_its_parts_or_says_that_nobody_knows(parts):
    whole = together(parts)
    if any(part.allergens is None for part in parts):
        assert whole.allergens is None
        assert not whole.nut_free
        assert "ask the store" in whole.words
    else:
        assert whole.allergens == {one for part in parts for one in part.allergens}
        assert whole.nut_free == all(part.nut_free for part in parts)


@given(st.lists(facts, max_size=6))
def test_calories_are_summed_or_not_known(parts):
    counted = [part.calories for part in parts]
    assert together(parts).calories == (None if None in counted else sum(counted))


@given(st.lists(facts, max_size=5), st.randoms())
def test_the_order_of_parts_and_what_is_nothing_change_nothing(parts, dice):
    shuffled = [*parts, NOTHING]
    dice.shuffle(shuffled)
    assert together(shuffled) == together(parts)


def test_each_diet_fits_the_looser_ones_and_the_unknown_fits_none():
    for strict, diet in enumerate(LADDER[:-1]):
        assert [Facts(diet=diet).fits(other) for other in LADDER[:-1]] == [n >= strict for n in range(len(LADDER) - 1)]
    assert not any(Facts().fits(diet) for diet in Diet if diet is not Diet.UNKNOWN)


@pytest.mark.parametrize(
    ("allergens", "diet", "found"),
    [
        (["milk", "tree nuts"], "vegetarian", Facts(frozenset({Allergen.MILK, Allergen.TREE_NUTS}), Diet.VEGETARIAN)),
        ([], "vegan", Facts(frozenset(), Diet.VEGAN)),
        (None, "unknown", Facts()),
        (["gravel"], "vegan", Facts(None, Diet.VEGAN)),
        (["milk"], "paleo", Facts(frozenset({Allergen.MILK}))),
    ],
)
def test_a_row_with_words_that_nobody_knows_is_unknown(allergens, diet, found):
    assert read(allergens, diet) == found


def test_allergens_read_in_one_order():
    assert Facts(frozenset({Allergen.SESAME, Allergen.WHEAT})).words == "wheat, sesame"
    assert Facts(frozenset()).words == "none of the nine major ones"
