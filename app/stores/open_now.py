"""Which of many stores deliver right now, worked out once for all that keep the same hours."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import select

from app.core.cache import Memory
from app.core.db import db
from app.stores.directory import paused
from app.stores.hours import OpeningHours
from app.stores.hours_text import kept, kept_day
from app.stores.models import SpecialDay
from app.stores.rows import HOURS, STORE

Hours = tuple[str, str, str, int]  # time zone, hours, hours of delivery, last order in minutes
NOTHING_SPECIAL: Mapping[int, dict[date, str]] = {}

feasts: Memory[date, bool] = Memory(most=4, age=timedelta(seconds=5))
minutes: Memory[datetime, dict[Hours, bool]] = Memory(most=2, age=timedelta(minutes=1))


class OpenNow:
    """Which stores deliver at one moment; chains write the same hours for many, so an answer serves all of those."""

    def __init__(self, now: datetime) -> None:
        self._now, self._paused = now, paused()
        self._weeks = minutes.get(now.replace(second=0, microsecond=0), dict)

    def of(self, rows: Sequence[Any]) -> Iterator[Any]:
        """Those of these stores that deliver now."""
        special, weeks, paused = self._special(rows), self._weeks, self._paused
        for row in rows:
            hours = row[HOURS]
            if row[STORE] in special:
                willing = self._open(hours, special[row[STORE]])
            else:
                if hours not in weeks:
                    weeks[hours] = self._open(hours, {})
                willing = weeks[hours]
            if willing and row[STORE] not in paused:
                yield row

    def _special(self, rows: Sequence[Any]) -> Mapping[int, dict[date, str]]:
        """What dates with hours of their own these stores have, asked only if any store has some around today."""
        if not feasts.get(self._now.date(), self._any_feast):
            return NOTHING_SPECIAL
        found: dict[int, dict[date, str]] = {}
        ids = {row.store_id for row in rows}
        query = select(SpecialDay).where(SpecialDay.store_id.in_(ids), SpecialDay.day.in_(self._days))
        for own in db.session.scalars(query):
            found.setdefault(own.store_id, {})[own.day] = own.delivery_hours or own.hours
        return found

    @property
    def _days(self) -> tuple[date, ...]:
        return tuple(self._now.date() + timedelta(days=n) for n in (-2, -1, 0, 1))

    def _any_feast(self) -> bool:
        return db.session.scalar(select(SpecialDay.day).where(SpecialDay.day.in_(self._days)).limit(1)) is not None

    def _open(self, hours: Hours, special: Mapping[date, str]) -> bool:
        zone, of_store, of_delivery, last_order = hours
        text = of_delivery or of_store
        week, dates = kept(text) if text else {}, {day: kept_day(own) for day, own in special.items()}
        found = OpeningHours(ZoneInfo(zone), week, dates, timedelta(minutes=last_order))
        return found.takes_orders(self._now)
