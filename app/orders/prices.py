"""Where each cent of an order comes from: its units, their frozen prices, and what each deal took off."""

from dataclasses import dataclass

from sqlalchemy import select

from app.core.db import db
from app.orders.models import Order, OrderUnit


@dataclass(frozen=True, slots=True)
class UnitPrice:
    """What one item cost: its list price, what deals took off by name, tax. Amounts are cents."""

    name: str
    list_cents: int
    off: tuple[tuple[str, int], ...]
    tax_cents: int

    @property
    def paid_cents(self) -> int:
        """All of it."""
        return self.list_cents - sum(cents for _, cents in self.off) + self.tax_cents


def frozen(order_id: int) -> tuple[UnitPrice, ...]:
    """The items of an order in the order of its lines, from two queries; delivery last, where it was charged or given.

    Together with the tip they are the order's total.
    """
    order = db.session.get_one(Order, order_id)
    names = {(deal, version): str(name) for deal, version, name, *_ in order.deals}
    rows = db.session.scalars(select(OrderUnit).where(OrderUnit.order_id == order_id).order_by(OrderUnit.id))
    units = tuple(_unit(row, names) for row in rows)
    off = tuple((str(name), int(fee)) for *_, name, _, fee in order.deals if fee)
    listed = order.fee_cents + sum(cents for _, cents in off)
    return (*units, UnitPrice("Delivery", listed, off, order.fee_tax_cents)) if listed else units


def _unit(row: OrderUnit, names: dict[tuple[int | str, int | str], str]) -> UnitPrice:
    off = tuple((names.get((deal, version), "A deal"), cents) for deal, version, cents in row.discounts if cents)
    return UnitPrice(row.name, row.list_cents, off, row.tax_cents)
