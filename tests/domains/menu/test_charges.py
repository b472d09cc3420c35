"""The topping charge on any preset, in any size, against the price law written down once more, half by half."""

import dataclasses
from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from app.menu.pizza import canonical, topping_charge, topping_shares
from app.menu.service import Amount, Halves, Placement, Side, Size
from tests.factories.menus import TOPPINGS, menu

KEYS = [topping.key for topping in TOPPINGS]


@st.composite
def pizzas(draw):
    """Any legal lie of toppings: each whole, on one half, or on both in amounts of their own."""
    placed = []
    for key in draw(st.lists(st.sampled_from(KEYS), unique=True, max_size=8)):
        sides = draw(st.sampled_from([(Side.WHOLE,), (Side.LEFT,), (Side.RIGHT,), (Side.LEFT, Side.RIGHT)]))
        placed += [Placement(key, side, draw(st.sampled_from(Amount))) for side in sides]
    return placed


@st.composite
def menus(draw):
    """A menu with odd weights and prices, in whatever way its store counts halves and amounts."""
    weights = {key: draw(st.sampled_from([0, 500, 1000, 1500, 2000, 333])) for key in KEYS}
    toppings = {topping.key: dataclasses.replace(topping, weight=weights[topping.key]) for topping in TOPPINGS}
    size = Size("l", "Large", "", draw(st.integers(0, 400)))
    extra, more = draw(st.integers(1000, 2000)), draw(st.integers(0, 1000))
    counts = (draw(st.sampled_from([0, 500, 777, 1000])), 1000, extra, extra + more)
    return menu(
        toppings=toppings,
        sizes={"l": size},
        halves=draw(st.sampled_from(Halves)),
        amounts=dict(zip(Amount, counts, strict=True)),
    )


def on_half(placements, half, counts=None):
    """Topping by topping what lies there: the amount, or what it counts as."""
    here = (p for p in placements if p.side in {half, Side.WHOLE})
    return {p.topping: Fraction(counts[p.amount], 1000) if counts else p.amount for p in here}


def law(catalogue, preset, chosen):
    """Price law, section 2: what is above the preset on a half, weighed; the halves averaged, or the dearer one."""
    sums = []
    for half in (Side.LEFT, Side.RIGHT):
        free, here = (on_half(placed, half, catalogue.amounts) for placed in (preset, chosen))
        more = {key: max(Fraction(0), count - free.get(key, 0)) for key, count in here.items()}
        sums.append(sum((n * catalogue.toppings[key].weight / 1000 for key, n in more.items()), Fraction(0)))
    weight = max(sums) if catalogue.halves is Halves.DEARER else sum(sums) / 2
    return int(weight * catalogue.sizes["l"].topping_cents + Fraction(1, 2))


@given(menus(), pizzas(), pizzas())
def test_any_change_of_any_preset_costs_what_the_law_says(catalogue, preset, chosen):
    assert topping_charge(catalogue, "l", preset, chosen) == law(catalogue, preset, chosen)


@given(menus(), pizzas(), pizzas())
def test_the_parts_of_a_charge_are_never_below_nothing_and_sum_to_it(catalogue, preset, chosen):
    laid = canonical(catalogue, chosen)
    shares = [cents for _, cents in topping_shares(catalogue, "l", preset, laid)]
    assert sum(shares) == topping_charge(catalogue, "l", preset, laid)
    assert all(cents > 0 for cents in shares)


@given(menus(), pizzas())
def test_a_preset_left_as_it_is_costs_nothing(catalogue, preset):
    assert topping_charge(catalogue, "l", preset, preset) == 0


@given(menus(), pizzas(), pizzas())
def test_writing_it_the_one_way_costs_the_same(catalogue, preset, chosen):
    straight = topping_charge(catalogue, "l", preset, chosen)
    assert topping_charge(catalogue, "l", canonical(catalogue, preset), canonical(catalogue, chosen)) == straight


@given(menus(), pizzas(), pizzas())
def test_taking_something_off_never_costs_more(catalogue, preset, chosen):
    full = topping_charge(catalogue, "l", preset, chosen)
    for gone in chosen:
        assert topping_charge(catalogue, "l", preset, [p for p in chosen if p != gone]) <= full


@given(menus(), pizzas(), st.randoms())
def test_there_is_one_way_to_write_a_pizza(catalogue, chosen, dice):
    """The same whatever the order, twice is once, and halves are joined only where they are alike."""
    once = canonical(catalogue, chosen)
    shuffled = [
        half
        for p in chosen
        for half in (
            [Placement(p.topping, s, p.amount) for s in (Side.LEFT, Side.RIGHT)] if p.side is Side.WHOLE else [p]
        )
    ]
    dice.shuffle(shuffled)
    assert canonical(catalogue, shuffled) == once == canonical(catalogue, once)
    for half in (Side.LEFT, Side.RIGHT):
        assert on_half(once, half) == on_half(chosen, half)
