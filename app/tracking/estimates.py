"""What is told of an order at each of its stages, and what the store learns from it once the order is there."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from typing import Any

from sqlalchemy import bindparam, func, select

from app.core.cache import Memory
from app.core.db import db, insert_into, sent
from app.core.glancing import glance
from app.stores import service as stores
from app.stores.values import Method
from app.tracking import conformal, eta, pace
from app.tracking.conformal import Outcome
from app.tracking.eta import QUEUED, Span
from app.tracking.events import StageMoved
from app.tracking.models import Estimate, StageMove, TicketRow
from app.tracking.pace import Pace, Sight
from app.tracking.stages import ENDS, Stage

SOON = timedelta(minutes=15)
IN_THE_WAY = (Stage.RECEIVED, Stage.PREP, Stage.BAKING)  # what stands before an order that nobody has begun
TOLD = frozenset({*IN_THE_WAY, Stage.QUALITY_CHECK, Stage.OUT_FOR_DELIVERY})
_estimates, _tickets = Estimate.__table__.c, TicketRow.__table__.c
AHEAD = select(func.coalesce(func.sum(_tickets.places), 0).label("places")).where(
    _tickets.store_id == bindparam("store"),
    _tickets.closed_at.is_(None),
    _tickets.stage.in_(IN_THE_WAY),
    _tickets.begin_at <= bindparam("soon"),
    _tickets.promised_to <= bindparam("by"),
    _tickets.order_id != bindparam("order"),
)
THERE = {Method.DELIVERY: Stage.DELIVERED, Method.CARRYOUT: Stage.READY}


@dataclass(frozen=True, slots=True)
class Mind:
    """What a store has learned of one kind of order at one stage."""

    pace: Pace
    outcomes: tuple[Outcome, ...]


@dataclass(frozen=True, slots=True)
class Said:
    """What is told of an order as it comes to a stage, and what it was told from."""

    stage: Stage
    at: datetime
    sight: Sight
    guess: float
    span: Span
    learned: bool


minds: Memory[tuple[int, Stage, Method, bool], Mind] = Memory(most=200, age=timedelta(minutes=1))


def weigh(row: TicketRow, stage: Stage, at: datetime) -> Said:
    """What is to be told of an order that comes to a stage: from what its store learned, if that is enough."""
    method = Method(row.method)
    sight, mind = _sight(row, stage, at), _mind(row.store_id, stage, method, baked=row.baked)
    guess = mind.pace.minutes(sight)
    if len(mind.outcomes) < eta.ENOUGH or (stage is Stage.RECEIVED and not row.asap):
        return Said(stage, at, sight, guess, allowed(row, stage, at), learned=False)
    promised = Span(row.promised_from, row.promised_to)
    span = eta.within(at, conformal.reach(guess, mind.outcomes), promised, asap=row.asap)
    return Said(stage, at, sight, guess, span, learned=True)


def allowed(row: TicketRow, stage: Stage, at: datetime) -> Span:
    """What can be told of an order without having learned anything: its promise, later what its stages allow."""
    promised = Span(row.promised_from, row.promised_to)
    if stage is Stage.RECEIVED:
        return promised
    work = eta.left(stage, Method(row.method), timedelta(minutes=row.drive_minutes), baked=row.baked)
    return eta.expect(at, work, promised, asap=row.asap)


def note(row: TicketRow, said: Said) -> None:
    """Write down what was told, in the open unit of work, to be learned from later."""
    values = {
        "order_id": row.order_id,
        "stage": said.stage,
        "store_id": row.store_id,
        "method": row.method,
        "baked": row.baked,
        "asap": row.asap,
        "at": said.at,
        "ahead": said.sight.ahead,
        "places": row.places,
        "drive_minutes": row.drive_minutes,
        "hour": said.sight.hour,
        "guess_seconds": round(60 * said.guess),
        "first_at": said.span.start,
        "last_at": said.span.end,
        "learned": said.learned,
    }
    sent(_noting(db.engine.dialect.name, tuple(values)), values)


@cache
def _noting(dialect: str, names: tuple[str, ...]) -> Any:
    """What is told anew of a stage takes the place of what was told before."""
    new = insert_into(Estimate, dialect)
    keys = [_estimates.order_id, _estimates.stage]
    return new.on_conflict_do_update(index_elements=keys, set_={name: new.excluded[name] for name in names})


def told(order_id: int, stage: Stage) -> Span | None:
    """What was told of an order when it came to a stage; None for one that nothing was written down of."""
    found = db.session.get(Estimate, (order_id, stage), populate_existing=True)
    return Span(found.first_at, found.last_at) if found else None


def ahead(row: TicketRow, at: datetime) -> int:
    """The oven places that a store's kitchen has to fill before it comes to an order."""
    asked = {"store": row.store_id, "soon": at + SOON, "by": row.promised_to, "order": row.order_id}
    return int(glance(AHEAD, asked).places)


def learn(event: StageMoved) -> None:
    """An order is with its customer: complete what was told of it, for those that come; nothing where that was taken
    back by now. Hears StageMoved.
    """
    if Stage(event.stage) not in ENDS:
        return
    row = db.session.get_one(TicketRow, event.order_id, populate_existing=True)
    came = _came(row)
    if came is None:
        return
    told = select(Estimate).where(Estimate.order_id == row.order_id).execution_options(populate_existing=True)
    for said in db.session.scalars(told):
        said.finished_at = came
        said.took_seconds = max(0, round((came - said.at).total_seconds()))
        said.right = said.first_at <= came <= said.last_at
        said.late_seconds = max(0, round((came - row.promised_to).total_seconds()))


def _came(row: TicketRow) -> datetime | None:
    """When it was at the door, or ready at the counter: whoever fetches it takes their time. None before that."""
    there = (
        select(StageMove.at)
        .where(
            StageMove.order_id == row.order_id,
            StageMove.to == THERE[Method(row.method)],
            StageMove.undone.is_(False),
            StageMove.reversal.is_(False),
        )
        .order_by(StageMove.seq.desc())
    )
    return db.session.scalars(there.limit(1)).one_or_none()


def _sight(row: TicketRow, stage: Stage, at: datetime) -> Sight:
    waiting = ahead(row, at) if stage in QUEUED and row.baked else 0
    return Sight(waiting, row.places, row.drive_minutes, at.astimezone(stores.store(row.store_id).zone).hour)


def _mind(store_id: int, stage: Stage, method: Method, *, baked: bool) -> Mind:
    key = (store_id, stage, method, baked)
    return minds.get(key, lambda: _learned(store_id, stage, method, baked=baked))


def _learned(store_id: int, stage: Stage, method: Method, *, baked: bool) -> Mind:
    # What was asked for at a time teaches nothing of how long things take: nobody hurries with it.
    columns = (Estimate.ahead, Estimate.places, Estimate.drive_minutes, Estimate.hour)
    query = (
        select(*columns, Estimate.guess_seconds, Estimate.took_seconds, Estimate.right, Estimate.learned)
        .where(
            Estimate.store_id == store_id,
            Estimate.stage == stage,
            Estimate.method == method,
            Estimate.baked.is_(baked),
            Estimate.asap,
            Estimate.finished_at.is_not(None),
        )
        .order_by(Estimate.finished_at.desc())
        .limit(eta.LOOKS_BACK)
    )
    rows = db.session.execute(query).all()
    lessons = [(Sight(*row[:4]), row.took_seconds / 60) for row in rows]
    outcomes = (
        Outcome(row.guess_seconds / 60, row.took_seconds / 60, row.right if row.learned else None) for row in rows
    )
    return Mind(pace.learn(lessons, eta.prior(stage, method, baked=baked)), tuple(outcomes))
