"""Deals on offer, and offers that use them."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import select

from app.core.db import db, transaction
from app.promotions import live
from app.promotions import service as promotions
from app.promotions.models import Deal
from app.promotions.service import Application, Offer

OFF_ONE = {
    "name": "A dollar off any pizza",
    "kind": "amount_items",
    "slots": [{"categories": ["pizzas"]}],
    "off_cents": 100,
}
QUARTER_OFF = {"name": "25% off", "kind": "percent_order", "rate_ppm": 250_000}


def deal(terms: Mapping[str, Any] | None = None, *, code: str = "", listed: bool = True, **changes: Any) -> int:
    """A deal on offer, a dollar off any pizza unless said otherwise; its id."""
    with transaction():
        made = promotions.write({**(terms or OFF_ONE), **changes}, listed=listed)
        if code:
            promotions.add_code(made, code)
        promotions.publish(made)
    return made


def uses_of(deal_id: int) -> tuple[int, int]:
    """Held and redeemed uses of a deal."""
    row = db.session.execute(select(Deal.reserved, Deal.redeemed).where(Deal.id == deal_id)).one()
    return row.reserved, row.redeemed


def offer(*deal_ids: int, off: int = 100) -> Offer:
    """An offer of these deals as they are now; each takes so much off the first unit."""
    known = live.fresh().deals
    return Offer(
        tuple(Application(each, known[each].version, known[each].name, {0: off}) for each in deal_ids if each in known)
    )
