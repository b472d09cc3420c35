"""Where each cent of an order comes from: a tree of frozen parts, down to a topping on one half."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from sqlalchemy import select

from app.core.db import db
from app.orders.models import Order, OrderUnit

Deals = dict[tuple[int | str, int | str], str]


@dataclass(frozen=True, slots=True)
class Price:
    """A part of what an order costs, in cents, and what it is made of.

    Raises ValueError where its parts are not its sum: a tree that does not add up cannot be built.
    """

    name: str
    cents: int
    parts: tuple["Price", ...] = ()

    def __post_init__(self) -> None:
        """Check the sum."""
        if self.parts and sum(part.cents for part in self.parts) != self.cents:
            raise ValueError(f"{self.name} is not the sum of its parts")

    @property
    def leaves(self) -> Iterator["Price"]:
        """What is made of nothing else."""
        if not self.parts:
            yield self
        for part in self.parts:
            yield from part.leaves


def tree(order_id: int) -> Price:
    """What an order costs, from two queries: its items in the order of its lines, delivery where it was charged or
    given, the tip. Under each its list price, what deals took off by name, and tax. Raises ValueError.
    """
    order = db.session.get_one(Order, order_id)
    names: Deals = {(deal, version): str(name) for deal, version, name, *_ in order.deals}
    rows = db.session.scalars(select(OrderUnit).where(OrderUnit.order_id == order_id).order_by(OrderUnit.id))
    parts = [_unit(row, names) for row in rows]
    if fee := tuple(_fee(order)):
        parts.append(_made_of("Delivery", fee, order.fee_tax_cents))
    if order.tip_cents:
        parts.append(Price("Tip", order.tip_cents))
    return Price("Together", order.total_cents, tuple(parts))


def _unit(row: OrderUnit, names: Deals) -> Price:
    listed = [Price(name, cents) for name, cents in row.parts] or [Price("List price", row.list_cents)]
    if sum(part.cents for part in listed) != row.list_cents:
        raise ValueError(f"unit {row.id} is not listed at the sum of its parts")
    off = (Price(names.get((deal, version), "A deal"), -cents) for deal, version, cents in row.discounts if cents)
    return _made_of(row.name, [*listed, *off], row.tax_cents)


def _fee(order: Order) -> Iterator[Price]:
    off = [Price(str(name), -int(fee)) for *_, name, _, fee in order.deals if fee]
    listed = order.fee_cents - sum(each.cents for each in off)
    if listed:
        yield Price("Fee", listed)
    yield from off


def _made_of(name: str, parts: Iterable[Price], tax_cents: int) -> Price:
    found = (*parts, *([Price("Tax", tax_cents)] if tax_cents else []))
    return Price(name, sum(part.cents for part in found), found)
