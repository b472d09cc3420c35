"""Opening hours, pure: weekly hours and holidays in, moments out. Hours may run past midnight."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

DAY_TURNS = timedelta(hours=4)  # Friday's late hours are still Friday at 00:30 (price law, section 4)
LOOK_AHEAD_DAYS = 14
DAY_NAMES = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")

Interval = tuple[int, int]  # minutes after local midnight; the end may pass 1440


@dataclass(frozen=True, slots=True)
class OpeningHours:
    """When a store is open: intervals by weekday (Monday 0), and dates that have their own."""

    zone: ZoneInfo
    weekly: Mapping[int, tuple[Interval, ...]]
    holidays: Mapping[date, tuple[Interval, ...]]

    def on(self, day: date) -> tuple[Interval, ...]:
        """The intervals that start on a local date."""
        return self.holidays.get(day, self.weekly.get(day.weekday(), ()))

    def spans(self, since: date, days: int) -> Iterator[tuple[datetime, datetime]]:
        """Opening and closing moments in UTC of `days` local dates, in order."""
        for offset in range(days):
            day = since + timedelta(days=offset)
            for opens, closes in self.on(day):
                yield self._moment(day, opens), self._moment(day, closes)

    def open_span(self, at: datetime) -> tuple[datetime, datetime] | None:
        """The half-open span that holds `at`, or None when the store is closed then."""
        yesterday = at.astimezone(self.zone).date() - timedelta(days=1)
        return next(((start, end) for start, end in self.spans(yesterday, 2) if start <= at < end), None)

    def next_opening(self, at: datetime) -> datetime | None:
        """The first opening after `at` within two weeks."""
        today = at.astimezone(self.zone).date()
        return next((start for start, _ in self.spans(today, LOOK_AHEAD_DAYS) if start > at), None)

    def business_date(self, at: datetime) -> date:
        """The date that `at` counts for; the day turns at 04:00 store time."""
        return (at.astimezone(self.zone) - DAY_TURNS).date()

    def day_ends(self, at: datetime) -> datetime:
        """When the business date of `at` is over: at its last closing, where the store does close, else at 04:00."""
        day = self.business_date(at)
        turn = self._moment(day + timedelta(days=1), DAY_TURNS // timedelta(minutes=1))
        last = max((end for _, end in self.spans(day, 1)), default=turn)
        return last if at < last < turn and self.open_span(last) is None else turn

    def _moment(self, day: date, minute: int) -> datetime:
        # Wall time first, then the zone: an opening at 11:00 stays 11:00 on the days that the clocks change.
        local = datetime.combine(day, time()) + timedelta(minutes=minute)
        return local.replace(tzinfo=self.zone).astimezone(UTC)


def clock_text(minute: int) -> str:
    """A minute of the day as people say it: `11 am`, `10:30 pm`, `midnight`."""
    hour, rest = divmod(minute % 1440, 60)
    if rest == 0 and hour in {0, 12}:
        return "noon" if hour else "midnight"
    half = "pm" if hour >= 12 else "am"
    return f"{hour % 12 or 12}{f':{rest:02d}' if rest else ''} {half}"


def in_words(weekly: Mapping[int, tuple[Interval, ...]]) -> tuple[tuple[str, str], ...]:
    """The week in words, a row for each run of equal days: `("Monday to Thursday", "11 am to 10 pm")`."""
    rows: list[tuple[int, int, tuple[Interval, ...]]] = []
    for day in range(7):
        hours = weekly.get(day, ())
        if rows and rows[-1][2] == hours:
            rows[-1] = (rows[-1][0], day, hours)
        else:
            rows.append((day, day, hours))
    return tuple((_days(first, last), _times(hours)) for first, last, hours in rows)


def _days(first: int, last: int) -> str:
    if first == last:
        return DAY_NAMES[first]
    return f"{DAY_NAMES[first]} {'and' if last == first + 1 else 'to'} {DAY_NAMES[last]}"


def _times(hours: tuple[Interval, ...]) -> str:
    if hours == ((0, 1440),):
        return "around the clock"
    return ", ".join(f"{clock_text(opens)} to {clock_text(closes)}" for opens, closes in hours) or "closed"
