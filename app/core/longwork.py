"""Long work: a row that says what was asked for and how far it is; `batches` does it (docs/decisions/0021)."""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, ColumnElement, ForeignKey, String, Text, bindparam, case, func, or_, select, update
from sqlalchemy.orm import Mapped, mapped_column

from app.core import clock, queue
from app.core.db import Base, after_commit, db, transaction
from app.core.errors import Conflict, NotFound
from app.core.glancing import glance

CALL = "app.core.batches.work"
NAMED = 20  # rows that were left out
DROPPED = ""  # what is left of a sheet
PATIENCE = timedelta(seconds=5)  # after so long without a batch, its worker is gone


class JobState(StrEnum):
    """Where a job stands: waiting for a word, at work, or over."""

    CHECKED = "checked"
    RUNNING = "running"
    DONE = "done"
    CANCELLED = "cancelled"
    FAILED = "failed"


class JobRow(Base):
    """Some long work: what was asked for, how far it is, and what it carries from batch to batch.

    `access` is the right that it was started with, `stores` where that is needed (as `Owner` has it), `url` the page of
    its result (`{id}` is its number), `sheet` a file that it works on, empty once that was dropped.
    """

    __tablename__ = "jobs"

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(40))
    title: Mapped[str] = mapped_column(String(160))
    url: Mapped[str] = mapped_column(String(200), index=True)
    noun: Mapped[str] = mapped_column(String(20))
    wish: Mapped[dict[str, Any]] = mapped_column(JSON)
    sheet: Mapped[str | None] = mapped_column(Text)
    state: Mapped[str] = mapped_column(String(10))
    done: Mapped[int] = mapped_column(default=0)
    total: Mapped[int]
    carry: Mapped[dict[str, Any]] = mapped_column(JSON)
    failures: Mapped[int] = mapped_column(default=0)
    why: Mapped[str] = mapped_column(String(300), default="")
    user_id: Mapped[int] = mapped_column(index=True)
    access: Mapped[str] = mapped_column(String(20))
    stores: Mapped[list[int] | None] = mapped_column(JSON, nullable=False)
    seen: Mapped[bool] = mapped_column(default=False)
    made_at: Mapped[datetime]
    started_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    next_at: Mapped[datetime | None] = mapped_column(index=True)


STOPPED = JobRow.state.in_([JobState.FAILED, JobState.CANCELLED])
GOES_ON = (STOPPED, JobRow.started_at.is_not(None), or_(JobRow.sheet.is_(None), JobRow.sheet != DROPPED))


class JobFile(Base):
    """A part of the file that a job makes, written with its batch; the file is there once the job is done."""

    __tablename__ = "job_files"

    job_id: Mapped[int] = mapped_column(ForeignKey("jobs.id"), primary_key=True)
    part: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    text: Mapped[str] = mapped_column(Text)


@dataclass(frozen=True, slots=True)
class Owner:
    """Whose work it is: who started it, with which right, and the page of its result (`{id}` is the job's number).

    `stores` are those at which it needs the right, None every one; where none is named, having it anywhere is enough.
    """

    user_id: int
    access: str
    url: str
    stores: Collection[int] | None = None


@dataclass(frozen=True, slots=True)
class Wanted:
    """Long work to be done: `noun` is what `total` counts (`rows`), `wish` all that its kind needs to know."""

    kind: str
    title: str
    noun: str
    total: int
    owner: Owner
    wish: Mapping[str, Any] = field(default_factory=dict)
    sheet: str | None = None


@dataclass(frozen=True, slots=True)
class Job:
    """A job as it stands."""

    id: int
    kind: str
    title: str
    url: str
    noun: str
    wish: Mapping[str, Any]
    state: JobState
    done: int
    total: int
    carry: Mapping[str, Any]
    why: str
    user_id: int
    access: str
    stores: Collection[int] | None
    started_at: datetime | None
    ended_at: datetime | None

    @property
    def href(self) -> str:
        """The page that shows what came of it."""
        return self.url.replace("{id}", str(self.id))

    @property
    def over(self) -> bool:
        """Whether nothing more will happen by itself."""
        return self.state not in {JobState.CHECKED, JobState.RUNNING}

    @property
    def seconds_left(self) -> int | None:
        """About how long it will still take, by the pace so far; None before that is known."""
        if self.started_at is None or not self.done or self.state is not JobState.RUNNING:
            return None
        so_far = (clock.now() - self.started_at).total_seconds()
        return round(so_far / self.done * (self.total - self.done))


@dataclass(frozen=True, slots=True)
class Batch:
    """The next piece of a job, worked out by reading alone: how far it gets, what it carries on, what it writes."""

    done: int
    carry: Mapping[str, Any] = field(default_factory=dict)
    write: Callable[[], object] | None = None


def prepare(wanted: Wanted) -> int:
    """Write down work that waits for a word, in the open unit of work; its number."""
    row = JobRow(
        kind=wanted.kind,
        title=wanted.title[:160],
        url=wanted.owner.url,
        noun=wanted.noun,
        wish=dict(wanted.wish),
        sheet=wanted.sheet,
        state=JobState.CHECKED,
        total=wanted.total,
        carry={},
        user_id=wanted.owner.user_id,
        access=wanted.owner.access,
        stores=None if wanted.owner.stores is None else sorted(wanted.owner.stores),
        made_at=clock.now(),
    )
    db.session.add(row)
    db.session.flush()
    return row.id


def begin(wanted: Wanted) -> int:
    """Write down work and start it, in the open unit of work; its number."""
    job_id = prepare(wanted)
    start(job_id)
    return job_id


def start(job_id: int, **wish: object) -> bool:
    """Let prepared work begin, in the open unit of work, with what was said to its check as its wish.

    False, and no harm, when it was started before.
    """
    said = {"wish": wish} if wish else {}
    return _run(job_id, JobRow.state == JobState.CHECKED, started_at=clock.now(), **said)


def again(job_id: int) -> None:
    """Let work that failed or was cancelled go on where it stopped. Raises Conflict `job_over`."""
    afresh = {"failures": 0, "why": "", "ended_at": None, "seen": False}
    if not _run(job_id, *GOES_ON, **afresh):
        raise Conflict("job_over", "This cannot go on any more.")


def goes_on(job_id: int) -> bool:
    """Whether work that stopped may go on: it did begin, and the file that it works on, if any, is still there."""
    return db.session.scalar(select(JobRow.id).where(JobRow.id == job_id, *GOES_ON)) is not None


def _run(job_id: int, *here: ColumnElement[bool], **values: object) -> bool:
    moved = update(JobRow).where(JobRow.id == job_id, *here)
    values |= {"state": JobState.RUNNING, "next_at": clock.now() + PATIENCE}
    if db.session.execute(moved.values(**values).returning(JobRow.id)).first() is None:
        return False
    after_commit(lambda: queue.ask(CALL, job_id))
    return True


def cancel(job_id: int) -> None:
    """Stop after the batch that is being written, in the open unit of work. What is over stays as it is.

    A sheet that was put aside unstarted is dropped at once; that of work on the way is kept for a day, to go on.
    """
    sheet = case((JobRow.state == JobState.CHECKED, DROPPED), else_=JobRow.sheet)
    values = {"state": JobState.CANCELLED, "next_at": None, "ended_at": clock.now(), "sheet": sheet}
    running = JobRow.state.in_([JobState.CHECKED, JobState.RUNNING])
    db.session.execute(update(JobRow).where(JobRow.id == job_id, running).values(**values))


def job(job_id: int) -> Job:
    """A job as it stands. Raises NotFound."""
    found = find(job_id)
    if found is None:
        raise NotFound("We could not find that work. It may be too long ago.")
    return found


COLUMNS = tuple(getattr(JobRow, name) for name in Job.__dataclass_fields__)
MINE = select(*COLUMNS).where(JobRow.user_id == bindparam("user_id"), JobRow.state != JobState.CHECKED)
NEWS = or_(JobRow.state == JobState.RUNNING, JobRow.seen.is_(False))
UNSEEN = MINE.where(NEWS).order_by(JobRow.id.desc()).limit(1)  # every page of the desk asks it


def find(job_id: int) -> Job | None:
    """A job as it stands; None when there is no such job."""
    row = db.session.execute(select(*COLUMNS).where(JobRow.id == job_id)).first()
    return _job(row) if row else None


def _job(row: Any) -> Job:
    values = {name: getattr(row, name) for name in Job.__dataclass_fields__}
    return Job(**{**values, "state": JobState(row.state)})


def sheet(job_id: int) -> str:
    """The file that a job works on; empty when it has none, or no longer."""
    return db.session.scalar(select(JobRow.sheet).where(JobRow.id == job_id)) or ""


def left_out(job: Job, rows: Sequence[str]) -> dict[str, Any]:
    """What a job carries on once it left rows out, named in words: how many by now, and the first of them."""
    named: list[str] = [*job.carry.get("named", []), *rows]
    return {"left_out": job.carry.get("left_out", 0) + len(rows), "named": named[:NAMED]}


def keep_part(job_id: int, part: int, text: str) -> None:
    """Write a part of the file that a job makes, in the unit of work of its batch."""
    db.session.add(JobFile(job_id=job_id, part=part, text=text))


def parts(job_id: int) -> Iterator[str]:
    """The file that a job made, part by part. Raises NotFound when it is not done, or the file is forgotten."""
    last = db.session.scalar(select(func.max(JobFile.part)).where(JobFile.job_id == job_id))
    if job(job_id).state is not JobState.DONE or last is None:
        raise NotFound("That file is not there: it is kept for a day, once it is done.")
    return (
        db.session.scalar(select(JobFile.text).where(JobFile.job_id == job_id, JobFile.part == part)) or ""
        for part in range(last + 1)
    )


def unseen(user_id: int) -> Job | None:
    """The newest work of a person that is at work, or over and was not looked at since."""
    row = glance(UNSEEN, {"user_id": user_id})
    return _job(row) if row else None


def of_page(url: str, kind: str, most: int = 10) -> tuple[Job, ...]:
    """The latest work of a kind that belongs to a page, newest first; what was never started left out."""
    wanted = (JobRow.url == url, JobRow.kind == kind, JobRow.state != JobState.CHECKED)
    rows = db.session.execute(select(*COLUMNS).where(*wanted).order_by(JobRow.id.desc()).limit(most))
    return tuple(_job(row) for row in rows)


def look_at(job_id: int) -> None:
    """Remember that whoever started a job has seen how it ended, in a unit of work of its own."""
    over = JobRow.state.not_in([JobState.CHECKED, JobState.RUNNING])
    with transaction():
        db.session.execute(update(JobRow).where(JobRow.id == job_id, over, JobRow.seen.is_(False)).values(seen=True))
