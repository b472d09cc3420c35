"""The same figures for a monitor, in Prometheus' text format (version 0.0.4)."""

import hmac
from collections.abc import Iterator
from datetime import datetime, timedelta
from ipaddress import ip_address

from flask import Blueprint, Response, abort, request

from app.core.settings import settings
from blueprints.pulse import Pulse, pulse

pages = Blueprint("metrics", __name__)
FORWARDED = ("X-Forwarded-For", "Forwarded", "X-Real-Ip")
TYPE = "text/plain; version=0.0.4; charset=utf-8"
SECOND = timedelta(seconds=1)


@pages.get("/metrics")
def metrics() -> Response:
    if not _welcome():
        abort(404)
    return Response("".join(_lines(pulse())), content_type=TYPE, headers={"Cache-Control": "no-store"})


def _welcome() -> bool:
    """Whoever has the token; where there is none, this very machine, unless somebody stands behind it."""
    token = settings().metrics_token
    if token:
        given = request.headers.get("Authorization", "")
        return hmac.compare_digest(given.encode(), f"Bearer {token}".encode())
    if any(name in request.headers for name in FORWARDED):
        return False
    try:
        return ip_address(request.remote_addr or "").is_loopback
    except ValueError:
        return False


def _lines(seen: Pulse) -> Iterator[str]:
    for name, value, words in _gauges(seen):
        yield f"# HELP hotcorner_{name} {words}\n# TYPE hotcorner_{name} gauge\nhotcorner_{name} {value}\n"


def _gauges(seen: Pulse) -> Iterator[tuple[str, int, str]]:
    oldest = min((ticket.since for ticket in seen.kitchens.untouched), default=None)
    yield "stores", seen.stores.stores, "Stores of the chain."
    yield "stores_open", seen.stores.open, "Stores that take orders now."
    yield "stores_paused", len(seen.stores.paused), "Stores within their hours that take no orders for a while."
    yield "stores_late", len(seen.kitchens.late), "Stores with tickets past their promise."
    yield "orders_5m", seen.orders.just_now, "Orders of the last five minutes that came to a store."
    yield "orders_1h", seen.orders.last_hour, "Orders of the last hour that came to a store."
    yield "sales_1h_cents", seen.orders.last_hour_cents, "What the orders of the last hour are worth, in cents."
    yield "tickets_open", seen.kitchens.open, "Tickets on all boards."
    yield "tickets_late", seen.kitchens.late_tickets, "Tickets past their promise."
    yield "ticket_untouched_seconds", _seconds(seen.at, oldest), "For how long the oldest untouched ticket has waited."
    yield "outbox_waiting", seen.outbox.waiting, "Events that not every hearer has acted on."
    yield "outbox_oldest_seconds", _seconds(seen.at, seen.outbox.since), "For how long the oldest of them has waited."
    yield "outbox_parked", seen.outbox.parked, "Events that failed ten times and wait for somebody."
    yield "clock_overdue_seconds", seen.overdue // SECOND, "For how long recurring work is overdue."
    yield "redis_up", int(seen.queue is not None), "Whether Redis answers."
    if seen.queue is not None:
        yield "queue_waiting", seen.queue.waiting, "Jobs in the queue."
        yield "queue_failed", seen.queue.failed, "Jobs that failed in the last day."
        yield "queue_workers", seen.queue.workers, "Workers that are there."


def _seconds(now: datetime, since: datetime | None) -> int:
    return max(now - since, timedelta()) // SECOND if since else 0
