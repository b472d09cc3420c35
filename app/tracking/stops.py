"""The stops of drivers follow their tickets: whoever moves one, on the board or at the door, moves the stop with it."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import delete, func, select, update

from app.core import clock
from app.core.db import db
from app.tracking.models import DriverRun, RunStop
from app.tracking.stages import Stage


class Outcome(StrEnum):
    """What became of a stop."""

    OPEN = ""
    DELIVERED = "delivered"
    FAILED = "failed"
    CALLED_OFF = "called_off"


COMES_TO = {Stage.DELIVERED: Outcome.DELIVERED, Stage.DELIVERY_FAILED: Outcome.FAILED}


@dataclass(frozen=True, slots=True)
class Stop:
    """An order that a driver has, or had, along. `due_cents` is the cash to be taken at the door, 0 when it is paid."""

    run_id: int
    order_id: int
    driver_id: int
    driver: str
    due_cents: int
    outcome: Outcome
    at: datetime | None


def follow_move(order_id: int, to: Stage) -> None:
    """A ticket moved: its open stop comes to the same, in the open unit of work."""
    if to in COMES_TO:
        _end(order_id, COMES_TO[to])


def call_off(order_id: int) -> None:
    """An order came to nothing: its driver brings it back."""
    _end(order_id, Outcome.CALLED_OFF)


def take_back(order_id: int, from_stage: Stage) -> None:
    """A ticket's last move was taken back, and so is what its stop came to; cash that was handed in stays handed in."""
    if from_stage is Stage.OUT_FOR_DELIVERY:
        db.session.execute(delete(RunStop).where(RunStop.order_id == order_id, RunStop.outcome == Outcome.OPEN))
    outcome = COMES_TO.get(from_stage)
    last = latest([order_id]).get(order_id)
    if outcome is None or last is None or last.outcome is not outcome:
        return
    opened = db.session.scalars(
        update(RunStop)
        .where(RunStop.run_id == last.run_id, RunStop.order_id == order_id, RunStop.handin_id.is_(None))
        .values(outcome=Outcome.OPEN, at=None)
        .returning(RunStop.run_id)
    ).all()
    db.session.execute(update(DriverRun).where(DriverRun.id.in_(opened)).values(ended_at=None))


def _end(order_id: int, outcome: Outcome) -> None:
    now = clock.now()
    runs = db.session.scalars(
        update(RunStop)
        .where(RunStop.order_id == order_id, RunStop.outcome == Outcome.OPEN)
        .values(outcome=outcome, at=now)
        .returning(RunStop.run_id)
    ).all()
    still_open = select(RunStop.run_id).where(RunStop.run_id.in_(runs), RunStop.outcome == Outcome.OPEN)
    over = (DriverRun.id.in_(runs), DriverRun.id.not_in(still_open))
    if runs:
        db.session.execute(
            update(DriverRun).where(*over).values(ended_at=now).execution_options(synchronize_session=False)
        )


def latest(order_ids: Collection[int]) -> dict[int, Stop]:
    """The last stop of each of some orders, in one query; those that never had one are left out."""
    last = (
        select(RunStop.order_id, func.max(RunStop.run_id).label("run_id"))
        .where(RunStop.order_id.in_(order_ids))
        .group_by(RunStop.order_id)
        .subquery()
    )
    query = select(RunStop, DriverRun.driver_id, DriverRun.driver).join(DriverRun, DriverRun.id == RunStop.run_id)
    same = (last.c.order_id == RunStop.order_id) & (last.c.run_id == RunStop.run_id)
    rows = db.session.execute(query.join(last, same).execution_options(populate_existing=True))
    return {row.order_id: as_stop(row, driver_id, driver) for row, driver_id, driver in rows}


def as_stop(row: RunStop, driver_id: int, driver: str) -> Stop:
    """A stop as others see it."""
    outcome = Outcome(row.outcome)
    return Stop(row.run_id, row.order_id, driver_id, driver, row.due_cents, outcome, row.at)
