"""Making an order again at no charge: a new order of the same items, linked to the old one and sent to the kitchen.

What was frozen is copied as it is, each item with its list price and a deal of all of it: nothing is priced anew.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import func, insert, select

from app.core import clock
from app.core.db import db
from app.core.errors import Conflict, NotFound, Refusal
from app.core.events import emit
from app.orders import status
from app.orders.events import OrderPlaced
from app.orders.models import Cart, Order, OrderUnit, Remake
from app.orders.status import DEAD, IN_KITCHEN, OrderStatus
from app.stores import service as stores
from app.stores.service import Ask, Method, Promise

WITHIN = timedelta(days=3)
NO_CHARGE = "Made again at no charge"
FREE: tuple[int, int] = (0, 1)  # no deal has this number: the frozen discount says only its name
KEPT_OF_ORDER = (
    *("store_id", "account_id", "method", "name", "name_key", "phone", "email", "email_key"),
    *("street", "unit", "city", "zip"),
)
KEPT_OF_UNIT = (
    *("product_id", "variant_id", "name", "base", "sides", "picture", "pizza", "note", "selection", "places"),
    *("list_cents", "parts", "tax_code", "line"),
)


@dataclass(frozen=True, slots=True)
class Unit:
    """One item that can be made again, and what was paid for it, tax included."""

    id: int
    name: str
    base: str
    paid_cents: int


@dataclass(frozen=True, slots=True)
class Again:
    """What is to be made again of an order: some of its items by their ids, why, who bears it, and who says so."""

    order_id: int
    units: Collection[int]
    reason: str
    bearer: str
    by: str


@dataclass(frozen=True, slots=True)
class Made:
    """An order that was made again: its own number, and that of the one before it."""

    order_id: int
    of_id: int
    reason: str
    bearer: str
    worth_cents: int
    by: str
    at: datetime


def units(order_id: int) -> tuple[Unit, ...]:
    """The items of an order. Raises Conflict `made_again` for one that was made again for another: nobody paid for it;
    `not_made` for one that no kitchen makes, `too_long_ago`.
    """
    order, earlier = _order(order_id), of(order_id)
    if earlier is not None:
        raise Conflict("made_again", f"Nobody paid for order {order_id}. Make order {earlier.of_id} again instead.")
    if order.status not in IN_KITCHEN:
        raise Conflict("not_made", f"Order {order_id} was never made, so there is nothing to make again.")
    if order.created_at < clock.now() - WITHIN:
        raise Conflict("too_long_ago", f"Order {order_id} is too long ago. Give money back instead.")
    return tuple(
        Unit(row.id, row.name, row.base, row.list_cents - row.discount_cents + row.tax_cents) for row in _rows(order_id)
    )


def can(order_id: int) -> bool:
    """Whether an order can be made again."""
    try:
        return bool(units(order_id))
    except Conflict:
        return False


def make_again(again: Again) -> int:
    """Order the same once more, in the open unit of work; the new number. Tells OrderPlaced.

    Raises what `units` raises, Refusal `nothing_chosen`, what `stores.accepts` and `stores.book` raise.
    """
    known = {unit.id: unit for unit in units(again.order_id)}
    worth = sum(unit.paid_cents for number, unit in known.items() if number in again.units)
    chosen = [row for row in _rows(again.order_id) if row.id in again.units]
    if not chosen:
        raise Refusal("nothing_chosen", "Choose at least one thing to make again.")
    made = _insert(_order(again.order_id), chosen, again)
    db.session.add(
        Remake(
            order_id=made.id,
            of_id=again.order_id,
            reason=again.reason,
            bearer=again.bearer,
            worth_cents=worth,
            by=again.by,
            at=made.created_at,
        )
    )
    status.move(made.id, OrderStatus.PLACED, by=again.by, reason=f"made again for order {again.order_id}")
    emit(OrderPlaced(made.id, made.store_id))
    return made.id


def of(order_id: int) -> Made | None:
    """What an order was made again for; None for one that somebody pays."""
    row = db.session.get(Remake, order_id)
    return _made(row) if row else None


def after(order_id: int) -> tuple[Made, ...]:
    """How often an order was made again, the first time first."""
    query = select(Remake).where(Remake.of_id == order_id).order_by(Remake.order_id)
    return tuple(_made(row) for row in db.session.scalars(query))


def worth_of(order_id: int) -> int:
    """What was made again of an order so far, in the cents that were paid for it. What was called off counts not."""
    worth = select(func.coalesce(func.sum(Remake.worth_cents), 0)).join(Order, Order.id == Remake.order_id)
    return db.session.scalar(worth.where(Remake.of_id == order_id, Order.status.not_in(DEAD))) or 0


def _order(order_id: int) -> Order:
    row = db.session.get(Order, order_id, populate_existing=True)
    if row is None:
        raise NotFound("We could not find that order.")
    return row


def _rows(order_id: int) -> Sequence[OrderUnit]:
    return db.session.scalars(select(OrderUnit).where(OrderUnit.order_id == order_id).order_by(OrderUnit.id)).all()


def _insert(old: Order, chosen: Sequence[OrderUnit], again: Again) -> Order:
    promise = stores.accepts(_ask(old, chosen))
    cents = sum(unit.list_cents for unit in chosen)
    made = Order(
        cart_id=_cart(old),
        status=OrderStatus.PENDING_PAYMENT,
        note="",
        **{name: getattr(old, name) for name in KEPT_OF_ORDER},
        **_when(promise),
        items_cents=cents,
        discount_cents=cents,
        fee_cents=0,
        fee_tax_cents=0,
        tax_cents=0,
        tip_cents=0,
        total_cents=0,
        deals=[[*FREE, NO_CHARGE, cents, 0]],
        created_at=clock.now(),
    )
    db.session.add(made)
    db.session.flush()
    stores.book(promise)
    db.session.execute(insert(OrderUnit), [_unit(made.id, row) for row in chosen])
    status.record(made.id, 0, OrderStatus.PENDING_PAYMENT, by=again.by)
    db.session.flush()
    return made


def _ask(old: Order, chosen: Sequence[OrderUnit]) -> Ask:
    places = sum(unit.places for unit in chosen)
    return Ask(old.store_id, Method(old.method), old.zip or None, None, places, old.street, old.city)


def _when(promise: Promise) -> dict[str, Any]:
    return {
        "slot_at": promise.slot_at,
        "places": promise.places,
        "promised_from": promise.ready_from,
        "promised_to": promise.ready_to,
        "asap": promise.asap,
    }


def _cart(old: Order) -> int:
    """The cart that every order comes from; this one was never open."""
    where = {name: getattr(old, name) for name in ("method", "store_id", "street", "unit", "city", "zip")}
    cart = Cart(status="ordered", touched_at=clock.now(), **where)
    db.session.add(cart)
    db.session.flush()
    return cart.id


def _unit(order_id: int, row: OrderUnit) -> dict[str, Any]:
    return {
        "order_id": order_id,
        **{name: getattr(row, name) for name in KEPT_OF_UNIT},
        "discounts": [[*FREE, row.list_cents]],
        "discount_cents": row.list_cents,
        "tax_cents": 0,
    }


def _made(row: Remake) -> Made:
    return Made(row.order_id, row.of_id, row.reason, row.bearer, row.worth_cents, row.by, row.at)
