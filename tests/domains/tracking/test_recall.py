"""A ticket that was finished by mistake comes back to the board, with its order's money as it is."""

import pytest
from sqlalchemy import select

from app.core.db import db, transaction
from app.core.errors import Conflict
from app.core.events import OutboxRow
from app.orders import service as orders
from app.orders.service import OrderStatus
from app.tracking import service as tracking
from app.tracking.service import Stage
from tests.factories.orders import COLA, COUNTER, ELM_STREET, MILWAUKEE_AVENUE, placed

COURSE = (Stage.RECEIVED, Stage.PREP, Stage.BAKING, Stage.QUALITY_CHECK, Stage.OUT_FOR_DELIVERY)


def finish(order_id: int, *stages: Stage) -> int:
    for stage in stages or COURSE:
        with transaction():
            moved = tracking.advance(order_id, stage, by="Beppe")
    return moved.seq


def recall(order_id: int, seq: int) -> tracking.Moved:
    with transaction():
        return tracking.recall(order_id, seq, by="Beppe")


@pytest.fixture
def delivered(hands, work_off) -> tuple[int, int]:
    order_id = placed()
    work_off()
    return order_id, finish(order_id)


def test_what_was_finished_in_the_last_two_hours_is_listed_latest_first(hands, work_off, delivered):
    hands.move(minutes=90)
    fetched = placed(COLA, place=COUNTER)
    work_off()
    finish(fetched, Stage.RECEIVED, Stage.PREP, Stage.QUALITY_CHECK, Stage.READY)
    assert [each.order_id for each in tracking.finished(ELM_STREET)] == [fetched, delivered[0]]
    assert tracking.finished(MILWAUKEE_AVENUE) == ()
    hands.move(minutes=31)
    assert [each.order_id for each in tracking.finished(ELM_STREET)] == [fetched]


def test_a_recalled_ticket_hangs_where_it_was_and_is_finished_anew(hands, work_off, delivered):
    order_id, seq = delivered
    moved = recall(order_id, seq)
    assert (moved.to, moved.seq) == (Stage.OUT_FOR_DELIVERY, seq + 1)
    away = next(column for column in tracking.board(ELM_STREET).columns if column.key == "away")
    assert [each.order_id for each in away.tickets] == [order_id]
    assert not tracking.follow(order_id).finished
    assert orders.status_of(order_id) is OrderStatus.COMPLETED
    finish(order_id, Stage.OUT_FOR_DELIVERY)
    assert tracking.follow(order_id).finished
    told = db.session.scalars(select(OutboxRow).where(OutboxRow.kind == "orders.completed")).all()
    assert len(told) == 1
    taps = tracking.timeline(order_id)
    assert [tap.seq for tap in taps] == list(range(1, len(taps) + 1))


def test_it_comes_back_for_two_hours_and_no_longer(hands, delivered):
    hands.move(minutes=121)
    with pytest.raises(Conflict) as refused:
        recall(*delivered)
    assert refused.value.code == "too_late_to_recall"


def test_a_second_screen_finds_it_on_the_board_already(hands, delivered):
    recall(*delivered)
    with pytest.raises(Conflict):
        recall(*delivered)


def test_an_open_ticket_and_a_cancelled_one_are_not_recalled(hands, work_off):
    open_one, dead = placed(), placed()
    work_off()
    finish(open_one, Stage.RECEIVED)
    finish(dead, Stage.RECEIVED)
    with transaction():
        orders.cancel(dead, by="Rosa", reason="No dough", while_making=True)
    work_off()
    for order_id in (open_one, dead):
        with pytest.raises(Conflict):
            recall(order_id, 1)
    assert tracking.finished(ELM_STREET) == ()


def test_a_tap_on_a_closed_ticket_still_finds_it_closed(hands, delivered):
    with pytest.raises(Conflict, match="off the board"):
        finish(delivered[0], Stage.OUT_FOR_DELIVERY)


def failed_after_all(order_id: int, seq: int) -> None:
    recall(order_id, seq)
    with transaction():
        tracking.advance(
            order_id, Stage.OUT_FOR_DELIVERY, by="Beppe", to=Stage.DELIVERY_FAILED, reason="Nobody answered"
        )


def on_the_board() -> list[int]:
    return [each.order_id for column in tracking.board(ELM_STREET).columns for each in column.tickets]


def test_what_was_called_delivered_and_could_not_be_is_put_away_as_it_stands(delivered):
    order_id, seq = delivered
    failed_after_all(order_id, seq)
    assert on_the_board() == [order_id]
    with transaction():
        tracking.put_away(order_id)
    assert (on_the_board(), tracking.kitchens(None)) == ([], ())
    found = tracking.ticket_of(order_id)
    assert found is not None
    assert (found.open, found.stage) == (False, Stage.DELIVERY_FAILED)
    assert orders.status_of(order_id) is OrderStatus.COMPLETED
    with pytest.raises(Conflict), transaction():
        tracking.put_away(order_id)


def test_what_can_still_be_cancelled_or_is_on_its_way_again_is_not_put_away(hands, work_off, delivered):
    order_id, seq = delivered
    failed_after_all(order_id, seq)
    finish(order_id, Stage.DELIVERY_FAILED)
    failed = placed()
    work_off()
    finish(failed, *COURSE[:-1])
    with transaction():
        tracking.advance(failed, Stage.OUT_FOR_DELIVERY, by="Beppe", to=Stage.DELIVERY_FAILED)
    for number in (order_id, failed):
        with pytest.raises(Conflict) as refused, transaction():
            tracking.put_away(number)
        assert refused.value.code == "ticket_moved"
    assert sorted(on_the_board()) == [order_id, failed]
