"""Inviting many at once: a file is checked by row and column, then its invitations go out as long work."""

from typing import Any

from flask import Blueprint
from flask.typing import ResponseReturnValue

from app.core import longwork
from app.core.errors import Refusal
from app.core.longwork import JobState, Owner
from app.core.sheets import Fault
from app.stores import service as stores
from app.users import service as users
from app.users import staff_sheet
from app.users.service import Right
from app.users.staff_sheet import Sheet
from blueprints import account, desk, who
from blueprints.desk import at_work
from blueprints.htmx import go
from blueprints.taking_in import FAULTS_SHOWN, ROWS_SHOWN, begun, to_work, uploaded, waiting

pages = Blueprint("staff_sheets", __name__)
pages.register_error_handler(Refusal, desk.refuse)
PEOPLE, DOOR = "/manage/people", "people"
PATH = f"{PEOPLE}/sheets"


@pages.get(PATH)
@account.confirmed
def choose() -> ResponseReturnValue:
    who.somewhere(Right.MANAGE_PEOPLE)
    return _draw()


@pages.post(PATH)
@account.confirmed
def upload() -> ResponseReturnValue:
    person = who.somewhere(Right.MANAGE_PEOPLE)
    try:
        _, text = uploaded(staff_sheet.MOST_BYTES)
        found = staff_sheet.read(text, _places(), person)
    except Refusal as refusal:
        return _draw(refusal.message)
    if found.faults:
        faults = found.faults[:FAULTS_SHOWN]
        return _draw(faults=faults, wrong=len(found.faults))
    owner = Owner(person.user_id, Right.MANAGE_PEOPLE.value, PEOPLE, _named(found))
    job_id = longwork.prepare(staff_sheet.wanted(found, owner))
    users.audit(at_work(person).user_id, "person.sheet", f"job:{job_id}", rows=len(found.rows))
    return go(f"{PATH}/{job_id}")


@pages.get(f"{PATH}/<row:job_id>")
def check_page(job_id: int) -> ResponseReturnValue:
    job = waiting(job_id, staff_sheet.KIND, who.somewhere(Right.MANAGE_PEOPLE))
    if job.state is not JobState.CHECKED:
        return to_work(job)
    rows = staff_sheet.kept(job_id)[:ROWS_SHOWN]
    names = stores.several({row.store_id for row in rows if row.store_id is not None})
    return desk.page("users/sheet_check.html", DOOR, job=job, rows=rows, names=names)


@pages.post(f"{PATH}/<row:job_id>/start")
@account.confirmed
def start(job_id: int) -> ResponseReturnValue:
    person = who.somewhere(Right.MANAGE_PEOPLE)
    job = waiting(job_id, staff_sheet.KIND, person)
    return begun(person, job, "person.import", f"job:{job_id}") if longwork.start(job_id) else to_work(job)


def _places() -> dict[str, int]:
    """The stores at which this person manages people, by the name in their address."""
    mine = who.scope(Right.MANAGE_PEOPLE).stores
    return {info.slug: info.id for info in stores.listed(among=mine, most=10_000)}


def _named(found: Sheet) -> set[int] | None:
    """The stores that a sheet is about; None when it invites to every one."""
    named = {row.store_id for row in found.rows}
    return None if None in named else {store_id for store_id in named if store_id is not None}


def _draw(trouble: str = "", faults: tuple[Fault, ...] = (), wrong: int = 0) -> ResponseReturnValue:
    words: dict[str, Any] = {"trouble": trouble, "faults": faults, "wrong": wrong, "columns": staff_sheet.COLUMNS}
    return desk.page("users/sheet.html", DOOR, status=422 if trouble or wrong else 200, **words)
