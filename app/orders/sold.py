"""What was in orders, for reports: amounts by order, products, toppings and deals over many orders at once."""

from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import load_only

from app.core.db import db
from app.orders.models import Order, OrderUnit

_AMOUNTS = (
    *(Order.items_cents, Order.discount_cents, Order.fee_cents, Order.tax_cents, Order.tip_cents),
    Order.deals,
)


@dataclass(frozen=True, slots=True)
class Amounts:
    """What an order's total is made of, in cents, and its deals as [deal, name, cents]."""

    items_cents: int
    discount_cents: int
    fee_cents: int
    tax_cents: int
    tip_cents: int
    deals: tuple[tuple[int, str, int], ...]


@dataclass(frozen=True, slots=True)
class Sold:
    """Of one product in one order: how many, and the cents that they brought after deals and before tax."""

    order_id: int
    product_id: int
    name: str
    count: int
    cents: int


def amounts(order_ids: Collection[int]) -> dict[int, Amounts]:
    """What the totals of orders are made of, from one query."""
    query = select(Order).where(Order.id.in_(order_ids)).options(load_only(*_AMOUNTS, raiseload=True))
    return {
        row.id: Amounts(
            items_cents=row.items_cents,
            discount_cents=row.discount_cents,
            fee_cents=row.fee_cents,
            tax_cents=row.tax_cents,
            tip_cents=row.tip_cents,
            deals=tuple((int(deal), str(name), int(off) + int(of_fee)) for deal, _, name, off, of_fee in row.deals),
        )
        for row in db.session.scalars(query)
    }


def products(order_ids: Collection[int]) -> list[Sold]:
    """The products of orders, each order's for itself, from one query."""
    query = (
        select(
            OrderUnit.order_id,
            OrderUnit.product_id,
            func.max(OrderUnit.name),
            func.count(),
            func.sum(OrderUnit.list_cents - OrderUnit.discount_cents),
        )
        .where(OrderUnit.order_id.in_(order_ids))
        .group_by(OrderUnit.order_id, OrderUnit.product_id)
    )
    return [
        Sold(order, product, name, count, int(cents))
        for order, product, name, count, cents in db.session.execute(query)
    ]


def toppings(order_ids: Collection[int]) -> dict[int, Counter[str]]:
    """How many pizzas of each order had each topping on them, wherever on the pizza, from one query."""
    query = select(OrderUnit.order_id, OrderUnit.selection["placements"]).where(
        OrderUnit.order_id.in_(order_ids), OrderUnit.pizza
    )
    found: dict[int, Counter[str]] = {}
    for order_id, placements in db.session.execute(query):
        found.setdefault(order_id, Counter()).update({topping for topping, _, _ in placements or ()})
    return found
