"""A ticket whose order is wanted at another time."""

from datetime import datetime, timedelta
from functools import partial
from threading import Thread
from typing import Any

import pytest
from sqlalchemy import select

from app.core.db import atomically, db, transaction
from app.core.errors import Conflict
from app.orders import retiming
from app.orders import service as orders
from app.orders.events import OrderPlaced, OrderRetimed
from app.orders.service import OrderView
from app.stores import directory, editing, slots
from app.stores.editing import Written
from app.stores.models import Slot, Store
from app.tracking import opening, prints
from app.tracking import service as tracking
from app.tracking.models import TicketRow
from app.tracking.service import Stage
from tests.factories.hands import MONDAY_NOON
from tests.factories.orders import ELM_STREET, placed
from tests.races import race


@pytest.fixture
def evening(hands):
    return hands.now + timedelta(hours=5)


def retime(order_id: int, at) -> None:
    with transaction():
        retiming.retime(order_id, at, by="customer")


def row_of(order_id: int) -> TicketRow:
    db.session.rollback()
    return db.session.scalars(select(TicketRow).where(TicketRow.order_id == order_id)).one()


def on_the_board() -> list[int]:
    db.session.rollback()
    return [ticket.order_id for ticket in tracking.board(ELM_STREET).columns[0].tickets]


def test_the_kitchen_begins_it_for_its_new_time(hands, work_off, evening):
    order_id = placed(at=evening)
    work_off()
    before = row_of(order_id).begin_at
    retime(order_id, evening + timedelta(hours=2))
    work_off()
    row = row_of(order_id)
    assert row.begin_at == before + timedelta(hours=2)
    assert row.promised_from == row.expected_from == evening + timedelta(hours=2)
    hands.now = before
    assert on_the_board() == []
    hands.move(minutes=120)
    assert on_the_board() == [order_id]


def test_a_ticket_that_was_touched_rings_again_when_its_new_time_comes(hands, work_off, evening):
    order_id = placed(at=evening)
    work_off()
    with transaction():
        tracking.touch(order_id)
    retime(order_id, evening + timedelta(days=1))
    work_off()
    found = tracking.ticket_of(order_id)
    assert found is not None
    assert not found.touched
    assert found.loud_at > evening + timedelta(hours=22)


def test_paper_with_the_old_time_is_printed_again_and_says_so(hands, work_off, evening):
    order_id = placed(at=evening)
    work_off()
    hands.now = row_of(order_id).begin_at - timedelta(minutes=15)
    with transaction():
        prints.claim(order_id, by="Beppe")
    retime(order_id, evening + timedelta(days=1))
    with transaction():
        assert prints.printed(order_id, 1), "the printer was at it meanwhile"
    work_off()
    hands.move(minutes=24 * 60)
    found = tracking.ticket_of(order_id)
    assert found is not None
    assert found.to_print
    with transaction():
        assert prints.claim(order_id, by="Beppe").reprint


def test_a_ticket_without_paper_gets_its_first(hands, work_off, evening):
    order_id = placed(at=evening)
    work_off()
    retime(order_id, evening + timedelta(hours=1))
    work_off()
    with transaction():
        made = prints.claim(order_id, by="Beppe")
    assert (made.copy, made.reprint) == (1, False)


def test_the_customer_reads_the_new_time_before_the_ticket_has_heard_of_it(hands, work_off, evening):
    order_id = placed(at=evening)
    work_off()
    tomorrow = evening + timedelta(days=1)
    retime(order_id, tomorrow)
    ahead = tracking.follow(order_id)
    assert ahead.span == ahead.promised
    assert ahead.promised.start == tomorrow
    assert not ahead.late
    work_off()
    assert tracking.follow(order_id).begin_at == ahead.begin_at == row_of(order_id).begin_at


def test_what_was_heard_twice_or_too_late_changes_nothing(hands, work_off, evening):
    order_id = placed(at=evening)
    work_off()
    retime(order_id, evening + timedelta(hours=1))
    work_off()
    hands.now = row_of(order_id).begin_at
    with transaction():
        tracking.advance(order_id, Stage.RECEIVED, by="Beppe")
    before = row_of(order_id)
    kept = (before.begin_at, before.touched_at, before.expected_from, before.seq)
    with transaction():
        opening.move_ticket(OrderRetimed(order_id, ELM_STREET, 1))
    after = row_of(order_id)
    assert (after.begin_at, after.touched_at, after.expected_from, after.seq) == kept
    with transaction():
        opening.move_ticket(OrderRetimed(order_id + 1, ELM_STREET, 1))


def retimed_in_the_gap(shop, evening, monkeypatch) -> datetime:
    """For when a ticket waits whose order got another time after it was read, and before the ticket was put up."""
    order_id, new = placed(at=evening), opening._new

    def change() -> None:
        with shop.app_context():
            atomically(partial(retiming.retime, order_id, evening + timedelta(hours=2), by="customer"))
            atomically(partial(opening.move_ticket, OrderRetimed(order_id, ELM_STREET, 1)))
            db.session.remove()

    customer = Thread(target=change)

    def new_later(order: OrderView) -> dict[str, Any]:
        customer.start()
        customer.join(0.5)  # for as long as it is let in
        return new(order)

    monkeypatch.setattr(opening, "_new", new_later)
    with transaction():
        tracking.open_ticket(OrderPlaced(order_id, ELM_STREET))
    customer.join()
    assert orders.order(order_id).promised_from == evening + timedelta(hours=2)
    return row_of(order_id).promised_from


def test_a_ticket_that_is_put_up_meanwhile_does_not_miss_the_new_time(shop, hands, evening, monkeypatch):
    assert retimed_in_the_gap(shop, evening, monkeypatch) == evening + timedelta(hours=2)


def test_without_the_guard_it_would_miss_it(shop, hands, evening, monkeypatch):
    monkeypatch.setattr(orders, "hold", lambda _order_id: None)
    assert retimed_in_the_gap(shop, evening, monkeypatch) == evening


def test_what_is_wanted_later_now_is_not_begun_before_its_kitchen_has_heard(hands, work_off, evening):
    order_id = placed(at=evening)
    work_off()
    hands.now = row_of(order_id).begin_at - timedelta(minutes=15)
    retime(order_id, evening + timedelta(days=1))
    with pytest.raises(Conflict) as refused, transaction():
        tracking.advance(order_id, Stage.RECEIVED, by="Beppe")
    assert refused.value.code == "ticket_retimed"
    assert "was not begun: its customer wants it Tuesday 5:00 to 5:10 pm now" in refused.value.message
    assert row_of(order_id).stage == Stage.RECEIVED
    work_off()
    with transaction():
        tracking.advance(order_id, Stage.RECEIVED, by="Beppe")
    assert row_of(order_id).stage == Stage.PREP


def test_a_tap_and_a_new_time_in_one_moment_never_both_count(shop, hands, work_off, evening):
    for _ in range(4):
        order_id = placed(at=evening)
        work_off()
        change = partial(retiming.retime, order_id, evening + timedelta(hours=2), by="customer")
        tap = partial(tracking.advance, order_id, Stage.RECEIVED, by="Beppe")
        told = race(shop, partial(atomically, change), partial(atomically, tap))
        assert sum(isinstance(one, Conflict) for one in told) == 1


def test_an_order_is_on_the_board_once_however_often_it_is_heard(shop, hands, work_off, evening):
    order_id = placed(at=evening)
    work_off()
    with transaction():
        assert opening.put_up(order_id) is None
    assert row_of(order_id).seq == 0


def keeps_hours(hours: str, delivery: str = "") -> None:
    with transaction():
        db.session.get_one(Store, ELM_STREET).pickup_minutes = 25
        editing.save_hours(ELM_STREET, Written(hours, delivery, 0))
    directory.known.clear()


def test_what_is_delivered_after_the_counter_closed_is_begun_tonight(hands, work_off):
    keeps_hours("11am-11pm", "11am-1am")
    order_id = placed(at=MONDAY_NOON + timedelta(hours=12, minutes=15))
    work_off()
    begin_at = row_of(order_id).begin_at
    assert MONDAY_NOON + timedelta(hours=11, minutes=30) < begin_at < MONDAY_NOON + timedelta(hours=12)


def test_what_is_brought_after_closing_is_begun_before_the_next_opening(hands, work_off):
    keeps_hours("11am-10pm")
    closing = MONDAY_NOON + timedelta(hours=10)
    order_id = placed(at=closing + timedelta(minutes=30))
    work_off()
    row = row_of(order_id)
    assert row.begin_at < row.promised_from == closing + timedelta(minutes=30)


def test_an_order_that_was_in_before_closing_is_begun_at_once_however_late_its_ticket_comes(hands, work_off):
    keeps_hours("11am-10pm")
    hands.now = MONDAY_NOON + timedelta(hours=10, seconds=-1)
    order_id = placed()
    hands.move(seconds=2)
    work_off()
    row = row_of(order_id)
    assert (row.asap, row.begin_at) == (True, hands.now)
    assert on_the_board() == [order_id]


def test_as_soon_as_possible_that_is_tomorrow_is_begun_tomorrow(hands, work_off):
    keeps_hours("11am-10pm")
    hands.now = MONDAY_NOON + timedelta(hours=9, minutes=46)
    full = {"store_id": ELM_STREET, "starts_at": slots.quarter(hands.now), "capacity": 24, "booked": 24}
    with transaction():
        db.session.add(Slot(**full))
    order_id = placed()
    work_off()
    row = row_of(order_id)
    assert row.promised_from > MONDAY_NOON + timedelta(hours=23)
    assert not row.asap
    assert MONDAY_NOON + timedelta(hours=23) <= row.begin_at < row.promised_from
    assert on_the_board() == []


def test_midnight_is_no_opening_of_a_store_that_never_closes(hands, work_off):
    hands.now = MONDAY_NOON + timedelta(hours=11, minutes=50)
    order_id = placed()
    work_off()
    row = row_of(order_id)
    assert row.promised_from > MONDAY_NOON + timedelta(hours=12)
    assert (row.asap, row.begin_at) == (True, hands.now)
