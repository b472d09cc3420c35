"""Inviting many at once: a file is checked by row and column, then its invitations go out as long work."""

from typing import Any

from flask import Blueprint, request
from flask.typing import ResponseReturnValue

from app.core import longwork
from app.core.errors import NotFound, Refusal
from app.core.longwork import Job, JobState, Owner
from app.stores import service as stores
from app.users import service as users
from app.users import staff_sheet
from app.users.service import Right, Who
from blueprints import account, desk, who
from blueprints.desk import at_work
from blueprints.htmx import go

pages = Blueprint("staff_sheets", __name__)
pages.register_error_handler(Refusal, desk.refuse)
PEOPLE, DOOR = "/manage/people", "people"
PATH = f"{PEOPLE}/sheets"
ROWS_SHOWN, FAULTS_SHOWN = 20, 200


@pages.get(PATH)
@account.confirmed
def choose() -> ResponseReturnValue:
    who.somewhere(Right.MANAGE_PEOPLE)
    return _draw()


@pages.post(PATH)
@account.confirmed
def upload() -> ResponseReturnValue:
    person = who.somewhere(Right.MANAGE_PEOPLE)
    request.max_content_length = staff_sheet.MOST_BYTES + 64 * 1024
    file = request.files.get("file")
    try:
        found = staff_sheet.read(file.read() if file else b"", _places(), person)
    except Refusal as refusal:
        return _draw(refusal.message)
    if found.faults:
        faults = found.faults[:FAULTS_SHOWN]
        return _draw(faults=faults, wrong=len(found.faults))
    job_id = longwork.prepare(staff_sheet.wanted(found, Owner(person.user_id, Right.MANAGE_PEOPLE.value, PEOPLE)))
    users.audit(at_work(person).user_id, "person.sheet", f"job:{job_id}", rows=len(found.rows))
    return go(f"{PATH}/{job_id}")


@pages.get(f"{PATH}/<row:job_id>")
def check_page(job_id: int) -> ResponseReturnValue:
    job, _ = _mine(job_id)
    if job.state is not JobState.CHECKED:
        return go(f"/manage/jobs/{job_id}")
    rows = staff_sheet.kept(job_id)[:ROWS_SHOWN]
    names = stores.several({row.store_id for row in rows if row.store_id is not None})
    return desk.page("users/sheet_check.html", DOOR, job=job, rows=rows, names=names)


@pages.post(f"{PATH}/<row:job_id>/start")
@account.confirmed
def start(job_id: int) -> ResponseReturnValue:
    job, person = _mine(job_id)
    if longwork.start(job_id):
        users.audit(at_work(person).user_id, "person.import", f"job:{job_id}", rows=job.total)
    return go(f"/manage/jobs/{job_id}")


def _mine(job_id: int) -> tuple[Job, Who]:
    """A sheet of this person's. Raises NotFound."""
    person, job = who.somewhere(Right.MANAGE_PEOPLE), longwork.job(job_id)
    if (job.kind, job.user_id) != (staff_sheet.KIND, person.user_id):
        raise NotFound("We could not find that sheet. Please choose the file again.")
    return job, person


def _places() -> dict[str, int]:
    """The stores at which this person manages people, by the name in their address."""
    mine = who.scope(Right.MANAGE_PEOPLE).stores
    return {info.slug: info.id for info in stores.listed(among=mine, most=10_000)}


def _draw(trouble: str = "", faults: tuple[staff_sheet.Fault, ...] = (), wrong: int = 0) -> ResponseReturnValue:
    words: dict[str, Any] = {"trouble": trouble, "faults": faults, "wrong": wrong, "columns": staff_sheet.COLUMNS}
    return desk.page("users/sheet.html", DOOR, status=422 if trouble or wrong else 200, **words)
