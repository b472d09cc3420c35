"""How fast orders come in."""

from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import func, select

from app.core import clock
from app.core.db import db
from app.orders.models import Order
from app.orders.status import DEAD, OrderStatus

NOT_IN = (*DEAD, OrderStatus.PENDING_PAYMENT)
JUST_NOW, LATELY = timedelta(minutes=5), timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Pace:
    """Orders that came to a store in the last five minutes and in the last hour, and what those were worth in cents."""

    just_now: int
    last_hour: int
    last_hour_cents: int

    @property
    def per_minute(self) -> str:
        """How many a minute, in the last five: `2.4`."""
        tenths = self.just_now * 10 // (JUST_NOW // timedelta(minutes=1))
        return f"{tenths // 10}.{tenths % 10}"


def pace() -> Pace:
    """How fast orders come in right now, from one query over the last hour."""
    now = clock.now()
    row = db.session.execute(
        select(
            func.count().filter(Order.created_at > now - JUST_NOW),
            func.count(),
            func.coalesce(func.sum(Order.total_cents), 0),
        ).where(Order.created_at > now - LATELY, Order.status.not_in([status.value for status in NOT_IN]))
    ).one()
    return Pace(row[0], row[1], int(row[2]))
