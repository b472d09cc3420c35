"""What customers hear of their orders away from the tracker: that it is on its way, ready, or late. Each thing once.

By mail, or as a text message to whoever gave no address, where the house has a provider for them.
"""

from datetime import datetime
from functools import partial

from sqlalchemy import select, update

from app.core import clock, mail, sms
from app.core.db import atomically, db
from app.core.events import emit
from app.core.settings import settings
from app.orders import letters
from app.orders import service as orders
from app.orders.keys import tracking_key
from app.orders.service import OrderView
from app.stores import service as stores
from app.stores.values import Method
from app.tracking import eta
from app.tracking.eta import Span
from app.tracking.events import NewsDue, StageMoved
from app.tracking.models import StageMove, TicketRow
from app.tracking.stages import ENDS, Stage
from app.tracking.tickets import ON_THE_WIRE, UNDO_FOR

LATE = "late"
MOVES = frozenset({Stage.OUT_FOR_DELIVERY, Stage.READY})
# A late order whose customer has other news by now: it waits for them, or its delivery failed.
NOT_LATE = (Stage.READY, Stage.DELIVERY_FAILED, *ENDS)


def spread(event: StageMoved) -> None:
    """Have the customer told once the tap cannot be taken back any more. Hears StageMoved."""
    if Stage(event.stage) in MOVES:
        emit(NewsDue(event.order_id, event.stage, event.seq), after=UNDO_FOR + ON_THE_WIRE)


def tell_late() -> int:
    """Have the customers of late orders told, each once; returns how many. Recurring work."""
    now = clock.now()
    rows = db.session.scalars(
        select(TicketRow).where(
            TicketRow.closed_at.is_(None),
            TicketRow.late_told_at.is_(None),
            TicketRow.stage.not_in(NOT_LATE),
            (TicketRow.promised_to < now) | (TicketRow.expected_to > TicketRow.promised_to),
        )
    )
    late = [row.order_id for row in rows if _late(row, now)]
    db.session.rollback()
    return sum(atomically(partial(_note_late, order_id)) for order_id in late)


def late_told_at(order_id: int) -> datetime | None:
    """When it was found that an order is late and its customer is to be told; None when it was not."""
    return db.session.scalar(select(TicketRow.late_told_at).where(TicketRow.order_id == order_id))


def _late(row: TicketRow, now: datetime) -> bool:
    return eta.late(Span(row.expected_from, row.expected_to), Span(row.promised_from, row.promised_to), now)


def _note_late(order_id: int) -> bool:
    seq = db.session.scalar(
        update(TicketRow)
        .where(TicketRow.order_id == order_id, TicketRow.late_told_at.is_(None), TicketRow.closed_at.is_(None))
        .values(late_told_at=clock.now())
        .returning(TicketRow.seq)
    )
    if seq is None:
        return False
    emit(NewsDue(order_id, LATE, seq))
    return True


def send_news(event: NewsDue) -> None:
    """Tell a customer. Raises OSError when nobody takes it. Hears NewsDue."""
    order = orders.order(event.order_id)
    row = db.session.get(TicketRow, event.order_id, populate_existing=True)
    if row is None or order.status in orders.DEAD or not _still_true(row, event):
        return
    words, what = _words(order, row, event.news), _letter(row, event)
    if order.contact.email:
        letters.send_mail(order.id, what, mail.write(order.contact.email, "order_news", **words))
    elif sms.offered():
        letters.send_text(order.id, what, order.contact.phone, sms.write("order_news", **words))


def _letter(row: TicketRow, event: NewsDue) -> str:
    """One letter for each move, and one for each promise that is late."""
    return f"{event.news}:{int(row.promised_to.timestamp()) if event.news == LATE else event.seq}"


def _still_true(row: TicketRow, event: NewsDue) -> bool:
    if event.news == LATE:
        return row.closed_at is None and row.stage not in NOT_LATE
    move = db.session.get(StageMove, (event.order_id, event.seq), populate_existing=True)
    return move is not None and not move.undone and row.stage == event.news


def _words(order: OrderView, row: TicketRow, news: str) -> dict[str, object]:
    store = stores.store(order.store_id)
    span = eta.as_of(Span(row.expected_from, row.expected_to), clock.now())
    return {
        "news": news,
        "order": order,
        "store": store,
        "delivery": order.method is Method.DELIVERY,
        "when": clock.span_in_words(span.start, span.end, store.zone),
        "promised": clock.span_in_words(row.promised_from, row.promised_to, store.zone),
        "message": row.message,
        "link": f"{settings().base_url}/track/{order.id}-{tracking_key(order.id)}",
    }
