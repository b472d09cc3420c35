"""How much each member of staff did in some days: their deeds, counted by kind from the book of deeds."""

from collections import Counter, defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select

from app.core.db import db
from app.users.models import AuditRow, User

REFUSED = "access.refused"  # no deed: somebody was told no


@dataclass(frozen=True, slots=True)
class Busy:
    """Somebody by their present name, and how often they did each deed."""

    user_id: int
    name: str
    deeds: Mapping[str, int]

    @property
    def total(self) -> int:
        """All of them."""
        return sum(self.deeds.values())


def busy(since: datetime, until: datetime, stores: Collection[int] | None = None) -> tuple[Busy, ...]:
    """Who did what at some stores (None: everywhere), the busiest first, from one query. `until` is not in it."""
    row = AuditRow
    query = (
        select(User.id, func.max(User.name), row.deed, func.count())
        .join(User, User.id == row.user_id)
        .where(row.at >= since, row.at < until, row.deed != REFUSED)
        .group_by(User.id, row.deed)
    )
    if stores is not None:
        query = query.where(row.store_id.in_(stores))
    names: dict[int, str] = {}
    counted: defaultdict[int, Counter[str]] = defaultdict(Counter)
    for user_id, name, deed, count in db.session.execute(query):
        names[user_id] = name
        counted[user_id][deed] += count
    every = (Busy(user_id, name, dict(counted[user_id])) for user_id, name in names.items())
    return tuple(sorted(every, key=lambda one: (-one.total, one.name, one.user_id)))
