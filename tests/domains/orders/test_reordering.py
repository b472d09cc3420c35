"""The same again: through the very verbs of a cart, with every difference told, once however often it is asked."""

from functools import partial
from secrets import token_hex

import pytest
from sqlalchemy import delete, select, update

from app.core.db import db, transaction
from app.core.errors import NotFound, Refusal
from app.menu import service as menu
from app.menu.catalogue import latest
from app.menu.models import StoreMenu
from app.menu.service import Placement, Selection
from app.orders import cart, reordering
from app.orders.models import CartLine, OrderUnit
from app.stores.models import ZoneZip
from tests.factories.orders import (
    COLA,
    COUNTER,
    ELM_STREET,
    HALF_AND_HALF,
    HOME,
    MARGHERITA,
    MILWAUKEE_AVENUE,
    filled,
    ordered,
    placed,
)
from tests.factories.stores import price_at
from tests.races import HANDS, race

PEPPERONI = Selection(
    "your-own", "m", "classic", (Placement("tomato"), Placement("mozzarella"), Placement("pepperoni"))
)


def sell_out(kind, key, store_id=ELM_STREET):
    with transaction():
        menu.sell_out(store_id, kind, key)


def put_back(cart_id, order_id, **how):
    with transaction():
        return reordering.put_back(cart_id, order_id, **how)


def empty(place=None):
    with transaction():
        made = cart.create()
        if place:
            cart.go_to(made, place)
    return made


def held(cart_id, *, removed=False):
    db.session.rollback()
    lines = select(CartLine).where(CartLine.cart_id == cart_id, CartLine.removed.is_(removed)).order_by(CartLine.id)
    return [(line.selection["product"], line.quantity) for line in db.session.scalars(lines)]


def told(compared):
    return [(one.name, one.now_cents, one.then_cents, one.words) for one in compared.differences]


def test_an_order_comes_back_as_it_was_and_goes_where_it_went(shop):
    order_id, made = placed(HALF_AND_HALF, (COLA, 2)), empty()
    assert put_back(made, order_id).differences == ()
    view = cart.view(made)
    assert held(made) == [("your-own", 1), ("cola", 2)]
    assert view.lines[0].selection.placements == HALF_AND_HALF.placements
    assert view.place == HOME


def test_a_cart_that_goes_somewhere_goes_there_still(shop):
    order_id, made = placed(), empty(COUNTER)
    put_back(made, order_id)
    assert cart.view(made).place == COUNTER


def test_where_nobody_delivers_any_more_the_cart_waits_for_a_place(shop):
    order_id, made = placed(), empty()
    with transaction():
        db.session.execute(delete(ZoneZip))
    put_back(made, order_id)
    assert cart.view(made).place is None
    assert len(held(made)) == 2


def test_what_is_dearer_cheaper_changed_or_gone_is_told_worst_first_and_the_rest_comes(shop):
    order_id, made = ordered((MARGHERITA, 2), COLA, PEPPERONI), empty()
    was = cart.view(filled((MARGHERITA, 2), COLA, PEPPERONI)).lines
    price_at(ELM_STREET, "margherita", 1999)
    sell_out("product", "cola")
    sell_out("topping", "pepperoni")
    found = told(put_back(made, order_id))
    assert found[0] == ("Cola", was[1].cents, None, "This store is sold out of Cola today.")
    assert found[1] == (was[0].name, was[0].cents, 2 * 1999, "")
    name, then, now, words = found[2]
    assert (name, then, words) == (was[2].name, was[2].cents, "Without pepperoni: sold out here today.")
    assert now < then
    assert held(made) == [("margherita", 2), ("your-own", 1)]
    assert not cart.view(made).blocked


def test_another_stores_menu_is_what_counts_where_the_cart_goes_there(shop):
    order_id = ordered(MARGHERITA)
    price_at(MILWAUKEE_AVENUE, "margherita", 1)
    assert told(reordering.compare(order_id)) == []
    ((_, _, now, _),) = told(reordering.compare(order_id, MILWAUKEE_AVENUE))
    assert now == 1


def test_what_is_no_longer_on_the_menu_is_told_by_the_name_it_had(shop):
    order_id, made = ordered(MARGHERITA, COLA), empty()
    with transaction():
        gone = {"product": "dodo", "size": None, "crust": None, "placements": None}  # as it was kept long ago
        of_line = (OrderUnit.order_id == order_id, OrderUnit.line == 1)
        db.session.execute(update(OrderUnit).where(*of_line).values(selection=gone, name="Dodo nuggets"))
    assert [one[0] for one in told(put_back(made, order_id))] == ["Dodo nuggets"]
    assert held(made) == [("margherita", 1)]


def test_an_order_of_which_nothing_is_left_changes_nothing(shop):
    order_id, made = ordered(COLA), empty()
    sell_out("product", "cola")
    with pytest.raises(Refusal) as refused:
        put_back(made, order_id)
    assert (refused.value.code, held(made), cart.view(made).place) == ("nothing_left", [], None)


def test_asked_twice_it_is_there_once_and_what_was_taken_out_comes_back(shop):
    order_id, made = ordered(MARGHERITA, COLA), empty()
    for _ in range(2):
        put_back(made, order_id)
    assert held(made) == [("margherita", 1), ("cola", 1)]
    with transaction():
        cart.change(made, cart.view(made).lines[1].id, 0)
    put_back(made, order_id)
    assert held(made) == [("margherita", 1), ("cola", 1)]


def test_eight_presses_at_once_put_it_there_once(shop):
    order_id, made = ordered(MARGHERITA, (COLA, 3)), empty()
    outcomes = race(shop, *[partial(put_back, made, order_id)] * HANDS)
    assert [one for one in outcomes if isinstance(one, Exception)] == []
    assert sorted(held(made)) == [("cola", 3), ("margherita", 1)]


def test_without_the_same_key_for_a_line_eight_presses_put_it_there_often(shop, monkeypatch):
    """The control: what holds in the race above is the key."""
    order_id, made = ordered(COLA), empty()
    monkeypatch.setattr(reordering, "key_of", lambda *_: token_hex(8))
    race(shop, *[partial(put_back, made, order_id)] * HANDS)
    assert len(held(made)) > 1


def test_instead_puts_aside_what_was_there_and_it_can_be_brought_back(shop):
    order_id, made = ordered(MARGHERITA), filled((COLA, 2))
    put_back(made, order_id, instead=True)
    assert (held(made), held(made, removed=True)) == ([("margherita", 1)], [("cola", 2)])
    put_back(made, order_id, instead=True)
    assert held(made) == [("margherita", 1)]


def test_more_than_an_order_holds_is_refused_whole(shop):
    order_id, made = ordered((MARGHERITA, 3), (COLA, 48)), filled((COLA, 50))
    with pytest.raises(Refusal) as refused:
        put_back(made, order_id)
    assert (refused.value.code, held(made)) == ("too_many", [("cola", 50)])


def test_instead_it_is_as_it_was_ordered_whatever_was_made_of_it_in_between(shop):
    order_id, made = ordered(MARGHERITA, (COLA, 3)), empty()
    put_back(made, order_id, instead=True)
    pizza, cola = cart.view(made).lines
    with transaction():
        cart.change(made, cola.id, 0)
        cart.change(made, pizza.id, 50)
        cart.add(made, COLA, 50)
    put_back(made, order_id, instead=True)
    assert held(made) == [("margherita", 1), ("cola", 3)]


def test_limits_that_shrank_since_are_told_and_as_much_comes_as_fits(shop):
    order_id, made = ordered((MARGHERITA, 4), (PEPPERONI, 3), COLA), empty()
    with transaction():
        fewer = {"most_of_a_line": 3, "most_units": 5, "version": StoreMenu.version + 1}
        db.session.execute(update(StoreMenu).values(fewer))
    latest.clear()
    found = put_back(made, order_id, instead=True)
    assert held(made) == [("margherita", 3), ("your-own", 2)]
    rest = "one order holds no more here."
    assert [(one.words, one.then_cents is None) for one in found.differences] == [
        ("One order holds no more here.", True),
        (f"Only 3 of 4: {rest}", False),
        (f"Only 2 of 3: {rest}", False),
    ]
    assert cart.view(made).quote.items_cents == found.cents


def test_a_cart_holds_others_only_where_something_came_from_elsewhere(shop):
    order_id, made = ordered(MARGHERITA), empty()
    assert not reordering.holds_others(made, order_id)
    put_back(made, order_id)
    assert not reordering.holds_others(made, order_id)
    assert reordering.holds_others(made, order_id + 1)
    with transaction():
        cart.add(made, COLA)
    assert reordering.holds_others(made, order_id)


def test_an_order_that_is_not_there_is_not_found(shop):
    with pytest.raises(NotFound):
        reordering.look_ahead(None, 999)
