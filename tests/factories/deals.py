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
    shares = [{unit: off} if off and not n else {} for n in range(len(deal_ids))]
    return Offer(tuple(Application(each, 1, "Two mediums", off) for each, off in zip(deal_ids, shares, strict=True)))
