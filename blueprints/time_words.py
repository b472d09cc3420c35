"""Days and times to choose from, as the lists of forms say them."""

from collections.abc import Sequence
from datetime import date, datetime

from app.core import clock
from app.stores.service import StoreInfo
from blueprints.frame import times_at_store

Choice = tuple[str, str]  # what is sent, and words for it


def times_offered(times: Sequence[tuple[datetime, bool]], info: StoreInfo) -> list[Choice]:
    """Moments to choose from, each with whether it has room; one that is full can be read, but not chosen."""
    said = times_at_store([at for at, _ in times], info)
    return [
        (at.isoformat(), words) if free else ("", f"{words}, full")
        for (at, free), words in zip(times, said, strict=True)
    ]


def day_offered(day: date, info: StoreInfo) -> Choice:
    """A business day of a store: `Today`, `Tomorrow`, `Friday, July 10`."""
    ahead = (day - info.hours.business_date(clock.now())).days
    return str(day), {0: "Today", 1: "Tomorrow"}.get(ahead, f"{day:%A, %B} {day.day}")
