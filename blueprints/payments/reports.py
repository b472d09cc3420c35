"""What was sold, for managers and headquarters: by day and hour, of what, and what went back; each plot as a file."""

from flask import Blueprint
from flask.typing import ResponseReturnValue

from app.core.errors import NotFound, Refusal
from app.orders.remade import remade
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
        drawn=drawn(report, remade(wanted.period, found.ids)),
        day_rows=day_rows(report.course, report.before),
        hour_rows=hour_rows(report.course, report.before),
    )


@pages.get(f"{PATH}/<plot>.csv")
def hand_out(plot: str) -> ResponseReturnValue:
    found = reporting.scope()
    if plot not in PLOTS:
        raise NotFound
    period = reporting.days(found).period
    again = remade(period, found.ids) if plot == "remakes" else ()
    return reporting.file(plot, found, period, rows(plot, sales.report(period, found.ids), again))
