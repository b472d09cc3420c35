"""What goes with a pick besides its toppings: options, hours, notes, what is in it, and what was changed."""

import dataclasses

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.core.errors import Refusal
from app.menu.facts import Allergen, Diet, Facts
from app.menu.service import (
    Amount,
    Chosen,
    Option,
    OptionGroup,
    Placement,
    Selection,
    Side,
    Window,
    changed,
    choose,
    in_size,
    mend,
    per_piece,
    usual,
)
from tests.factories.menus import CRUSTS, PRESET, PRODUCTS, SIZES, menu, product, topping

LEFT, RIGHT, WHOLE = Side.LEFT, Side.RIGHT, Side.WHOLE
VEGAN = Facts(frozenset(), Diet.VEGAN, 100)
MILKY = Facts(frozenset({Allergen.MILK}), Diet.VEGETARIAN, 250)


def group(key, *options, **changes):
    plain = OptionGroup(key, key.capitalize(), "As usual", 0, 1, {option.key: option for option in options})
    return dataclasses.replace(plain, **changes)


OPTIONS = {
    "bake": group(
        "bake", Option("light", "Light", "lightly baked", 0, VEGAN), Option("well", "Well done", "well done", 0, VEGAN)
    ),
    "sauce": group(
        "sauce",
        Option("hot", "Hot", "hot sauce", 0, VEGAN),
        Option("mango", "Mango", "mango sauce", 75, VEGAN),
        least=1,
    ),
    "dips": group(
        "dips",
        Option("ranch", "Ranch", "ranch", 95, MILKY),
        Option("salsa", "Salsa", "salsa", 80, Facts()),
        Option("aioli", "Aioli", "aioli", 80, VEGAN, sold_out=True),
        most=2,
    ),
}
FRIES = dataclasses.replace(
    PRODUCTS[3],
    options=("sauce", "dips"),
    comes_with=(Chosen("sauce", "hot"),),
    facts=VEGAN,
    variants=tuple(dataclasses.replace(variant, calories=300) for variant in PRODUCTS[3].variants),
)
SALAMI = dataclasses.replace(PRODUCTS[0], options=("bake",))
MENU = menu(options=OPTIONS, products={item.slug: item for item in (SALAMI, *PRODUCTS[1:3], FRIES)})


def picks(*codes):
    return tuple(Chosen(*code.split(".")) for code in codes)


def refused(selection, catalogue=MENU):
    with pytest.raises(Refusal) as told:
        choose(catalogue, selection)
    assert told.value.message.endswith(".")
    return told.value.code, told.value.field


def test_a_tap_orders_what_it_comes_with():
    choice = choose(MENU, Selection("fries"))
    assert (choice.base, choice.unit_cents, choice.selection.options) == ("Hot sauce", 695, picks("sauce.hot"))


def test_options_are_added_to_the_price_and_to_the_words_in_menu_order():
    choice = choose(MENU, Selection("fries", options=picks("dips.salsa", "sauce.mango", "dips.ranch")))
    assert choice.unit_cents == 695 + 75 + 95 + 80
    assert choice.base == "Mango sauce, ranch, salsa"
    assert choice.selection.options == picks("sauce.mango", "dips.ranch", "dips.salsa")


def test_how_a_pizza_is_baked_stands_behind_its_crust_and_costs_nothing():
    choice = choose(MENU, Selection("salami", options=picks("bake.well")))
    assert choice.base == "Classic crust, tomato sauce, well done"
    assert choice.unit_cents == choose(MENU, Selection("salami")).unit_cents


@pytest.mark.parametrize(
    ("options", "code", "field"),
    [
        (("sauce.gravy",), "unknown_option", "sauce"),
        (("bake.well", "sauce.hot"), "unknown_option", "bake"),
        ((), "option_missing", "sauce"),
        (("sauce.hot", "sauce.mango"), "too_many_options", "sauce"),
        (("sauce.hot", "dips.aioli"), "option_sold_out", "dips"),
    ],
)
def test_options_that_cannot_be_are_refused_at_their_group(options, code, field):
    assert refused(Selection("fries", options=picks(*options))) == (code, field)


def test_what_is_not_served_at_this_hour_says_when_it_is():
    noon = dataclasses.replace(FRIES, served=False, window=Window(opens=660, closes=900))
    catalogue = menu(options=OPTIONS, products={"fries": noon})
    assert refused(Selection("fries"), catalogue) == ("not_served", "product")
    with pytest.raises(Refusal, match="served 11 am to 3 pm"):
        choose(catalogue, Selection("fries"))


def test_a_size_or_crust_that_ran_out_is_refused_and_the_next_one_is_the_default():
    out = dataclasses.replace(SIZES[0], sold_out=True)
    variants = tuple(dataclasses.replace(v, sold_out=v.size == "m") for v in SALAMI.variants)
    here = menu(
        sizes={**MENU.sizes, "m": out},
        crusts={**MENU.crusts, "stuffed": dataclasses.replace(CRUSTS[1], sold_out=True)},
        products={"salami": dataclasses.replace(PRODUCTS[0], variants=variants)},
    )
    assert refused(Selection("salami", "m", "classic"), here) == ("size_sold_out", "size")
    assert refused(Selection("salami", "l", "stuffed"), here) == ("crust_sold_out", "crust")
    assert choose(here, Selection("salami")).name == "Large Salami"


def test_the_last_size_is_offered_where_a_pizza_has_it():
    assert in_size(SALAMI, "l").size == "l"
    assert in_size(SALAMI, "xl") is SALAMI.default
    assert in_size(SALAMI, None) is SALAMI.default
    assert in_size(FRIES, "one") is FRIES.default


def test_a_note_is_kept_and_has_an_end():
    assert choose(MENU, Selection("salami", note="Ring twice")).note == "Ring twice"
    assert choose(MENU, Selection("salami", note="x" * 80)).selection.note == "x" * 80
    assert refused(Selection("salami", note="x" * 81)) == ("note_too_long", "note")


def test_mending_keeps_options_and_note():
    mended, _ = mend(MENU, Selection("salami", "m", "stuffed", None, picks("bake.well"), "Hello"))
    assert (mended.crust, mended.options, mended.note) == ("classic", picks("bake.well"), "Hello")


KNOWN = tuple(
    topping(key, group, facts=known)
    for key, group, known in (
        ("tomato", "sauce", VEGAN),
        ("mozzarella", "base_cheese", MILKY),
        ("mushroom", "vegetable", VEGAN),
        ("pepperoni", "meat", Facts(frozenset(), Diet.PORK, 260)),
        ("mystery", "meat", Facts()),
    )
)
INSIDE = menu(
    toppings={found.key: found for found in KNOWN},
    crusts={"classic": dataclasses.replace(CRUSTS[0], facts=Facts(frozenset({Allergen.WHEAT}), Diet.VEGAN))},
    sizes={**MENU.sizes, "l": dataclasses.replace(SIZES[1], portion=1350, pieces=8, piece="slice")},
    products={
        "salami": product(
            "salami", *(dataclasses.replace(v, calories=1000) for v in PRODUCTS[0].variants[:2]), preset=()
        )
    },
)


def inside(*placements):
    return choose(INSIDE, Selection("salami", "l", "classic", placements)).facts


def test_a_pizza_is_vegan_only_if_every_part_is_known_to_be():
    assert inside(Placement("tomato"), Placement("mushroom")).diet is Diet.VEGAN
    assert inside(Placement("tomato"), Placement("mozzarella")).diet is Diet.VEGETARIAN
    assert inside(Placement("tomato"), Placement("pepperoni", LEFT)).diet is Diet.PORK
    unknown = inside(Placement("tomato"), Placement("mystery", RIGHT, Amount.LIGHT))
    assert (unknown.diet, unknown.allergens, unknown.calories) == (Diet.UNKNOWN, None, None)


def test_allergens_of_crust_and_toppings_come_together():
    assert inside(Placement("mozzarella")).allergens == {Allergen.WHEAT, Allergen.MILK}
    assert inside().allergens == {Allergen.WHEAT}


@pytest.mark.parametrize(
    ("placements", "calories"),
    [
        ((), 1000),
        ((Placement("tomato"),), 1135),
        ((Placement("tomato", WHOLE, Amount.DOUBLE),), 1270),
        ((Placement("tomato", WHOLE, Amount.LIGHT),), 1081),
        ((Placement("mozzarella", LEFT),), 1169),
        ((Placement("mozzarella", LEFT, Amount.EXTRA), Placement("mozzarella", RIGHT)), 1422),
    ],
)
def test_calories_follow_size_half_and_amount(placements, calories):
    assert inside(*placements).calories == calories


def test_calories_of_a_piece_are_told_to_the_next_ten():
    assert per_piece(1422, INSIDE.sizes["l"]) == 180
    assert per_piece(0, INSIDE.sizes["l"]) == 0


def test_the_facts_of_a_side_are_those_of_what_lies_beside_it_too():
    assert usual(MENU, FRIES) == Facts(frozenset(), Diet.VEGAN, 400)
    with_ranch = choose(MENU, Selection("fries", options=picks("sauce.hot", "dips.ranch"))).facts
    assert with_ranch == Facts(frozenset({Allergen.MILK}), Diet.VEGETARIAN, 650)
    assert choose(MENU, Selection("fries", options=picks("sauce.hot", "dips.salsa"))).facts.allergens is None


BASE = (Placement("tomato"), Placement("mozzarella"))
CHANGES = [
    (PRESET, ()),
    (BASE, ("no pepperoni",)),
    ((*PRESET, Placement("mushroom")), ("plus mushroom",)),
    ((*PRESET, Placement("mushroom", LEFT, Amount.DOUBLE)), ("plus double mushroom on the left",)),
    ((*BASE, Placement("pepperoni")), ("regular pepperoni",)),
    ((*BASE, Placement("pepperoni", RIGHT, Amount.EXTRA)), ("extra pepperoni on the right only",)),
    (
        (*BASE, Placement("pepperoni", LEFT, Amount.DOUBLE), Placement("pepperoni", RIGHT, Amount.LIGHT)),
        ("double pepperoni on the left and light pepperoni on the right",),
    ),
    ((Placement("bbq"), *PRESET[1:]), ("bbq sauce",)),
    ((Placement("tomato", amount=Amount.LIGHT), *PRESET[1:]), ("light sauce",)),
    (PRESET[1:], ("no sauce",)),
    ((PRESET[0], PRESET[2]), ("no cheese",)),
    ((PRESET[0], Placement("mozzarella", amount=Amount.EXTRA), PRESET[2]), ("extra cheese",)),
    ((Placement("mushroom"),), ("no sauce", "no cheese", "no pepperoni", "plus mushroom")),
]


@pytest.mark.parametrize(("placements", "words"), CHANGES, ids=[", ".join(words) or "none" for _, words in CHANGES])
def test_what_was_changed_is_said_in_words(placements, words):
    assert changed(MENU, SALAMI, placements) == words
    assert choose(MENU, Selection("salami", placements=placements)).changes == words


@given(st.permutations(CHANGES[-1][0] + PRESET))
def test_a_pizza_that_is_the_preset_was_not_changed(placements):
    same = [placement for placement in placements if placement in PRESET]
    assert changed(MENU, SALAMI, same) == ()


def test_a_menu_remembers_what_was_chosen_and_neither_a_refusal_nor_what_people_write():
    shown, plain = menu(), Selection("cola")
    assert choose(shown, plain) is choose(shown, plain)
    noted = dataclasses.replace(plain, note="for Ana")
    assert choose(shown, noted).note == "for Ana"
    with pytest.raises(Refusal):
        choose(shown, Selection("cola", size="no such size"))
    assert list(shown.chosen) == [plain]


def test_what_one_menu_remembers_another_one_made_from_it_does_not():
    shown = menu()
    first = choose(shown, Selection("cola"))
    dearer = {
        slug: dataclasses.replace(
            item,
            variants=tuple(dataclasses.replace(each, price_cents=each.price_cents + 100) for each in item.variants),
        )
        for slug, item in shown.products.items()
    }
    later = dataclasses.replace(shown, products=dearer)
    assert choose(later, Selection("cola")).unit_cents == first.unit_cents + 100
