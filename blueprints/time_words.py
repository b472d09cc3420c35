"""Days and times to choose from, as the lists of forms say them."""

from datetime import date, datetime

from app.core import clock
from app.stores.service import StoreInfo
from blueprints.frame import at_store

Choice = tuple[str, str, dict[str, bool]]


def time_choice(at: datetime, info: StoreInfo, *, free: bool) -> Choice:
    """A moment in a list of them; one that is full can be read, but not chosen."""
    said = at_store(at, info)
    return (at.isoformat(), said, {}) if free else ("", f"{said}, full", {"disabled": True})


def day_choice(day: date, info: StoreInfo) -> tuple[str, str]:
    """A business day of a store: `Today`, `Tomorrow`, `Friday, July 10`."""
    ahead = (day - info.hours.business_date(clock.now())).days
    return str(day), {0: "Today", 1: "Tomorrow"}.get(ahead, f"{day:%A, %B} {day.day}")
