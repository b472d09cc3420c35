"""New stores by a list: a file, a page that says what it would do and what is wrong with it, and a word to do it."""

from flask import Blueprint
from flask.typing import ResponseReturnValue

from app.core import longwork
from app.core.db import transaction
from app.core.errors import Refusal
from app.core.longwork import Job, JobState, Owner
from app.stores import importing
from app.users.service import Right
from blueprints import desk, who
from blueprints.gateway import limiter
from blueprints.htmx import go, own_transactions
from blueprints.taking_in import FAULTS_SHOWN, ROWS_SHOWN, begun, to_work, uploaded, waiting

pages = Blueprint("store_lists", __name__)
pages.register_error_handler(Refusal, desk.refuse)
PATH, DOOR = "/staff/stores/list", "import"


@pages.get(PATH)
def list_page() -> ResponseReturnValue:
    who.of_chain(Right.OPEN_STORES)
    return _start()


@pages.post(PATH)
@limiter.limit("20/minute")
@own_transactions
def upload() -> ResponseReturnValue:
    person = who.of_chain(Right.OPEN_STORES)
    try:
        wanted = importing.wanted(
            *uploaded(importing.MOST_BYTES), Owner(person.user_id, Right.OPEN_STORES.value, "/stores")
        )
    except Refusal as refusal:
        return _start(422, refusal.message)
    with transaction():
        job_id = longwork.prepare(wanted)
        desk.at_work(person)
    return go(f"{PATH}/{job_id}")


@pages.get(f"{PATH}/<row:job_id>")
def check_page(job_id: int) -> ResponseReturnValue:
    job = waiting(job_id, importing.KIND, who.of_chain(Right.OPEN_STORES))
    return _checked(job) if job.state is JobState.CHECKED else to_work(job)


@pages.post(f"{PATH}/<row:job_id>/start")
def start(job_id: int) -> ResponseReturnValue:
    person = who.of_chain(Right.OPEN_STORES)
    job = waiting(job_id, importing.KIND, person)
    if job.state is not JobState.CHECKED:
        return to_work(job)
    checked = importing.start(job)
    return begun(person, job, "stores.import", "stores", left_out=checked.bad_rows)


def _start(status: int = 200, problem: str = "") -> ResponseReturnValue:
    needed, optional = importing.NEEDED, importing.OPTIONAL
    return desk.page("stores/list.html", DOOR, status=status, problem=problem, needed=needed, optional=optional)


def _checked(job: Job) -> ResponseReturnValue:
    checked = importing.check(job)
    faults, first = checked.faults[:FAULTS_SHOWN], checked.stores[:ROWS_SHOWN]
    return desk.page("stores/list_checked.html", DOOR, checked=checked, job=job, faults=faults, first=first)
