"""Orders that were, as deals would see them today: frozen prices, and what the menu says of their items now."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import groupby
from typing import Any

from sqlalchemy import ColumnElement, exists, func, or_, select
from sqlalchemy.orm import aliased

from app.core.db import db
from app.core.errors import NotFound, Refusal
from app.menu import service as menu
from app.menu.service import Catalogue
from app.orders.cart import unpacked
from app.orders.lines import unit_of
from app.orders.models import Order, OrderUnit
from app.orders.offers import identities_of
from app.orders.pricing import DELIVERY_TAX_CODE
from app.orders.status import DEAD
from app.promotions.service import Bill, Context, Unit
from app.stores import service as stores

FEE_OFF = 4  # as `offers.frozen` writes a discount


@dataclass(frozen=True, slots=True)
class Span:
    """Which orders: made since a moment and before another, at some stores (none named: at all), up to a number."""

    since: datetime
    until: datetime
    store_ids: tuple[int, ...] = ()
    last_id: int | None = None


@dataclass(frozen=True, slots=True)
class Past:
    """An order as deals would see it: its bill, where and when, who it was for, and the deals that it used."""

    id: int
    bill: Bill
    context: Context
    identities: tuple[str, ...]
    used: frozenset[int]


def count(span: Span) -> tuple[int, int]:
    """How many orders there are in a span, and the number of the newest."""
    row = db.session.execute(select(func.count(), func.max(Order.id)).where(*_within(span))).one()
    return row[0], row[1] or 0


def nth_newest(span: Span, n: int) -> int:
    """The number of the order that has n newer ones in a span; 0 when there are not so many."""
    query = select(Order.id).where(*_within(span)).order_by(Order.id.desc()).offset(n).limit(1)
    return db.session.scalar(query) or 0


def past(span: Span, after: int, most: int) -> tuple[Past, ...]:
    """The next orders of a span after a number, oldest first."""
    return _read(*_within(span), Order.id > after, most=most)


def one(order_id: int) -> Past:
    """One order. Raises NotFound."""
    found = _read(Order.id == order_id, most=1)
    if not found:
        raise NotFound("We could not find that order.")
    return found[0]


def recent(store_ids: Collection[int] | None, most: int = 12) -> tuple[tuple[int, int], ...]:
    """The latest orders of some stores (None: of all) that were not called off: their numbers and totals in cents."""
    theirs = [Order.store_id.in_(store_ids)] if store_ids is not None else []
    query = select(Order.id, Order.total_cents).where(*theirs, Order.status.not_in(DEAD))
    query = query.order_by(Order.id.desc()).limit(most)
    return tuple((row.id, row.total_cents) for row in db.session.execute(query))


def _within(span: Span) -> list[ColumnElement[bool]]:
    where = [Order.created_at >= span.since, Order.created_at < span.until, Order.status.not_in(DEAD)]
    where += [Order.store_id.in_(span.store_ids)] if span.store_ids else []
    return [*where, Order.id <= span.last_id] if span.last_id is not None else where


def _read(*where: ColumnElement[bool], most: int) -> tuple[Past, ...]:
    columns = (Order.id, Order.store_id, Order.method, Order.promised_from, Order.fee_cents, Order.deals)
    query = select(*columns, Order.account_id, Order.email_key, Order.phone, _earlier().label("earlier"))
    orders = db.session.execute(query.where(*where).order_by(Order.id).limit(most)).all()
    kept = (OrderUnit.order_id, OrderUnit.selection, OrderUnit.list_cents, OrderUnit.tax_code)
    mine = OrderUnit.order_id.in_([order.id for order in orders])
    rows = db.session.execute(select(*kept).where(mine).order_by(OrderUnit.order_id, OrderUnit.id))
    units = {key: list(same) for key, same in groupby(rows, key=lambda row: row.order_id)}
    menus = {store_id: _everything(menu.catalogue(store_id)) for store_id in {order.store_id for order in orders}}
    return tuple(_past(order, units.get(order.id, []), menus[order.store_id]) for order in orders)


def _earlier() -> ColumnElement[bool]:
    before = aliased(Order)
    mailbox = (before.email_key == Order.email_key) & (Order.email_key != "")
    same = or_(before.account_id == Order.account_id, before.phone == Order.phone, mailbox)
    return exists().where(before.id < Order.id, before.status.not_in(DEAD), same)


def _past(order: Any, units: Sequence[Any], offered: Catalogue) -> Past:
    info = stores.store(order.store_id)
    fee_off = sum(int(discount[FEE_OFF]) for discount in order.deals)
    return Past(
        id=order.id,
        bill=Bill(
            units=tuple(_unit(n, unit, offered, info.taxes.get(unit.tax_code, 0)) for n, unit in enumerate(units)),
            fee_cents=order.fee_cents + fee_off,
            fee_rate_ppm=info.taxes.get(DELIVERY_TAX_CODE, 0),
        ),
        context=Context(
            at=order.promised_from,
            zone=info.zone,
            store_id=info.id,
            store_name=info.name,
            method=order.method,
            first_order=not order.earlier,
        ),
        identities=identities_of(order.account_id, order.email_key, order.phone),
        used=frozenset(int(discount[0]) for discount in order.deals),
    )


def _unit(n: int, row: Any, offered: Catalogue, rate_ppm: int) -> Unit:
    """One item at the price that was paid for it; of what is on no menu any more, only the name is known."""
    selection = unpacked(row.selection)
    try:
        now = unit_of(n, menu.choose(offered, selection), {})
    except Refusal:
        item = offered.products.get(selection.product)
        category, specialty = (item.category, item.specialty) if item else ("", False)
        now = Unit(n, selection.product, selection.size, selection.crust, 0, category, specialty)
    beyond = tuple(min(cents, row.list_cents) for cents in now.beyond_cents)
    return replace(now, list_cents=row.list_cents, beyond_cents=beyond, rate_ppm=rate_ppm)


def _everything(offered: Catalogue) -> Catalogue:
    """The menu with nothing sold out: what is not to be had today was to be had then."""
    toppings = {key: replace(topping, sold_out=False) for key, topping in offered.toppings.items()}
    products = {slug: replace(product, sold_out=False) for slug, product in offered.products.items()}
    return replace(offered, toppings=toppings, products=products)
