"""How often a store keeps its word: what was promised first, beside when the order was there."""

from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import ColumnElement, Integer, cast, func, select

from app.core import clock
from app.core.db import db
from app.tracking.models import Estimate
from app.tracking.stages import Stage

LOOKS_BACK = timedelta(days=28)
ENOUGH = 20  # with fewer orders a share says nothing


@dataclass(frozen=True, slots=True)
class Kept:
    """A store's word in the last 28 days: how many orders, how many by the end of the promised time, how late the
    others were on average, and how many of the ranges that were told the customer held.
    """

    orders: int
    in_time: int
    late_minutes: int
    ranges: int
    right: int

    @property
    def enough(self) -> bool:
        """Whether there is anything to say."""
        return self.orders >= ENOUGH

    @property
    def percent(self) -> int:
        """How many of a hundred orders were there in time."""
        return _percent(self.in_time, self.orders)

    @property
    def right_percent(self) -> int:
        """How many of a hundred ranges held."""
        return _percent(self.right, self.ranges)


@dataclass(frozen=True, slots=True)
class Hour:
    """The same for orders that came in within one hour of the day."""

    hour: int
    orders: int
    in_time: int

    @property
    def percent(self) -> int:
        """How many of a hundred were there in time."""
        return _percent(self.in_time, self.orders)


def kept(store_id: int) -> Kept:
    """A store's word, from one query."""
    late, learned = Estimate.late_seconds > 0, Estimate.learned
    query = select(
        func.count(),
        func.sum(cast(late, Integer)),
        func.sum(Estimate.late_seconds),
        func.sum(cast(learned, Integer)),
        func.sum(cast(learned & Estimate.right, Integer)),
    ).where(*_finished(store_id))
    orders, delayed, seconds, ranges, right = (int(each or 0) for each in db.session.execute(query).one())
    average = -(-seconds // (60 * delayed)) if delayed else 0
    return Kept(orders, orders - delayed, average, ranges, right)


def by_hour(store_id: int) -> tuple[Hour, ...]:
    """The same by the hour of the day at which orders came in, from one query."""
    delayed = func.sum(cast(Estimate.late_seconds > 0, Integer))
    query = (
        select(Estimate.hour, func.count().label("orders"), delayed.label("delayed"))
        .where(*_finished(store_id))
        .group_by(Estimate.hour)
        .order_by(Estimate.hour)
    )
    return tuple(Hour(row.hour, row.orders, row.orders - int(row.delayed)) for row in db.session.execute(query))


def _finished(store_id: int) -> tuple[ColumnElement[bool], ...]:
    since = clock.now() - LOOKS_BACK
    return (Estimate.store_id == store_id, Estimate.stage == Stage.RECEIVED, Estimate.finished_at > since)


def _percent(part: int, whole: int) -> int:
    return 100 * part // whole if whole else 0
