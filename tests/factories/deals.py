"""Deals with a limit, and the offers that use them."""

from app.core.db import db, transaction
from app.promotions.models import Deal
from app.promotions.service import Application, Offer


def deal(**values: object) -> int:
    """A deal on offer; its id."""
    with transaction():
        made = Deal(**{"name": "Two mediums", "limit": None, "limit_per_customer": None, **values})
        db.session.add(made)
        db.session.flush()
        return made.id


def offer(*deal_ids: int, off: int = 0, unit: int = 0) -> Offer:
    """An offer of these deals; the first takes `off` cents from one unit."""
    applied = tuple(Application(deal_id, 1, "Two mediums", {unit: off}) for deal_id in deal_ids[:1] if off)
    return Offer(applications=applied, deal_ids=deal_ids)
