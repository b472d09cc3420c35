from dataclasses import replace
from functools import partial

import pytest
from sqlalchemy import func, select

from app.core.db import db, transaction
from app.core.errors import Conflict, Refusal
from app.core.events import OutboxRow
from app.core.idempotency import IdempotencyRow
from app.menu import service as menu
from app.orders import cart
from app.orders import service as orders
from app.orders.models import Order
from app.orders.values import Place
from app.payments import service as payments
from app.payments.models import Payment
from app.payments.service import PayWith
from app.promotions.models import Redemption
from app.stores import service as stores
from app.stores.models import Slot
from app.stores.service import Ask, Method
from tests.factories.deals import deal
from tests.factories.orders import COLA, HOME, MARGHERITA, check_out, filled, request
from tests.queries import counted
from tests.races import race


def rows(*models):
    db.session.rollback()
    return [db.session.scalar(select(func.count()).select_from(model)) for model in models]


def refused(asked) -> Refusal:
    """What stands in the way, and that nothing at all was kept of the try."""
    with pytest.raises(Refusal) as raised:
        payments.check_out(asked)
    assert rows(Order, Payment, OutboxRow, IdempotencyRow) == [0, 0, 0, 0]
    return raised.value


def test_an_order_keeps_what_was_agreed(shop):
    mine = filled((MARGHERITA, 2), place=HOME)
    asked = request(mine, note="Blue door", tip_cents=300, pay_with=PayWith.CASH)
    order = orders.order(payments.check_out(asked).order_id)
    assert order.quote.total_cents == asked.placing.expected_total_cents
    food = sum(unit.paid_cents for unit in order.quote.units)
    assert order.quote.total_cents == food + order.quote.fee_cents + order.quote.fee_tax_cents + 300
    assert [(line.name, line.quantity) for line in order.lines] == [("Medium Margherita", 2)]
    assert (order.note, order.street, order.places) == ("Blue door", "12 Elm Street", 2)
    assert cart.head(mine) is None
    assert orders.of_cart(mine) == order.id


def test_what_everybody_wants_is_taken_last_and_cash_finds_it_taken(shop):
    """A slot, or a deal's counter, that is taken earlier is what all checkouts of a store wait for."""
    deal()
    with counted() as told:
        payments.check_out(request(filled((MARGHERITA, 2)), pay_with=PayWith.CARD))
    booking = next(n for n, statement in enumerate(told) if statement.startswith("INSERT INTO store_slots"))
    assert [statement.split()[:3] for statement in told[booking + 1 :]] == [
        ["INSERT", "INTO", "redemptions"],
        ["UPDATE", "deals", "SET"],
    ]
    paid = payments.check_out(request(filled(MARGHERITA), pay_with=PayWith.CASH)).order_id
    query = select(Redemption.state).where(Redemption.order_id == paid)
    assert (db.session.scalar(query), orders.status_of(paid)) == ("redeemed", orders.OrderStatus.PLACED)


def test_a_cart_that_changed_meanwhile_is_not_ordered(shop):
    mine = filled()
    asked = request(mine)
    with transaction():
        cart.change(mine, 1, 3)
    assert refused(asked).code == "cart_changed"


def test_a_price_that_changed_tells_both(shop):
    asked = request(filled())
    cheaper = replace(asked.placing, expected_total_cents=asked.placing.expected_total_cents - 1)
    refusal = refused(replace(asked, placing=cheaper))
    assert refusal.code == "price_changed"
    right = asked.placing.expected_total_cents
    assert {name: quote.total_cents for name, quote in refusal.extra.items()} == {"quote": right}


def test_an_empty_cart_orders_nothing(shop):
    with transaction():
        mine = cart.create()
        cart.go_to(mine, Place(Method.CARRYOUT, 1))
    assert refused(request(mine)).code == "empty_cart"


def test_a_cart_that_goes_nowhere_is_asked_for_its_place(shop):
    with transaction():
        mine = cart.create()
        cart.add(mine, menu.Selection("cola"))
    assert refused(request(mine)).code == "no_place"


def test_a_delivery_needs_a_door(shop):
    mine = filled((COLA, 12))
    with transaction():
        cart.go_to(mine, Place(Method.DELIVERY, 1, zip="60610"))
    assert refused(request(mine)).field == "street"
    assert payments.check_out(request(mine, street="14 Elm Street")).new


def test_below_the_minimum_the_missing_sum_is_named(shop):
    refusal = refused(request(filled((COLA, 1), place=HOME)))
    assert refusal.code == "below_minimum"


def test_more_cash_than_a_driver_may_carry_is_refused(shop):
    assert refused(request(filled((COLA, 48)), pay_with=PayWith.CASH)).field == "pay_with"


def test_one_key_for_two_different_orders_is_refused(shop):
    mine = filled()
    asked = request(mine, key="k" * 16, pay_with=PayWith.CASH)
    payments.check_out(asked)
    other = replace(asked, placing=replace(asked.placing, tip_cents=100))
    with pytest.raises(Refusal, match="already sent with other answers"):
        payments.check_out(other)
    assert rows(Order, Payment) == [1, 1]


def test_a_time_with_two_places_left_is_never_overbooked(shop):
    at = stores.later_times(Ask(1, Method.CARRYOUT))[6][0]
    capacity = stores.store(1).slot_capacity
    carts = [filled((MARGHERITA, capacity // 2)) for _ in range(5)]
    for each in carts:
        with transaction():
            cart.go_to(each, Place(Method.CARRYOUT, 1, wanted_at=at))
    asked = [request(each, pay_with=PayWith.CARD) for each in carts]
    done = race(shop, *[partial(payments.check_out, each) for each in asked])
    lost = [answer for answer in done if isinstance(answer, Exception)]
    assert [type(each) for each in lost] == [Conflict] * 3
    assert {each.code for each in lost} == {"slot_full"}
    db.session.rollback()
    assert db.session.scalar(select(func.max(Slot.booked))) == capacity


def test_what_an_order_held_comes_back_once(shop):
    order_id, _ = check_out((MARGHERITA, 3))
    assert db.session.scalar(select(func.sum(Slot.booked))) == 3
    for _ in range(2):
        with transaction():
            orders.expire(order_id)
    assert db.session.scalar(select(func.sum(Slot.booked))) == 0


def test_an_order_that_came_to_nothing_can_be_had_again(shop):
    order_id, _ = check_out((MARGHERITA, 3), place=HOME)
    with transaction():
        orders.expire(order_id)
        fresh = cart.again(order_id)
    view = cart.view(fresh)
    assert [(line.name, line.quantity) for line in view.lines] == [("Medium Margherita", 3)]
    assert (view.place.street, view.place.zip) == ("12 Elm Street", "60610")
    assert payments.check_out(request(fresh)).new
