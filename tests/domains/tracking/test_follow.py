"""An order as its customer follows it."""

from datetime import timedelta

import pytest

from app.core.db import transaction
from app.core.errors import NotFound
from app.orders import service as orders
from app.tracking import service as tracking
from app.tracking.service import Stage, StepState
from tests.factories.orders import COLA, COUNTER, ordered, placed

S = Stage


def tap(order_id: int, *stages: Stage, to: Stage | None = None) -> None:
    for stage in stages:
        with transaction():
            tracking.advance(order_id, stage, by="Beppe", to=to)


def states(order_id: int) -> list[tuple[Stage, StepState]]:
    return [(step.stage, step.state) for step in tracking.follow(order_id).steps]


def test_before_the_store_hears_of_it_an_order_is_in(hands):
    view = tracking.follow(ordered())
    assert (view.stage, view.span, view.late) == (S.RECEIVED, view.promised, False)
    assert view.cancellable


def test_nobody_follows_what_is_not_there(hands):
    with pytest.raises(NotFound):
        tracking.follow(1)


def test_steps_carry_the_moments_of_their_taps(hands, work_off):
    order_id = placed()
    work_off()
    made = hands.move(minutes=3)
    tap(order_id, S.RECEIVED)
    baked = hands.move(minutes=4)
    tap(order_id, S.PREP)
    view = tracking.follow(order_id)
    assert [(step.stage, step.state) for step in view.steps][:4] == [
        (S.RECEIVED, StepState.DONE),
        (S.PREP, StepState.DONE),
        (S.BAKING, StepState.NOW),
        (S.QUALITY_CHECK, StepState.NEXT),
    ]
    assert [step.at for step in view.steps][1:] == [made, baked, None, None]
    assert view.heard_at == baked


def test_an_order_shows_only_the_stages_it_has(hands, work_off):
    order_id = placed(COLA, place=COUNTER)
    work_off()
    assert [stage for stage, _ in states(order_id)] == [S.RECEIVED, S.PREP, S.QUALITY_CHECK, S.READY]


def test_a_tap_taken_back_leaves_no_moment(hands, work_off):
    order_id = placed()
    work_off()
    tap(order_id, S.RECEIVED)
    with transaction():
        tracking.undo(order_id, 1, by="Beppe")
    assert tracking.follow(order_id).steps[1].at is None
    assert states(order_id)[0] == (S.RECEIVED, StepState.NOW)


def test_nothing_moves_without_a_tap(hands, work_off):
    order_id = placed()
    work_off()
    before = tracking.follow(order_id)
    hands.move(minutes=15)
    after = tracking.follow(order_id)
    assert (after.stage, after.span, after.tag) == (before.stage, before.span, before.tag)


def test_a_late_order_says_so_and_keeps_its_first_promise(hands, work_off):
    order_id = placed()
    work_off()
    promised = tracking.follow(order_id).promised
    hands.now = promised.end + timedelta(minutes=1)
    view = tracking.follow(order_id)
    assert view.late
    assert view.promised == promised
    assert view.span.end > hands.now
    tap(order_id, S.RECEIVED)
    assert tracking.follow(order_id).span.start > hands.now


def test_what_stands_ready_is_not_late_however_long_it_waits(hands, work_off):
    order_id = placed(COLA, place=COUNTER)
    work_off()
    tap(order_id, S.RECEIVED, S.PREP, S.QUALITY_CHECK)
    hands.move(minutes=90)
    view = tracking.follow(order_id)
    assert view.stage is S.READY
    assert not view.late


def test_a_finished_order_is_neither_late_nor_cancellable(hands, work_off):
    order_id = placed(COLA, place=COUNTER)
    work_off()
    tap(order_id, S.RECEIVED, S.PREP, S.QUALITY_CHECK, S.READY)
    hands.move(minutes=600)
    view = tracking.follow(order_id)
    assert view.finished
    assert not view.late
    assert not view.cancellable
    assert {step.state for step in view.steps} == {StepState.DONE}


def test_a_delivery_that_failed_stands_at_the_door(hands, work_off):
    order_id = placed()
    work_off()
    tap(order_id, S.RECEIVED, S.PREP, S.BAKING, S.QUALITY_CHECK)
    tap(order_id, S.OUT_FOR_DELIVERY, to=S.DELIVERY_FAILED)
    assert states(order_id)[-2:] == [(S.QUALITY_CHECK, StepState.DONE), (S.OUT_FOR_DELIVERY, StepState.NOW)]


def test_a_cancelled_order_tells_its_reason(hands, work_off):
    order_id = placed()
    work_off()
    with transaction():
        orders.cancel(order_id, by="Mina", reason="We ran out of dough")
    view = tracking.follow(order_id)
    assert view.dead
    assert view.reason == "We ran out of dough"
    assert not view.cancellable


def test_once_making_starts_a_customer_cannot_cancel(hands, work_off):
    order_id = placed()
    work_off()
    assert tracking.follow(order_id).cancellable
    tap(order_id, S.RECEIVED)
    assert not tracking.follow(order_id).cancellable


def test_what_is_shown_changes_when_it_is_time_to_begin_an_order_for_later(hands, work_off):
    order_id = placed(at=hands.now + timedelta(hours=3))
    work_off()
    before = tracking.follow(order_id)
    assert before.waits
    assert before.begin_at is not None
    hands.now = before.begin_at
    after = tracking.follow(order_id)
    assert not after.waits
    assert after.tag != before.tag
