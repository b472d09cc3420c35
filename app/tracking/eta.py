"""When the food is there, pure: a range worked out anew at each tap.

A store that has finished enough orders of a kind is told by what it learned (`pace`, `conformal`); before that, by what
is left to do and what was promised.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from app.stores.values import Method
from app.tracking.pace import Vector
from app.tracking.stages import Stage, course

RANGE = timedelta(minutes=8)
BEHIND = timedelta(minutes=10)
HANDING_OVER = timedelta(minutes=1)
# How long a stage may take. A ticket that needs three quarters of it should hurry.
ALLOWED: dict[Stage, timedelta] = {
    Stage.RECEIVED: timedelta(minutes=3),
    Stage.PREP: timedelta(minutes=5),
    Stage.BAKING: timedelta(minutes=7),
    Stage.QUALITY_CHECK: timedelta(minutes=2),
}
# How many finished orders of a kind are learned from, and how many it takes until a range is told by them.
LOOKS_BACK, ENOUGH = 300, 30
QUEUED = frozenset({Stage.RECEIVED, Stage.PREP})
MINUTES_A_PLACE = 0.5  # what each oven place costs while it waits for hands: its own, and those before it


@dataclass(frozen=True, slots=True)
class Span:
    """From when to when; whole minutes."""

    start: datetime
    end: datetime

    def later(self, by: timedelta) -> "Span":
        """The same width, moved."""
        return Span(self.start + by, self.end + by)


def allowance(stage: Stage, drive: timedelta) -> timedelta | None:
    """How long a ticket may stay in a stage; None where only the customer's time counts."""
    if stage is Stage.OUT_FOR_DELIVERY:
        return drive + HANDING_OVER
    return ALLOWED.get(stage)


def left(stage: Stage, method: Method, drive: timedelta, *, baked: bool) -> timedelta:
    """What is still to be done for an order that has just come to a stage."""
    stages = course(method, baked=baked)
    ahead = stages[stages.index(stage) :] if stage in stages else (Stage.OUT_FOR_DELIVERY,)
    return sum((allowance(one, drive) or timedelta() for one in ahead), timedelta())


def prior(stage: Stage, method: Method, *, baked: bool) -> Vector:
    """What the four facts of `pace` weigh before anything is learned: the allowances, as `left` adds them up."""
    base = left(stage, method, timedelta(), baked=baked).total_seconds() / 60
    queued = MINUTES_A_PLACE if stage in QUEUED else 0.0
    return (base, queued, queued, float(method is Method.DELIVERY))


def within(tapped: datetime, minutes: tuple[int, int], promised: Span, *, asap: bool) -> Span:
    """The learned range after a tap, from so many minutes to so many.

    Nothing that was asked for at a time comes before it.
    """
    start, end = (_nearest_minute(tapped + timedelta(minutes=each)) for each in minutes)
    if not asap:
        start = max(start, promised.start)
    return Span(start, max(end, start + timedelta(minutes=1)))


def expect(tapped: datetime, work: timedelta, promised: Span, *, asap: bool) -> Span:
    """The range after a tap: as early as the work allows, inside the promise while that is honest, else past it.

    Nothing that was asked for at a time comes before it.
    """
    first = _minute_after(tapped + work)
    if not asap:
        first = max(first, promised.start)
    if first + RANGE > promised.end >= first + RANGE / 2:
        return Span(promised.end - RANGE, promised.end)
    return Span(first, first + RANGE)


def late(span: Span, promised: Span, now: datetime) -> bool:
    """Whether a first promise is broken, or more likely than not will be."""
    middle = span.start + (span.end - span.start) / 2
    return middle > promised.end or now > promised.end


def as_of(span: Span, now: datetime) -> Span:
    """The range as it can still be true: once its end has passed it moves on, by whole steps and only then."""
    if now <= span.end:
        return span
    steps = (now - span.end) // BEHIND + 1
    return span.later(steps * BEHIND)


def _minute_after(moment: datetime) -> datetime:
    whole = moment.replace(second=0, microsecond=0)
    return whole if whole == moment else whole + timedelta(minutes=1)


def _nearest_minute(moment: datetime) -> datetime:
    return (moment + timedelta(seconds=30)).replace(second=0, microsecond=0)
