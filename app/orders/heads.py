"""An open cart's row: seen in short by every page, read by whoever prices it, held by whoever changes it."""

from dataclasses import dataclass
from functools import cache
from typing import Any, cast

from sqlalchemy import Table, bindparam, func, insert, select, update

from app.core import clock
from app.core.db import db, in_transaction, sent_one
from app.core.errors import NotFound
from app.core.glancing import glance
from app.orders.models import Cart, CartLine
from app.orders.values import CartHead
from app.stores.service import Method

# Every page asks this: written once and with plain columns, it costs half of what it would as a query of objects.
_carts, _lines = Cart.__table__.c, CartLine.__table__.c
_count = select(func.coalesce(func.sum(_lines.quantity), 0)).where(_lines.removed.is_(False))
SHOWN = (
    *(_carts.id, _carts.version, _carts.store_id, _carts.method, _carts.street, _carts.zip, _carts.wanted_at),
    _count.where(_lines.cart_id == _carts.id).scalar_subquery().label("items"),
)
HEAD = select(*SHOWN).where(_carts.id == bindparam("cart_id"), _carts.status == "open")
OPENED = select(*_carts).where(_carts.id == bindparam("cart_id"), _carts.status == "open")
MADE = insert(cast("Table", Cart.__table__)).returning(*_carts)
HELD = "held_cart"


@dataclass(slots=True)
class Held:
    """A cart that the open unit of work changes, so that nobody else does, and how many items are in it."""

    row: Any
    count: int


def head(cart_id: int) -> CartHead | None:
    """What every page shows of an open cart; None when it is gone or was ordered."""
    if held := held_here(cart_id):
        return in_short(held.row, held.count)
    row = glance(HEAD, {"cart_id": cart_id})
    return in_short(row, row.items) if row is not None else None


def in_short(row: Any, count: int) -> CartHead:
    """A row of `SHOWN`, or a cart's."""
    place = {"street": row.street, "zip": row.zip, "wanted_at": row.wanted_at}
    return CartHead(row.id, row.version, count, row.store_id, Method(row.method) if row.method else None, **place)


def opened(cart_id: int) -> Any:
    """An open cart's row, to be read. Raises NotFound."""
    if held := held_here(cart_id):
        return held.row
    row = glance(OPENED, {"cart_id": cart_id})
    if row is None:
        raise _closed()
    return row


def make(**values: object) -> int:
    """A new empty cart, held by the open unit of work until it ends: its number."""
    held = _held(sent_one(MADE, {"touched_at": clock.now(), **values}), 0)
    number: int = held.row.id
    return number


def hold(cart_id: int, **changes: object) -> Held:
    """An open cart, noted as changed, and until the open unit of work ends nobody else's to change or to order.

    Whoever changes it holds it first, or again once all is written. Raises NotFound.
    """
    # A checkout may have closed the cart since we looked: then the change must not look as if it counted.
    row = sent_one(_touch(frozenset(changes)), {"cart_id": cart_id, "touched_at": clock.now(), **changes})
    if row is None:
        raise _closed()
    return _held(row, row.items)


def _held(row: Any, count: int) -> Held:
    held, info = Held(row, count), db.session().info
    info[HELD] = (info.get("hooks"), held)
    return held


@cache
def _touch(changed: frozenset[str]) -> Any:
    """Answers with the row as it stays until the unit of work ends, so nobody there asks for it again."""
    new: dict[str, Any] = {name: bindparam(name) for name in ("touched_at", *changed)}
    items = _count.where(_lines.cart_id == bindparam("cart_id")).scalar_subquery().label("items")
    touched = update(cast("Table", Cart.__table__)).where(_carts.id == bindparam("cart_id"), _carts.status == "open")
    return touched.values(version=_carts.version + 1, **new).returning(*_carts, items)


def held_here(cart_id: int) -> Held | None:
    """The cart if it is the one that the open unit of work has changed."""
    if not in_transaction():
        return None
    info = db.session().info
    work, held = info.get(HELD, (None, None))
    return held if held is not None and work is info["hooks"] and held.row.id == cart_id else None


def _closed() -> NotFound:
    return NotFound("That order is not open any more. Start a new one.", code="cart_closed")
