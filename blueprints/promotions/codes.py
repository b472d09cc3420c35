"""The codes of a deal: one by one, made up by the thousand, taken from a sheet, and handed out as one."""

from flask import Blueprint, request
from flask.typing import ResponseReturnValue

from app.core import longwork
from app.core.db import transaction
from app.core.errors import NotFound, Refusal
from app.core.longwork import Job, JobState, Owner
from app.promotions import code_sheet, giving
from app.promotions import service as promotions
from app.promotions.service import Deal
from app.users import service as users
from app.users.service import Right, Who
from blueprints import desk
from blueprints.desk import at_work, done, key, once
from blueprints.htmx import go, own_transactions
from blueprints.promotions import scope
from blueprints.promotions.scope import DOOR, PATH
from blueprints.promotions.typed import WHOLE
from blueprints.taking_in import FAULTS_SHOWN, ROWS_SHOWN, begun, to_work, uploaded, waiting

pages = Blueprint("deal_codes", __name__)
pages.register_error_handler(Refusal, desk.refuse)
MOST_SHOWN = 100


@pages.get(f"{PATH}/<row:deal_id>/codes")
def codes_page(deal_id: int) -> ResponseReturnValue:
    return _draw(deal_id)


@pages.post(f"{PATH}/<row:deal_id>/codes")
def add(deal_id: int) -> ResponseReturnValue:
    person, _ = scope.of_deal(deal_id)
    try:
        limit = (
            _number("limit", "Write how often it works, or nothing for no limit.")
            if request.form.get("limit")
            else None
        )
        code = promotions.add_code(deal_id, request.form.get("code", "")[:100], limit)
    except Refusal as refusal:
        return _draw(deal_id, refusal)
    at_work(person)
    users.audit(person.user_id, "deal.code", f"deal:{deal_id}", code=code, limit=limit)
    return done(f"{code} is a code of this deal now.", _url(deal_id))


@pages.post(f"{PATH}/<row:deal_id>/codes/many")
def make_many(deal_id: int) -> ResponseReturnValue:
    person, found = scope.of_deal(deal_id)
    try:
        count = _number("count", f"Write a number, {giving.MOST_AT_ONCE:,} at most.")
        prefix = request.form.get("prefix", "")[:100]
        wanted = giving.make_many(deal_id, count, prefix, _owner(person, found.deal, _url(deal_id)))
    except Refusal as refusal:
        return _draw(deal_id, refusal)
    at_work(person)
    return once("deal.codes", lambda: _begin(deal_id, person.user_id, wanted))


def _begin(deal_id: int, user_id: int, wanted: longwork.Wanted) -> str:
    job_id = longwork.begin(wanted)
    users.audit(user_id, "deal.codes", f"deal:{deal_id}", job=job_id, count=wanted.total)
    return f"/manage/jobs/{job_id}"


@pages.post(f"{PATH}/<row:deal_id>/codes/sheets")
@own_transactions
def upload(deal_id: int) -> ResponseReturnValue:
    person, found = scope.of_deal(deal_id)
    try:
        owner = _owner(person, found.deal, _url(deal_id))
        wanted = giving.sheet_of(deal_id, *uploaded(code_sheet.MOST_BYTES), owner)
    except Refusal as refusal:
        return _draw(deal_id, refusal)
    with transaction():
        job_id = longwork.prepare(wanted)
        users.audit(person.user_id, "deal.sheet", f"deal:{deal_id}", job=job_id, rows=wanted.total)
        at_work(person)
    return go(f"{_url(deal_id)}/sheets/{job_id}")


@pages.get(f"{PATH}/<row:deal_id>/codes/sheets/<row:job_id>")
def check_page(deal_id: int, job_id: int) -> ResponseReturnValue:
    job = _sheet(deal_id, job_id)
    return _draw_check(deal_id, job) if job.state is JobState.CHECKED else to_work(job)


@pages.post(f"{PATH}/<row:deal_id>/codes/sheets/<row:job_id>/start")
def take_in(deal_id: int, job_id: int) -> ResponseReturnValue:
    person, _ = scope.of_deal(deal_id)
    job = _sheet(deal_id, job_id)
    if job.state is not JobState.CHECKED:
        return to_work(job)
    if giving.check(job).faults:
        return _draw_check(deal_id, job, 409)
    longwork.start(job_id)
    return begun(person, job, "deal.import", f"deal:{deal_id}")


@pages.post(f"{PATH}/<row:deal_id>/codes/exports")
def hand_out(deal_id: int) -> ResponseReturnValue:
    person, found = scope.of_deal(deal_id)
    owner = _owner(person, found.deal, "/manage/jobs/{id}/file")
    job_id = longwork.begin(giving.all_of(deal_id, found.codes, owner))
    at_work(person)
    users.audit(person.user_id, "deal.export", f"deal:{deal_id}", job=job_id, codes=found.codes)
    return go(f"/manage/jobs/{job_id}")


def _owner(person: Who, deal: Deal, url: str) -> Owner:
    return Owner(person.user_id, Right.EDIT_DEALS.value, url, deal.stores or None)


def _url(deal_id: int) -> str:
    return f"{PATH}/{deal_id}/codes"


def _number(name: str, words: str) -> int:
    typed = request.form.get(name, "").strip().replace(",", "")
    if not WHOLE.fullmatch(typed) or int(typed) == 0:
        raise Refusal("bad_number", words, field=name)
    return int(typed)


def _sheet(deal_id: int, job_id: int) -> Job:
    """An uploaded sheet of this person's for this deal. Raises NotFound."""
    person, _ = scope.of_deal(deal_id)
    job = waiting(job_id, giving.IMPORT, person)
    if job.wish.get("deal") != deal_id:
        raise NotFound("We could not find that sheet. Please choose the file again.")
    return job


def _draw(deal_id: int, refusal: Refusal | None = None) -> ResponseReturnValue:
    _, found = scope.of_deal(deal_id)
    if refusal is not None and refusal.field is None:
        raise refusal
    return desk.page(
        "promotions/desk/codes.html",
        DOOR,
        status=refusal.status if refusal else 200,
        deal=found.deal,
        standing=found,
        codes=promotions.codes_of(deal_id, MOST_SHOWN),
        typed=request.form,
        wrong={refusal.field: refusal.message} if refusal else {},
        idem=key(),
        most=giving.MOST_AT_ONCE,
    )


def _draw_check(deal_id: int, job: Job, status: int = 200) -> ResponseReturnValue:
    _, found = scope.of_deal(deal_id)
    sheet = giving.check(job)
    return desk.page(
        "promotions/desk/sheet.html",
        DOOR,
        status=status,
        deal=found.deal,
        job=job,
        rows=sheet.rows[:ROWS_SHOWN],
        total=len(sheet.rows),
        faults=sheet.faults[:FAULTS_SHOWN],
        wrong=len(sheet.faults),
    )
