"""What was made before is made again as near as a store can: what ran out is left off, and every change is said."""

import dataclasses

import pytest

from app.core.errors import NotFound, Refusal
from app.menu.mending import remake
from app.menu.service import Amount, Chosen, Option, OptionGroup, Placement, Selection, Side
from tests.factories.menus import PRODUCTS, SIZES, TOPPINGS, menu, topping

BASE = (Placement("tomato"), Placement("mozzarella"))
WINGS = OptionGroup(
    "dips", "Dips", "no dip", 0, 2, {key: Option(key, key.capitalize(), key, 50) for key in ("ranch", "bluecheese")}
)


def pizza(*placements, size="m", crust="classic", product="salami"):
    return Selection(product, size, crust, (*BASE, *placements), ())


def with_toppings(**changed):
    found = {one.key: one for one in TOPPINGS} | changed
    return menu(toppings=found)


def test_what_is_still_made_comes_as_it_was_without_a_word():
    chosen = pizza(Placement("mushroom", Side.LEFT, Amount.EXTRA), size="l", crust="stuffed")
    choice, notes = remake(menu(), chosen)
    assert notes == ()
    assert (choice.selection.size, choice.selection.crust, choice.selection.placements) == (
        "l",
        "stuffed",
        (*BASE, Placement("mushroom", Side.LEFT, Amount.EXTRA)),
    )


def test_a_topping_that_ran_out_is_left_off_and_said():
    choice, notes = remake(menu(), pizza(Placement("bacon"), Placement("mushroom")))
    assert notes == ("Without bacon: sold out here today.",)
    assert choice.selection.placements == (*BASE, Placement("mushroom"))


def test_a_topping_that_is_gone_for_good_is_said_once():
    choice, notes = remake(menu(), pizza(Placement("unicorn", Side.LEFT), Placement("unicorn", Side.RIGHT)))
    assert notes == ("A topping of then is not on this menu any more.",)
    assert choice.selection.placements == BASE


def test_an_amount_or_a_side_that_is_not_offered_becomes_the_nearest():
    choice, notes = remake(menu(), pizza(Placement("feta", amount=Amount.LIGHT), Placement("basil", Side.LEFT)))
    assert notes == ("Feta does not come light here.", "Basil goes on the whole pizza here.")
    assert set(choice.selection.placements) == {*BASE, Placement("feta"), Placement("basil")}


def test_a_crust_that_is_not_made_in_that_size_becomes_another():
    choice, notes = remake(menu(), pizza(size="m", crust="stuffed"))
    assert choice.selection.crust == "classic"
    assert notes == ("Stuffed crust is not made in this size, so we picked Classic.",)


def test_without_its_sauce_its_size_or_itself_it_is_another_thing():
    tomato = with_toppings(tomato=topping("tomato", "sauce", weight=0, whole_only=True, sold_out=True))
    with pytest.raises(Refusal, match="sold out of tomato sauce"):
        remake(tomato, pizza())
    sizes = {size.key: dataclasses.replace(size, sold_out=size.key == "m") for size in SIZES}
    with pytest.raises(Refusal, match="in Medium"):
        remake(menu(sizes=sizes), pizza())
    with pytest.raises(Refusal, match="sold out of Gone"):
        remake(menu(), pizza(product="gone"))
    with pytest.raises(NotFound):
        remake(menu(), pizza(product="unheard-of"))


def test_an_option_that_ran_out_is_left_off_and_said():
    fries = next(one for one in PRODUCTS if one.slug == "fries")
    asks = dataclasses.replace(fries, options=("dips",))
    sold = dataclasses.replace(WINGS.options["ranch"], sold_out=True)
    here = menu(
        products={**{one.slug: one for one in PRODUCTS}, "fries": asks},
        options={"dips": dataclasses.replace(WINGS, options={**WINGS.options, "ranch": sold})},
    )
    wanted = Selection("fries", "two", None, None, (Chosen("dips", "ranch"), Chosen("dips", "bluecheese")))
    choice, notes = remake(here, wanted)
    assert choice.selection.options == (Chosen("dips", "bluecheese"),)
    assert notes == ("Without ranch: sold out here today.",)
    _, notes = remake(here, dataclasses.replace(wanted, options=(Chosen("dips", "mustard"),)))
    assert notes == ("Something that was chosen with it then is not on this menu any more.",)
