"""The whole menu as a file: out with one link; in by way of a page that tells every change and every fault first."""

from flask import Blueprint, request
from flask.typing import ResponseReturnValue

from app.core import longwork
from app.core.db import transaction
from app.core.errors import Conflict, Refusal
from app.core.longwork import Job, JobState, Owner
from app.menu import imports, sheet
from app.menu.book import book
from app.menu.columns import COLUMNS, RECORDS
from app.users.service import Right
from blueprints import desk
from blueprints.gateway import limiter
from blueprints.handing_out import as_file
from blueprints.htmx import go, own_transactions
from blueprints.menu.drafts import editor
from blueprints.taking_in import FAULTS_SHOWN, ROWS_SHOWN, begun, to_work, uploaded, waiting

pages = Blueprint("menu_sheet", __name__)
pages.register_error_handler(Refusal, desk.refuse)
PATH, DOOR = "/manage/menu/sheet", "menu"


@pages.get(PATH)
def sheet_page() -> ResponseReturnValue:
    editor()
    return _start()


@pages.get(f"{PATH}/menu.csv")
def download() -> ResponseReturnValue:
    editor()
    return as_file("menu.csv", [sheet.write(book().values())])


@pages.post(PATH)
@limiter.limit("20/minute")
@own_transactions
def upload() -> ResponseReturnValue:
    person = editor()
    try:
        name, text = uploaded(imports.MOST_BYTES)
    except Refusal as refusal:
        return _start(422, refusal.message)
    wanted = imports.wanted(name, text, Owner(person.user_id, Right.EDIT_MENU.value, PATH))
    with transaction():
        job_id = longwork.prepare(wanted)
        desk.at_work(person)
    return go(f"{PATH}/{job_id}")


@pages.get(f"{PATH}/<row:job_id>")
def check_page(job_id: int) -> ResponseReturnValue:
    job = waiting(job_id, imports.KIND, editor())
    return _checked(job) if job.state is JobState.CHECKED else to_work(job)


@pages.post(f"{PATH}/<row:job_id>/start")
def start(job_id: int) -> ResponseReturnValue:
    person = editor()
    job = waiting(job_id, imports.KIND, person)
    if job.state is not JobState.CHECKED:
        return to_work(job)
    try:
        checked = imports.start(job, request.form.get("mark", ""))
    except Conflict as conflict:
        return _checked(job, conflict)
    return begun(person, job, "menu.import", "menu", changes=len(checked.changes), mark=checked.mark)


def _start(status: int = 200, problem: str = "") -> ResponseReturnValue:
    columns = {name: [c for c in COLUMNS if c in record.cells] for name, record in RECORDS.items()}
    return desk.page("menu/desk/sheet.html", DOOR, status=status, problem=problem, columns=columns)


def _checked(job: Job, conflict: Conflict | None = None) -> ResponseReturnValue:
    checked = imports.check(job)
    return desk.page(
        "menu/desk/check.html",
        DOOR,
        status=conflict.status if conflict else 200,
        checked=checked,
        job=job,
        said=conflict.message if conflict else "",
        changes=checked.changes[:ROWS_SHOWN],
        faults=checked.faults[:FAULTS_SHOWN],
    )
