"""Long work as those see it who started it: how far it is, calling it off, and letting it go on."""

from typing import Any

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from app.core import longwork
from app.core.errors import NotFound, Refusal
from app.core.longwork import Job, JobState
from app.users import service as users
from app.users.service import Right, Role, Who
from blueprints import desk, who
from blueprints.desk import at_work, done
from blueprints.handing_out import as_file
from blueprints.htmx import answer, piece_only

pages = Blueprint("jobs", __name__)
pages.register_error_handler(Refusal, desk.refuse)
MINUTE, FILE = 60, "/file"  # seconds; what makes a file is of no use before it is done


@pages.get("/manage/jobs/<row:job_id>")
def job_page(job_id: int) -> ResponseReturnValue:
    _, job = _mine(job_id)
    if job.over:
        longwork.look_at(job_id)
    return desk.page("desk/job.html", "", **_words(job))


@pages.get("/x/jobs/<row:job_id>")
def job_piece(job_id: int) -> ResponseReturnValue:
    piece_only()
    _, job = _mine(job_id)
    if job.over:
        longwork.look_at(job_id)
    return answer(render_template("desk/_job.html", **_words(job)))


@pages.get("/manage/jobs/<row:job_id>/file")
def file(job_id: int) -> ResponseReturnValue:
    person, job = _mine(job_id)
    _still(person, job)
    return as_file(f"{job.kind.partition('.')[0]}s-{job_id}.csv", longwork.parts(job_id))


@pages.post("/manage/jobs/<row:job_id>/cancellation")
def cancel(job_id: int) -> ResponseReturnValue:
    person, job = _mine(job_id)
    longwork.cancel(job_id)
    at_work(person)
    users.audit(person.user_id, "job.cancel", f"job:{job_id}", kind=job.kind, done=job.done)
    return done("Stopped." if not job.over else "It was over already.", f"/manage/jobs/{job_id}")


@pages.post("/manage/jobs/<row:job_id>/again")
def again(job_id: int) -> ResponseReturnValue:
    person, job = _mine(job_id)
    _still(person, job)
    longwork.again(job_id)
    at_work(person)
    users.audit(person.user_id, "job.again", f"job:{job_id}", kind=job.kind, done=job.done)
    return done("It goes on.", f"/manage/jobs/{job_id}")


def _mine(job_id: int) -> tuple[Who, Job]:
    """Work that this person started; any work for admins. Raises NotFound for other people's."""
    person, job = who.staff(), longwork.job(job_id)
    if job.user_id != person.user_id and Role.ADMIN not in person.roles_at(None):
        raise NotFound("We could not find that work.")
    return person, job


def _still(person: Who, job: Job) -> None:
    right = Right(job.access)
    if not person.may_at_each(right, job.stores):
        raise who.not_yours(right, None)


def _words(job: Job) -> dict[str, Any]:
    return {
        "job": job,
        "running": job.state is JobState.RUNNING,
        "so_far": f"{job.done:,} of {job.total:,} {job.noun}",
        "left": _left(job.seconds_left),
        "result": job.over and (job.state is JobState.DONE or not job.url.endswith(FILE)),
        "stopped": job.over and job.state is not JobState.DONE,
        "goes_on": job.over and longwork.goes_on(job.id),
    }


def _left(seconds: int | None) -> str:
    """`about 20 s left`, `about 3 min left`."""
    if seconds is None:
        return ""
    return f"about {max(1, seconds)} s left" if seconds < 2 * MINUTE else f"about {round(seconds / MINUTE)} min left"
