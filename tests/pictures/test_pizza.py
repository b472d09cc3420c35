"""The pizza is drawn from its recipe alone, and drawing one thing never moves another."""

import re
import statistics
import time
from itertools import pairwise
from xml.etree import ElementTree as ET

import pytest

from app.pictures import TOPPINGS, Recipe, pizza_svg, topping_sheet
from app.pictures.recipe import CHEESES, CRUSTS, SAUCES
from app.pictures.scatter import TABLE, grow_missing, places

SVG = "{http://www.w3.org/2000/svg}"


def drawn(recipe, **look):
    return ET.fromstring(pizza_svg(recipe, uid="t", **look))  # noqa: S314 - our own drawing


def pieces(recipe, key):
    """Where the pieces of a topping lie, from the picture itself."""
    uses = re.findall(rf'href="#tt-{key}" transform="translate\(([\d.]+) ([\d.]+)\)', pizza_svg(recipe, uid="t"))
    return [(float(x), float(y)) for x, y in uses]


@pytest.mark.parametrize("crust", CRUSTS)
@pytest.mark.parametrize("sauce", SAUCES)
@pytest.mark.parametrize("cheese", CHEESES)
def test_every_crust_sauce_and_cheese_can_be_drawn(crust, sauce, cheese):
    for raw in (False, True):
        assert drawn(Recipe(crust, sauce, cheese, (), raw)).tag == f"{SVG}svg"


@pytest.mark.parametrize("key", TOPPINGS)
def test_every_topping_can_be_drawn_and_shown_as_an_icon(key):
    assert len(pieces(Recipe(toppings=((key, "whole", "normal"),)), key)) >= 9
    sheet = ET.fromstring(topping_sheet())  # noqa: S314 - our own drawing
    assert len(sheet.find(f"{SVG}symbol[@id='{key}']")) > 0


def test_the_same_recipe_is_the_same_text():
    recipe = Recipe.parse("thin.bbq.light_bacon-l-d_corn-w-n")
    assert pizza_svg(recipe, uid="t", cut=True) == pizza_svg(Recipe.parse(recipe.code()), uid="t", cut=True)


def test_adding_a_topping_moves_no_other():
    alone = pieces(Recipe(toppings=(("pepperoni", "whole", "normal"),)), "pepperoni")
    together = Recipe(toppings=tuple((key, "whole", "normal") for key in ("olive", "pepperoni", "spinach", "feta")))
    assert pieces(together, "pepperoni") == alone


def test_more_of_a_topping_only_adds():
    amounts = [
        pieces(Recipe(toppings=(("olive", "whole", amount),)), "olive")
        for amount in ("light", "normal", "extra", "double")
    ]
    for less, more in pairwise(amounts):
        assert more[: len(less)] == less
        assert len(more) > len(less)


@pytest.mark.parametrize(("side", "there"), [("left", lambda x: x < 200), ("right", lambda x: x > 200)])
def test_a_half_is_covered_and_nothing_crosses_the_middle(side, there):
    found = pieces(Recipe(toppings=(("mushroom", side, "normal"),)), "mushroom")
    assert len(found) >= 8
    assert all(there(x) for x, _ in found)


def test_both_halves_get_the_same_number():
    whole = pieces(Recipe(toppings=(("salami", "whole", "normal"),)), "salami")
    assert sum(x < 200 for x, _ in whole) == sum(x > 200 for x, _ in whole)


@pytest.mark.parametrize("key", TOPPINGS)
def test_any_beginning_of_the_places_is_evenly_spread(key):
    table = places()[key]
    assert len(table) >= TOPPINGS[key].count * 2
    for count in (8, TOPPINGS[key].count):
        nearest = min(abs(complex(*a[:2]) - complex(*b[:2])) for i, a in enumerate(table[:count]) for b in table[:i])
        assert nearest > 130 / count**0.5 * 0.75


def test_the_table_of_places_has_every_topping_and_grows_nothing_new():
    assert TABLE.exists()
    assert grow_missing().keys() == TOPPINGS.keys() == places().keys()


def test_a_title_speaks_and_is_escaped():
    svg = drawn(Recipe(), title='Left <b> "half" & more')
    assert svg.get("role") == "img"
    assert svg.get("aria-label") == 'Left <b> "half" & more'


def test_without_a_title_it_is_hidden_from_screen_readers():
    assert drawn(Recipe()).get("aria-hidden") == "true"


@pytest.mark.parametrize("uid", ["", "1", 'a"', "a b", "A", "x" * 40])
def test_an_odd_uid_is_refused(uid):
    with pytest.raises(ValueError, match="ids of a picture"):
        pizza_svg(Recipe(), uid=uid)


@pytest.mark.parametrize("pull", [None, 0, 7])
def test_every_reference_is_to_something_defined_once(pull):
    svg = pizza_svg(Recipe.parse("pan.tomato.double_basil-l-n_basil-r-x_feta-w-n"), uid="q", pull=pull, halves=True)
    ids = re.findall(r' id="([^"]+)"', svg)
    assert len(ids) == len(set(ids))
    assert set(re.findall(r'(?:href="|url\()#([^")]+)', svg)) <= set(ids)
    assert all(name.startswith("q") for name in ids)


def test_a_strict_policy_lets_the_picture_be():
    svg = pizza_svg(Recipe.parse("stuffed.pesto.normal_ham-w-n"), uid="t", halves=True, size=0.9, cut=True)
    assert not re.search(r"style=|<script|<style|\son\w+=|https?://(?!www\.w3\.org/2000/svg)", svg)


def test_a_warm_picture_takes_under_three_milliseconds():
    recipe = Recipe(toppings=tuple((key, "whole", "normal") for key in list(TOPPINGS)[:10]))
    pizza_svg(recipe, uid="t")
    took = []
    for _ in range(21):
        start = time.process_time_ns()
        pizza_svg(recipe, uid="t")
        took.append(time.process_time_ns() - start)
    assert statistics.median(took) < 3_000_000
