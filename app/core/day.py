"""The business day of a store: it turns at four in the morning, so that Friday's late hours are still Friday's at 00:30
(price law, section 4).
"""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

DAY_TURNS = 240  # minutes after midnight, on the store's clock
A_DAY = timedelta(days=1)


def business_date(at: datetime, zone: ZoneInfo) -> date:
    """The date that a moment counts for."""
    return (at.astimezone(zone).replace(tzinfo=None) - timedelta(minutes=DAY_TURNS)).date()


def day_begins(day: date, zone: ZoneInfo) -> datetime:
    """When a business date begins."""
    return on_the_clock(day, DAY_TURNS, zone)


def day_span(day: date, zone: ZoneInfo) -> tuple[datetime, datetime]:
    """When a business date begins, and when the next one does."""
    return day_begins(day, zone), day_begins(day + A_DAY, zone)


def on_the_clock(day: date, minute: int, zone: ZoneInfo) -> datetime:
    """When a wall clock reads so many minutes after a date's midnight, past 1440 those of the day after; in UTC."""
    # Wall time first, then the zone: what begins at 11:00 begins at 11:00 also on the days that the clocks change.
    local = datetime.combine(day, time()) + timedelta(minutes=minute)
    return local.replace(tzinfo=zone).astimezone(UTC)
