"""Recurring work: rows that say when each piece is due next. Whoever moves a row's time does the work."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import cast

import structlog
from flask import Flask, current_app
from sqlalchemy import String, select, update
from sqlalchemy.orm import Mapped, mapped_column

from app.core import clock
from app.core.db import Base, db, insert_new, transaction

log = structlog.get_logger()
PATIENCE = timedelta(hours=1)


class ScheduleRow(Base):
    """When a named piece of recurring work is due."""

    __tablename__ = "schedule"

    name: Mapped[str] = mapped_column(String(40), primary_key=True)
    next_at: Mapped[datetime]


@dataclass(frozen=True, slots=True)
class Work:
    """A function that manages its own transactions, and how often it runs: the first time at once, or `later`.

    What comes once a day may have an `hour`, in UTC. Other work never waits for what is `slow`.
    """

    run: Callable[[], object]
    every: timedelta
    later: bool = False
    hour: int | None = None
    slow: bool = False

    def after(self, now: datetime) -> datetime:
        """When it is due next, if it is taken now."""
        due = now + self.every
        return due if self.hour is None else due.replace(hour=self.hour, minute=0, second=0, microsecond=0)


def init_app(app: Flask, works: Mapping[str, Work]) -> None:
    """Tell the program its recurring work."""
    app.extensions["works"] = dict(works)


def run_due() -> list[str]:
    """Run what is due and not slow, once over all clocks that may be running; returns the names of what ran."""
    return _run(slow=False)


def run_slow() -> list[str]:
    """The same for what is slow, beside it."""
    return _run(slow=True)


def _run(*, slow: bool) -> list[str]:
    # Looks at all of it at once, and writes only what is due: an idle clock must cost nothing.
    rows = db.session.execute(select(ScheduleRow.name, ScheduleRow.next_at))
    known = {row.name: row.next_at for row in rows}
    db.session.rollback()
    works = {name: work for name, work in _works().items() if work.slow is slow}
    ran = [name for name, work in works.items() if _take(name, work, known.get(name))]
    for name in ran:
        try:
            works[name].run()
        except Exception:  # the next piece of work, and this one's next turn, still come
            log.exception("work_failed", work=name)
    return ran


def _works() -> Mapping[str, Work]:
    return cast("Mapping[str, Work]", current_app.extensions["works"])


def _take(name: str, work: Work, due_at: datetime | None) -> bool:
    now = clock.now()
    if due_at is not None and due_at > now:
        return False
    with transaction():
        if due_at is None:
            return insert_new(ScheduleRow, name=name, next_at=work.after(now)) and not work.later
        taken = db.session.execute(
            update(ScheduleRow)
            .where(ScheduleRow.name == name, ScheduleRow.next_at <= now)
            .values(next_at=work.after(now))
            .returning(ScheduleRow.name)
        )
        return taken.first() is not None


def overdue() -> timedelta:
    """For how long the longest overdue piece of recurring work has waited: nothing while a clock runs.

    Slow work may wait an hour for its like before that counts.
    """
    slow, now = {name for name, work in _works().items() if work.slow}, clock.now()
    rows = db.session.execute(select(ScheduleRow.name, ScheduleRow.next_at))
    waited: list[timedelta] = [now - row.next_at - (PATIENCE if row.name in slow else timedelta()) for row in rows]
    return max([timedelta(), *waited])
