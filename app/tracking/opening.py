"""A ticket comes to its store's board when its order is placed, and waits for another time when its customer says."""

from datetime import datetime, timedelta

from app.core import clock
from app.core.db import db, insert_new
from app.orders import service as orders
from app.orders.events import OrderRetimed
from app.orders.service import OrderView
from app.stores import service as stores
from app.stores.service import Method, StoreInfo
from app.tracking import estimates, eta, prints
from app.tracking.models import TicketRow
from app.tracking.stages import Stage
from app.tracking.tickets import publish, ticket


def put_up(order_id: int) -> OrderView | None:
    """Put a placed order on its store's board; None where it hangs there, or nothing is to be made of it."""
    orders.hold(order_id)  # its time may be changed in this very moment
    order = orders.order(order_id)
    if order.status in orders.DEAD or not _insert(order):
        return None
    _expect(ticket(order.id))
    return order


def _insert(order: OrderView) -> bool:
    now = clock.now()
    to = stores.Address(order.street, order.city, order.zip)
    drive = stores.drive_minutes(order.store_id, to) if order.method is Method.DELIVERY else 0
    store = stores.store(order.store_id)
    # As soon as possible, said to a closed store, means once it is open: an order for its first time.
    at_once = order.asap and store.hours_of(order.method).takes_orders(now)
    return insert_new(
        TicketRow,
        order_id=order.id,
        store_id=order.store_id,
        method=order.method.value,
        baked=order.baked,
        asap=at_once,
        places=order.places,
        drive_minutes=drive,
        stage=Stage.RECEIVED,
        seq=0,
        received_at=now,
        begin_at=now if at_once else begins(order, drive),
        promised_from=order.promised_from,
        promised_to=order.promised_to,
        expected_from=order.promised_from,
        expected_to=order.promised_to,
        stage_at=now,
        accepted_at=None if order.status is orders.OrderStatus.PLACED else now,
    )


def begins(order: OrderView, drive_minutes: int) -> datetime:
    """When a kitchen begins an order that is wanted at a time."""
    work = eta.left(Stage.RECEIVED, order.method, timedelta(minutes=drive_minutes), baked=order.baked)
    return _once_open(max(clock.now(), order.promised_from - work), stores.store(order.store_id))


def _once_open(wanted: datetime, store: StoreInfo) -> datetime:
    """When a kitchen begins what it would begin then: nobody is there before it opens."""
    opening = store.hours.next_opening(wanted) if store.hours.open_span(wanted) is None else None
    return opening or wanted


def _expect(row: TicketRow) -> None:
    """Say when a ticket that nobody has begun should be there."""
    said = estimates.weigh(row, Stage.RECEIVED, row.received_at)
    row.expected_from, row.expected_to = said.span.start, said.span.end
    estimates.note(row, said)
    publish(row, row.seq)


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
        _expect(row)
