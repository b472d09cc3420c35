"""Recurring work: rows that say when each piece is due next. Whoever moves a row's time does the work."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import cast

import structlog
from flask import Flask, current_app
from sqlalchemy import String, func, select, update
from sqlalchemy.orm import Mapped, mapped_column

from app.core import clock
from app.core.db import Base, db, insert_new, transaction

log = structlog.get_logger()


class ScheduleRow(Base):
    """When a named piece of recurring work is due."""

    __tablename__ = "schedule"

    name: Mapped[str] = mapped_column(String(40), primary_key=True)
    next_at: Mapped[datetime]


@dataclass(frozen=True, slots=True)
class Work:
    """A function that manages its own transactions, and how often it runs: the first time at once, or `later`."""

    run: Callable[[], object]
    every: timedelta
    later: bool = False


def init_app(app: Flask, works: Mapping[str, Work]) -> None:
    """Tell the program its recurring work."""
    app.extensions["works"] = dict(works)


def run_due() -> list[str]:
    """Run what is due, once over all clocks that may be running; returns the names of what ran."""
    works = cast("dict[str, Work]", current_app.extensions["works"])
    # Looks at all of it at once, and writes only what is due: an idle clock must cost nothing.
    rows = db.session.execute(select(ScheduleRow.name, ScheduleRow.next_at))
    known = {row.name: row.next_at for row in rows}
    db.session.rollback()
    ran = [name for name, work in works.items() if _take(name, work, known.get(name))]
    for name in ran:
        try:
            works[name].run()
        except Exception:  # the next piece of work, and this one's next turn, still come
            log.exception("work_failed", work=name)
    return ran


def _take(name: str, work: Work, due_at: datetime | None) -> bool:
    now = clock.now()
    if due_at is not None and due_at > now:
        return False
    with transaction():
        if due_at is None:
            return insert_new(ScheduleRow, name=name, next_at=now + work.every) and not work.later
        taken = db.session.execute(
            update(ScheduleRow)
            .where(ScheduleRow.name == name, ScheduleRow.next_at <= now)
            .values(next_at=now + work.every)
            .returning(ScheduleRow.name)
        )
        return taken.first() is not None


def overdue() -> timedelta:
    """For how long the longest overdue piece of recurring work has waited: nothing while a clock runs."""
    due = db.session.scalar(select(func.min(ScheduleRow.next_at)))
    return max(clock.now() - due, timedelta()) if due else timedelta()
