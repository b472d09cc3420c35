"""Long work that is old: when its sheets, its files and its rows go."""

from datetime import timedelta

from sqlalchemy import delete, select, update

from app.core import clock
from app.core.db import db, transaction
from app.core.longwork import DROPPED, STOPPED, JobFile, JobRow, JobState

KEPT, SHEETS_KEPT, FILES_KEPT = timedelta(days=90), timedelta(days=1), timedelta(days=1)


def forget_files() -> None:
    """Drop the files of what has been over for a day: they hold names and phones."""
    old = select(JobRow.id).where(JobRow.ended_at < clock.now() - FILES_KEPT)
    with transaction():
        db.session.execute(delete(JobFile).where(JobFile.job_id.in_(old)))


def forget_sheets() -> None:
    """Drop sheets a day after they came: with the work that was never started, and of work that stopped.

    Work that is done dropped its sheet with its last batch.
    """
    old = JobRow.made_at < clock.now() - SHEETS_KEPT
    with transaction():
        db.session.execute(delete(JobRow).where(JobRow.state == JobState.CHECKED, old))
        db.session.execute(update(JobRow).where(STOPPED, JobRow.sheet != DROPPED, old).values(sheet=DROPPED))


def forget_old() -> None:
    """Drop what is over after a season."""
    forget_files()
    with transaction():
        db.session.execute(delete(JobRow).where(JobRow.ended_at < clock.now() - KEPT))
