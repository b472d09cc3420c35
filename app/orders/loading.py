"""Taking in orders that were made elsewhere and long ago, many at once, each number of a source once."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import chain
from typing import Any

from sqlalchemy import insert, select

from app.core.db import Base, db
from app.menu.values import Choice
from app.orders.cart import packed
from app.orders.keys import name_key
from app.orders.models import Cart, LoadedOrder, Order, OrderEvent, OrderUnit
from app.orders.pricing import ListedUnit, Quote, quote
from app.orders.status import OrderStatus
from app.orders.values import Contact, Place
from app.promotions.values import Offer
from app.stores.slots import quarter

S = OrderStatus
COURSE = (S.PENDING_PAYMENT, S.PLACED, S.ACCEPTED, S.MAKING, S.COMPLETED)
BY = "history"
RANGE = timedelta(minutes=10)
SUMS = ("items", "discount", "fee", "fee_tax", "tax", "tip", "total")
Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class PastUnit:
    """One item of a past order, and what it cost then, in cents before tax."""

    choice: Choice
    cents: int


@dataclass(frozen=True, slots=True)
class PastOrder:
    """A completed order of another book: its number there, who ordered what and where, when it was promised (a range of
    ten minutes that ends then), and when it was done.
    """

    number: int
    place: Place
    contact: Contact
    units: tuple[PastUnit, ...]
    fee_cents: int
    placed_at: datetime
    promised_to: datetime
    done_at: datetime

    @property
    def promised_from(self) -> datetime:
        """When the promised range begins."""
        return self.promised_to - RANGE

    @property
    def places(self) -> int:
        """Its oven places."""
        return sum(unit.choice.places for unit in self.units)


@dataclass(frozen=True, slots=True)
class Loaded:
    """An order that was taken in: its number here, and what it was there."""

    order_id: int
    past: PastOrder
    store_id: int
    total_cents: int
    placed_at: datetime
    done_at: datetime


def take_in(source: str, past: Sequence[PastOrder], taxes: Mapping[int, Mapping[str, int]]) -> list[Loaded]:
    """Write past orders, in the open unit of work, but those that are here already; gives the new ones.

    `taxes` are each store's, in parts per million. Tells nobody: what is long over needs no kitchen and no mail.
    """
    numbers = [each.number for each in past]
    known = select(LoadedOrder.number).where(LoadedOrder.source == source, LoadedOrder.number.in_(numbers))
    there = set(db.session.scalars(known))
    new = [each for each in past if each.number not in there]
    if not new:
        return []
    quotes = [_priced(each, taxes[each.place.store_id]) for each in new]
    carts = _put(Cart.id, [_cart(each) for each in new])
    ids = _put(Order.id, [_order(*of) for of in zip(new, quotes, carts, strict=True)])
    ordered = list(zip(ids, new, quotes, strict=True))
    db.session.execute(insert(OrderUnit), list(chain.from_iterable(_units(*each) for each in ordered)))
    db.session.execute(insert(OrderEvent), [move for number, each, _ in ordered for move in _moves(number, each)])
    rows = [{"source": source, "number": each.number, "order_id": number} for number, each, _ in ordered]
    db.session.execute(insert(LoadedOrder), rows)
    return [
        Loaded(number, each, each.place.store_id, priced.total_cents, each.placed_at, each.done_at)
        for number, each, priced in ordered
    ]


def _put(key: Any, rows: list[Row]) -> list[int]:
    """Insert rows in one go; their ids, in the same order."""
    model: type[Base] = key.class_
    return list(db.session.scalars(insert(model).returning(key, sort_by_parameter_order=True), rows))


def _priced(past: PastOrder, taxes: Mapping[str, int]) -> Quote:
    listed = [ListedUnit(n, unit.cents, unit.choice.tax_code) for n, unit in enumerate(past.units)]
    return quote(listed, offer=Offer(), fee_cents=past.fee_cents, taxes=taxes, tip_cents=0)


def _cart(past: PastOrder) -> Row:
    place = past.place
    return {
        "status": "ordered",
        "method": place.method.value,
        "store_id": place.store_id,
        "street": place.street,
        "city": place.city,
        "zip": place.zip,
        "touched_at": past.placed_at,
    }


def _order(past: PastOrder, priced: Quote, cart_id: int) -> Row:
    place, contact = past.place, past.contact
    return {
        "cart_id": cart_id,
        "store_id": place.store_id,
        "status": S.COMPLETED,
        "seq": len(COURSE) - 1,
        "method": place.method.value,
        "name": contact.name,
        "name_key": name_key(contact.name),
        "phone": contact.phone,
        "email": contact.email,
        "email_key": "",
        "street": place.street,
        "unit": place.unit,
        "city": place.city,
        "zip": place.zip,
        "note": "",
        "slot_at": quarter(past.placed_at),
        "places": past.places,
        "promised_from": past.promised_from,
        "promised_to": past.promised_to,
        "asap": True,
        **{f"{name}_cents": getattr(priced, f"{name}_cents") for name in SUMS},
        "deals": [],
        "created_at": past.placed_at,
    }


def _units(order_id: int, past: PastOrder, priced: Quote) -> Iterator[Row]:
    for n, (unit, paid) in enumerate(zip(past.units, priced.units, strict=True)):
        choice = unit.choice
        yield {
            "order_id": order_id,
            "line": n,
            "product_id": choice.product_id,
            "variant_id": choice.variant_id,
            "name": choice.name,
            "base": choice.base,
            "sides": [[side.value, words] for side, words in choice.sides],
            "picture": choice.picture,
            "pizza": choice.pizza,
            "note": "",
            "selection": packed(choice.selection),
            "places": choice.places,
            "list_cents": paid.list_cents,
            "parts": [],
            "discounts": [],
            "discount_cents": 0,
            "tax_code": choice.tax_code,
            "tax_cents": paid.tax_cents,
        }


def _moves(order_id: int, past: PastOrder) -> Iterator[Row]:
    for seq, status in enumerate(COURSE):
        at = past.done_at if status is S.COMPLETED else past.placed_at
        yield {"order_id": order_id, "seq": seq, "status": status, "at": at, "by": BY, "reason": ""}
