"""Another time for an order: places that are neither lost nor taken twice, and deals that hold only then."""

from datetime import datetime, timedelta
from functools import partial

import pytest
from sqlalchemy import select

from app.core.db import atomically, db, transaction
from app.core.errors import Conflict, Refusal
from app.core.events import OutboxRow
from app.orders import retiming, service
from app.orders.models import Order
from app.orders.service import OrderStatus
from app.promotions import service as promotions
from app.stores import service as stores
from app.stores.models import Slot
from tests.factories.deals import deal
from tests.factories.hands import Hands
from tests.factories.orders import COLA, COUNTER, ELM_STREET, MARGHERITA, ordered, placed
from tests.races import HANDS, race

LUNCH = {"weekdays": [], "opens": 11 * 60, "closes": 15 * 60}


@pytest.fixture
def hands(shop, monkeypatch) -> Hands:
    return Hands(monkeypatch)  # Monday noon


@pytest.fixture
def five(hands) -> datetime:
    return hands.now + timedelta(hours=5)


def for_later(at: datetime, *picks, **more) -> int:
    return placed(*(picks or ((MARGHERITA, 2),)), place=COUNTER, at=at, **more)


def retime(order_id: int, at: datetime, by: str = "customer") -> bool:
    with transaction():
        return retiming.retime(order_id, at, by=by)


def booked() -> dict[datetime, int]:
    db.session.rollback()
    return {
        row.starts_at: row.booked for row in db.session.scalars(select(Slot).order_by(Slot.starts_at)) if row.booked
    }


def slot_of(order_id: int) -> datetime:
    db.session.rollback()
    return service.order(order_id).slot_at


def refused(code: str, order_id: int, at: datetime) -> str:
    before = booked()
    with pytest.raises(Refusal) as said:
        retime(order_id, at)
    assert said.value.code == code
    assert booked() == before
    return said.value.message


def test_the_new_quarter_is_taken_and_the_old_one_given_back(five):
    order_id = for_later(five)
    first = slot_of(order_id)
    assert retime(order_id, five + timedelta(hours=2))
    assert booked() == {first + timedelta(hours=2): 2}
    order = service.order(order_id)
    assert (order.promised_from, order.promised_to) == (
        five + timedelta(hours=2),
        five + timedelta(hours=2, minutes=10),
    )
    assert retime(order_id, five - timedelta(hours=1))
    assert booked() == {first - timedelta(hours=1): 2}


def test_what_it_costs_and_where_it_stands_stay(five):
    order_id = for_later(five, COLA)
    before = service.order(order_id)
    retime(order_id, five + timedelta(days=1))
    after = service.order(order_id)
    assert (after.quote, after.status, after.seq, after.lines) == (
        before.quote,
        before.status,
        before.seq,
        before.lines,
    )


def test_each_change_is_told_once_and_written_down(hands, five):
    order_id = for_later(five)
    tomorrow = five + timedelta(days=1)
    assert retime(order_id, tomorrow)
    assert not retime(order_id, tomorrow)
    hands.move(minutes=1)
    assert retime(order_id, five, by="Rosa")
    found = [(one.number, one.was_from, one.promised_from, one.by) for one in retiming.changes(order_id)]
    assert found == [(1, five, tomorrow, "customer"), (2, tomorrow, five, "Rosa")]
    kinds = list(db.session.scalars(select(OutboxRow.kind).order_by(OutboxRow.id)))
    assert kinds.count("orders.retimed") == 2


def test_cancelling_afterwards_gives_the_new_quarter_back(five):
    order_id = for_later(five)
    retime(order_id, five + timedelta(hours=1))
    with transaction():
        service.cancel(order_id, by="customer", reason="You cancelled it")
    assert booked() == {}


def test_an_order_that_comes_as_soon_as_it_can_has_no_other_time(hands):
    order_id = placed(place=COUNTER)
    assert not retiming.may_retime(service.order(order_id))
    refused("too_late_to_retime", order_id, hands.now + timedelta(hours=3))


def test_it_can_be_changed_until_its_quarter_begins_and_not_a_second_longer(hands, five):
    order_id = for_later(five)
    hands.now = slot_of(order_id) - timedelta(seconds=1)
    assert retiming.may_retime(service.order(order_id))
    hands.move(seconds=1)
    assert not retiming.may_retime(service.order(order_id))
    assert "call the store" in refused("too_late_to_retime", order_id, five + timedelta(hours=2))


@pytest.mark.parametrize("status", [one for one in OrderStatus if one not in retiming.AHEAD])
def test_only_what_is_paid_for_and_not_begun_can_be_changed(five, status):
    order_id = for_later(five)
    with transaction():
        db.session.get_one(Order, order_id).status = status
    refused("too_late_to_retime", order_id, five + timedelta(hours=2))


def test_what_waits_for_its_payment_keeps_its_time(five):
    order_id = ordered(place=COUNTER)
    refused("too_late_to_retime", order_id, five)


def test_a_time_without_room_is_refused_and_keeps_the_old_one(five):
    order_id, wanted = for_later(five), five + timedelta(hours=1)
    starts, room = slot_of(order_id) + timedelta(hours=1), stores.store(ELM_STREET).slot_capacity
    with transaction():
        db.session.add(Slot(store_id=ELM_STREET, starts_at=starts, capacity=room, booked=room))
    assert (wanted, False) in retiming.choice(order_id).times
    refused("slot_full", order_id, wanted)
    assert service.order(order_id).promised_from == five


def test_its_own_places_do_not_keep_it_from_its_own_time(five):
    room = stores.store(ELM_STREET).slot_capacity
    order_id = for_later(five, (MARGHERITA, room // 2 + 1))
    assert (five, True) in retiming.choice(order_id).times


@pytest.mark.parametrize("hours", [-6, 24 * 9])
def test_a_time_that_no_list_offers_is_refused(five, hours):
    order_id = for_later(five)
    refused("store_closed", order_id, five + timedelta(hours=hours))


def test_the_day_of_the_order_is_shown_first_and_any_day_of_the_week_can_be(five):
    order_id = for_later(five + timedelta(days=2))
    shown = retiming.choice(order_id)
    assert shown.day == (five + timedelta(days=2)).date()
    assert len(shown.days) >= 7
    other = retiming.choice(order_id, shown.days[0])
    assert other.day == shown.days[0]
    assert retiming.choice(order_id, shown.days[0] - timedelta(days=3)).day == shown.day


def test_a_deal_goes_only_to_times_at_which_it_holds(hands):
    lunch = deal(name="Lunch", window=LUNCH)
    at_two = hands.now + timedelta(hours=2)
    order_id = for_later(at_two)
    assert [one.name for one in service.order(order_id).discounts] == ["Lunch"]
    offered = retiming.choice(order_id)
    assert "Lunch holds" in offered.why
    assert all(at < hands.now + timedelta(hours=3) for at, _ in offered.times)
    assert "Lunch holds" in refused("deal_not_then", order_id, hands.now + timedelta(hours=6))
    assert retime(order_id, at_two + timedelta(days=1))
    with transaction():
        promotions.end(lunch)
    assert retime(order_id, at_two), "it was agreed, whatever became of the deal since"


def test_without_a_deal_every_time_is_listed(five):
    offered = retiming.choice(for_later(five))
    assert offered.why == ""
    assert len(offered.times) > 20


def change(order_id: int, at: datetime) -> partial[bool]:
    """What a customer does who wants another time."""
    return partial(atomically, partial(retiming.retime, order_id, at, by="customer"))


def test_two_orders_change_places_and_no_place_is_lost(shop, five):
    first, second = for_later(five), for_later(five + timedelta(hours=1))
    before = booked()
    for _ in range(4):
        one, other = service.order(first).promised_from, service.order(second).promised_from
        assert race(shop, change(first, other), change(second, one)) == [True, True]
        assert booked() == before


def last_place(shop, five) -> list[object]:
    """Eight orders want the one quarter that has room for one of them."""
    orders = [for_later(five + timedelta(minutes=15 * n), MARGHERITA) for n in range(1, HANDS + 1)]
    wanted = five + timedelta(hours=4)
    starts = slot_of(orders[0]) + (wanted - service.order(orders[0]).promised_from)
    with transaction():
        db.session.add(Slot(store_id=ELM_STREET, starts_at=starts, capacity=10, booked=9))
    return race(shop, *(change(one, wanted) for one in orders))


def test_the_last_place_of_a_quarter_goes_to_one_order(shop, five):
    told = last_place(shop, five)
    assert sum(one is True for one in told) == 1
    assert sum(isinstance(one, Conflict) and one.code == "slot_full" for one in told) == HANDS - 1
    assert sum(booked().values()) == 9 + HANDS


def test_without_the_guard_it_would_go_to_more(shop, five, monkeypatch):
    monkeypatch.setattr(stores, "book", lambda _promise: None)
    assert sum(one is True for one in last_place(shop, five)) > 1


def test_an_order_that_is_cancelled_in_the_same_moment_gives_its_places_back_once(shop, five):
    for _ in range(4):
        order_id = for_later(five)
        cancel = partial(service.cancel, order_id, by="customer", reason="You cancelled it")
        moved, cancelled = race(shop, change(order_id, five + timedelta(hours=1)), partial(atomically, cancel))
        assert cancelled is True
        assert moved is True or isinstance(moved, Conflict)
        assert booked() == {}
