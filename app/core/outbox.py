"""What becomes of facts that were told: heard by who comes for the rings, rung for again while undone, said aloud when
parked, forgotten in the end.
"""

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog
from sqlalchemy import bindparam, delete, func, select
from sqlalchemy.orm import InstrumentedAttribute

from app.core import clock, queue
from app.core.db import db, transaction
from app.core.events import InboxRow, OutboxRow, deliver, hear, raise_first, ring
from app.core.glancing import glance

log = structlog.get_logger()

SHIFT_SECONDS = 2.0  # at work for so long, a worker looks whether it should stop
ENOUGH = 100  # rings that wait to be heard: more would only keep workers from what they are rung for
BY_HAND = 20  # facts acted on in one tick while nobody can be rung for
REST = timedelta(seconds=8)  # the longest between two rings for what is undone
KEPT, FORGET_AT_ONCE = timedelta(days=30), 5_000
DUE = select(OutboxRow.__table__.c.id).where(OutboxRow.__table__.c.next_at <= bindparam("now")).limit(1)


@dataclass(frozen=True, slots=True)
class Health:
    """How the outbox does: facts that nobody has acted on yet, since when the oldest of them waits, and parked ones."""

    waiting: int
    since: datetime | None
    parked: int


def hear_waiting() -> None:
    """What a worker does when the bell rings for events: hear all that wait. Raises what `hear` raises, at the end."""
    _work_off(queue.EVENTS, hear, lambda: False)


def deliver_waiting() -> None:
    """The same for errands, one by one, and only while no event waits. Raises what `deliver` raises, at the end."""
    _work_off(queue.ERRANDS, deliver, lambda: not queue.is_quiet())


def _work_off(name: str, act: Callable[[int], None], called_away: Callable[[], bool]) -> None:
    failures: list[Exception] = []
    end = time.monotonic() + SHIFT_SECONDS
    while (event_id := queue.take(name)) is not None:
        try:
            act(event_id)
        except Exception as failure:  # noqa: BLE001 - raised once all others had their turn
            failures.append(failure)
        if time.monotonic() > end or called_away():
            queue.rouse()
            break
    raise_first(failures)


def relay() -> int:
    """Ring again for facts that are due and undone and for which no ring waits, as long as no more than `ENOUGH` wait;
    returns for how many.

    Ringing is never given up, so no outage of Redis or of the workers, however long, loses a fact; and where rings wait
    but whoever heard the bell is gone, it is rung again. What failed rests longer each time; what was only not heard
    never rests longer than `REST` (docs/decisions/0044). While Redis is away nobody can be rung for, and those hearers
    who ask nobody act right here (docs/decisions/0069).
    """
    # Looks before it writes: an idle relay must not take SQLite's write lock twice a second.
    if glance(DUE, {"now": clock.now()}) is None:
        return 0
    waiting = queue.waiting()
    if waiting is None:
        return _act_here()
    with transaction():
        due = list(_take_due(max(1, ENOUGH - len(waiting))))  # one a tick even so: nothing waits for a quiet hour
    lost = [each for each in due if each[0] not in waiting]
    for event_id, kind in lost:
        ring(event_id, kind)
    queue.rouse()
    return len(lost)


def _act_here() -> int:
    with transaction():
        taken = [event_id for event_id, _ in _take_due(BY_HAND, OutboxRow.tries)]  # errands wait: new facts come first
    for event_id in taken:
        try:
            hear(event_id, errands=False)
        except Exception:  # it is written down, and comes again like any other
            log.exception("relay_failed", event_id=event_id)
            db.session.rollback()
    return len(taken)


def _take_due(most: int, *first: InstrumentedAttribute[int]) -> Iterator[tuple[int, str]]:
    now = clock.now()
    due = (
        select(OutboxRow)
        .where(OutboxRow.next_at <= now)
        .order_by(*first, OutboxRow.next_at)
        .limit(most)
        .with_for_update(skip_locked=True)
    )
    for row in db.session.scalars(due):
        row.tries += 1
        row.next_at = now + min(REST, timedelta(seconds=2 ** min(row.tries, 6)))
        yield row.id, row.kind


def alarm() -> None:
    """Say aloud, each time, that facts are parked: one line in a log, when it happened, is easily missed."""
    parked = db.session.scalars(select(OutboxRow.id).where(OutboxRow.parked_at.is_not(None)).order_by(OutboxRow.id))
    if found := parked.all():
        log.error("events_parked", count=len(found), event_id=found[0])
    db.session.rollback()


def health() -> Health:
    """How the outbox does right now, in two short queries however much was ever told."""
    waiting = db.session.execute(
        select(func.count(), func.min(OutboxRow.told_at)).where(OutboxRow.next_at.is_not(None))
    ).one()
    parked = db.session.scalar(select(func.count(OutboxRow.id)).where(OutboxRow.parked_at.is_not(None)))
    return Health(waiting[0], waiting[1], parked or 0)


def forget_old() -> None:
    """Drop facts that everybody acted on a month ago, with the notes of who did. Keeps its own units of work.

    Those that are parked stay, and so does the newest of all: SQLite would give its number away again.
    """
    while _forget_some():
        pass


def _forget_some() -> bool:
    newest = select(func.max(OutboxRow.id)).scalar_subquery()
    old = select(OutboxRow.id).where(OutboxRow.done_at < clock.now() - KEPT, OutboxRow.id < newest)
    with transaction():
        gone = db.session.scalars(old.order_by(OutboxRow.id).limit(FORGET_AT_ONCE)).all()
        db.session.execute(delete(InboxRow).where(InboxRow.event_id.in_(gone)))
        db.session.execute(delete(OutboxRow).where(OutboxRow.id.in_(gone)))
    return len(gone) == FORGET_AT_ONCE
