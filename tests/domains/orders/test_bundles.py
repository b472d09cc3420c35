"""A bundle is filled place by place; what lies in it is a line of the cart like any other."""

import pytest

from app.core.db import db, transaction
from app.core.errors import NotFound, Refusal
from app.menu import service as menu
from app.menu.service import Placement, Selection
from app.orders import bundles, cart
from app.promotions import service as promotions
from tests.factories.deals import deal
from tests.factories.orders import COLA, MARGHERITA, filled

BOX = {
    "name": "Box",
    "kind": "bundle_price",
    "price_cents": 2500,
    "slots": [
        {"categories": ["pizzas"], "sizes": ["l"], "crusts": ["classic", "thin"], "most_toppings": 1, "count": 2},
        {"categories": ["drinks"], "sizes": ["bottle"]},
    ],
}
LOADED = Selection("your-own", "l", "thin", tuple(map(Placement, ("tomato", "mozzarella", "corn", "feta", "olive"))))


@pytest.fixture
def box(shop):
    return deal(BOX)


def fill(mine, deal_id, number, selection):
    with transaction():
        return bundles.fill(mine, deal_id, number, selection)


def inside(mine, deal_id):
    db.session.rollback()
    return {number: line.name for number, line in bundles.filled(mine, deal_id).items()}


def test_every_thing_of_a_bundle_has_a_place_of_its_own(box):
    slots = bundles.places(promotions.deal(box))
    assert [(slot.categories, slot.count) for slot in slots] == [(("pizzas",), 1), (("pizzas",), 1), (("drinks",), 1)]


def test_what_fits_is_offered_in_the_size_that_fits(box):
    offered = menu.load(1)
    pizza, _, drink = bundles.places(promotions.deal(box))
    options = {option.choice.selection.product: option for option in bundles.options(offered, pizza)}
    assert {option.choice.selection.size for option in options.values()} == {"l"}
    assert options["margherita"].extra_cents == 0
    drinks = [option.choice.selection.product for option in bundles.options(offered, drink)]
    assert drinks == ["orange-soda", "lemon-lime", "big-cola"]


def test_what_fits_is_worked_out_once_for_a_menu(box, monkeypatch):
    offered, slot = menu.load(1), bundles.places(promotions.deal(box))[2]
    first = bundles.options(offered, slot)
    monkeypatch.setattr(menu, "choose", None)
    assert bundles.options(offered, slot) is first


def test_what_is_sold_out_is_not_offered(box):
    with transaction():
        menu.sell_out(1, "product", "big-cola")
    slot = bundles.places(promotions.deal(box))[2]
    assert [o.choice.selection.product for o in bundles.options(menu.load(1), slot)] == ["orange-soda", "lemon-lime"]


def test_a_pizza_with_something_sold_out_on_it_is_not_offered_and_breaks_nothing(box):
    with transaction():
        menu.sell_out(1, "topping", "mushroom")
    slot = bundles.places(promotions.deal(box))[0]
    offered = {option.choice.selection.product for option in bundles.options(menu.load(1), slot)}
    assert "margherita" in offered
    assert "garden" not in offered


def test_where_one_crust_of_several_is_sold_out_the_next_is_offered_and_taken(box):
    with transaction():
        menu.sell_out(1, "crust", "classic")
    slot = bundles.places(promotions.deal(box))[0]
    offered = {option.choice.selection.product: option for option in bundles.options(menu.load(1), slot)}
    assert offered["margherita"].choice.selection.crust == "thin"
    assert fill(filled(COLA), box, 1, Selection("margherita")).selection.crust == "thin"


def test_where_all_that_fits_is_sold_out_the_refusal_says_what(box):
    with transaction():
        menu.sell_out(1, "size", "l")
    with pytest.raises(Refusal, match="sold out of Margherita in Large"):
        fill(filled(COLA), box, 1, Selection("margherita"))


def test_places_are_filled_changed_alone_and_kept(box):
    mine = filled(COLA)
    fill(mine, box, 1, Selection("margherita"))
    fill(mine, box, 3, Selection("big-cola"))
    assert inside(mine, box) == {1: "Large Margherita", 3: "Big cola"}
    assert cart.view(mine).discounts == ()
    fill(mine, box, 2, LOADED)
    view = cart.view(mine)
    assert [(each.name, each.items_cents) for each in view.discounts] == [("Box", 1700 + 1600 + 175 + 425 - 2500)]
    db.session.rollback()
    fill(mine, box, 1, Selection("garden", "l", "thin"))
    assert inside(mine, box) == {1: "Large Garden", 2: "Large Custom pizza", 3: "Big cola"}
    assert [line.name for line in cart.view(mine).lines] == ["Cola", "Large Garden", "Big cola", "Large Custom pizza"]


def test_what_fits_no_more_stays_in_the_cart_when_its_place_is_filled_anew(box):
    mine = filled(COLA)
    fill(mine, box, 1, Selection("margherita"))
    with transaction():
        cart.replace(mine, cart.view(mine).lines[1].id, MARGHERITA, 1)
    assert inside(mine, box) == {1: "Medium Margherita"}
    fill(mine, box, 1, Selection("garden"))
    assert inside(mine, box) == {1: "Large Garden"}
    assert [line.name for line in cart.view(mine).lines] == ["Cola", "Medium Margherita", "Large Garden"]


def test_of_two_in_one_place_one_is_exchanged_and_one_stays(box):
    mine = filled(COLA)
    fill(mine, box, 1, Selection("margherita"))
    with transaction():
        cart.change(mine, cart.view(mine).lines[1].id, 2)
    fill(mine, box, 1, Selection("garden"))
    assert inside(mine, box) == {1: "Large Garden"}
    lines = [(line.name, line.quantity) for line in cart.view(mine).lines]
    assert lines == [("Cola", 1), ("Large Margherita", 1), ("Large Garden", 1)]
    assert cart.head(mine).count == 3


def test_toppings_beyond_the_bundle_are_paid_and_told(box):
    slot = bundles.places(promotions.deal(box))[0]
    choice = menu.choose(menu.load(1), LOADED)
    assert bundles.extra_cents(slot, choice) == 2 * 175  # three toppings, one is part of it


@pytest.mark.parametrize("selection", [Selection("margherita", "m"), Selection("margherita", "l", "pan"), COLA])
def test_what_does_not_fit_is_refused_and_changes_nothing(box, selection):
    mine = filled(COLA)
    with pytest.raises(Refusal) as refused:
        fill(mine, box, 1, selection)
    assert refused.value.code == "does_not_fit"
    assert inside(mine, box) == {}


@pytest.mark.parametrize("number", [0, 4])
def test_a_place_that_there_is_not_is_not_found(box, number):
    with pytest.raises(NotFound):
        fill(filled(COLA), box, number, MARGHERITA)


def test_a_deal_that_is_over_is_not_found(box):
    with transaction():
        promotions.end(box)
    with pytest.raises(NotFound, match="over"):
        fill(filled(COLA), box, 1, MARGHERITA)


def test_a_hidden_bundle_is_for_whoever_holds_its_code(shop):
    found = deal(BOX, by_code=True, listed=False, code="BOXED")
    mine = filled(COLA)
    with pytest.raises(NotFound):
        fill(mine, found, 3, Selection("big-cola"))
    with transaction():
        theirs = cart.create(codes=["BOXED"])
    fill(theirs, found, 3, Selection("big-cola"))
    assert inside(theirs, found) == {3: "Big cola"}


def test_a_line_that_was_removed_leaves_its_place_empty(box):
    mine = filled(COLA)
    fill(mine, box, 3, Selection("big-cola"))
    with transaction():
        cart.change(mine, cart.view(mine).lines[1].id, 0)
    assert inside(mine, box) == {}


def test_a_bundle_can_be_begun_once_more_and_its_lines_stay(box):
    mine = filled(COLA)
    fill(mine, box, 3, Selection("big-cola"))
    with transaction():
        bundles.begin_again(mine, box)
    assert inside(mine, box) == {}
    fill(mine, box, 3, Selection("orange-soda", "bottle"))
    assert [line.name for line in cart.view(mine).lines] == ["Cola", "Big cola", "Orange soda, 2 l bottle"]


def test_nobody_sees_what_lies_in_the_cart_of_another(box):
    ana, carlo = filled(COLA), filled(COLA)
    fill(ana, box, 3, Selection("big-cola"))
    assert inside(carlo, box) == {}
