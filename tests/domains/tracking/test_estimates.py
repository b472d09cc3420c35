"""What is told of an order, and what its store learns once it is there."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from app.core import events
from app.core.db import db, transaction
from app.core.events import OutboxRow
from app.tracking import estimates, eta
from app.tracking import service as tracking
from app.tracking.events import StageMoved
from app.tracking.models import Estimate
from app.tracking.service import Stage
from tests.factories.hands import MONDAY_NOON
from tests.factories.kitchen import finish, lived, tap
from tests.factories.orders import COLA, COUNTER, placed
from tests.queries import counted

S = Stage


@pytest.fixture(autouse=True)
def quick_study(monkeypatch) -> None:
    """A store has learned enough after three orders."""
    monkeypatch.setattr(eta, "ENOUGH", 3)


def lessons(order_id: int) -> dict[str, Estimate]:
    query = select(Estimate).where(Estimate.order_id == order_id).execution_options(populate_existing=True)
    return {row.stage: row for row in db.session.scalars(query)}


def test_every_stage_becomes_a_lesson_once_the_order_is_there(hands, work_off):
    (order_id,) = lived(hands, work_off, 1)
    found = lessons(order_id)
    assert {stage: row.took_seconds // 60 for stage, row in found.items()} == {
        "received": 33,
        "prep": 29,
        "baking": 23,
        "quality_check": 15,
        "out_for_delivery": 12,
    }
    assert {row.finished_at for row in found.values()} == {hands.now}
    late = hands.now - tracking.follow(order_id).promised.end
    assert found["received"].late_seconds == max(0, late.total_seconds())


def test_an_order_that_is_not_there_yet_teaches_nothing(hands, work_off):
    order_id = placed()
    work_off()
    tap(order_id, S.RECEIVED)
    work_off()
    assert {row.took_seconds for row in lessons(order_id).values()} == {None}


def test_until_a_store_has_learned_enough_the_promise_is_what_is_told(hands, work_off):
    lived(hands, work_off, 2)
    order_id = placed()
    work_off()
    view = tracking.follow(order_id)
    assert view.span == view.promised
    assert not lessons(order_id)["received"].learned


def test_then_it_is_told_what_orders_really_take_and_the_first_promise_stays(hands, work_off):
    lived(hands, work_off, 6)
    order_id = placed()
    work_off()
    view = tracking.follow(order_id)
    assert lessons(order_id)["received"].learned
    assert view.span != view.promised
    assert view.span.start <= hands.now + timedelta(minutes=33) <= view.span.end + timedelta(minutes=2)


def test_the_range_shrinks_as_the_stages_pass(hands, work_off):
    lived(hands, work_off, 3)
    lived(hands, work_off, 3, (8, 9, 9, 6, 16))
    order_id = placed()
    work_off()
    widths = [tracking.follow(order_id).span]
    for stage, minutes in ((S.RECEIVED, 6), (S.PREP, 7), (S.BAKING, 8), (S.QUALITY_CHECK, 4)):
        hands.move(minutes=minutes)
        tap(order_id, stage)
        widths.append(tracking.follow(order_id).span)
    assert widths[-1].end - widths[-1].start < widths[0].end - widths[0].start


def test_a_full_oven_before_an_order_is_weighed(hands, work_off):
    for _ in range(4):
        placed()
    work_off()
    order_id = placed()
    work_off()
    row = lessons(order_id)["received"]
    assert row.ahead == 4 * row.places > 0


def test_what_needs_no_oven_waits_for_none(hands, work_off):
    placed()
    work_off()
    order_id = placed(COLA, place=COUNTER)
    work_off()
    assert lessons(order_id)["received"].ahead == 0


def test_carryout_is_there_when_it_is_ready_and_not_when_it_is_fetched(hands, work_off):
    order_id = placed(place=COUNTER)
    work_off()
    finish(order_id, hands, (3, 5, 7, 2, 45))
    work_off()
    assert lessons(order_id)["received"].took_seconds == 17 * 60


def test_a_tap_that_is_taken_back_gives_the_range_back_that_was_told_before(hands, work_off):
    lived(hands, work_off, 4)
    order_id = placed()
    work_off()
    before = tracking.follow(order_id).span
    hands.move(minutes=5)
    moved = tap(order_id, S.RECEIVED)
    assert tracking.follow(order_id).span != before
    with transaction():
        tracking.undo(order_id, moved.seq, by="Beppe")
    assert tracking.follow(order_id).span == before


def test_what_was_asked_for_at_a_time_keeps_its_time_and_teaches_no_pace(hands, work_off):
    lived(hands, work_off, 4)
    order_id = placed(at=MONDAY_NOON + timedelta(hours=6))
    work_off()
    view = tracking.follow(order_id)
    assert view.span == view.promised
    finish(order_id, hands, (200, 6, 8, 3, 12))
    work_off()
    estimates.minds.clear()
    assert len(estimates._mind(view.store_id, S.RECEIVED, view.method, baked=True).outcomes) == 4


def test_an_event_that_is_handed_out_twice_teaches_once(hands, work_off):
    (order_id,) = lived(hands, work_off, 1)
    before = {stage: row.took_seconds for stage, row in lessons(order_id).items()}
    kept = db.session.scalars(select(OutboxRow).where(OutboxRow.kind == StageMoved.kind)).all()
    with transaction():
        for row in kept:
            db.session.get_one(OutboxRow, row.id).done_at = None
    hands.move(minutes=60)
    for row in kept:
        events.deliver(row.id)
    assert {stage: row.took_seconds for stage, row in lessons(order_id).items()} == before


def test_a_tap_asks_the_database_little_for_its_range(hands, work_off):
    lived(hands, work_off, 4)
    order_id = placed()
    work_off()
    tap(order_id, S.RECEIVED)
    db.session.rollback()
    estimates.minds.clear()
    with counted() as asked:
        tap(order_id, S.PREP)
    assert sum("estimates" in statement for statement in asked) <= 3


def test_a_delivery_that_is_taken_back_before_it_is_heard_of_teaches_nothing(hands, work_off):
    order_id = placed()
    work_off()
    finish(order_id, hands, (4, 6, 8, 3, 12))
    with transaction():
        tracking.undo(order_id, 5, by="Beppe")
    work_off()
    assert {row.took_seconds for row in lessons(order_id).values()} == {None}
    tap(order_id, S.OUT_FOR_DELIVERY)
    work_off()
    assert {row.finished_at for row in lessons(order_id).values()} == {hands.now}
