"""Public verbs of the promotions domain: the best offer for a cart, and uses that never pass a limit.

Uses follow the price law, section 8: a guarded counter, a numbered row per customer, and moves that are safe to repeat.
"""

from collections.abc import Sequence

from sqlalchemy import or_, select, update

from app.core import clock
from app.core.db import db, insert_new
from app.core.errors import Conflict
from app.promotions.models import Deal, Redemption
from app.promotions.values import Application, Offer, Unit

__all__ = ["Application", "Offer", "Unit", "best_offer", "redeem", "release", "reserve"]


def best_offer(units: Sequence[Unit]) -> Offer:
    """The combination of deals that makes these units cheapest: none, as no kind of deal is on offer yet."""
    del units
    return Offer()


def reserve(offer: Offer, order_id: int, identity: str) -> None:
    """Hold one use of each deal for an order, in the open unit of work. Repeatable. Raises Conflict `deal_used_up`."""
    for deal_id in sorted(set(offer.deal_ids) - _held(offer, order_id)):
        taken = db.session.execute(
            update(Deal)
            .where(Deal.id == deal_id, or_(Deal.limit.is_(None), Deal.reserved + Deal.redeemed < Deal.limit))
            .values(reserved=Deal.reserved + 1)
            .returning(Deal.name, Deal.limit_per_customer)
        ).first()
        if taken is None:
            raise Conflict("deal_used_up", "That deal was just used up.", action="reprice")
        _take_personal(deal_id, order_id, identity, taken.limit_per_customer)


def _held(offer: Offer, order_id: int) -> set[int]:
    if not offer.deal_ids:
        return set()
    return set(
        db.session.scalars(
            select(Redemption.deal_id).where(Redemption.order_id == order_id, Redemption.state != "released")
        )
    )


def _take_personal(deal_id: int, order_id: int, identity: str, limit: int | None) -> None:
    numbers = [None] if limit is None else range(1, limit + 1)
    hold = {"deal_id": deal_id, "order_id": order_id, "identity": identity, "state": "reserved", "at": clock.now()}
    if not any(insert_new(Redemption, n=n, **hold) for n in numbers):
        raise Conflict("deal_used_up", "You have used that deal as often as it can be.", action="reprice")


def redeem(order_id: int) -> None:
    """The order is paid: its holds become uses. Safe to repeat."""
    for deal_id in _move(order_id, "reserved", "redeemed"):
        db.session.execute(
            update(Deal).where(Deal.id == deal_id).values(reserved=Deal.reserved - 1, redeemed=Deal.redeemed + 1)
        )


def release(order_id: int) -> None:
    """The order came to nothing before making started: its holds and uses come back. Safe to repeat."""
    for deal_id in _move(order_id, "reserved", "released"):
        db.session.execute(update(Deal).where(Deal.id == deal_id).values(reserved=Deal.reserved - 1))
    for deal_id in _move(order_id, "redeemed", "released"):
        db.session.execute(update(Deal).where(Deal.id == deal_id).values(redeemed=Deal.redeemed - 1))


def _move(order_id: int, old: str, new: str) -> list[int]:
    freed = {"n": None} if new == "released" else {}
    moved = db.session.scalars(
        update(Redemption)
        .where(Redemption.order_id == order_id, Redemption.state == old)
        .values(state=new, **freed)
        .returning(Redemption.deal_id)
    )
    return sorted(moved)


def uses(deal_id: int) -> tuple[int, int]:
    """Reserved and redeemed uses of a deal."""
    row = db.session.execute(select(Deal.reserved, Deal.redeemed).where(Deal.id == deal_id)).one()
    return row.reserved, row.redeemed
