"""When the food is there, pure: a range worked out anew at each tap from what is left to do and what was promised."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from app.stores.values import Method
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
    """Whether a first promise is, or will be, broken."""
    return span.end > promised.end or now > promised.end


def as_of(span: Span, now: datetime) -> Span:
    """The range as it can still be true: once its end has passed it moves on, by whole steps and only then."""
    if now <= span.end:
        return span
    steps = (now - span.end) // BEHIND + 1
    return span.later(steps * BEHIND)


def _minute_after(moment: datetime) -> datetime:
    whole = moment.replace(second=0, microsecond=0)
    return whole if whole == moment else whole + timedelta(minutes=1)
