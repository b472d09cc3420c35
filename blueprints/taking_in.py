"""Sheets that come in, one way for every kind: uploaded, checked, and taken in as long work once somebody says so."""

from flask import request
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import RequestEntityTooLarge

from app.core import longwork, sheets
from app.core.errors import Conflict, NotFound
from app.core.longwork import Job, JobState
from app.users import service as users
from app.users.service import Who
from blueprints import desk
from blueprints.forms import CONTROL
from blueprints.htmx import go

ROWS_SHOWN, FAULTS_SHOWN = 20, 200
ROOM = 64 * 1024  # bytes, for what a form has besides its file
NAME = 80


def uploaded(most: int) -> tuple[str, str]:
    """The file of a form: its name as far as it can stand in a page, and its text. Raises Refusal `bad_file`."""
    request.max_content_length = most + ROOM
    try:
        file = request.files.get("file")
    except RequestEntityTooLarge:
        raise sheets.too_large(most) from None
    told = (file.filename or "") if file else ""
    name = CONTROL.sub("", told.replace("\\", "/").rpartition("/")[2]).strip()[:NAME]
    return name or "a file", sheets.text_of(file.read() if file else b"", most)


def waiting(job_id: int, kind: str, person: Who) -> Job:
    """An uploaded sheet of this person's. Raises NotFound, Conflict `sheet_dropped` for one that was put aside."""
    job = longwork.job(job_id)
    if (job.kind, job.user_id) != (kind, person.user_id):
        raise NotFound("We could not find that sheet. Please choose the file again.")
    if job.state is JobState.CANCELLED and not job.done and job.started_at is None:
        raise Conflict("sheet_dropped", "That sheet was put aside. Please choose the file again.")
    return job


def begun(person: Who, job: Job, deed: str, subject: str, /, **said: object) -> ResponseReturnValue:
    """To the page of work that was just started, which is written down, in the open unit of work."""
    desk.at_work(person)
    users.audit(person.user_id, deed, subject, job=job.id, rows=job.total, **said)
    return to_work(job)


def to_work(job: Job) -> ResponseReturnValue:
    """To the page of a sheet's work."""
    return go(f"/manage/jobs/{job.id}")
