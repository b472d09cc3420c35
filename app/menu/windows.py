"""When something is sold, pure: days and hours on a store's clock. Its day turns at 04:00 (price law, section 4)."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from app.core.day import A_DAY, business_date, day_begins, on_the_clock


@dataclass(frozen=True, slots=True)
class Window:
    """From the first day to the last one, both sold; each day from one minute after midnight to another, which may
    pass 1440. None stands for no limit.
    """

    first_day: date | None = None
    last_day: date | None = None
    opens: int | None = None
    closes: int | None = None

    def on(self, day: date) -> bool:
        """Whether a business date lies in it."""
        return not (self.first_day and day < self.first_day) and not (self.last_day and day > self.last_day)

    def open_at(self, moment: datetime, zone: ZoneInfo) -> bool:
        """Whether it is sold at this moment."""
        day = business_date(moment, zone)
        if self.opens is None or self.closes is None:
            return self.on(day)
        return any(self.on(then) and start <= moment < end for then, start, end in self._hours(day, zone))

    def next_change(self, moment: datetime, zone: ZoneInfo) -> datetime | None:
        """The next moment at which `on` or `open_at` may say something else; None for never."""
        return min((at for at in self._changes(business_date(moment, zone), zone) if at > moment), default=None)

    def _changes(self, today: date, zone: ZoneInfo) -> Iterator[datetime]:
        if self.first_day:
            yield day_begins(self.first_day, zone)
        if self.last_day:
            yield day_begins(self.last_day + A_DAY, zone)
        for _, start, end in self._hours(today, zone):
            yield start
            yield end

    def _hours(self, today: date, zone: ZoneInfo) -> Iterator[tuple[date, datetime, datetime]]:
        if self.opens is None or self.closes is None:
            return
        for day in (today - A_DAY, today, today + A_DAY):
            yield day, on_the_clock(day, self.opens, zone), on_the_clock(day, self.closes, zone)

    @property
    def words(self) -> str:
        """How a menu says it: `until November 30`, `11 am to 3 pm`; empty where there is no limit."""
        hours = ""
        if self.opens is not None and self.closes is not None:
            hours = f"{_clock(self.opens)} to {_clock(self.closes)}"
        until = f"until {self.last_day:%B} {self.last_day.day}" if self.last_day else ""
        return ", ".join(filter(None, (hours, until)))


ALWAYS = Window()


def _clock(minute: int) -> str:
    hour, rest = divmod(minute % 1440, 60)
    if rest == 0 and hour in {0, 12}:
        return "noon" if hour else "midnight"
    return f"{hour % 12 or 12}{f':{rest:02d}' if rest else ''} {'pm' if hour >= 12 else 'am'}"
