"""When a deal holds, pure: spans of business dates of a store, also over the nights when the clocks change."""

from collections.abc import Iterable
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from app.promotions.values import DAY_TURNS, Window

GRACE = timedelta(minutes=10)  # how long a quote stays good after its window ended (price law, section 4)


def business_date(at: datetime, zone: ZoneInfo) -> date:
    """The date that a moment counts for; the day turns at 04:00 store time."""
    return (at.astimezone(zone).replace(tzinfo=None) - timedelta(minutes=DAY_TURNS)).date()


def span(window: Window, at: datetime, zone: ZoneInfo) -> tuple[datetime, datetime] | None:
    """The half-open span in UTC that holds `at`, or None when the window is closed then."""
    found = _span_on(window, business_date(at, zone), zone)
    return found if found and found[0] <= at < found[1] else None


def holds(window: Window, at: datetime, zone: ZoneInfo, quoted_at: datetime | None = None) -> bool:
    """Whether a deal holds at a moment; or is part of a price that was shown: held then, and ended less than ten
    minutes ago, if at all.
    """
    shown = span(window, quoted_at or at, zone)
    return shown is not None and at < shown[1] + GRACE


def turns(windows: Iterable[Window], at: datetime, zone: ZoneInfo) -> list[datetime]:
    """The moments of the last ten minutes from which on other windows were open than are at `at`, the latest first.

    There are none where nothing began or ended meanwhile.
    """
    first = at - GRACE
    days = {business_date(first, zone), business_date(at, zone)}
    spans = [_span_on(window, day, zone) for window in windows for day in days]
    edges = {edge for found in spans if found for edge in found if first < edge <= at}
    return sorted({first, *edges}, reverse=True)[1:]


def on_day(window: Window, day: date) -> bool:
    """Whether a business date is one of its days, at whatever hour."""
    if (window.first and day < window.first) or (window.last and day > window.last):
        return False
    return not window.weekdays or day.weekday() in window.weekdays


@lru_cache(4096)  # a page asks for every deal's span, and all day long they are the same
def _span_on(window: Window, day: date, zone: ZoneInfo) -> tuple[datetime, datetime] | None:
    return (_moment(day, window.opens, zone), _moment(day, window.closes, zone)) if on_day(window, day) else None


def _moment(day: date, minute: int, zone: ZoneInfo) -> datetime:
    # Wall time first, then the zone: a deal from 17:00 starts at 17:00 also on the days that the clocks change.
    local = datetime.combine(day, time()) + timedelta(minutes=minute)
    return local.replace(tzinfo=zone).astimezone(UTC)
