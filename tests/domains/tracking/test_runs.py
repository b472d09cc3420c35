"""Drivers: what they take along, what became of it at the door, and the cash that they bring home."""

from dataclasses import replace
from functools import partial

import pytest
from sqlalchemy import select

from app.core.db import atomically, db, transaction
from app.core.errors import Conflict, NotFound, Refusal
from app.orders import service as orders
from app.orders.service import OrderStatus
from app.stores import service as stores
from app.tracking import runs, stops
from app.tracking import service as tracking
from app.tracking.runs import Driver, HandIn
from app.tracking.service import Stage
from app.tracking.stops import Outcome
from app.users.models import User
from app.users.service import Role
from tests.factories.orders import COLA, COUNTER, ELM_STREET, MILWAUKEE_AVENUE, placed
from tests.factories.staff import hired
from tests.races import HANDS, race

TO_THE_BOX = (Stage.RECEIVED, Stage.PREP, Stage.BAKING)


def drives(name: str, store_id: int = ELM_STREET) -> Driver:
    email = hired(name, Role.DRIVER, store_id)
    user_id = db.session.scalars(select(User.id).where(User.email == email)).one()
    return Driver(user_id, name, store_id)


@pytest.fixture
def dino(hands) -> Driver:
    return drives("Dino")


@pytest.fixture
def boxed(hands, work_off):
    def make(many: int = 1) -> list[int]:
        made = [placed() for _ in range(many)]
        work_off()
        for order_id in made:
            for stage in TO_THE_BOX:
                with transaction():
                    tracking.advance(order_id, stage, by="Beppe")
        return made

    return make


def take(driver: Driver, *order_ids: int, cents: int = 2000) -> int:
    with transaction():
        return runs.take(driver, dict.fromkeys(order_ids, cents))


def deliver(driver: Driver, order_id: int) -> None:
    with transaction():
        runs.deliver(driver, order_id)


def owed(driver: Driver) -> int:
    return sum(each.cents for each in runs.owed(ELM_STREET, driver.user_id))


def along(driver: Driver) -> list[int]:
    return [order.id for _, order in runs.along(driver)]


def hand_in(driver: Driver, counted: int, seen: int) -> HandIn:
    with transaction():
        return runs.hand_in(ELM_STREET, driver.user_id, counted, seen_cents=seen, by="Rosa")


def test_a_driver_takes_several_along_and_the_board_says_who_has_them(dino, boxed):
    first, second, third = boxed(3)
    assert [order.id for order in runs.boxed(ELM_STREET)] == [first, second, third]
    take(dino, first, second)
    assert [order.id for order in runs.boxed(ELM_STREET)] == [third]
    assert along(dino) == [first, second]
    away = next(column for column in tracking.board(ELM_STREET).columns if column.key == "away")
    assert [(each.order_id, each.driver) for each in away.tickets] == [(first, "Dino"), (second, "Dino")]


def test_all_of_a_run_is_taken_or_nothing(dino, boxed):
    first, second = boxed(2)
    take(drives("Enzo"), second)
    with pytest.raises(Conflict):
        take(dino, first, second)
    assert tracking.follow(first).stage is Stage.QUALITY_CHECK
    assert along(dino) == []


def test_what_is_not_there_to_be_taken_is_refused(dino, boxed, work_off):
    (order_id,) = boxed()
    with pytest.raises(NotFound):
        take(drives("Carlo", MILWAUKEE_AVENUE), order_id)
    fetched = placed(COLA, place=COUNTER)
    work_off()
    with pytest.raises(NotFound):
        take(dino, fetched)
    for wrong in ((), range(1, 14)):
        with pytest.raises(Refusal):
            take(dino, *wrong)


def test_a_delivered_order_is_complete_and_its_cash_the_drivers_to_hand_in(dino, boxed):
    first, second = boxed(2)
    take(dino, first, second)
    deliver(dino, first)
    assert orders.status_of(first) is OrderStatus.COMPLETED
    assert (along(dino), owed(dino)) == ([second], 2000)
    deliver(dino, second)
    assert (along(dino), owed(dino)) == ([], 4000)
    with pytest.raises(Conflict):
        deliver(dino, second)


def test_nobody_delivers_what_another_has_along(dino, boxed):
    (order_id,) = boxed()
    take(drives("Enzo"), order_id)
    with pytest.raises(NotFound):
        deliver(dino, order_id)


def test_a_failed_delivery_has_a_reason_no_cash_and_another_try(dino, boxed):
    (order_id,) = boxed()
    take(dino, order_id)
    with transaction():
        runs.fail(dino, order_id, "Nobody answered")
    assert (owed(dino), along(dino)) == (0, [])
    ticket = tracking.ticket_of(order_id)
    assert ticket is not None
    assert ticket.stage is Stage.DELIVERY_FAILED
    assert ticket.failed is not None
    assert (ticket.failed.reason, ticket.failed.by) == ("Nobody answered", "Dino")
    assert orders.status_of(order_id) is OrderStatus.MAKING
    take(dino, order_id)
    deliver(dino, order_id)
    assert owed(dino) == 2000


def test_a_tap_on_the_board_counts_as_the_drivers(dino, boxed):
    (order_id,) = boxed()
    take(dino, order_id)
    with transaction():
        moved = tracking.advance(order_id, Stage.OUT_FOR_DELIVERY, by="Beppe")
    assert (owed(dino), along(dino)) == (2000, [])
    with transaction():
        tracking.recall(order_id, moved.seq, by="Beppe")
    assert (owed(dino), along(dino)) == (0, [order_id])


def test_an_order_that_was_sent_out_by_mistake_is_not_along_any_more(dino, boxed):
    (order_id,) = boxed()
    take(dino, order_id)
    with transaction():
        tracking.undo(order_id, 4, by="Beppe")
    assert along(dino) == []
    assert [order.id for order in runs.boxed(ELM_STREET)] == [order_id]
    take(dino, order_id)
    assert along(dino) == [order_id]


def test_an_order_that_is_called_off_on_the_road_leaves_the_run(dino, boxed, work_off):
    (order_id,) = boxed()
    take(dino, order_id)
    with transaction():
        orders.cancel(order_id, by="Rosa", reason="The customer called", while_making=True)
    work_off()
    assert (owed(dino), along(dino)) == (0, [])
    assert stops.latest([order_id])[order_id].outcome is Outcome.CALLED_OFF


def test_cash_is_counted_once_and_a_difference_is_kept(dino, boxed):
    first, second = boxed(2)
    take(dino, first, second)
    deliver(dino, first)
    with pytest.raises(Conflict):
        hand_in(dino, 2000, seen=4000)
    deliver(dino, second)
    made = hand_in(dino, 3950, seen=4000)
    assert made.difference_cents == -50
    assert owed(dino) == 0
    for driver in (dino, replace(dino, user_id=999)):  # who owes nothing (any more), and who there is not
        with pytest.raises(Conflict):
            hand_in(driver, 4000, seen=4000)
    store = stores.store(ELM_STREET)
    (kept,) = runs.handed_in(store, store.hours.business_date(made.at))
    assert (kept.driver, kept.expected_cents, kept.counted_cents, kept.by) == ("Dino", 4000, 3950, "Rosa")


def test_cash_that_lies_in_the_drawer_stays_there_when_the_ticket_comes_back(dino, boxed):
    (order_id,) = boxed()
    take(dino, order_id)
    deliver(dino, order_id)
    hand_in(dino, 2000, seen=2000)
    with transaction():
        tracking.recall(order_id, 5, by="Beppe")
    assert (owed(dino), along(dino)) == (0, [])


def counted(shop, driver: Driver) -> int:
    """How many of eight hands took the same cash in."""
    work = partial(runs.hand_in, ELM_STREET, driver.user_id, 2000, seen_cents=2000, by="Rosa")
    return sum(isinstance(one, HandIn) for one in race(shop, *[partial(atomically, work)] * HANDS))


def test_of_eight_hands_one_takes_the_cash_in(shop, dino, boxed):
    (order_id,) = boxed()
    take(dino, order_id)
    deliver(dino, order_id)
    assert counted(shop, dino) == 1


def test_without_the_guard_the_same_cash_would_be_counted_eight_times(shop, dino, boxed, monkeypatch):
    (order_id,) = boxed()
    take(dino, order_id)
    deliver(dino, order_id)
    monkeypatch.setattr(runs, "_unpaid", lambda: ())
    assert counted(shop, dino) == HANDS


def test_of_two_drivers_one_has_an_order_along(shop, dino, boxed):
    (order_id,) = boxed()
    enzo = drives("Enzo")
    works = [partial(atomically, partial(runs.take, one, {order_id: 0})) for one in (dino, enzo) * 4]
    assert sum(isinstance(one, int) for one in race(shop, *works)) == 1
    assert len(along(dino)) + len(along(enzo)) == 1


def test_cash_that_was_handed_in_is_not_owed_again_by_whoever_drives_the_order_next(dino, boxed):
    (order_id,) = boxed()
    take(dino, order_id)
    deliver(dino, order_id)
    hand_in(dino, 2000, seen=2000)
    with transaction():
        tracking.recall(order_id, 5, by="Beppe")
    with transaction():
        tracking.advance(order_id, Stage.OUT_FOR_DELIVERY, by="Beppe", to=Stage.DELIVERY_FAILED)
    enzo = drives("Enzo")
    assert runs.still_due({order_id: 2000}) == {order_id: 0}
    take(enzo, order_id)
    deliver(enzo, order_id)
    assert owed(enzo) == 0
