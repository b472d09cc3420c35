"""What was sold, for managers and headquarters: by day and hour, of what, and what went back; each plot as a file."""

from collections.abc import Sequence

from flask import Blueprint
from flask.typing import ResponseReturnValue

from app.core.errors import NotFound, Refusal
from app.core.periods import Period
from app.orders.remade import Remade, remade
from app.payments import sales
from blueprints import desk, reporting
from blueprints.payments.report_words import PLOTS, day_rows, drawn, hour_rows, rows
from blueprints.reporting import PATH

pages = Blueprint("reports", __name__)
pages.register_error_handler(Refusal, desk.refuse)


@pages.get(PATH)
def report_page() -> ResponseReturnValue:
    found = reporting.scope()
    wanted = reporting.days(found)
    report = sales.report(wanted.period, found.ids)
    return reporting.draw(
        PATH,
        "payments/desk/reports.html",
        found,
        wanted,
        report=report,
        drawn=drawn(report, *_remade(found, wanted.period)),
        day_rows=day_rows(report.course, report.before),
        hour_rows=hour_rows(report.course, report.before),
    )


@pages.get(f"{PATH}/<plot>.csv")
def hand_out(plot: str) -> ResponseReturnValue:
    found = reporting.scope()
    if plot not in PLOTS:
        raise NotFound
    period = reporting.days(found).period
    again = _remade(found, period) if plot == "remakes" else ((), ())
    return reporting.file(plot, found, period, rows(plot, sales.report(period, found.ids), *again))


def _remade(found: reporting.Scope, period: Period) -> tuple[Sequence[Remade], Sequence[Remade]]:
    """What was made again in a period, and in the one before it."""
    return remade(period, found.ids), remade(period.before, found.ids)
