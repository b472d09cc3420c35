"""A ticket comes to its store's board when its order is placed, and waits for another time when its customer says."""

from datetime import datetime, timedelta
from typing import Any

from app.core import clock
from app.core.db import db, insert_new
from app.core.errors import Conflict
from app.orders import service as orders
from app.orders.events import OrderRetimed
from app.orders.service import OrderView
from app.stores import service as stores
from app.stores.service import Method
from app.tracking import estimates, eta, prints
from app.tracking.models import TicketRow
from app.tracking.stages import Stage
from app.tracking.tickets import publish


def put_up(order_id: int) -> TicketRow | None:
    """Put a placed order on its store's board; None where it hangs there, or nothing is to be made of it."""
    orders.hold(order_id)  # its time may be changed in this very moment
    order = orders.order(order_id)
    if order.status in orders.DEAD:
        return None
    values = _new(order)
    row = TicketRow(**values)  # only to weigh it: what is told of it goes in with it
    said = estimates.weigh(row, Stage.RECEIVED, row.received_at)
    if not insert_new(TicketRow, **values, expected_from=said.span.start, expected_to=said.span.end):
        return None
    estimates.note(row, said)
    publish(row, row.seq)
    return row


def _new(order: OrderView) -> dict[str, Any]:
    now = clock.now()
    to = stores.Address(order.street, order.city, order.zip)
    drive = stores.drive_minutes(order.store_id, to) if order.method is Method.DELIVERY else 0
    at_once = order.asap and not _opens_before(order, now)
    return {
        "order_id": order.id,
        "store_id": order.store_id,
        "method": order.method.value,
        "baked": order.baked,
        "asap": at_once,
        "places": order.places,
        "drive_minutes": drive,
        "stage": Stage.RECEIVED,
        "seq": 0,
        "received_at": now,
        "begin_at": now if at_once else begins(order, drive),
        "promised_from": order.promised_from,
        "promised_to": order.promised_to,
        "stage_at": now,
        "accepted_at": None if order.status is orders.OrderStatus.PLACED else now,
    }


def _opens_before(order: OrderView, now: datetime) -> bool:
    """Whether its store opens before an order is there: as soon as possible means then, and no sooner."""
    hours = stores.store(order.store_id).hours_of(order.method)
    return any(opens > now for opens, _ in stores.open_together((hours,), now, order.promised_from))


def begins(order: OrderView, drive_minutes: int) -> datetime:
    """When a kitchen begins an order that is wanted at a time."""
    work = eta.left(Stage.RECEIVED, order.method, timedelta(minutes=drive_minutes), baked=order.baked)
    wanted = max(clock.now(), order.promised_from - work)
    # Nobody is there before the store opens; an opening after it was promised for is none that it can wait for.
    staffed = stores.store(order.store_id).staffed(wanted, order.promised_from)
    return max(wanted, staffed[0][0]) if staffed else wanted


def keep_time(row: TicketRow) -> None:
    """Let only an order be begun whose ticket says for when it is wanted: its kitchen, told of another time a moment
    later, would have made today what is for tomorrow. Asked once the order can have no other time any more.

    Raises Conflict `ticket_retimed`.
    """
    order = orders.order(row.order_id)
    if order.promised_from != row.promised_from:
        zone = stores.store(row.store_id).zone
        when = clock.coming_in_words(order.promised_from, order.promised_to, zone)
        raise Conflict("ticket_retimed", f"Order {order.id} was not begun: its customer wants it {when} now.")


def move_ticket(event: OrderRetimed) -> None:
    """Have the kitchen begin an order for the time at which it is wanted now, as if it came anew. Hears OrderRetimed.

    Its screens ring for it once more when that time comes, and paper that says the old time is printed again.
    """
    row = db.session.get(TicketRow, event.order_id, populate_existing=True, with_for_update=True)
    if row is None or row.closed_at is not None:
        return
    order = orders.order(row.order_id)
    row.promised_from, row.promised_to = order.promised_from, order.promised_to
    if row.stage == Stage.RECEIVED:
        row.asap, row.begin_at = False, begins(order, row.drive_minutes)
        row.touched_at, row.told, row.late_told_at = None, 0, None
        prints.outdate(row.order_id)
        said = estimates.weigh(row, Stage.RECEIVED, row.received_at)
        row.expected_from, row.expected_to = said.span.start, said.span.end
        estimates.note(row, said)
    publish(row, row.seq)
