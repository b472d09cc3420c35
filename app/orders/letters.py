"""What is sent to the customer of an order, each thing once, and what became of it (docs/decisions/0068).

The job that sends it writes it down: before, that it is tried, and after, that it went out. Each in a short unit of
work of its own, since a mail server stands between them.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any, cast

from sqlalchemy import Table, bindparam, select, update

from app.core import clock, mail, sms
from app.core.db import db, insert_into, sent, transaction
from app.core.mail import Mail
from app.orders.models import OrderLetter

MAIL, TEXT = "mail", "text"
_table = cast("Table", OrderLetter.__table__)
_letters = _table.c
WENT_OUT = update(_table).where(_letters.order_id == bindparam("order"), _letters.what == bindparam("which"))
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
    with transaction():
        tried = {"order_id": order_id, "what": what, "way": way, "to": to, "tried_at": clock.now()}
        if not sent(_trying(db.engine.dialect.name), tried):
            return
    hand_over()
    with transaction():
        sent(WENT_OUT, {"order": order_id, "which": what, "sent_at": clock.now()})


@cache
def _trying(dialect: str) -> Any:
    """Answers nothing for what went out before."""
    first = insert_into(OrderLetter, dialect).values(tries=1)
    again = {"tries": _letters.tries + 1, "tried_at": first.excluded.tried_at}
    tried = first.on_conflict_do_update(
        index_elements=[_letters.order_id, _letters.what], set_=again, where=_letters.sent_at.is_(None)
    )
    return tried.returning(_letters.order_id)


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
