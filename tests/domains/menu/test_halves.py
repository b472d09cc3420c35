"""Two pizzas of the menu on one: each keeps to its half, and what cannot come along is told."""

import dataclasses

from hypothesis import assume, given
from hypothesis import strategies as st

from app.core.errors import Refusal
from app.menu.service import Amount, Placement, Selection, Side, ToppingGroup, choose, fill
from tests.factories.menus import GROUPS, PRESET, TOPPINGS, menu, product, topping

LEFT, RIGHT, WHOLE = Side.LEFT, Side.RIGHT, Side.WHOLE
DRIZZLE = ToppingGroup("drizzle", "To finish", "drizzle", exclusive=True)
MENU = menu(
    groups={group.key: group for group in (*GROUPS, DRIZZLE)},
    toppings={found.key: found for found in (*TOPPINGS, topping("honey", "drizzle"), topping("glaze", "drizzle"))},
)
SALAMI = MENU.products["salami"]
PLAIN = (Placement("tomato"), Placement("mozzarella"))


def pizza(*placements, sauce="tomato"):
    base = (Placement(sauce), Placement("mozzarella"))
    return product(f"pizza-{sauce}", *SALAMI.variants, preset=(*base, *placements))


GARDEN = pizza(Placement("mushroom"), Placement("olive", amount=Amount.LIGHT))


def both(left, right, catalogue=MENU):
    first, said = fill(catalogue, PLAIN, left, LEFT)
    second, more = fill(catalogue, first, right, RIGHT)
    return set(second), (*said, *more)


def test_each_half_is_that_of_its_pizza():
    placements, said = both(SALAMI, GARDEN)
    assert placements == {
        *PLAIN,
        Placement("pepperoni", LEFT, Amount.EXTRA),
        Placement("mushroom", RIGHT),
        Placement("olive", RIGHT, Amount.LIGHT),
    }
    assert said == ()


def test_twice_the_same_is_that_pizza():
    assert both(SALAMI, SALAMI) == (set(PRESET), ())


def test_a_half_replaces_what_lay_on_it_and_leaves_the_other():
    placements, _ = fill(MENU, (*PLAIN, Placement("corn"), Placement("spinach", LEFT)), GARDEN, LEFT)
    assert set(placements) == {
        *PLAIN,
        Placement("corn", RIGHT),
        Placement("mushroom", LEFT),
        Placement("olive", LEFT, Amount.LIGHT),
    }


def test_the_left_half_says_which_sauce_lies_under_both():
    smoky = pizza(Placement("mushroom"), sauce="bbq")
    placements, said = both(smoky, SALAMI)
    assert Placement("bbq") in placements
    assert said == ("A pizza has one sauce: it stays bbq, also under the half of Salami.",)
    placements, said = both(SALAMI, smoky)
    assert Placement("tomato") in placements
    assert "under the half of Pizza-bbq" in said[0]


def test_what_ran_out_or_lies_on_the_whole_only_stays_off_with_a_word():
    placements, said = both(pizza(Placement("bacon"), Placement("basil"), Placement("corn")), GARDEN)
    assert {p.topping for p in placements if p.side is LEFT} == {"corn"}
    assert said == (
        "This store is sold out of bacon today, so we left it off.",
        "Basil goes on the whole pizza only, so we left it off.",
    )


def test_of_an_exclusive_group_the_half_that_was_there_keeps_its_own():
    placements, said = both(pizza(Placement("honey")), pizza(Placement("glaze")))
    assert {p.topping for p in placements} == {"tomato", "mozzarella", "honey"}
    assert said == ("A pizza has one drizzle, so we left the glaze off.",)


def test_a_pizza_with_halves_of_its_own_gives_the_half_that_is_asked_for():
    split = pizza(Placement("corn", LEFT), Placement("spinach", RIGHT))
    placements, _ = both(split, split)
    assert placements == {*PLAIN, Placement("corn", LEFT), Placement("spinach", RIGHT)}


LOOSE = [found.key for found in MENU.toppings.values() if found.group not in {"sauce", "base_cheese"}]
presets = st.lists(
    st.builds(Placement, st.sampled_from(LOOSE), st.sampled_from(Side), st.just(Amount.NORMAL)),
    max_size=5,
    unique_by=lambda placement: placement.topping,
)


@given(presets, presets, st.sampled_from(["tomato", "bbq"]))
def test_any_two_pizzas_make_one_that_can_be_made(one, other, sauce):
    """But for what no pizza may have, however it came about."""
    assume(all(len({p.topping for p in each} & {"honey", "glaze"}) < 2 for each in (one, other)))
    placements, _ = both(pizza(*one, sauce=sauce), pizza(*other))
    assert refusal_of(placements) in {None, "too_many_toppings", "amount_not_offered"}
    whole = {p.topping for p in placements if p.side is WHOLE and p.topping in LOOSE}
    assert whole <= {p.topping for p in one} & {p.topping for p in other}


def refusal_of(placements):
    try:
        choose(MENU, Selection("salami", "l", "classic", tuple(placements)))
    except Refusal as refusal:
        return refusal.code
    return None


def test_it_costs_what_the_toppings_on_halves_cost():
    placements, _ = both(SALAMI, GARDEN)
    blank = dataclasses.replace(SALAMI, preset=PLAIN)
    here = menu(products={"salami": blank})
    assert choose(here, Selection("salami", "l", "classic", tuple(placements))).unit_cents == 1600 + 306
