"""How fast stores were in some of their days, and how far their word held: read from the figures of days."""

from collections import Counter, defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, select

from app.core.db import db
from app.core.periods import Period
from app.tracking.models import ChainSpeed, ChainSpeedDay, Speed, SpeedDay
from app.tracking.speed_days import LATE, PREP, RANGE, ROAD

HOURS = (*range(4, 24), *range(4))  # a business day runs from 4 am to 4 am


@dataclass(frozen=True, slots=True)
class Minutes:
    """How long something took, in whole minutes: half of them no longer than `half`, nine in ten than `most`."""

    count: int
    half: int
    most: int


@dataclass(frozen=True, slots=True)
class Speeds:
    """Of some orders: how long making and driving took, how many came by the end of their promise, and how many of the
    ranges that were told their customers held. `late` is how far past the promise, of those that came late.
    """

    prep: Minutes
    road: Minutes
    orders: int
    in_time: int
    late: Minutes
    ranges: int
    held: int


@dataclass(frozen=True, slots=True)
class SpeedReport:
    """The speeds of a period, by the hour at which orders came in, and of the period before."""

    all: Speeds
    before: Speeds
    hours: tuple[tuple[int, Speeds], ...]
    waiting: int


Counts = Mapping[str, Counter[int]]


def report(period: Period, store_ids: Collection[int] | None = None) -> SpeedReport:
    """How fast some stores (None: all) were in a period, beside the one before, from three queries."""
    by_hour = _counts(period, store_ids)
    day = ChainSpeedDay if store_ids is None else SpeedDay
    waiting = select(func.count()).where(*_of(day, period, store_ids), day.rolled < day.noted)
    return SpeedReport(
        all=_speeds(_together(by_hour)),
        before=_speeds(_together(_counts(period.before, store_ids))),
        hours=tuple((hour, _speeds(by_hour[hour])) for hour in HOURS if hour in by_hour),
        waiting=db.session.scalar(waiting) or 0,
    )


def _of(model: Any, period: Period, ids: Collection[int] | None) -> tuple[Any, ...]:
    within = (model.day.between(period.first, period.last),)
    return within if ids is None else (*within, model.store_id.in_(ids))


def _counts(period: Period, ids: Collection[int] | None) -> dict[int, Counts]:
    """How many orders took how many minutes, by hour and measure."""
    row: Any = ChainSpeed if ids is None else Speed
    query = select(row.hour, row.measure, row.minutes, func.sum(row.count)).where(*_of(row, period, ids))
    found: dict[int, defaultdict[str, Counter[int]]] = {}
    for hour, measure, minutes, count in db.session.execute(query.group_by(row.hour, row.measure, row.minutes)):
        found.setdefault(hour, defaultdict(Counter))[measure][minutes] += int(count)
    return dict(found)


def _together(by_hour: Mapping[int, Counts]) -> Counts:
    every: defaultdict[str, Counter[int]] = defaultdict(Counter)
    for counts in by_hour.values():
        for measure, counted in counts.items():
            every[measure].update(counted)
    return every


def _speeds(counts: Counts) -> Speeds:
    nothing: Counter[int] = Counter()
    late, told = counts.get(LATE, nothing), counts.get(RANGE, nothing)
    past = Counter({minutes: count for minutes, count in late.items() if minutes > 0})
    return Speeds(
        prep=minutes_of(counts.get(PREP, nothing)),
        road=minutes_of(counts.get(ROAD, nothing)),
        orders=late.total(),
        in_time=late.total() - past.total(),
        late=minutes_of(past),
        ranges=told.total(),
        held=told[1],
    )


def minutes_of(counted: Counter[int]) -> Minutes:
    """The middle and the ninth tenth of what was counted by its minutes: the nearest rank, so one that really came."""
    total = counted.total()
    return Minutes(total, _rank(counted, -(-total // 2)), _rank(counted, -(-total * 9 // 10)))


def _rank(counted: Counter[int], rank: int) -> int:
    """The minutes of the one that comes at this place, the quickest first; zero where there is none."""
    for minutes in sorted(counted):
        rank -= counted[minutes]
        if rank <= 0:
            return minutes
    return 0
