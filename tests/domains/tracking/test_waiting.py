"""An order that nobody touches: screens ring, then louder; its store is told, headquarters sees it."""

from datetime import timedelta
from functools import partial

import pytest
from structlog.testing import capture_logs

from app.core.db import atomically, db, transaction
from app.orders.service import OrderStatus, Place
from app.stores import directory, editing
from app.stores.editing import Written
from app.stores.models import Store
from app.stores.service import Method
from app.tracking import service as tracking
from app.tracking import waiting
from app.tracking.service import Stage
from app.users.service import Role
from tests.factories.mail import mails
from tests.factories.orders import ELM_STREET, MILWAUKEE_AVENUE, placed
from tests.factories.staff import hired
from tests.queries import counted
from tests.races import HANDS, race

pytestmark = pytest.mark.usefixtures("outbox")


def ticket(order_id: int) -> tracking.Ticket:
    found = tracking.ticket_of(order_id)
    assert found is not None
    return found


def arrive(work_off, **more) -> int:
    made = placed(**more)
    work_off()
    return made


def escalate(work_off) -> int:
    told = tracking.escalate()
    work_off()
    return told


def test_a_new_ticket_rings_until_somebody_touches_it_on_any_screen(hands, work_off):
    order_id = arrive(work_off)
    assert not ticket(order_id).touched
    assert ticket(order_id).loud_at == hands.now + timedelta(minutes=1)
    before = tracking.board(ELM_STREET).tag
    with transaction():
        assert tracking.touch(order_id)
    assert ticket(order_id).touched
    assert tracking.board(ELM_STREET).tag != before
    with transaction():
        assert not tracking.touch(order_id)


def test_whoever_moves_a_ticket_has_touched_it(hands, work_off):
    order_id = arrive(work_off)
    with transaction():
        tracking.advance(order_id, Stage.RECEIVED, by="Beppe")
    assert ticket(order_id).touched
    with transaction():
        tracking.undo(order_id, 1, by="Beppe")
    hands.move(minutes=10)
    assert escalate(work_off) == 0


def test_after_two_minutes_the_stores_people_are_told_once(hands, work_off):
    hired("Beppe", Role.KITCHEN)
    hired("Rosa", Role.COUNTER)
    hired("Mina", Role.MANAGER)
    hired("Carlo", Role.MANAGER, MILWAUKEE_AVENUE)
    hired("Ada", Role.ADMIN, None)
    order_id = arrive(work_off)
    hands.move(seconds=119)
    assert escalate(work_off) == 0
    hands.move(seconds=1)
    assert escalate(work_off) == 1
    assert escalate(work_off) == 0
    told = [one for one in mails() if "Nobody touches" in one.subject]
    assert sorted(one.to for one in told) == ["mina@hotcorner.example", "rosa@hotcorner.example"]
    assert f"order {order_id} at Elm Street" in told[0].subject
    assert "12:00 pm" in told[0].text
    assert ticket(order_id).told == waiting.STORE


def test_a_store_without_such_people_has_those_of_the_chain(hands, work_off):
    hired("Ada", Role.ADMIN, None)
    arrive(work_off)
    hands.move(minutes=2)
    escalate(work_off)
    assert [one.to for one in mails() if "Nobody touches" in one.subject] == ["ada@hotcorner.example"]


def test_after_four_minutes_headquarters_sees_it(hands, work_off):
    order_id = arrive(work_off)
    hands.move(minutes=2)
    escalate(work_off)
    (kitchen,) = tracking.kitchens(None)
    assert (kitchen.tickets, kitchen.untouched, kitchen.seen_above) == (1, 1, 0)
    hands.move(minutes=2)
    with capture_logs() as logs:
        assert escalate(work_off) == 1
    assert [one["order_id"] for one in logs if one["event"] == "kitchen_silent"] == [order_id]
    (kitchen,) = tracking.kitchens(None)
    assert (kitchen.store_id, kitchen.seen_above) == (ELM_STREET, 1)
    assert kitchen.oldest == hands.now - timedelta(minutes=4)
    with transaction():
        tracking.touch(order_id)
    (kitchen,) = tracking.kitchens(None)
    assert (kitchen.untouched, kitchen.seen_above, kitchen.oldest) == (0, 0, None)


def test_nobody_is_mailed_about_what_was_touched_meanwhile(hands, work_off):
    hired("Rosa", Role.COUNTER)
    order_id = arrive(work_off)
    hands.move(minutes=2)
    tracking.escalate()
    with transaction():
        tracking.touch(order_id)
    work_off()
    assert not [one for one in mails() if "Nobody touches" in one.subject]


def test_an_order_for_the_evening_is_not_missed_in_the_afternoon(hands, work_off):
    order_id = arrive(work_off, at=hands.now + timedelta(hours=5))
    hands.move(minutes=30)
    assert escalate(work_off) == 0
    begins = ticket(order_id).begin_at
    hands.move(seconds=(begins - timedelta(minutes=15) - hands.now).total_seconds())
    assert escalate(work_off) == 0
    hands.move(minutes=2)
    assert escalate(work_off) == 1


def test_where_the_store_is_closed_nobody_is_told_before_it_opens(hands, work_off):
    arrive(work_off)
    with transaction():
        editing.save_hours(ELM_STREET, Written("5pm-10pm", "", 0))
    directory.known.clear()
    hands.move(minutes=60)
    assert escalate(work_off) == 0
    hands.move(minutes=4 * 60 + 1)
    assert escalate(work_off) == 0
    hands.move(minutes=1)
    assert escalate(work_off) == 1


def test_a_late_kitchen_is_shown_before_one_that_is_on_time(hands, work_off):
    arrive(work_off)
    touched = arrive(work_off)
    with transaction():
        tracking.touch(touched)
    assert [each.late for each in tracking.kitchens({ELM_STREET})] == [0]
    hands.move(minutes=200)
    assert [each.late for each in tracking.kitchens({ELM_STREET})] == [2]
    assert tracking.kitchens({MILWAUKEE_AVENUE}) == ()
    with counted() as sent:
        tracking.kitchens(None)
    assert len(sent) == 1


def tell(shop, order_id: int) -> int:
    work = partial(atomically, partial(waiting._tell, order_id, waiting.STORE))
    return sum(one is True for one in race(shop, *[work] * HANDS))


def test_of_eight_clocks_one_tells(shop, hands, work_off):
    order_id = arrive(work_off)
    assert tell(shop, order_id) == 1


def test_without_the_guard_each_clock_would_tell(shop, hands, work_off, monkeypatch):
    order_id = arrive(work_off)
    monkeypatch.setattr(waiting, "_untold", lambda _level: ())
    assert tell(shop, order_id) == HANDS


def test_a_store_turns_an_order_down_and_the_money_goes(hands, work_off):
    with transaction():
        db.session.get_one(Store, ELM_STREET).auto_accept = False
    directory.known.clear()
    order_id = arrive(work_off)
    with transaction():
        assert tracking.reject(order_id, by="Beppe", reason="We cannot make it in time")
    work_off()
    view = tracking.follow(order_id)
    assert (view.status, view.reason) == (OrderStatus.REJECTED, "We cannot make it in time")
    assert not ticket(order_id).open
    with transaction():
        assert not tracking.reject(order_id, by="Rosa", reason="We have to close early")


def asking(store_id: int = ELM_STREET) -> None:
    with transaction():
        db.session.get_one(Store, store_id).auto_accept = False
    directory.known.clear()


def rings(order_id: int, store_id: int = ELM_STREET) -> bool:
    db.session.rollback()
    return order_id in [one.order_id for one in tracking.board(store_id).columns[0].tickets]


def test_an_order_for_later_that_waits_to_be_accepted_rings_at_once(hands, work_off):
    hired("Rosa", Role.COUNTER)
    asking()
    order_id = arrive(work_off, at=hands.now + timedelta(hours=6))
    assert rings(order_id)
    assert ticket(order_id).loud_at == hands.now + timedelta(minutes=1)
    hands.move(minutes=2)
    assert escalate(work_off) == 1
    assert [one.to for one in mails() if "Nobody touches" in one.subject] == ["rosa@hotcorner.example"]
    hands.move(minutes=2)
    assert escalate(work_off) == 1
    assert tracking.reject_silent() == 0
    hands.move(minutes=1.1)
    assert tracking.reject_silent() == 1


def test_what_was_accepted_for_later_waits_beside_the_board(hands, work_off):
    asking()
    order_id = arrive(work_off, at=hands.now + timedelta(hours=6))
    with transaction():
        tracking.accept(order_id, by="Rosa")
    assert not rings(order_id)
    assert [one.order_id for one in tracking.board(ELM_STREET).later] == [order_id]


def test_what_came_to_a_closed_store_rings_when_it_opens_and_is_answered_from_then_on(hands, work_off):
    asking(MILWAUKEE_AVENUE)
    hands.move(minutes=-6 * 60)  # six in the morning; it opens at eleven
    opens = hands.now + timedelta(hours=5)
    order_id = arrive(work_off, place=Place(Method.CARRYOUT, MILWAUKEE_AVENUE), at=opens + timedelta(hours=7))
    for minutes, rung, told, rejected in ((-1, False, 0, 0), (0, True, 0, 0), (2, True, 1, 0), (4, True, 1, 0)):
        hands.now = opens + timedelta(minutes=minutes)
        found = (rings(order_id, MILWAUKEE_AVENUE), escalate(work_off), tracking.reject_silent())
        assert found == (rung, told, rejected)
    hands.now = opens + timedelta(minutes=5.1)
    assert tracking.reject_silent() == 1


def keeps_hours(hours: str, delivery: str) -> None:
    with transaction():
        editing.save_hours(ELM_STREET, Written(hours, delivery, 0))
    directory.known.clear()


def test_a_delivery_while_only_deliveries_are_made_is_told_of_and_rejected_too(hands, work_off):
    asking()
    keeps_hours("5pm-10pm", "11am-10pm")
    order_id = arrive(work_off)
    hands.move(minutes=2)
    assert escalate(work_off) == 1
    hands.move(minutes=3.1)
    assert tracking.reject_silent() == 1
    work_off()
    assert tracking.follow(order_id).status is OrderStatus.REJECTED


def test_midnight_gives_a_store_that_never_closes_no_more_time(hands, work_off):
    hands.move(minutes=12 * 60 - 1)
    arrive(work_off)
    hands.move(minutes=2)
    assert escalate(work_off) == 1
