"""The range that customers read."""

from datetime import timedelta

from app.stores.values import Method
from app.tracking.eta import RANGE, Span, as_of, expect, late, left
from app.tracking.stages import Stage
from tests.factories.hands import MONDAY_NOON as NOON


def minutes(count: float) -> timedelta:
    return timedelta(minutes=count)


PROMISED = Span(NOON + minutes(25), NOON + minutes(35))


def test_what_is_left_shrinks_with_every_stage():
    work = [left(stage, Method.DELIVERY, minutes(9), baked=True) for stage in list(Stage)[:6]]
    assert work == [minutes(27), minutes(24), minutes(19), minutes(12), minutes(10), minutes(0)]
    assert left(Stage.PREP, Method.DELIVERY, minutes(9), baked=False) == minutes(17)
    assert left(Stage.DELIVERY_FAILED, Method.DELIVERY, minutes(9), baked=True) == minutes(10)


def test_an_early_tap_gives_an_early_range():
    assert expect(NOON, minutes(12), PROMISED, asap=True) == Span(NOON + minutes(12), NOON + minutes(20))


def test_what_was_asked_for_at_a_time_does_not_come_before_it():
    assert expect(NOON, minutes(12), PROMISED, asap=False).start == PROMISED.start


def test_a_range_that_just_overlaps_the_promise_stays_inside_it():
    span = expect(NOON, minutes(30), PROMISED, asap=True)
    assert span == Span(PROMISED.end - RANGE, PROMISED.end)
    assert not late(span, PROMISED, NOON)


def test_a_range_that_cannot_keep_the_promise_says_so():
    span = expect(NOON, minutes(33), PROMISED, asap=True)
    assert span == Span(NOON + minutes(33), NOON + minutes(41))
    assert late(span, PROMISED, NOON)


def test_seconds_are_rounded_up_to_whole_minutes():
    assert expect(NOON + timedelta(seconds=1), minutes(5), PROMISED, asap=True).start == NOON + minutes(6)


def test_past_its_end_a_range_moves_by_whole_steps_and_stands_still_between_them():
    span = Span(NOON, NOON + minutes(8))
    assert as_of(span, NOON + minutes(8)) == span
    assert as_of(span, NOON + minutes(9)) == as_of(span, NOON + minutes(17)) == span.later(minutes(10))
    assert as_of(span, NOON + minutes(18.5)) == span.later(minutes(20))
    assert as_of(span, NOON + minutes(99)).end > NOON + minutes(99)
