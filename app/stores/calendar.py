"""A store's hours as pages say them, and its dates with hours of their own."""

from collections.abc import Sequence
from datetime import timedelta

from sqlalchemy import select

from app.core import clock
from app.core.db import db
from app.stores.hours_text import kept_day
from app.stores.hours_words import day_in_words
from app.stores.hours_words import schema as week_schema
from app.stores.models import SpecialDay
from app.stores.values import StoreInfo

SOON = timedelta(days=60)


def special_days(store_id: int) -> Sequence[SpecialDay]:
    """A store's dates with hours of their own, from yesterday on."""
    since = clock.now().date() - timedelta(days=1)
    query = select(SpecialDay).where(SpecialDay.store_id == store_id, SpecialDay.day >= since).order_by(SpecialDay.day)
    return db.session.scalars(query).all()


def special_words(info: StoreInfo) -> tuple[tuple[str, str, str], ...]:
    """Those of the coming two months in words: `("Thu, Nov 26", "Thanksgiving", "closed")`."""
    today = clock.now().astimezone(info.zone).date()
    return tuple(
        (f"{row.day:%a, %b} {row.day.day}", row.name, _words(row))
        for row in special_days(info.id)
        if today <= row.day <= today + SOON
    )


def _words(row: SpecialDay) -> str:
    words = day_in_words(kept_day(row.hours))
    return f"{words}; delivery {day_in_words(kept_day(row.delivery_hours))}" if row.delivery_hours else words


def schema(info: StoreInfo) -> tuple[str, ...]:
    """What schema.org's `openingHours` says of a store."""
    return week_schema(info.hours.weekly)
