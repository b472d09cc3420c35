"""What a customer ordered before, newest first, a page at a time."""

from dataclasses import dataclass

from sqlalchemy import select

from app.core.db import db
from app.orders import service as orders
from app.orders.models import Order
from app.orders.service import OrderView

PAGE = 20


@dataclass(frozen=True, slots=True)
class Past:
    """One page of somebody's orders, and the number after which the next page goes on; None on the last one."""

    orders: tuple[OrderView, ...]
    older: int | None


def page(user_id: int, before: int | None = None, most: int = PAGE) -> Past:
    """The newest orders of a customer, older than `before` if that is given; three queries, however many they are."""
    mine = select(Order.id).where(Order.account_id == user_id)
    if before is not None:
        mine = mine.where(Order.id < before)
    ids = db.session.scalars(mine.order_by(Order.id.desc()).limit(most + 1)).all()
    shown = ids[:most]
    views = orders.several(shown) if shown else {}
    return Past(tuple(views[order_id] for order_id in shown), shown[-1] if len(ids) > most else None)


def phone_of(user_id: int) -> str:
    """The phone that a customer gave with their latest order; empty for none."""
    latest = select(Order.phone).where(Order.account_id == user_id).order_by(Order.id.desc()).limit(1)
    return db.session.scalar(latest) or ""
