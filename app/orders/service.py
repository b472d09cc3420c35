"""Public verbs of the orders domain, besides those of the cart: place, and everything that can become of an order."""

from collections.abc import Collection, Iterable
from datetime import datetime
from itertools import groupby
from typing import Any

from sqlalchemy import Select, bindparam, exists, select

from app.core.db import db, sent_one
from app.core.errors import NotFound
from app.core.events import emit
from app.core.glancing import glance, glances
from app.orders.events import OrderAccepted, OrderCancelled, OrderCompleted, OrderPlaced
from app.orders.models import Order, OrderEvent, OrderUnit
from app.orders.placing import Placed, identities, place, take
from app.orders.pricing import PricedUnit, Quote
from app.orders.status import DEAD, IN_KITCHEN, ImpossibleMove, OrderStatus, move, moved
from app.orders.values import (
    CartHead,
    CartView,
    Contact,
    Discount,
    LineView,
    OrderLine,
    OrderMove,
    OrderView,
    Place,
    Placing,
)
from app.promotions import service as promotions
from app.stores import service as stores
from app.stores.service import Method

__all__ = [
    "BEFORE_MAKING",
    "CANCELLABLE_BY_STAFF",
    "DEAD",
    "IN_KITCHEN",
    "CartHead",
    "CartView",
    "Contact",
    "Discount",
    "ImpossibleMove",
    "LineView",
    "OrderLine",
    "OrderMove",
    "OrderStatus",
    "OrderView",
    "Place",
    "Placed",
    "Placing",
    "accept",
    "cancel",
    "complete",
    "dead",
    "dead_before",
    "expire",
    "fail_payment",
    "find",
    "history",
    "hold",
    "identities",
    "mark_placed",
    "of_cart",
    "order",
    "place",
    "reject",
    "several",
    "start_making",
    "status_of",
    "statuses",
    "take",
]

S = OrderStatus
Statuses = frozenset[OrderStatus]
BEFORE_MAKING: Statuses = frozenset({S.PENDING_PAYMENT, S.PLACED, S.ACCEPTED})
CANCELLABLE_BY_STAFF: Statuses = BEFORE_MAKING | {S.MAKING}
PHONE_DIGITS = 10

# Written once: putting a statement together costs more than sending it.
_orders, _units = Order.__table__.c, OrderUnit.__table__.c
HOLD = select(_orders.status).where(_orders.id == bindparam("order")).with_for_update()
EMAIL = select(_orders.email).where(_orders.id == bindparam("order"))
ORDERS = select(*_orders).where(_orders.id.in_(bindparam("orders", expanding=True))).order_by(_orders.id)
UNITS = (
    select(*_units).where(_units.order_id.in_(bindparam("orders", expanding=True))).order_by(_units.order_id, _units.id)
)


def mark_placed(order_id: int) -> bool:
    """The money is there or will be, in cash: the order goes to its store. Tells OrderPlaced."""
    store_id = moved(order_id, S.PLACED, by="payment")
    if store_id is None:
        return False
    emit(OrderPlaced(order_id, store_id))
    promotions.redeem(order_id)  # last: everybody wants the deal's row
    return True


def accept(order_id: int, *, by: str) -> bool:
    """The store makes it. Tells OrderAccepted, on which the money is taken."""
    if not move(order_id, S.ACCEPTED, by=by):
        return False
    emit(OrderAccepted(order_id))
    return True


def start_making(order_id: int, *, by: str) -> bool:
    """Hands are on it: it cannot be cancelled by the customer any more."""
    return move(order_id, S.MAKING, by=by)


def complete(order_id: int, *, by: str) -> bool:
    """The customer has it. Tells OrderCompleted, on which cash counts as taken."""
    if not move(order_id, S.COMPLETED, by=by):
        return False
    emit(OrderCompleted(order_id))
    return True


def fail_payment(order_id: int) -> bool:
    """It was not paid for. What it held comes back."""
    return _end(order_id, S.PAYMENT_FAILED, by="payment", reason="not paid")


def expire(order_id: int) -> bool:
    """Its time to be paid ran out. What it held comes back."""
    return _end(order_id, S.EXPIRED, by="clock", reason="not paid in time")


def reject(order_id: int, *, by: str, reason: str) -> bool:
    """The store cannot make it."""
    return _end(order_id, S.REJECTED, by=by, reason=reason)


def cancel(order_id: int, *, by: str, reason: str, while_making: bool = False) -> bool:
    """Call it off: customers until making starts, staff also after. Raises ImpossibleMove when it is too late."""
    late = while_making and status_of(order_id) is S.MAKING
    return _end(order_id, S.CANCELLED, by=by, reason=reason, since=frozenset({S.MAKING}) if late else BEFORE_MAKING)


def _end(
    order_id: int, to: OrderStatus, *, by: str, reason: str, since: frozenset[OrderStatus] = BEFORE_MAKING
) -> bool:
    if not move(order_id, to, by=by, reason=reason, since=since):
        return False
    row = db.session.get_one(Order, order_id, populate_existing=True)
    emit(OrderCancelled(order_id, row.store_id))
    if S.MAKING not in since:  # a use comes back only when making had not started (price law, section 7)
        stores.release(row.store_id, row.slot_at, row.places)  # slot before deals, as in placing; both last
        promotions.release(order_id)
    return True


def status_of(order_id: int) -> OrderStatus:
    """Where an order stands. Raises NotFound."""
    status = db.session.scalar(select(Order.status).where(Order.id == order_id))
    if status is None:
        raise NotFound("We could not find that order.")
    return OrderStatus(status)


def hold(order_id: int) -> OrderStatus:
    """Where an order stands, and nobody else moves it before the open unit of work ends. Raises NotFound."""
    row = sent_one(HOLD, {"order": order_id})
    if row is None:
        raise NotFound("We could not find that order.")
    return OrderStatus(row.status)


def statuses(order_ids: Collection[int]) -> dict[int, OrderStatus]:
    """Where several orders stand, from one query."""
    rows = db.session.execute(select(Order.id, Order.status).where(Order.id.in_(order_ids)))
    return {row.id: OrderStatus(row.status) for row in rows}


def dead(since: datetime) -> Select[int]:
    """The orders made since then that came to nothing: their ids, for a query of whoever asks."""
    return select(Order.id).where(Order.status.in_(DEAD), Order.created_at >= since)


def dead_before(moment: datetime, *, since: datetime, store_id: int) -> Select[int]:
    """The same of a store's orders, for those that had come to nothing before a moment."""
    ended = (OrderEvent.order_id == Order.id, OrderEvent.seq == Order.seq, OrderEvent.at < moment)
    return dead(since).where(Order.store_id == store_id, exists().where(*ended))


def of_cart(cart_id: int) -> int | None:
    """The order that a cart became, if it was ordered."""
    return db.session.scalar(select(Order.id).where(Order.cart_id == cart_id))


def email_of(order_id: int) -> str:
    """Where the receipt of an order goes. Raises NotFound."""
    row = glance(EMAIL, {"order": order_id})
    if row is None:
        raise NotFound("We could not find that order.")
    return str(row.email)


def order(order_id: int) -> OrderView:
    """An order as it was agreed. Raises NotFound."""
    found = several([order_id])
    if not found:
        raise NotFound("We could not find that order.")
    return found[order_id]


def find(order_id: int, phone: str) -> int | None:
    """The order with this number, if it was made with this phone number, however either of them is written."""
    kept = db.session.scalar(select(Order.phone).where(Order.id == order_id))
    return order_id if kept and len(_digits(phone)) == PHONE_DIGITS and _digits(kept) == _digits(phone) else None


def _digits(phone: str) -> str:
    return "".join(letter for letter in phone if letter.isascii() and letter.isdigit())[-PHONE_DIGITS:]


def several(order_ids: Iterable[int]) -> dict[int, OrderView]:
    """Some orders by their ids, in two queries however many they are."""
    wanted = list(order_ids)
    found = glances(UNITS, {"orders": wanted})
    units = {key: list(same) for key, same in groupby(found, key=lambda unit: unit.order_id)}
    return {row.id: _view(row, units.get(row.id, [])) for row in glances(ORDERS, {"orders": wanted})}


def _view(row: Any, units: list[Any]) -> OrderView:
    return OrderView(
        id=row.id,
        store_id=row.store_id,
        status=OrderStatus(row.status),
        seq=row.seq,
        method=Method(row.method),
        contact=Contact(row.name, row.phone, row.email),
        street=row.street,
        unit=row.unit,
        city=row.city,
        zip=row.zip,
        note=row.note,
        slot_at=row.slot_at,
        promised_from=row.promised_from,
        promised_to=row.promised_to,
        asap=row.asap,
        lines=tuple(_line(list(same)) for _, same in groupby(units, key=lambda unit: unit.line)),
        quote=_quote(row, units),
        discounts=tuple(Discount(str(name), int(items), int(fee)) for _, _, name, items, fee in row.deals),
        places=sum(unit.places for unit in units),
        created_at=row.created_at,
    )


def _line(same: list[Any]) -> OrderLine:
    first = same[0]
    sides = tuple((side, words) for side, words in first.sides)
    cents = sum(unit.list_cents for unit in same)
    return OrderLine(first.name, first.base, sides, first.picture, first.pizza, len(same), cents, first.note)


def _quote(row: Any, units: list[Any]) -> Quote:
    return Quote(
        units=tuple(PricedUnit(unit.id, unit.list_cents, unit.discount_cents, unit.tax_cents) for unit in units),
        items_cents=row.items_cents,
        discount_cents=row.discount_cents,
        fee_cents=row.fee_cents,
        fee_tax_cents=row.fee_tax_cents,
        tax_cents=row.tax_cents,
        tip_cents=row.tip_cents,
        total_cents=row.total_cents,
    )


def history(order_id: int) -> tuple[OrderMove, ...]:
    """Every move of an order, in order."""
    rows = db.session.scalars(select(OrderEvent).where(OrderEvent.order_id == order_id).order_by(OrderEvent.seq))
    return tuple(OrderMove(row.seq, OrderStatus(row.status), row.at, row.by, row.reason) for row in rows)
