"""What orders that were made again were worth, for reports: by why, and by who bears it."""

from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta

from sqlalchemy import select

from app.core.db import db
from app.core.periods import Period
from app.orders.models import Order, Remake
from app.orders.status import DEAD
from app.stores import service as stores

DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Remade:
    """How often something was made again for one reason, and what had been paid for it, in cents, tax included."""

    reason: str
    bearer: str
    count: int
    worth_cents: int


def remade(period: Period, store_ids: Collection[int] | None = None) -> tuple[Remade, ...]:
    """What some stores (None: all) made again in a period, each on its own clock; what was worth most first.

    One that was called off counts for nothing.
    """
    begins, ends = (datetime.combine(day, time(), UTC) for day in (period.first - DAY, period.last + 2 * DAY))
    query = (
        select(Order.store_id, Remake.at, Remake.reason, Remake.bearer, Remake.worth_cents)
        .join(Order, Order.id == Remake.order_id)
        .where(Remake.at >= begins, Remake.at < ends, Order.status.not_in(DEAD))
    )
    rows = db.session.execute(query if store_ids is None else query.where(Order.store_id.in_(store_ids))).all()
    places = stores.several({row.store_id for row in rows}) if rows else {}
    times: Counter[tuple[str, str]] = Counter()
    worth: Counter[tuple[str, str]] = Counter()
    for row in rows:
        if period.first <= places[row.store_id].hours.business_date(row.at) <= period.last:
            times[row.reason, row.bearer] += 1
            worth[row.reason, row.bearer] += row.worth_cents
    found = [Remade(*why, times[why], worth[why]) for why in times]
    return tuple(sorted(found, key=lambda each: (-each.worth_cents, -each.count, each.reason, each.bearer)))
