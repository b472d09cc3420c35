"""How the kitchens of the chain do right now: two queries over what is open, however many stores there are."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select

from app.core import clock
from app.core.db import db
from app.tracking.models import TicketRow
from app.tracking.stages import Stage

OPEN = TicketRow.closed_at.is_(None)


@dataclass(frozen=True, slots=True)
class Late:
    """A store that is behind: how many tickets are past their promise, and since when the first of them is."""

    store_id: int
    tickets: int
    since: datetime


@dataclass(frozen=True, slots=True)
class Untouched:
    """A ticket that nobody has begun though it was time to."""

    order_id: int
    store_id: int
    since: datetime


@dataclass(frozen=True, slots=True)
class KitchenPulse:
    """The kitchens of the chain: open tickets, stores that are late, worst first, and the oldest untouched tickets."""

    open: int
    late: tuple[Late, ...]
    untouched: tuple[Untouched, ...]

    @property
    def late_tickets(self) -> int:
        """How many tickets of the chain are past their promise."""
        return sum(store.tickets for store in self.late)


def kitchen_pulse(most: int = 5) -> KitchenPulse:
    """How the kitchens do, with the `most` oldest of the tickets that nobody has begun."""
    now = clock.now()
    row = TicketRow
    late = (row.promised_to < now) & (row.stage != Stage.READY.value)  # what is ready waits for its customer
    past, first = func.count().filter(late), func.min(row.promised_to).filter(late)
    by_store = db.session.execute(select(row.store_id, func.count(), past, first).where(OPEN).group_by(row.store_id))
    told = by_store.all()
    behind = [Late(each[0], each[2], each[3]) for each in told if each[2]]
    waits = (OPEN, row.stage == Stage.RECEIVED.value, row.begin_at <= now)
    query = select(row.order_id, row.store_id, row.begin_at).where(*waits).order_by(row.begin_at, row.order_id)
    return KitchenPulse(
        open=sum(each[1] for each in told),
        late=tuple(sorted(behind, key=lambda store: (-store.tickets, store.since, store.store_id))),
        untouched=tuple(Untouched(*each) for each in db.session.execute(query.limit(most))),
    )
