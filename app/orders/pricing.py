"""What an order costs, pure: units, an offer, a fee, tax rates and a tip in, a quote out (price law, sections 4 and 6).

Stages in fixed order: list price, deals on items and the order, the delivery fee's deal, tax, tip.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from app.core.money import at_rate, share_out
from app.promotions.values import Offer, Stage

DELIVERY_TAX_CODE = "delivery"


@dataclass(frozen=True, slots=True)
class ListedUnit:
    """One physical item before deals and tax."""

    id: int
    list_cents: int
    tax_code: str


@dataclass(frozen=True, slots=True)
class PricedUnit:
    """One physical item with everything that was worked out for it."""

    id: int
    list_cents: int
    discount_cents: int
    tax_cents: int

    @property
    def paid_cents(self) -> int:
        """What a refund of this unit gives back."""
        return self.list_cents - self.discount_cents + self.tax_cents


@dataclass(frozen=True, slots=True)
class Quote:
    """A price that adds up; one that does not cannot be built.

    `discount_cents` is all that came off items; `order_discount_cents` is the part of it that a deal on the order took.
    """

    units: tuple[PricedUnit, ...]
    items_cents: int
    discount_cents: int
    fee_cents: int
    fee_tax_cents: int
    tax_cents: int
    tip_cents: int
    total_cents: int
    order_discount_cents: int = 0

    def __post_init__(self) -> None:
        """Check every sum. Raises ValueError."""
        if self.items_cents != sum(unit.list_cents for unit in self.units):
            raise ValueError("the items do not add up")
        if self.discount_cents != sum(unit.discount_cents for unit in self.units):
            raise ValueError("the discounts do not add up")
        if not 0 <= self.order_discount_cents <= self.discount_cents:
            raise ValueError("the order's discount is not a part of the discounts")
        if self.tax_cents != self.fee_tax_cents + sum(unit.tax_cents for unit in self.units):
            raise ValueError("the tax does not add up")
        if any(not 0 <= unit.discount_cents <= unit.list_cents for unit in self.units):
            raise ValueError("a discount is larger than what it is taken off")
        before_tip = self.items_cents - self.discount_cents + self.fee_cents + self.tax_cents
        if self.total_cents != before_tip + self.tip_cents or min(self.fee_cents, self.tip_cents, before_tip) < 0:
            raise ValueError("the total does not add up")

    @property
    def food_cents(self) -> int:
        """Food after deals on items, before one on the order: what minimums are measured on (price law, section 4)."""
        return self.items_cents - self.discount_cents + self.order_discount_cents


def quote(
    units: Sequence[ListedUnit], *, offer: Offer, fee_cents: int, taxes: Mapping[str, int], tip_cents: int
) -> Quote:
    """Work a price out. `taxes` maps tax codes to parts per million; a code that is not in it is not taxed."""
    fee = max(0, fee_cents - offer.fee_off_cents)
    off = {unit.id: offer.off(unit.id) for unit in units}
    due = {unit.id: unit.list_cents - off[unit.id] for unit in units}
    taxed = _tax(units, due, fee, taxes)
    priced = tuple(PricedUnit(unit.id, unit.list_cents, off[unit.id], taxed[unit.id]) for unit in units)
    items, discount = sum(unit.list_cents for unit in units), sum(off.values())
    tax = sum(taxed.values())
    return Quote(
        units=priced,
        items_cents=items,
        discount_cents=discount,
        fee_cents=fee,
        fee_tax_cents=taxed[None],
        tax_cents=tax,
        tip_cents=tip_cents,
        total_cents=items - discount + fee + tax + tip_cents,
        order_discount_cents=offer.off_at(Stage.ORDER),
    )


def _tax(
    units: Sequence[ListedUnit], due: Mapping[int, int], fee: int, taxes: Mapping[str, int]
) -> dict[int | None, int]:
    """Tax by unit id, the fee's under None: rounded once for each rate, spread by largest remainder."""
    by_rate: dict[int, list[tuple[int | None, int]]] = {}
    for unit in sorted(units, key=lambda unit: unit.id):
        by_rate.setdefault(taxes.get(unit.tax_code, 0), []).append((unit.id, due[unit.id]))
    by_rate.setdefault(taxes.get(DELIVERY_TAX_CODE, 0), []).append((None, fee))
    taxed: dict[int | None, int] = {}
    for rate, amounts in by_rate.items():
        weights = [cents for _, cents in amounts]
        shares = share_out(at_rate(sum(weights), rate), weights)
        taxed.update(zip([key for key, _ in amounts], shares, strict=True))
    return taxed
