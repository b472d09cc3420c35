"""Favourites: kept once, renamed, dropped, put into a cart as far as a store makes them, and nobody else's."""

from functools import partial

import pytest

from app.core.db import transaction
from app.core.errors import NotFound, Refusal
from app.menu import service as menu
from app.menu.service import Amount, Placement, Selection
from app.orders import cart, favourites
from app.orders.favourites import MOST_FAVOURITES
from tests.factories.customers import customer
from tests.factories.orders import COLA, ELM_STREET, HALF_AND_HALF, MARGHERITA, filled, ordered
from tests.queries import counted
from tests.races import HANDS, race


@pytest.fixture
def ana(shop):
    return customer()


def keep(user_id, selection=HALF_AND_HALF, name="Friday's"):
    with transaction():
        return favourites.keep(user_id, selection, name)


def here():
    return menu.catalogue(ELM_STREET)


def names(user_id):
    return [one.name for one in favourites.of(user_id, here())]


def sell_out(kind, key):
    with transaction():
        menu.sell_out(ELM_STREET, kind, key)


def test_a_line_of_a_cart_and_one_of_an_order_are_the_same_favourite(ana):
    cart_id, order_id = filled(COLA, HALF_AND_HALF), ordered(COLA, HALF_AND_HALF)
    line_id = cart.view(cart_id).lines[1].id
    first = keep(ana, favourites.selection_of_line(cart_id, line_id))
    assert keep(ana, favourites.selection_of_unit(order_id, 1), "Ours") == first
    assert names(ana) == ["Ours"]
    with pytest.raises(NotFound):
        favourites.selection_of_line(cart_id + 1, line_id)
    with pytest.raises(NotFound):
        favourites.selection_of_unit(order_id, 2)


def test_favourites_come_newest_first_from_one_query_with_what_they_cost_here(ana):
    keep(ana)
    keep(ana, Selection("margherita", "m", "classic"), "Plain")
    catalogue = here()
    with counted() as sent:
        found = favourites.of(ana, catalogue)
    assert len(sent) == 1
    assert [(one.name, one.words) for one in found] == [("Plain", ""), ("Friday's", "")]
    assert found[1].choice.unit_cents == menu.choose(catalogue, HALF_AND_HALF).unit_cents


def test_what_ran_out_is_said_and_the_rest_is_put_into_the_cart(ana):
    favourite, made = keep(ana), filled(COLA)
    sell_out("topping", "mushroom")
    (one,) = favourites.of(ana, here())
    assert one.words == "Without mushrooms: sold out here today."
    with transaction():
        favourites.put(made, ana, favourite)
    kept = cart.view(made).lines[1]
    assert Placement("pepperoni", menu.Side.LEFT, Amount.EXTRA) in kept.selection.placements
    assert "mushroom" not in {placed.topping for placed in kept.selection.placements}


def test_what_cannot_be_made_stays_a_favourite_and_says_why(ana):
    favourite, made = keep(ana), filled(COLA)
    sell_out("topping", "tomato")
    (one,) = favourites.of(ana, here())
    assert (one.choice, one.words) == (None, "This store is sold out of tomato sauce today.")
    with pytest.raises(Refusal, match="tomato sauce"), transaction():
        favourites.put(made, ana, favourite)
    assert cart.view(made).count == 1


def test_one_press_of_a_form_adds_once(ana):
    favourite, made = keep(ana), filled(COLA)
    for _ in range(2):
        with transaction():
            favourites.put(made, ana, favourite, "a-key")
    assert cart.view(made).count == 2


def test_eight_hands_keep_one_favourite(ana, shop):
    outcomes = race(shop, *[partial(keep, ana)] * HANDS)
    assert len({*outcomes}) == 1
    assert names(ana) == ["Friday's"]


def test_no_more_are_kept_than_there_is_room_for(ana):
    for n in range(MOST_FAVOURITES):
        keep(ana, Selection("margherita", "m", "classic", note=str(n)), str(n))
    with pytest.raises(Refusal) as refused:
        keep(ana)
    assert refused.value.code == "too_many_favourites"
    keep(ana, Selection("margherita", "m", "classic", note="3"), "three")
    assert len(names(ana)) == MOST_FAVOURITES


def test_other_peoples_favourites_are_not_there(ana):
    favourite, carlo, made = keep(ana), customer("Carlo"), filled(MARGHERITA)
    deeds = (
        lambda: favourites.one(carlo, favourite, here()),
        lambda: favourites.rename(carlo, favourite, "Mine"),
        lambda: favourites.drop(carlo, favourite),
        lambda: favourites.put(made, carlo, favourite),
    )
    for deed in deeds:
        with pytest.raises(NotFound), transaction():
            deed()
    with transaction():
        favourites.rename(ana, favourite, "Saturday's")
    assert names(ana) == ["Saturday's"]
    with transaction():
        assert favourites.drop(ana, favourite) == "Saturday's"
    assert names(ana) == []
