"""The flight simulator: past orders replayed against a deal, and what came of it."""

from dataclasses import dataclass

from flask import Blueprint, request
from flask.typing import ResponseReturnValue

from app.core import longwork
from app.core.errors import NotFound, Refusal
from app.core.longwork import Job, Owner
from app.orders import flights
from app.orders.flights import Tally
from app.promotions import service as promotions
from app.users import service as users
from app.users.service import Right, Who
from blueprints import desk
from blueprints.desk import at_work, once
from blueprints.promotions import scope, staff
from blueprints.promotions.scope import DOOR, PATH
from blueprints.promotions.typed import WHOLE

pages = Blueprint("deal_flights", __name__)
pages.register_error_handler(Refusal, desk.refuse)


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar of a plot: its words, its number in words, and its length from 0 to 1,000."""

    name: str
    number: str
    length: int


@pages.post(f"{PATH}/<row:deal_id>/flights")
def take_off(deal_id: int) -> ResponseReturnValue:
    person, found = scope.of_deal(deal_id)
    typed = request.form.get("days", "").strip()
    days = int(typed) if WHOLE.fullmatch(typed) else 0
    try:
        places = _stores(person)
        owner = Owner(person.user_id, Right.EDIT_DEALS.value, f"{PATH}/{deal_id}/flights/{{id}}", places or None)
        wanted = flights.plan(found.deal, days, places, owner)
    except Refusal as refusal:
        return staff.draw(deal_id, refusal)
    at_work(person)

    def begin() -> str:
        job_id = longwork.begin(wanted)
        users.audit(person.user_id, "deal.flight", f"deal:{deal_id}", job=job_id)
        return f"/manage/jobs/{job_id}"

    return once("deal.flight", begin)


def _stores(person: Who) -> list[int]:
    """The stores that were named; when none was, all: of the chain for its people, else their own. Raises Refusal."""
    return scope.chosen(person, request.form.get("stores", "")) or sorted(scope.places(person) or ())


@pages.get(f"{PATH}/<row:deal_id>/flights/<row:job_id>")
def flight_page(deal_id: int, job_id: int) -> ResponseReturnValue:
    _, found = scope.of_deal(deal_id)
    job = longwork.job(job_id)
    if job.kind != flights.KIND or job.wish["deal"][0] != deal_id:
        raise NotFound("We could not find that flight.")
    scope.of_stores(job.wish["stores"])
    tally = flights.result(job)
    return desk.page(
        "promotions/desk/flight.html",
        DOOR,
        deal=promotions.version(*job.wish["deal"]),
        newer=found.deal.version > job.wish["deal"][1],
        job=job,
        tally=tally,
        eaten=_eaten(job, tally),
        days=_days(tally),
    )


def _eaten(job: Job, tally: Tally) -> list[tuple[Bar, int]]:
    """Running deals that would be used less, with how many orders; the one that loses most first."""
    names = {deal_id: promotions.version(deal_id, number).name for deal_id, number in job.wish["others"]}
    lost = flights.busiest(tally).most_common()
    most = max((cents for _, cents in lost), default=1)
    return [
        (Bar(names[deal_id], str(cents), round(1_000 * cents / most)), tally.eaten[str(deal_id)][0])
        for deal_id, cents in lost
    ]


def _days(tally: Tally) -> list[Bar]:
    """How many orders would have used it, day by day."""
    most = max((used for _, used in tally.days.values()), default=0) or 1
    return [
        Bar(day, f"{used} of {orders}", round(1_000 * used / most))
        for day, (orders, used) in sorted(tally.days.items())
    ]
