"""Opening hours, pure: weekly hours and special days in, moments out. Hours may run past midnight."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from app.core import day as business_day
from app.core.day import on_the_clock

LOOK_AHEAD_DAYS = 14
DAY_NAMES = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")

A_DAY = 1440
Interval = tuple[int, int]  # minutes after local midnight; the end may pass 1440
Week = Mapping[int, tuple[Interval, ...]]  # Monday is 0
Span = tuple[datetime, datetime]
ALL_DAY: Interval = (0, A_DAY)


@dataclass(frozen=True, slots=True)
class OpeningHours:
    """When a store is open: intervals by weekday, dates that have their own, and when the last order is taken."""

    zone: ZoneInfo
    weekly: Week
    special: Mapping[date, tuple[Interval, ...]]
    last_order: timedelta = timedelta(0)

    def on(self, day: date) -> tuple[Interval, ...]:
        """The intervals that start on a local date."""
        return self.special.get(day, self.weekly.get(day.weekday(), ()))

    def spans(self, since: date, days: int) -> Iterator[Span]:
        """Opening and closing moments in UTC of `days` local dates, in order."""
        for offset in range(days):
            day = since + timedelta(days=offset)
            for opens, closes in self.on(day):
                start, end = on_the_clock(day, opens, self.zone), on_the_clock(day, closes, self.zone)
                if start < end:  # what lies in the hour that the clocks jump over never comes
                    yield start, end

    def near(self, since: datetime, until: datetime) -> Iterator[Span]:
        """The spans that hold a moment from `since` to `until`, in order."""
        first = self._yesterday(since)
        days = (until.astimezone(self.zone).date() - first).days + 1
        return (span for span in self.spans(first, days) if span[0] <= until and since < span[1])

    def order_spans(self, since: date, days: int) -> Iterator[Span]:
        """The same spans, ended where the last order is taken."""
        ended = ((start, end - self.last_order) for start, end in self.spans(since, days))
        return (span for span in ended if span[0] < span[1])

    def open_span(self, at: datetime) -> Span | None:
        """The half-open span that holds `at`, or None when the store is closed then."""
        return next((span for span in self.spans(self._yesterday(at), 2) if span[0] <= at < span[1]), None)

    def takes_orders(self, at: datetime) -> bool:
        """Whether an order for right now is taken at `at`: the store is open, and the last order was not yet."""
        return any(start <= at < end for start, end in self.order_spans(self._yesterday(at), 2))

    def next_opening(self, at: datetime) -> datetime | None:
        """The first opening after `at` within two weeks."""
        today = at.astimezone(self.zone).date()
        return next((start for start, _ in self.spans(today, LOOK_AHEAD_DAYS) if start > at), None)

    def business_date(self, at: datetime) -> date:
        """The date that `at` counts for; the day turns at 04:00 store time."""
        return business_day.business_date(at, self.zone)

    def day_begins(self, day: date) -> datetime:
        """When a business date begins."""
        return business_day.day_begins(day, self.zone)

    def day_span(self, day: date) -> Span:
        """When a business date begins, and when the next one does."""
        return business_day.day_span(day, self.zone)

    def _yesterday(self, at: datetime) -> date:
        return at.astimezone(self.zone).date() - timedelta(days=1)

    def day_ends(self, at: datetime) -> datetime:
        """When the business date of `at` is over: at its last closing, where the store does close, else at 04:00."""
        day = self.business_date(at)
        turn = self.day_begins(day + timedelta(days=1))
        last = max((end for _, end in self.spans(day, 1)), default=turn)
        return last if at < last < turn and self.open_span(last) is None else turn


def open_together(several: Iterable[OpeningHours], since: datetime, until: datetime) -> tuple[Span, ...]:
    """When any of these is open from one moment to another, in order and told whole. Spans that touch are one: a store
    that never closes does not open at midnight.
    """
    found: list[Span] = []
    for start, end in sorted({span for hours in several for span in hours.near(since, until)}):
        if found and start <= found[-1][1]:
            found[-1] = found[-1][0], max(found[-1][1], end)
        else:
            found.append((start, end))
    return tuple(found)
