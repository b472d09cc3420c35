"""What staff did in some days: who moved tickets, took orders, gave money back; counted from the book of deeds."""

from collections.abc import Collection, Sequence
from datetime import timedelta

from flask import Blueprint
from flask.typing import ResponseReturnValue

from app.core.errors import Refusal
from app.core.periods import Period
from app.stores import service as stores
from app.users import activity
from app.users.activity import Busy
from app.users.service import Right
from blueprints import desk, reporting
from blueprints.plots import Counted, bars
from blueprints.reporting import Row, Scope

pages = Blueprint("busy", __name__)
pages.register_error_handler(Refusal, desk.refuse)
PATH = f"{reporting.PATH}/staff"
# What belongs together: its name, and how the deeds begin that do.
GROUPS: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("Tickets moved", ("ticket.",)),
    ("Orders taken", ("order.place", "order.accept")),
    ("Called off, made again", ("order.cancel", "order.reject", "order.remake")),
    ("Money given back", ("refund",)),
    ("On the road", ("run.", "cash.")),
)
TOP = 50


@pages.get(PATH)
def staff_page() -> ResponseReturnValue:
    found = reporting.scope(Right.SEE_AUDIT)
    wanted = reporting.days(found)
    people, before = (_busy(period, found) for period in (wanted.period, wanted.period.before))
    totals = {one.user_id: one.total for one in before}
    drawn = bars([Counted(one.name, one.total) for one in people[:TOP]], by_count=True)
    return reporting.draw(
        PATH,
        "users/desk/staff.html",
        found,
        wanted,
        heads=[name for name, _ in GROUPS],
        rows=[(bar, counts(one), totals.get(one.user_id, 0)) for bar, one in zip(drawn, people, strict=False)],
        more=len(people) - TOP,
    )


@pages.get(f"{PATH}/deeds.csv")
def hand_out() -> ResponseReturnValue:
    found = reporting.scope(Right.SEE_AUDIT)
    period = reporting.days(found).period
    rows: list[Row] = [("person", *(name.lower() for name, _ in GROUPS), "other", "all")]
    return reporting.file(
        "deeds", found, period, rows + [(one.name, *counts(one), one.total) for one in _busy(period, found)]
    )


def _busy(period: Period, found: Scope) -> Sequence[Busy]:
    """Who did what in business days, on the clock of the store, or of the chain's first one."""
    hours = (found.store or stores.store(stores.first())).hours
    places: Collection[int] | None = found.ids
    return activity.busy(hours.day_begins(period.first), hours.day_begins(period.last + timedelta(days=1)), places)


def counts(one: Busy) -> tuple[int, ...]:
    """How often somebody did each group of deeds, and all else."""
    grouped = [sum(n for deed, n in one.deeds.items() if deed.startswith(begins)) for _, begins in GROUPS]
    return (*grouped, one.total - sum(grouped))
