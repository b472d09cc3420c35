"""Turning a cart into an order: all of it in one transaction, or none of it (docs/flow.md)."""

import dataclasses
from datetime import datetime, timedelta

import pytest
import time_machine
from sqlalchemy import func, select, text, update
from sqlalchemy.exc import IntegrityError

from app.core import clock
from app.core.db import Base, db, transaction
from app.core.errors import Conflict, Refusal
from app.menu import models as menu_models
from app.menu import service as menu
from app.menu.service import Selection
from app.orders import cart, placing, service
from app.orders.models import Order, OrderUnit
from app.orders.service import Discount, OrderStatus
from app.promotions import service as promotions
from app.promotions.service import Offer, Reckoning
from app.stores import service as stores
from app.stores.models import Slot
from tests.conftest import forget
from tests.factories.deals import deal, offer, uses_of
from tests.factories.orders import COLA, COUNTER, HALF_AND_HALF, HOME, MARGHERITA, filled, ordered, place
from tests.factories.orders import placing as told_by
from tests.queries import counted
from tests.races import HANDS, race

START = "2026-07-03T17:05:00+00:00"
NOTHING = Reckoning(Offer())


@pytest.fixture(autouse=True)
def moment(shop):
    with time_machine.travel(START, tick=False) as traveller:
        yield traveller


def everything():
    """All that the database holds, table by table."""
    db.session.rollback()
    return {
        name: sorted(map(repr, db.session.execute(select(t)).all()))
        for name, t in Base.metadata.tables.items()
        if name != "zip_areas"
    }


def refused(told, code):
    """Placing is refused with this code, and nothing at all is left of it."""
    before = everything()
    with pytest.raises(Refusal) as raised:
        place(told)
    assert raised.value.code == code
    assert everything() == before
    return raised.value


def test_an_order_is_what_the_customer_saw(shop):
    mine = filled(HALF_AND_HALF, (COLA, 2), place=HOME)
    seen = cart.view(mine)
    placed = place(told_by(mine, note="Ring twice", tip_cents=300))
    order = service.order(placed.order_id)
    assert (placed.new, placed.store_id, placed.total_cents) == (True, 1, seen.quote.total_cents + 300)
    assert (order.status, order.seq, order.note) == (OrderStatus.PENDING_PAYMENT, 0, "Ring twice")
    assert (order.street, order.city, order.zip) == ("12 Elm Street", "Chicago", "60610")
    assert [(line.name, line.quantity, line.cents) for line in order.lines] == [
        ("Large Custom pizza", 1, 2081),
        ("Cola", 2, 450),
    ]
    assert order.lines[0].sides[0] == ("left", "pepperoni (extra)")
    assert (order.promised_from, order.promised_to) == (seen.promise.ready_from, seen.promise.ready_to)
    assert order.quote.units[0].list_cents == 2081
    assert order.quote.tip_cents == 300
    (first,) = service.history(order.id)
    assert (first.seq, first.status, first.by, first.at) == (0, OrderStatus.PENDING_PAYMENT, "customer", clock.now())
    assert cart.head(mine) is None


def test_an_order_keeps_its_prices_whatever_becomes_of_the_menu(shop):
    order_id = ordered(MARGHERITA)
    before = service.order(order_id)
    with transaction():
        db.session.execute(update(menu_models.Variant).values(price_cents=1))
        menu.sell_out(1, "product", "margherita")
    assert service.order(order_id) == before


def test_a_second_click_gets_the_same_order(shop):
    told = told_by(filled())
    first, second = place(told), place(told)
    assert (first.new, second.new) == (True, False)
    assert dataclasses.replace(first, needs=None) == second
    assert db.session.scalar(select(func.count()).select_from(Order)) == 1
    stale = dataclasses.replace(told, cart_version=1, expected_total_cents=1)
    assert place(stale).order_id == first.order_id


def test_eight_clicks_at_once_make_one_order(shop):
    told = told_by(filled())
    outcomes = race(shop, *[lambda: place(told)] * HANDS)
    assert sorted(outcome.new for outcome in outcomes) == [False] * (HANDS - 1) + [True]
    assert len({outcome.order_id for outcome in outcomes}) == 1


def test_a_page_that_is_older_than_the_cart_is_refused(shop):
    mine = filled()
    told = told_by(mine)
    with transaction():
        cart.add(mine, COLA)
    assert refused(told, "cart_changed").status == 409


@pytest.mark.parametrize("cart_id", [0, 4711])
def test_a_cart_that_is_not_there_is_refused(shop, cart_id):
    refused(dataclasses.replace(told_by(filled()), cart_id=cart_id), "cart_changed")


@pytest.mark.parametrize("off", [-1, 1, 10_000])
def test_another_total_than_the_customer_saw_is_refused_with_the_right_one(shop, off):
    told = told_by(filled())
    answer = refused(dataclasses.replace(told, expected_total_cents=told.expected_total_cents + off), "price_changed")
    assert {name: quote.total_cents for name, quote in answer.extra.items()} == {"quote": told.expected_total_cents}
    assert answer.action == "reprice"


def test_a_price_that_went_up_meanwhile_charges_nobody(shop):
    told = told_by(filled(COLA))
    with transaction():
        db.session.execute(update(menu_models.Variant).values(price_cents=menu_models.Variant.price_cents + 10))
        menu.change(1)
    answer = refused(told, "price_changed")
    assert "from $2.49 to $2.60" in answer.message


@pytest.mark.parametrize(("kind", "key"), [("topping", "olive"), ("product", "your-own")])
def test_what_sold_out_meanwhile_stands_in_the_way_and_the_cart_is_kept(shop, kind, key):
    mine = filled(HALF_AND_HALF, COLA)
    told = told_by(mine)
    with transaction():
        menu.sell_out(1, kind, key)
    assert "kept the rest" in refused(told, "line_problem").message
    assert cart.head(mine).count == 2


def test_a_delivery_below_its_minimum_is_refused(shop):
    told = told_by(filled((COLA, 5), place=HOME))
    assert "$0.75 are missing" in refused(told, "below_minimum").message


def test_the_minimum_is_reached_by_the_cent(shop):
    with transaction():
        db.session.execute(update(menu_models.Variant).values(price_cents=1200))
    forget()
    assert place(told_by(filled(COLA, place=HOME))).new


def test_an_empty_cart_is_no_order(shop):
    mine = filled(COLA)
    with transaction():
        cart.change(mine, cart.view(mine).lines[0].id, 0)
    refused(told_by(mine), "empty_cart")


def test_a_cart_without_a_place_is_no_order(shop):
    refused(told_by(filled(place=None)), "no_place")


def test_a_delivery_without_a_street_is_no_order(shop):
    refused(told_by(filled(place=dataclasses.replace(HOME, street=""))), "street_missing")


def test_a_store_that_paused_meanwhile_is_refused(shop):
    told = told_by(filled())
    with transaction():
        stores.pause(1, clock.now() + timedelta(minutes=30), "Rest")
    refused(told, "store_paused")


def test_a_chosen_time_that_filled_up_meanwhile_is_refused(shop):
    at = datetime.fromisoformat(START) + timedelta(hours=3, minutes=10)
    told = told_by(filled(place=dataclasses.replace(COUNTER, wanted_at=at)))
    capacity = stores.store(1).slot_capacity
    with transaction():
        db.session.add(Slot(store_id=1, starts_at=at - timedelta(minutes=15), capacity=capacity, booked=capacity))
    refused(told, "slot_full")


def test_a_chosen_time_that_has_passed_is_refused(shop, moment):
    at = datetime.fromisoformat(START) + timedelta(hours=3, minutes=10)
    told = told_by(filled(place=dataclasses.replace(COUNTER, wanted_at=at)))
    moment.shift(timedelta(hours=4))
    refused(told, "store_closed")


def test_the_oven_is_booked_by_what_is_baked(shop):
    order_id = ordered((MARGHERITA, 3), COLA)
    assert db.session.scalar(select(Slot.booked)) == service.order(order_id).places == 3
    ordered(COLA)
    assert db.session.scalar(select(Slot.booked)) == 3


def test_the_last_place_of_the_oven_goes_to_one_and_the_others_keep_their_carts(shop):
    at = datetime.fromisoformat(START) + timedelta(hours=3, minutes=10)
    carts = [filled(place=dataclasses.replace(COUNTER, wanted_at=at)) for _ in range(HANDS)]
    capacity = stores.store(1).slot_capacity
    with transaction():
        db.session.add(Slot(store_id=1, starts_at=at - timedelta(minutes=15), capacity=capacity, booked=capacity - 1))
    told = [told_by(mine) for mine in carts]
    outcomes = race(shop, *[lambda one=one: place(one) for one in told])
    assert sum(isinstance(outcome, service.Placed) for outcome in outcomes) == 1
    assert {outcome.code for outcome in outcomes if isinstance(outcome, Refusal)} == {"slot_full"}
    db.session.rollback()
    assert sum(cart.head(mine) is not None for mine in carts) == HANDS - 1


@pytest.fixture
def dealt(shop, monkeypatch):
    """A deal that takes 1.00 off the first unit and may be used once."""
    found = deal(limit=1)
    given = Reckoning(offer(found))
    monkeypatch.setattr(promotions, "best_offer", lambda *_args, of, **_kwargs: given if found in of.deals else NOTHING)
    return found


def test_a_deal_is_frozen_into_the_unit_and_held(dealt):
    order_id = ordered(MARGHERITA)
    unit = db.session.scalars(select(OrderUnit)).one()
    assert (unit.discounts, unit.discount_cents) == ([[dealt, 1, 100]], 100)
    order = service.order(order_id)
    assert order.quote.discount_cents == 100
    assert order.discounts == (Discount("A dollar off any pizza", 100, 0),)
    assert uses_of(dealt) == (1, 0)


def test_one_of_eight_gets_the_last_use_and_the_others_are_not_charged(dealt, shop):
    told = [told_by(filled()) for _ in range(HANDS)]
    told = [
        dataclasses.replace(one, contact=dataclasses.replace(one.contact, email=f"{n}@x.com", phone=f"+1312555{n:04}"))
        for n, one in enumerate(told)
    ]
    outcomes = race(shop, *[lambda one=one: place(one) for one in told])
    assert sum(isinstance(outcome, service.Placed) for outcome in outcomes) == 1
    assert {outcome.code for outcome in outcomes if isinstance(outcome, Conflict)} == {"deal_used_up"}
    db.session.rollback()
    assert uses_of(dealt) == (1, 0)
    assert db.session.scalar(select(func.count()).select_from(Order)) == 1


def test_whatever_breaks_at_the_last_step_leaves_nothing(shop, monkeypatch):
    told = told_by(filled())
    before = everything()
    monkeypatch.setattr(placing.status, "record", lambda *_args, **_kwargs: 1 // 0)
    with pytest.raises(ZeroDivisionError):
        place(told)
    assert everything() == before
    monkeypatch.undo()
    assert place(told).new


@pytest.mark.parametrize(
    "change",
    [
        "total_cents = total_cents + 1",
        "tip_cents = -1, total_cents = total_cents - tip_cents - 1",
        "tax_cents = tax_cents - 1",
    ],
)
def test_the_database_itself_refuses_a_total_that_does_not_add_up(shop, change):
    ordered()
    with pytest.raises(IntegrityError), transaction():
        db.session.execute(text(f"UPDATE orders SET {change}"))  # noqa: S608 (three texts from above)


def test_one_cart_is_one_order_also_for_the_database(shop):
    first, second = ordered(), ordered()
    with pytest.raises(IntegrityError), transaction():
        same = select(Order.cart_id).where(Order.id == first).scalar_subquery()
        db.session.execute(update(Order).where(Order.id == second).values(cart_id=same))


def test_ordering_again_makes_a_cart_of_the_same_things(shop):
    order_id = ordered(HALF_AND_HALF, (COLA, 2), place=HOME)
    with transaction():
        again = cart.again(order_id)
    view = cart.view(again)
    assert [(line.name, line.quantity) for line in view.lines] == [("Large Custom pizza", 1), ("Cola", 2)]
    assert (view.place.street, view.place.zip) == ("12 Elm Street", "60610")
    assert view.quote.items_cents == service.order(order_id).quote.items_cents


def test_how_many_questions_placing_takes_hangs_on_nothing_it_holds(shop):
    small, large = (
        told_by(filled()),
        told_by(filled(*[(Selection(slug), 5) for slug in ("garden", "island", "harbor", "cola")])),
    )
    with counted() as few:
        place(small)
    with counted() as many:
        place(large)
    assert len(many) == len(few) <= 21
