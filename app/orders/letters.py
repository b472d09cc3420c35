"""What is sent to the customer of an order, each thing once, and what became of it (docs/decisions/0068).

The job that sends it writes it down: before, that it is tried, and after, that it went out. Each in a short unit of
work of its own, since a mail server stands between them.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select, update

from app.core import clock, mail, sms
from app.core.db import db, insert_or_change, transaction
from app.core.mail import Mail
from app.orders.models import OrderLetter

MAIL, TEXT = "mail", "text"
SHOWN = 4  # digits of a phone


@dataclass(frozen=True, slots=True)
class Letter:
    """Something that was sent, or tried `tries` times by `tried_at`; `what` is its kind, `to` masked, empty once
    forgotten.
    """

    what: str
    way: str
    to: str
    tries: int
    tried_at: datetime
    sent_at: datetime | None


def send_mail(order_id: int, what: str, letter: Mail) -> None:
    """Mail something to the customer of an order, unless it went out before. Raises what `mail.send` raises."""
    _send(order_id, what, MAIL, masked_email(letter.to), lambda: mail.send(letter))


def send_text(order_id: int, what: str, phone: str, words: str) -> None:
    """The same as a text message. Raises OSError."""
    _send(order_id, what, TEXT, f"…{phone[-SHOWN:]}", lambda: sms.send(phone, words))


def _send(order_id: int, what: str, way: str, to: str, hand_over: Callable[[], None]) -> None:
    db.session.rollback()
    now, row = clock.now(), OrderLetter
    with transaction():
        new = {"order_id": order_id, "what": what, "way": way, "to": to, "tries": 1, "tried_at": now}
        again = {"tries": row.tries + 1, "tried_at": now}
        if not insert_or_change(row, (row.order_id, row.what), again, row.sent_at.is_(None), **new):
            return
    hand_over()
    with transaction():
        this = (row.order_id == order_id, row.what == what)
        db.session.execute(update(row).where(*this).values(sent_at=clock.now()))


def masked_email(address: str) -> str:
    """An address as somebody knows it again who knows it already: `a…@e….com`."""
    name, _, host = address.partition("@")
    return f"{name[:1]}…@{host[:1]}….{host.rpartition('.')[2][:SHOWN]}"


def of_order(order_id: int) -> tuple[Letter, ...]:
    """All that was sent about an order, or tried, the first one first."""
    query = select(OrderLetter).where(OrderLetter.order_id == order_id)
    rows = db.session.scalars(query.order_by(OrderLetter.tried_at, OrderLetter.what))
    return tuple(
        Letter(row.what.partition(":")[0], row.way, row.to, row.tries, row.tried_at, row.sent_at) for row in rows
    )
