"""Words from a store to the customer of one order: the last on its tracker, each of them by mail, all of them kept."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select, update

from app.core import clock, mail
from app.core.db import db
from app.core.errors import Conflict
from app.core.events import emit
from app.core.settings import settings
from app.orders import letters
from app.orders import service as orders
from app.orders.keys import tracking_key
from app.stores import service as stores
from app.tracking.events import CustomerWritten
from app.tracking.models import TicketMessage, TicketRow
from app.tracking.tickets import publish, ticket


@dataclass(frozen=True, slots=True)
class Written:
    """What was written to a customer, when, and by whom; no words are left once they are forgotten."""

    words: str
    at: datetime
    by: str


def write_to_customer(order_id: int, words: str, *, by: str) -> None:
    """Let the customer of an order read something: on its tracker while it is open, and by mail. Tells CustomerWritten.

    Raises NotFound, Conflict `ticket_closed` where neither reaches them.
    """
    row = ticket(order_id)
    shown = db.session.execute(
        update(TicketRow)
        .where(TicketRow.order_id == order_id, TicketRow.closed_at.is_(None))
        .values(message=words)
        .returning(TicketRow.order_id)
    ).first()
    if shown is None and not orders.email_of(order_id):
        raise Conflict("ticket_closed", f"Order {order_id} is off the board, and its customer gave no email address.")
    held = select(TicketRow.order_id).where(TicketRow.order_id == order_id).with_for_update()
    db.session.execute(held)  # two who write at once get a number each
    last = db.session.scalar(select(func.max(TicketMessage.number)).where(TicketMessage.order_id == order_id)) or 0
    made = TicketMessage(order_id=order_id, number=last + 1, words=words, by=by, at=clock.now())
    db.session.add(made)
    publish(row, row.seq)
    emit(CustomerWritten(order_id, made.number))


def of_order(order_id: int) -> tuple[Written, ...]:
    """All that was written about an order, in order."""
    query = select(TicketMessage).where(TicketMessage.order_id == order_id).order_by(TicketMessage.number)
    return tuple(Written(row.words, row.at, row.by) for row in db.session.scalars(query))


def send(event: CustomerWritten) -> None:
    """Mail a word to whoever gave an address. Raises OSError when no server takes it. Hears CustomerWritten."""
    order = orders.order(event.order_id)
    written = db.session.get(TicketMessage, (event.order_id, event.number))
    if written is None or not written.words or not order.contact.email:
        return
    words = {
        "order": order,
        "store": stores.store(order.store_id),
        "words": written.words,
        "link": f"{settings().base_url}/track/{order.id}-{tracking_key(order.id)}",
    }
    letter = mail.write(order.contact.email, "store_word", **words)
    letters.send_mail(order.id, f"store_word:{event.number}", letter)
