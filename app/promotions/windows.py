"""When a deal holds, pure: spans of business dates of a store, also over the nights when the clocks change."""

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from app.core.day import business_date, on_the_clock
from app.promotions.values import Window

GRACE = timedelta(minutes=10)  # how long a quote stays good after its window ended (price law, section 4)


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
    if not on_day(window, day):
        return None
    return on_the_clock(day, window.opens, zone), on_the_clock(day, window.closes, zone)
