"""What a kitchen says about itself in the middle of a rush: no orders for a while, or longer than usual."""

from datetime import datetime, timedelta

from sqlalchemy import delete, update

from app.core import clock
from app.core.db import after_commit, db
from app.core.errors import Refusal
from app.core.events import emit
from app.stores.directory import forget, store
from app.stores.events import StorePaused
from app.stores.models import Pause, Store

LONGEST = timedelta(hours=24)
SHORTEST_QUOTE, LONGEST_QUOTE = 5, 120


def pause(store_id: int, until: datetime, reason: str) -> None:
    """Let a store begin no new orders until then, with a reason that customers read. It ends by itself, and times
    after it can be ordered for meanwhile.

    Raises Refusal `bad_pause` for an end that is past or more than a day away.
    """
    now = clock.now()
    if not now < until <= now + LONGEST:
        raise Refusal("bad_pause", "A pause ends within a day.", field="until")
    db.session.execute(delete(Pause).where(Pause.store_id == store_id))
    db.session.add(Pause(store_id=store_id, until=until, reason=reason))
    db.session.flush()
    _tell(store_id, until.isoformat(), reason)


def resume(store_id: int) -> bool:
    """Take new orders again; False when they were taken anyway."""
    ended = db.session.execute(
        delete(Pause)
        .where(Pause.store_id == store_id)
        .returning(Pause.until)
        .execution_options(synchronize_session=False)
    ).first()
    if ended is None:
        return False
    _tell(store_id, None, "")
    until: datetime = ended.until
    return until > clock.now()


def _tell(store_id: int, until: str | None, reason: str) -> None:
    emit(StorePaused(store_id, until, reason))
    after_commit(forget)


def paused_until(store_id: int) -> tuple[datetime, str] | None:
    """Until when a store takes no orders, and why; None while it takes them."""
    row = db.session.get(Pause, store_id, populate_existing=True)
    return (row.until, row.reason) if row is not None and row.until > clock.now() else None


def end_of_day(store_id: int) -> datetime:
    """The moment at which a store's business day turns, at four in the night: the longest that a pause should last."""
    hours = store(store_id).hours
    return hours.day_span(hours.business_date(clock.now()))[1]


def requote(store_id: int, minutes: int) -> int:
    """Say that an order takes so many minutes more or less than it did, within bounds; gives the new number."""
    changed = Store.pickup_minutes + minutes
    row = db.session.execute(
        update(Store)
        .where(Store.id == store_id, changed >= SHORTEST_QUOTE, changed <= LONGEST_QUOTE)
        .values(pickup_minutes=changed)
        .returning(Store.pickup_minutes)
    ).first()
    if row is None:
        raise Refusal("bad_quote", f"An order takes between {SHORTEST_QUOTE} and {LONGEST_QUOTE} minutes.")
    after_commit(forget)
    now_it_takes: int = row.pickup_minutes
    return now_it_takes
