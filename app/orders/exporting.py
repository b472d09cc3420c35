"""Orders as a file, as long work: a thousand rows a batch, newest first, from the moment at which it was asked for."""

from collections.abc import Mapping
from datetime import datetime
from functools import partial
from typing import Any

from app.core import longwork, sheets
from app.core.errors import Refusal
from app.core.longwork import Batch, Job, Owner, Wanted
from app.orders import finding
from app.orders.finding import Found, Sought
from app.orders.status import OrderStatus
from app.stores import service as stores
from app.stores.service import StoreInfo

KIND, BATCH = "order.export", 1_000
COLUMNS = ("number", "made at", "store", "state", "how", "name", "phone", "email", "cents")


def wanted(sought: Sought, owner: Owner) -> Wanted:
    """Such a file, ready to begin. Raises Refusal `typed` with words: a search for somebody has few rows, and its words
    must not be kept; `nothing_found`.
    """
    if sought.words:
        raise Refusal("typed", "What was typed cannot go into long work. Take what was found as CSV.", field="q")
    total = finding.count(sought)
    if not total:
        raise Refusal("nothing_found", "No order fits that.")
    return Wanted(KIND, f"{total:,} orders as a file", "orders", total, owner, _kept(sought))


def _kept(sought: Sought) -> dict[str, Any]:
    return {
        "stores": None if sought.stores is None else sorted(sought.stores),
        "status": sought.status.value if sought.status else None,
        "since": sought.since.isoformat() if sought.since else None,
        "until": sought.until.isoformat() if sought.until else None,
    }


def _sought(wish: Mapping[str, Any]) -> Sought:
    since, until = (datetime.fromisoformat(wish[name]) if wish[name] else None for name in ("since", "until"))
    status = OrderStatus(wish["status"]) if wish["status"] else None
    return Sought(stores=wish["stores"], status=status, since=since, until=until)


def export(job: Job) -> Batch:
    """The next rows. One that changed its state meanwhile may be missing; none comes twice."""
    rows = finding.found(_sought(job.wish), before=job.carry.get("last"), most=BATCH)
    part = job.carry.get("parts", 0)
    over = len(rows) < BATCH
    done = job.total if over else min(job.done + len(rows), job.total - 1)
    carry = {"last": rows[-1].id if rows else job.carry.get("last"), "parts": part + 1}
    places = stores.several({row.store_id for row in rows})
    head = [] if part else [COLUMNS]
    text = sheets.lines([*head, *(_cells(row, places[row.store_id]) for row in rows)])
    return Batch(done, carry, partial(longwork.keep_part, job.id, part, text))


def _cells(row: Found, store: StoreInfo) -> tuple[object, ...]:
    made = row.created_at.astimezone(store.zone).isoformat(timespec="seconds")
    who = (row.name, row.phone, row.email)
    return (row.id, made, store.name, row.status.value, row.method.value, *who, row.total_cents)
