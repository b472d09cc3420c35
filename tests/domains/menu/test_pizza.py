"""Prices and limits of a pizza by the price law, section 2, on a menu without a database."""

import dataclasses
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.core.errors import NotFound, Refusal
from app.menu.service import Amount, Halves, Placement, Selection, Side, canonical, choose, mend
from app.pictures import Recipe
from tests.factories.menus import PRESET, TOPPINGS, menu

LEFT, RIGHT, WHOLE = Side.LEFT, Side.RIGHT, Side.WHOLE
LIGHT, NORMAL, EXTRA, DOUBLE = Amount
BASE = (Placement("tomato"), Placement("mozzarella"))
MENU = menu()
DEARER = menu(halves=Halves.DEARER)


def on(*placements, base=BASE):
    return (*base, *(placed if isinstance(placed, Placement) else Placement(*placed) for placed in placements))


def charge(placements, catalogue=MENU):
    return choose(catalogue, Selection("salami", "l", "classic", placements)).unit_cents - 1600


PRICES = [
    ("nothing taken off earns anything", on(), 0),
    ("the preset is free", PRESET, 0),
    ("one more topping", on(("mushroom",)), 175),
    ("light costs the same", on(("mushroom", WHOLE, LIGHT)), 175),
    ("extra counts one and a half, a half cent is rounded up", on(("mushroom", WHOLE, EXTRA)), 263),
    ("double counts two", on(("mushroom", WHOLE, DOUBLE)), 350),
    ("a half counts half", on(("mushroom", LEFT)), 88),
    ("two halves count one", on(("mushroom", LEFT), ("olive", RIGHT)), 175),
    ("three halves are rounded once", on(("mushroom", LEFT), ("olive", RIGHT), ("corn", LEFT)), 263),
    ("extra on a half", on(("mushroom", RIGHT, EXTRA)), 131),
    ("a heavy topping counts twice", on(("meatball",)), 350),
    ("a heavy topping, extra, on a half", on(("meatball", LEFT, EXTRA)), 263),
    ("less than the preset is free", on(("pepperoni",)), 0),
    ("above the preset the difference", on(("pepperoni", WHOLE, DOUBLE)), 88),
    ("above the preset on one half", on(("pepperoni", LEFT, DOUBLE)), 44),
    ("above the preset here, below it there", on(("pepperoni", LEFT, DOUBLE), ("pepperoni", RIGHT, LIGHT)), 44),
    ("a removed default is no credit for another", on(("mushroom",), base=BASE), 175),
    ("extra cheese is half a topping", on(base=(Placement("tomato"), Placement("mozzarella", WHOLE, EXTRA))), 88),
    ("no cheese earns nothing", on(base=(Placement("tomato"),)), 0),
    ("sauce is free in any amount", on(base=(Placement("bbq", WHOLE, EXTRA), Placement("mozzarella"))), 0),
    ("nothing at all", (), 0),
]


@pytest.mark.parametrize(("placements", "cents"), [case[1:] for case in PRICES], ids=[case[0] for case in PRICES])
def test_toppings_are_priced_by_the_law(placements, cents):
    assert charge(placements) == cents


@pytest.mark.parametrize(
    ("placements", "cents"),
    [
        (on(("mushroom", LEFT)), 175),
        (on(("mushroom", LEFT), ("olive", RIGHT)), 175),
        (on(("mushroom", LEFT), ("olive", LEFT), ("corn", RIGHT)), 350),
        (on(("mushroom",), ("corn", RIGHT)), 350),
        (on(("mushroom",)), 175),
        (on(("mushroom", RIGHT, EXTRA)), 263),
    ],
)
def test_a_store_may_charge_for_the_dearer_half(placements, cents):
    assert charge(placements, DEARER) == cents


placements_drawn = st.lists(
    st.builds(
        Placement,
        st.sampled_from([t.key for t in TOPPINGS if t.group not in {"sauce", "base_cheese"} and not t.sold_out]),
        st.sampled_from(Side),
        st.sampled_from(Amount),
    ),
    max_size=8,
)


def chosen(placements, catalogue=MENU, crust="classic"):
    try:
        return choose(catalogue, Selection("salami", "l", crust, on(*placements)))
    except Refusal:
        return None


def law(placements, halves=Halves.SUM):
    """The price law once more, by halves and in fractions."""
    counts = {LIGHT: Fraction(1), NORMAL: Fraction(1), EXTRA: Fraction(3, 2), DOUBLE: Fraction(2)}
    weighs = {topping.key: Fraction(topping.weight, 1000) for topping in TOPPINGS}
    sums = []
    for half in (LEFT, RIGHT):
        here = {p.topping: counts[p.amount] for p in placements if p.side in {half, WHOLE}}
        free = {p.topping: counts[p.amount] for p in PRESET}
        sums.append(sum((max(Fraction(0), n - free.get(key, 0)) * weighs[key] for key, n in here.items()), Fraction(0)))
    weight = max(sums) if halves is Halves.DEARER else sum(sums) / 2
    return int(weight * 175 + Fraction(1, 2))


@given(placements_drawn, st.sampled_from(Halves))
def test_any_pizza_costs_what_the_law_says(placements, halves):
    choice = chosen(placements, menu(halves=halves))
    if choice:
        assert choice.unit_cents - 1600 == law(on(*placements), halves)


@given(placements_drawn, st.randoms())
def test_the_order_of_placements_changes_nothing(placements, dice):
    shuffled = list(placements)
    dice.shuffle(shuffled)
    assert chosen(placements) == chosen(shuffled)


@given(placements_drawn)
def test_a_whole_and_two_equal_halves_are_one_pizza(placements):
    halved = [
        half
        for p in placements
        for half in ([Placement(p.topping, side, p.amount) for side in (LEFT, RIGHT)] if p.side is WHOLE else [p])
        if not MENU.toppings[p.topping].whole_only
    ]
    joined = [p for p in placements if not MENU.toppings[p.topping].whole_only]
    assert chosen(halved) == chosen(joined)


@given(placements_drawn)
def test_writing_a_pizza_twice_changes_nothing(placements):
    once = canonical(MENU, on(*placements))
    assert canonical(MENU, once) == once


@given(placements_drawn)
def test_mirrored_pizzas_cost_the_same(placements):
    other = {LEFT: RIGHT, RIGHT: LEFT, WHOLE: WHOLE}
    straight = chosen(placements)
    mirrored = chosen([Placement(p.topping, other[p.side], p.amount) for p in placements])
    assert (straight and straight.unit_cents) == (mirrored and mirrored.unit_cents)


@given(placements_drawn)
def test_the_picture_shows_just_what_was_chosen(placements):
    choice = chosen(placements, crust="stuffed")
    if choice:
        drawn = Recipe.parse(choice.picture)
        assert (drawn.crust, drawn.sauce, drawn.cheese) == ("stuffed", "tomato", "normal")
        loose = {(p.topping, p.side, p.amount) for p in choice.selection.placements} - {
            (p.topping, p.side, p.amount) for p in BASE
        }
        assert set(drawn.toppings) == loose


REFUSALS = [
    (on(("anchovy",)), "unknown_topping", "anchovy"),
    (on(("x" * 500,)), "unknown_topping", "x" * 24),
    (on(("bacon",)), "topping_sold_out", "bacon"),
    (on(("feta", WHOLE, DOUBLE)), "amount_not_offered", "feta"),
    (on(("basil", LEFT)), "whole_only", "basil"),
    (on(("mushroom",), ("mushroom", LEFT)), "placed_twice", "mushroom"),
    (on(("mushroom", LEFT), ("mushroom", LEFT, EXTRA)), "placed_twice", "mushroom"),
    (on(("bbq",)), "one_of_a_kind", "sauce"),
]


@pytest.mark.parametrize(("placements", "code", "field"), REFUSALS, ids=[case[1] for case in REFUSALS])
def test_what_cannot_be_made_is_refused_at_the_very_topping(placements, code, field):
    with pytest.raises(Refusal) as refused:
        choose(MENU, Selection("salami", "l", "classic", placements))
    assert (refused.value.code, refused.value.field, refused.value.status) == (code, field, 422)
    assert refused.value.message.endswith(".")


MANY = [t.key for t in TOPPINGS if t.group not in {"sauce", "base_cheese"} and not (t.sold_out or t.whole_only)]


def test_ten_toppings_fit_on_a_side_and_not_eleven():
    ten = [(key, LEFT) for key in MANY[:10]]
    assert choose(MENU, Selection("salami", "l", "classic", on(*ten))).unit_cents > 1600
    with pytest.raises(Refusal) as refused:
        choose(MENU, Selection("salami", "l", "classic", on(*ten, (MANY[10],))))
    assert (refused.value.code, refused.value.field) == ("too_many_toppings", MANY[10])


def test_sauce_and_cheese_do_not_count_as_toppings():
    assert choose(MENU, Selection("salami", "l", "classic", on(*[(key,) for key in MANY[:10]])))


@pytest.mark.parametrize(("size", "crust"), [("m", "stuffed"), ("xl", "classic"), ("l", "thin"), ("can", None)])
def test_only_what_is_made_can_be_chosen(size, crust):
    with pytest.raises(Refusal) as refused:
        choose(MENU, Selection("salami", size, crust))
    assert (refused.value.code, refused.value.field) == ("not_made", "crust")


def test_a_product_that_is_sold_out_says_so():
    with pytest.raises(Refusal, match="sold out of"):
        choose(MENU, Selection("gone"))


def test_what_is_not_on_the_menu_is_not_found():
    with pytest.raises(NotFound):
        choose(MENU, Selection("nothing"))


def test_only_pizzas_take_toppings():
    with pytest.raises(Refusal) as refused:
        choose(MENU, Selection("cola", placements=(Placement("mushroom"),)))
    assert refused.value.code == "no_toppings"


def test_a_tap_orders_the_default():
    pizza = choose(MENU, Selection("salami"))
    assert (pizza.name, pizza.unit_cents, pizza.base) == ("Medium Salami", 1350, "Classic crust, tomato sauce")
    assert pizza.selection.placements == PRESET
    fries = choose(MENU, Selection("fries"))
    assert (fries.name, fries.unit_cents, fries.selection.placements) == ("Fries, For two", 695, None)
    cola = choose(MENU, Selection("cola"))
    assert (cola.name, cola.tax_code, cola.places, cola.picture) == ("Cola", "drinks", 0, "cola")


def test_a_pizza_is_read_as_a_cook_would_read_it():
    pizza = choose(
        MENU,
        Selection(
            "salami",
            "l",
            "stuffed",
            (
                Placement("bbq", WHOLE, LIGHT),
                Placement("mozzarella", WHOLE, EXTRA),
                Placement("olive", WHOLE, LIGHT),
                Placement("pepperoni", LEFT, DOUBLE),
                Placement("mushroom", RIGHT),
                Placement("corn", RIGHT, EXTRA),
            ),
        ),
    )
    assert pizza.base == "Stuffed crust, light bbq sauce, extra cheese"
    assert pizza.sides == ((LEFT, "pepperoni (double)"), (RIGHT, "mushroom, corn (extra)"), (WHOLE, "olive (light)"))


def test_a_bare_pizza_says_what_is_not_on_it():
    assert choose(MENU, Selection("salami", "l", "classic", ())).base == "Classic crust, no sauce, no cheese"


def test_an_unchanged_preset_needs_no_words():
    assert choose(MENU, Selection("salami", placements=PRESET)).sides == ()


def test_a_crust_that_is_not_made_in_the_new_size_is_mended_with_a_word():
    mended, notes = mend(MENU, Selection("salami", "m", "stuffed", PRESET))
    assert (mended.size, mended.crust, mended.placements) == ("m", "classic", PRESET)
    assert notes == ("Stuffed crust is not made in this size, so we picked Classic.",)
    assert mend(MENU, Selection("salami", "l", "stuffed"))[1] == ()


@pytest.mark.parametrize(("size", "crust"), [("zz", "classic"), ("l", "zz"), ("zz", "zz"), ("one", None)])
def test_whatever_was_asked_for_is_mended_to_something_that_is_made(size, crust):
    for slug in MENU.products:
        mended, _ = mend(MENU, Selection(slug, size, crust))
        assert MENU.products[slug].variant(mended.size, mended.crust)


def test_a_free_size_charges_no_toppings():
    free = dataclasses.replace(MENU.sizes["l"], topping_cents=0)
    assert charge(on(("mushroom",)), menu(sizes={**MENU.sizes, "l": free})) == 0


BEYOND = [
    ("nothing above the preset", PRESET, ()),
    ("one topping is all there is", on(("mushroom",)), (175,)),
    ("a heavy one is the first to be included", on(("mushroom",), ("meatball",), ("corn",)), (700, 350, 175)),
    ("a half is less than a whole", on(("mushroom", LEFT), ("olive",)), (263, 88)),
    ("two halves are one topping", on(("mushroom", LEFT, EXTRA), ("mushroom", RIGHT)), (219,)),
]


@pytest.mark.parametrize(("placements", "cents"), [case[1:] for case in BEYOND], ids=[case[0] for case in BEYOND])
def test_what_toppings_cost_beyond_the_first_ones_is_told(placements, cents):
    choice = choose(MENU, Selection("salami", "l", "classic", placements))
    assert choice.beyond_cents == cents
    assert choice.beyond_cents[:1] == ((choice.unit_cents - 1600,) if cents else ())


@pytest.mark.parametrize(("product", "specialty"), [("salami", True), ("cola", False), ("fries", False)])
def test_a_pizza_with_toppings_of_its_own_is_a_specialty(product, specialty):
    assert choose(MENU, Selection(product)).specialty is specialty
