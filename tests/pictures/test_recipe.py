"""A recipe names a pizza: once, shortly, and for every way of saying it the same."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.pictures import TOPPINGS, Recipe
from app.pictures.recipe import AMOUNTS, CHEESES, CRUSTS, LONGEST_CODE, SAUCES

HALF_AND_HALF = Recipe(
    toppings=(("mushroom", "right", "normal"), ("pepperoni", "left", "extra"), ("olive", "whole", "light"))
)


@st.composite
def recipes(draw):
    toppings = []
    for key in draw(st.lists(st.sampled_from(sorted(TOPPINGS)), unique=True, max_size=8)):
        sides = draw(st.sampled_from((("whole",), ("left",), ("right",), ("left", "right"))))
        toppings += [(key, side, draw(st.sampled_from(sorted(AMOUNTS)))) for side in sides]
    words = (draw(st.sampled_from(known)) for known in (CRUSTS, SAUCES, CHEESES))
    return Recipe(*words, toppings=tuple(draw(st.permutations(toppings))), raw=draw(st.booleans()))


@given(recipes())
def test_a_code_is_read_back_as_the_same_pizza(recipe):
    assert Recipe.parse(recipe.code()) == recipe


@given(recipes())
def test_a_code_is_safe_in_an_address(recipe):
    assert set(recipe.code()) <= set("abcdefghijklmnopqrstuvwxyz._-")


def test_a_code_is_short_and_in_the_order_in_which_toppings_lie():
    assert HALF_AND_HALF.code() == "classic.tomato.normal_pepperoni-l-x_mushroom-r-n_olive-w-l"


def test_two_like_halves_are_a_whole():
    halves = Recipe(toppings=(("basil", "right", "normal"), ("basil", "left", "normal")))
    assert halves == Recipe(toppings=(("basil", "whole", "normal"),))
    assert not halves.halved


def test_unlike_halves_stay_two():
    halves = Recipe(toppings=(("basil", "right", "normal"), ("basil", "left", "extra")))
    assert halves.halved
    assert halves.code().endswith("_basil-l-x_basil-r-n")


@pytest.mark.parametrize(
    "odd",
    [
        "",
        "classic",
        "classic.tomato",
        "classic.tomato.normal.",
        "classic.tomato.normal.cooked",
        "classic.tomato.normal.raw.raw",
        "deep.tomato.normal",
        "classic.ketchup.normal",
        "classic.tomato.much",
        "classic.tomato.normal_",
        "classic.tomato.normal_gravel-w-n",
        "classic.tomato.normal_basil-w",
        "classic.tomato.normal_basil-w-n-n",
        "classic.tomato.normal_basil-x-n",
        "classic.tomato.normal_basil-w-q",
        "classic.tomato.normal_basil-w-n_basil-l-n",
        "classic.tomato.normal_basil-l-n_basil-l-x",
        'classic.tomato.normal"><script>',
        "classic.tomato.normal/../../etc",
        "classic.tomato.normal_" + "x" * LONGEST_CODE,
    ],
)
def test_anything_odd_is_refused(odd):
    with pytest.raises(ValueError, match=r"drawn|long|no crust|no topping|twice"):
        Recipe.parse(odd)


def test_more_than_fits_in_an_address_is_refused():
    with pytest.raises(ValueError, match="too many"):
        Recipe(toppings=tuple((key, side, "double") for key in TOPPINGS for side in ("left",)))
