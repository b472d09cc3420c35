"""Doing long work: batch by batch, each committed by itself, and no worker held for long (docs/decisions/0021).

The job's row is the truth. A ring may be lost, doubled or late: whoever hears it works for a second from where the row
says, and rings for the rest. A batch counts only if the row still stands where it was taken up, in the transaction of
its effect: so a worker that dies loses the batch it was at, nothing else, and two at the same work do no harm.
"""

import time
from collections.abc import Callable, Mapping
from typing import Any, cast

import structlog
from flask import Flask, current_app
from sqlalchemy import bindparam, select, update

from app.core import clock, queue
from app.core.db import db, transaction
from app.core.errors import Refusal
from app.core.failpoints import failpoint
from app.core.glancing import glance
from app.core.longwork import CALL, PATIENCE, Batch, Job, JobRow, JobState, find

log = structlog.get_logger()

SLICE_SECONDS = 1.0  # a worker's other events wait no longer than this
MOST_FAILURES = 5
DUE = select(JobRow.__table__.c.id).where(JobRow.__table__.c.next_at <= bindparam("now")).limit(1)

Kinds = Mapping[str, Callable[[Job], Batch]]
Allow = Callable[[Job], object]  # raises Refusal


def init_app(app: Flask, kinds: Kinds, allow: Allow) -> None:
    """Tell the program its kinds of long work: from a job as it stands to its next batch.

    `allow` is asked in the transaction of every batch whether whoever started it still may, and refuses if not.
    """
    app.extensions["long_work"], app.extensions["long_work_allow"] = dict(kinds), allow


def _kinds() -> Kinds:
    return cast("Kinds", current_app.extensions["long_work"])


def _allow(found: Job) -> None:
    cast("Allow", current_app.extensions["long_work_allow"])(found)


def work(job_id: int) -> None:
    """Work at a job for about a second, then ring for the rest. Safe to repeat, late, or side by side."""
    until = time.monotonic() + SLICE_SECONDS
    while _next_batch(job_id):
        if time.monotonic() >= until:
            queue.ask(CALL, job_id)
            return


def _next_batch(job_id: int) -> bool:
    """Do the next batch; whether there is another one."""
    db.session.rollback()
    found = find(job_id)
    if found is None or found.state is not JobState.RUNNING:
        return False
    try:
        batch = _kinds()[found.kind](found)
        with transaction():
            _allow(found)
            return _keep(found, batch)
    except Refusal as refusal:
        _stop(found, refusal.message)
    except Exception:
        log.exception("long_work_failed", work=found.kind, work_id=job_id)
        _count_failure(found)
    return False


def _keep(found: Job, batch: Batch) -> bool:
    """Count a batch and write it, unless somebody else was faster or it was called off. Whether there is more."""
    over = batch.done >= found.total
    now = clock.now()
    values: dict[str, Any] = {"done": batch.done, "carry": dict(batch.carry), "failures": 0}
    values |= {"next_at": None if over else now + PATIENCE}
    values |= {"state": JobState.DONE, "ended_at": now, "sheet": None} if over else {}
    here = (JobRow.id == found.id, JobRow.state == JobState.RUNNING, JobRow.done == found.done)
    if db.session.execute(update(JobRow).where(*here).values(**values).returning(JobRow.id)).first() is None:
        return False
    if batch.write is not None:
        batch.write()
    failpoint("batch_written")
    return not over


def _stop(found: Job, why: str) -> None:
    db.session.rollback()
    values = {"state": JobState.FAILED, "why": why[:300], "next_at": None, "ended_at": clock.now()}
    with transaction():
        running = (JobRow.id == found.id, JobRow.state == JobState.RUNNING)
        db.session.execute(update(JobRow).where(*running).values(**values))


def _count_failure(found: Job) -> None:
    db.session.rollback()
    with transaction():
        here = (JobRow.id == found.id, JobRow.state == JobState.RUNNING, JobRow.done == found.done)
        values = {"failures": JobRow.failures + 1, "next_at": clock.now() + PATIENCE}
        failures = db.session.scalar(update(JobRow).where(*here).values(**values).returning(JobRow.failures))
    if failures is not None and failures >= MOST_FAILURES:
        _stop(found, f"It failed {failures} times at the same place, after {found.done:,} {found.noun}.")


def relay() -> int:
    """Ring again for work that nobody has moved for a while; returns how many."""
    now = clock.now()
    if glance(DUE, {"now": now}) is None or not queue.hears():
        return 0
    with transaction():
        due = update(JobRow).where(JobRow.next_at <= now)
        ids = db.session.scalars(due.values(next_at=clock.now() + PATIENCE).returning(JobRow.id)).all()
    for job_id in ids:
        queue.ask(CALL, job_id)
    return len(ids)
