"""What was sold, for managers and headquarters: by day and hour, of what, and what went back; each plot as a file."""

import csv
import io
from collections.abc import Collection
from datetime import date

from flask import Blueprint, Response, request
from flask.typing import ResponseReturnValue

from app.core import clock
from app.core.db import transaction
from app.core.errors import NotFound, Refusal
from app.payments import sales
from app.stores import service as stores
from app.stores.service import StoreInfo
from app.users import service as users
from app.users.service import Right
from blueprints import desk, who
from blueprints.payments.report_words import PRESETS, Asked, asked, day_rows, drawn, hour_rows, rows

pages = Blueprint("reports", __name__)
pages.register_error_handler(Refusal, desk.refuse)
PATH, DOOR = "/manage/reports", "reports"
PLOTS = frozenset({"days", "hours", "products", "toppings", "deals", "refunds"})


@pages.get(PATH)
def report_page() -> ResponseReturnValue:
    store, ids = _scope()
    wanted = _asked(store)
    report, before = sales.report(wanted.period, ids), sales.course(wanted.period.before, ids)
    return desk.page(
        "payments/desk/reports.html",
        DOOR,
        store=store,
        status=422 if wanted.trouble else 200,
        asked=wanted,
        report=report,
        before=before,
        drawn=drawn(report, before),
        day_rows=day_rows(report.course, before),
        hour_rows=hour_rows(report.course, before),
        presets=PRESETS,
        scope=_scope_words(store, ids),
        several=_several(),
    )


@pages.get(f"{PATH}/<plot>.csv")
def hand_out(plot: str) -> ResponseReturnValue:
    store, ids = _scope()
    if plot not in PLOTS:
        raise NotFound
    period = _asked(store).period
    report, before = sales.report(period, ids), sales.course(period.before, ids)
    _write_down(plot, store, period)
    text = io.StringIO()
    csv.writer(text).writerows(rows(plot, report, before))
    response = Response(text.getvalue(), mimetype="text/csv")
    name = f"{plot}-{store.slug if store else 'stores'}-{period.first}-{period.last}.csv"
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    response.headers["Cache-Control"] = "no-store"
    return response


def _scope() -> tuple[StoreInfo | None, Collection[int] | None]:
    """The store in the address; else all that are the person's, None for the whole chain."""
    seen = who.scope(Right.SEE_REPORTS).somewhere()
    wanted = request.args.get("store", type=int)
    if wanted is None:
        mine = seen.stores
        wanted = next(iter(mine)) if mine is not None and len(mine) == 1 else None
        if wanted is None:
            return None, mine
    who.at_store(Right.SEE_REPORTS, wanted)
    return stores.store(wanted), (wanted,)


def _several() -> bool:
    mine = who.scope(Right.SEE_REPORTS).stores
    return mine is None or len(mine) > 1


def _scope_words(store: StoreInfo | None, ids: Collection[int] | None) -> str:
    if store is not None:
        return store.name
    return "the whole chain" if ids is None else f"your {len(ids)} stores"


def _asked(store: StoreInfo | None) -> Asked:
    days, first, last = (request.args.get(name, "")[:10] for name in ("days", "from", "to"))
    return asked(days, first, last, _today(store))


def _today(store: StoreInfo | None) -> date:
    """The business day of the store, or of the chain's first one."""
    return (store or stores.store(stores.first())).hours.business_date(clock.now())


def _write_down(plot: str, store: StoreInfo | None, period: sales.Period) -> None:
    subject = f"store:{store.id}" if store else "chain"
    days = f"{period.first} to {period.last}"
    with transaction():
        users.audit(who.staff().user_id, "report.export", subject, store.id if store else None, plot=plot, days=days)
