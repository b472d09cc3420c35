"""Orders that staff look for: by what a customer can say on the phone, newest first, a page at a time.

What is looked for is a row's number, a whole phone number or address, or the beginning of a name: each has an index, so
that no search reads every order (docs/decisions/0055).
"""

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, false, func, select, tuple_

from app.core.db import db
from app.core.errors import Refusal
from app.orders.keys import name_key
from app.orders.models import Order
from app.orders.status import OrderStatus
from app.promotions import service as promotions
from app.stores.service import Method

PAGE, BATCH = 50, 1_000
NUMBER, PHONE = re.compile(r"#?([0-9]{1,9})"), re.compile(r"\+?[0-9().\s-]+")
PHONE_DIGITS, LONGEST_PHONE, SHORTEST_NAME = 10, 15, 2
LAST_LETTER = "\U0010ffff"


@dataclass(frozen=True, slots=True)
class Sought:
    """Which orders: of some stores (None: of all), what was typed, where they stand, made since and before a moment."""

    stores: Collection[int] | None
    words: str = ""
    status: OrderStatus | None = None
    since: datetime | None = None
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Found:
    """An order as a list shows it."""

    id: int
    store_id: int
    status: OrderStatus
    method: Method
    name: str
    phone: str
    email: str
    promised_to: datetime
    total_cents: int
    created_at: datetime


COLUMNS = tuple(getattr(Order, name) for name in Found.__dataclass_fields__)


def found(sought: Sought, *, before: int | None = None, most: int = PAGE) -> tuple[Found, ...]:
    """Orders, newest first, `most` of them, from one query; `before` is the number of the last one that was seen.

    Raises Refusal `short_words` for a part of a phone number and for a single letter.
    """
    query = _sought(sought).order_by(Order.created_at.desc(), Order.id.desc()).limit(most)
    if before is not None:
        made = select(Order.created_at).where(Order.id == before).scalar_subquery()
        query = query.where(Order.created_at <= made, tuple_(Order.created_at, Order.id) < tuple_(made, before))
    return tuple(_found(row) for row in db.session.execute(query))


def count(sought: Sought) -> int:
    """How many orders are sought. Raises what `found` raises."""
    return db.session.scalar(select(func.count()).select_from(_sought(sought).subquery())) or 0


def every(sought: Sought, most: int) -> Iterator[Found]:
    """The newest orders that are sought, up to a number, read a thousand at a time."""
    before: int | None = None
    while most > 0 and (some := found(sought, before=before, most=min(most, BATCH))):
        yield from some
        before, most = some[-1].id, most - len(some)


def _found(row: Any) -> Found:
    values = row._asdict()
    return Found(**{**values, "status": OrderStatus(row.status), "method": Method(row.method)})


def _sought(sought: Sought) -> Select[Any]:
    query = select(*COLUMNS)
    if sought.words:
        query = query.where(_meant(sought.words))
    if sought.stores is not None:
        query = query.where(Order.store_id.in_(sought.stores))
    if sought.status is not None:
        query = query.where(Order.status == sought.status.value)
    if sought.since is not None:
        query = query.where(Order.created_at >= sought.since)
    return query if sought.until is None else query.where(Order.created_at < sought.until)


def _meant(words: str) -> ColumnElement[bool]:
    """What somebody typed, as they meant it: an address, a number, a phone number, else how a name begins."""
    words = words.replace("\0", "").strip()
    if "@" in words:
        return Order.email_key == promotions.email_identity(words)
    if number := NUMBER.fullmatch(words):
        return Order.id == int(number[1])
    if PHONE.fullmatch(words):
        return _phone("".join(letter for letter in words if letter.isdigit()))
    key = name_key(words)
    if len(key) < SHORTEST_NAME:
        raise Refusal("short_words", "Type at least two letters of the name.", field="q")
    return (Order.name_key >= key) & (Order.name_key < key + LAST_LETTER)


def _phone(digits: str) -> ColumnElement[bool]:
    if len(digits) < PHONE_DIGITS:
        raise Refusal("short_words", "Type the whole phone number, with its area code.", field="q")
    if len(digits) > LONGEST_PHONE:
        return false()
    return Order.phone == ("+1" if len(digits) == PHONE_DIGITS else "+") + digits
