"""A cart takes, changes, loses and regains lines, and forgets nothing by itself."""

from datetime import timedelta
from threading import Event as Signal

import pytest
import time_machine
from sqlalchemy import bindparam, literal, select, update

from app.core import clock
from app.core.db import db, transaction
from app.core.errors import NotFound, Refusal
from app.menu import service as menu
from app.menu.service import Selection, Side
from app.orders import cart, heads, personal, service
from app.orders.models import Cart, CartLine
from app.orders.values import Place
from app.stores import service as stores
from app.stores.service import Method
from tests.factories.orders import COLA, COUNTER, HALF_AND_HALF, HOME, MARGHERITA, filled, place, placing
from tests.queries import counted
from tests.races import race


def act(verb, *args, **kwargs):
    with transaction():
        return verb(*args, **kwargs)


def lines(cart_id):
    db.session.rollback()
    return [(line.name, line.quantity) for line in cart.view(cart_id).lines]


def line_id(cart_id, n=0):
    db.session.rollback()
    return cart.view(cart_id).lines[n].id


def test_a_half_and_half_is_priced_by_the_law_and_read_by_side(shop):
    view = cart.view(filled(HALF_AND_HALF, (COLA, 2), place=HOME))
    pizza = view.lines[0].choice
    # left 1.5 + 1, right 1 + 1 + 1 toppings, each half counting half: 2.75 times 1.75
    assert pizza.unit_cents == 1600 + 481
    assert pizza.sides == (
        (Side.LEFT, "pepperoni (extra)"),
        (Side.RIGHT, "mushrooms, green pepper"),
        (Side.WHOLE, "black olives (light)"),
    )
    assert view.quote.items_cents == 2081 + 2 * 225
    assert view.promise.fee_cents == 299
    assert view.quote.total_cents == 2531 + 299 + view.quote.tax_cents


def test_what_was_added_is_there_in_its_order(shop):
    mine = filled(COLA, (MARGHERITA, 2))
    assert lines(mine) == [("Cola", 1), ("Medium Margherita", 2)]
    assert (cart.head(mine).count, cart.view(mine).count) == (3, 3)


def test_a_form_that_is_sent_twice_adds_once(shop):
    mine = filled(COLA)
    before = cart.head(mine).version
    for _ in range(2):
        act(cart.add, mine, MARGHERITA, 2, idem="form-1")
    assert lines(mine) == [("Cola", 1), ("Medium Margherita", 2)]
    assert cart.head(mine).version == before + 1
    act(cart.add, mine, MARGHERITA, 1, idem="form-2")
    assert cart.head(mine).count == 4


def test_a_form_that_is_sent_twice_adds_once_also_when_it_filled_the_cart(shop):
    mine = filled((COLA, 50))
    for _ in range(2):
        act(cart.add, mine, COLA, 50, idem="form-1")
    assert cart.head(mine).count == 100


def test_the_key_of_one_cart_means_nothing_in_another(shop):
    ana, carlo = filled(COLA), filled(COLA)
    for mine in (ana, carlo):
        act(cart.add, mine, MARGHERITA, idem="form-1")
    assert (cart.head(ana).count, cart.head(carlo).count) == (2, 2)


def test_many_clicks_at_once_add_once(shop):
    mine = filled(COLA)
    outcomes = race(shop, *[lambda: act(cart.add, mine, MARGHERITA, 1, "form-1").name] * 8)
    assert outcomes == ["Medium Margherita"] * 8
    assert cart.head(mine).count == 2


@pytest.mark.parametrize("quantity", [0, -1, 51, 10**12])
def test_a_line_holds_between_one_and_fifty(shop, quantity):
    mine = filled(MARGHERITA)
    with pytest.raises(Refusal) as refused:
        act(cart.add, mine, COLA, quantity)
    assert (refused.value.code, refused.value.field) == ("too_many", "quantity")
    assert lines(mine) == [("Medium Margherita", 1)]


def test_a_cart_holds_a_hundred_and_says_so(shop):
    mine = filled((COLA, 50), (MARGHERITA, 50))
    for verb, args in ((cart.add, (COLA,)), (cart.replace, (line_id(mine), COLA, 51))):
        with pytest.raises(Refusal) as refused:
            act(verb, mine, *args)
        assert refused.value.code == "too_many"
    act(cart.change, mine, line_id(mine), 49)
    act(cart.add, mine, COLA)
    assert cart.head(mine).count == 100


def test_changing_a_quantity_does_not_count_the_line_against_itself(shop):
    mine = filled((COLA, 50), (MARGHERITA, 50))
    assert act(cart.change, mine, line_id(mine), 50) == "Cola"


def test_what_was_removed_comes_back_as_it_was(shop):
    mine = filled((HALF_AND_HALF, 3), COLA)
    gone = line_id(mine)
    assert act(cart.change, mine, gone, 0) == "Large Custom pizza"
    assert (lines(mine), cart.head(mine).count) == ([("Cola", 1)], 1)
    assert act(cart.restore, mine, gone) == "Large Custom pizza"
    assert lines(mine) == [("Large Custom pizza", 3), ("Cola", 1)]


def test_only_what_was_removed_can_be_brought_back_and_once(shop):
    mine = filled(COLA)
    with pytest.raises(NotFound):
        act(cart.restore, mine, line_id(mine))
    gone = line_id(mine)
    act(cart.change, mine, gone, 0)
    act(cart.restore, mine, gone)
    with pytest.raises(NotFound):
        act(cart.restore, mine, gone)


def test_nothing_comes_back_into_a_cart_that_is_full_meanwhile(shop):
    mine = filled((COLA, 50))
    gone = line_id(mine)
    act(cart.change, mine, gone, 0)
    for _ in range(2):
        act(cart.add, mine, MARGHERITA, 50)
    with pytest.raises(Refusal) as refused:
        act(cart.restore, mine, gone)
    assert refused.value.code == "too_many"


def test_a_removed_line_is_changed_by_nobody(shop):
    mine = filled(COLA)
    gone = line_id(mine)
    act(cart.change, mine, gone, 0)
    for verb, args in ((cart.change, (2,)), (cart.replace, (MARGHERITA, 1)), (cart.change, (0,))):
        with pytest.raises(NotFound) as refused:
            act(verb, mine, gone, *args)
        assert refused.value.code == "line_gone"


def test_an_edited_pizza_stays_where_it_stood(shop):
    mine = filled(MARGHERITA, COLA)
    act(cart.replace, mine, line_id(mine), HALF_AND_HALF, 2)
    assert lines(mine) == [("Large Custom pizza", 2), ("Cola", 1)]
    assert cart.line_selection(mine, line_id(mine))[0] == menu.choose(menu.load(1), HALF_AND_HALF).selection


def test_a_pizza_comes_out_of_the_database_as_it_went_in(shop):
    chosen = menu.choose(menu.load(1), HALF_AND_HALF).selection
    for selection in (chosen, COLA, Selection("your-own", "l", "thin", ())):
        assert cart.unpacked(cart.packed(selection)) == selection


def test_carlo_cannot_touch_a_line_of_ana(shop):
    ana, carlo = filled(COLA), filled(MARGHERITA)
    for verb, args in ((cart.change, (0,)), (cart.replace, (COLA, 1)), (cart.restore, ()), (cart.line_selection, ())):
        with pytest.raises(NotFound):
            act(verb, carlo, line_id(ana), *args)
    assert lines(ana) == [("Cola", 1)]


def test_every_change_raises_the_version_and_the_time_of_touch(shop):
    with time_machine.travel("2026-07-03T12:00:00+00:00", tick=False) as moment:
        mine = filled(COLA)
        line = line_id(mine)
        changes = [
            (cart.add, (MARGHERITA,)),
            (cart.change, (line, 2)),
            (cart.replace, (line, COLA, 3)),
            (cart.change, (line, 0)),
            (cart.restore, (line,)),
            (cart.go_to, (HOME,)),
        ]
        for verb, args in changes:
            before = cart.head(mine).version
            db.session.rollback()
            moment.shift(timedelta(minutes=1))
            act(verb, mine, *args)
            assert cart.head(mine).version == before + 1
            assert db.session.scalar(select(Cart.touched_at).where(Cart.id == mine)) == clock.now()
            db.session.rollback()


def test_looking_changes_nothing(shop):
    mine = filled(COLA)
    before = cart.head(mine)
    cart.view(mine)
    cart.line_selection(mine, line_id(mine))
    assert cart.head(mine) == before
    assert not db.session.dirty


VERBS = [
    (cart.add, (COLA,)),
    (cart.change, (1, 1)),
    (cart.replace, (1, COLA, 1)),
    (cart.restore, (1,)),
    (cart.go_to, (COUNTER,)),
    (cart.line_selection, (1,)),
    (cart.view, ()),
]


@pytest.mark.parametrize(("verb", "args"), VERBS, ids=[verb.__name__ for verb, _ in VERBS])
def test_a_cart_that_was_ordered_is_closed_to_everything(shop, verb, args):
    mine = filled(MARGHERITA)
    place(placing(mine))
    with pytest.raises(NotFound) as refused:
        act(verb, mine, *args)
    assert refused.value.code == "cart_closed"
    assert cart.head(mine) is None


@pytest.mark.parametrize("cart_id", [0, -1, 4711])
def test_a_cart_that_never_was_is_not_found(shop, cart_id):
    assert cart.head(cart_id) is None
    with pytest.raises(NotFound):
        cart.view(cart_id)


EDITS = [
    lambda mine, _line: cart.add(mine, MARGHERITA),
    lambda mine, line: cart.change(mine, line, 5),
    lambda mine, line: cart.replace(mine, line, MARGHERITA, 1),
    lambda mine, _line: cart.go_to(mine, HOME),
]


def crossing(shop, mine, verb):
    """Ana's second window edits a line after the first has closed the cart, before that is committed: what both were
    told."""
    told, line = placing(mine), line_id(mine)
    closed, edited = Signal(), Signal()

    def check_out():
        with transaction():
            placed = service.place(told)
            closed.set()
            edited.wait(1)  # on SQLite the editor cannot even begin
            return placed.order_id

    def edit():
        assert closed.wait(20)
        try:
            return act(verb, mine, line)
        finally:
            edited.set()

    return race(shop, check_out, edit)


def kept(mine):
    db.session.rollback()
    rows = db.session.execute(select(CartLine.quantity, CartLine.selection).where(CartLine.cart_id == mine))
    return [(row.quantity, row.selection["product"]) for row in rows]


@pytest.mark.parametrize("verb", EDITS, ids=["add", "change", "replace", "go_to"])
def test_an_edit_that_crosses_a_checkout_is_refused_and_not_lost_in_it(shop, verb):
    mine = filled(COLA)
    order_id, refusal = crossing(shop, mine, verb)
    assert refusal.code == "cart_closed"
    assert kept(mine) == [(1, "cola")]
    assert [(line.name, line.quantity) for line in service.order(order_id).lines] == [("Cola", 1)]


def test_without_the_guard_an_edit_would_seem_to_count_that_no_order_has(shop, monkeypatch):
    """The control: whoever changes a cart without asking whether it is still open."""
    carts = Cart.__table__
    unguarded = update(carts).where(carts.c.id == bindparam("cart_id"))
    unguarded = unguarded.values(version=carts.c.version + 1, touched_at=bindparam("touched_at"))
    unguarded = unguarded.returning(*carts.c, literal(1).label("items"))
    monkeypatch.setattr(heads, "_touch", lambda _changed: unguarded)
    mine = filled(COLA)
    order_id, edited = crossing(shop, mine, EDITS[1])
    assert edited == "Cola"
    assert kept(mine) == [(5, "cola")]
    assert [(line.name, line.quantity) for line in service.order(order_id).lines] == [("Cola", 1)]


def test_without_a_place_there_is_a_price_and_no_promise(shop):
    view = cart.view(filled(COLA, place=None))
    assert (view.place, view.promise, view.refusal, view.quote.fee_cents) == (None, None, None, 0)
    assert view.quote.total_cents == 225


def test_a_place_that_cannot_be_served_shows_why_and_keeps_the_cart(shop):
    with transaction():
        stores.pause(1, clock.now() + timedelta(minutes=30), "The oven rests.")
    view = cart.view(filled(COLA))
    assert (view.promise, view.refusal.code) == (None, "store_paused")
    assert view.refusal.__traceback__ is None, "a page that keeps the cart keeps nothing of the request"
    assert view.count == 1


def test_what_a_store_cannot_make_stands_in_the_way_and_costs_nothing(shop):
    mine = filled(HALF_AND_HALF, COLA)
    with transaction():
        menu.sell_out(1, "topping", "olive")
    view = cart.view(mine)
    assert view.blocked
    assert (view.lines[0].choice, view.lines[0].problem.code, view.lines[0].cents) == (None, "topping_sold_out", 0)
    assert view.quote.items_cents == 225
    act(cart.change, mine, line_id(mine), 0)
    assert not cart.view(mine).blocked


def test_another_store_makes_the_cart_anew_at_its_own_prices(shop):
    mine = filled(COLA)
    with transaction():
        menu.sell_out(2, "product", "cola")
        cart.go_to(mine, Place(Method.CARRYOUT, 2))
    view = cart.view(mine)
    assert (view.menu_store_id, view.blocked) == (2, True)


def test_a_delivery_below_the_minimum_says_how_much_is_missing(shop):
    assert cart.view(filled((COLA, 2), place=HOME)).missing_cents == 1200 - 450
    assert cart.view(filled((COLA, 6), place=HOME)).missing_cents == 0
    assert cart.view(filled(COLA, place=COUNTER)).missing_cents == 0


def test_carts_that_nobody_touches_for_a_month_are_dropped(shop):
    with time_machine.travel("2026-07-03T12:00:00+00:00", tick=False) as moment:
        old = filled(COLA)
        moment.shift(timedelta(days=2))
        young = filled(COLA)
        moment.shift(timedelta(days=28, seconds=1))
        personal.forget_old_carts()
        assert (cart.head(old), cart.head(young).count) == (None, 1)


def test_however_many_carts_were_left_they_are_dropped_some_at_a_time(shop, monkeypatch):
    monkeypatch.setattr(personal, "BATCH", 2)
    with time_machine.travel("2026-07-03T12:00:00+00:00", tick=False) as moment:
        old = [filled(COLA) for _ in range(5)]
        moment.shift(timedelta(days=31))
        with counted() as sent:
            personal.forget_old_carts()
        assert len([statement for statement in sent if statement.startswith("DELETE FROM carts")]) == 3
        assert [cart.head(each) for each in old[:-1]] == [None] * 4
        newest = db.session.get_one(Cart, old[-1])
        assert (newest.status, db.session.scalars(select(CartLine.id)).all()) == ("left", [])
