"""Drivers: they take boxed orders on the road, say at the door what became of each, and hand their cash in."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import ColumnElement, func, select, update

from app.core import clock
from app.core.db import db
from app.core.errors import Conflict, NotFound, Refusal
from app.orders import service as orders
from app.orders.service import OrderView
from app.stores.service import Method, StoreInfo
from app.tracking import service as tracking
from app.tracking import stops
from app.tracking.models import CashHandIn, DriverRun, RunStop, TicketRow
from app.tracking.service import Stage
from app.tracking.stops import Outcome, Stop, as_stop

TAKEN_FROM = frozenset({Stage.QUALITY_CHECK, Stage.DELIVERY_FAILED})
MOST_AT_ONCE, MOST_SHOWN = 12, 40


@dataclass(frozen=True, slots=True)
class Driver:
    """Who drives: a person of a store."""

    user_id: int
    name: str
    store_id: int


@dataclass(frozen=True, slots=True)
class Owed:
    """Cash that a driver has taken at doors and not handed in, in cents."""

    driver_id: int
    driver: str
    cents: int
    orders: int


@dataclass(frozen=True, slots=True)
class HandIn:
    """Cash that came into the drawer, in cents: what it should have been, and what was counted."""

    driver: str
    expected_cents: int
    counted_cents: int
    at: datetime
    by: str

    @property
    def difference_cents(self) -> int:
        """What is too much (or, below zero, missing)."""
        return self.counted_cents - self.expected_cents


def boxed(store_id: int) -> tuple[OrderView, ...]:
    """Deliveries that wait for a driver, what is due first first."""
    rows = db.session.scalars(
        select(TicketRow.order_id)
        .where(
            TicketRow.store_id == store_id,
            TicketRow.closed_at.is_(None),
            TicketRow.method == Method.DELIVERY,
            TicketRow.stage.in_(TAKEN_FROM),
        )
        .order_by(TicketRow.promised_to, TicketRow.order_id)
        .limit(MOST_SHOWN)
    ).all()
    found = orders.several(rows)
    return tuple(found[each] for each in rows if found[each].status not in orders.DEAD)


def take(driver: Driver, due: Mapping[int, int]) -> int:
    """Take orders on the road; `due` says for each how many cents of cash are taken at its door.

    Gives the run's number. All of them are taken, or none. Raises Refusal `nothing_taken`, `too_many`, NotFound for
    another store's order, Conflict `ticket_moved` for one that is not there to be taken any more.
    """
    if not due:
        raise Refusal("nothing_taken", "Tick the orders that you take along.")
    if len(due) > MOST_AT_ONCE:
        raise Refusal("too_many", f"At most {MOST_AT_ONCE} orders at once, please.")
    run = DriverRun(store_id=driver.store_id, driver_id=driver.user_id, driver=driver.name, began_at=clock.now())
    db.session.add(run)
    db.session.flush()
    for order_id, cents in sorted(still_due(due).items()):
        _send_out(driver, order_id)
        db.session.add(RunStop(run_id=run.id, order_id=order_id, due_cents=cents))
    db.session.flush()
    return run.id


def still_due(due: Mapping[int, int]) -> dict[int, int]:
    """How many cents of cash are taken at each door: none where a driver who was there before has handed them in."""
    query = select(RunStop.order_id).where(RunStop.order_id.in_(due), RunStop.handin_id.is_not(None))
    handed_in = set(db.session.scalars(query))
    return {order_id: 0 if order_id in handed_in else cents for order_id, cents in due.items()}


def _send_out(driver: Driver, order_id: int) -> None:
    row = db.session.get(TicketRow, order_id, populate_existing=True)
    if row is None or row.store_id != driver.store_id or row.method != Method.DELIVERY:
        raise NotFound("There is no such order to take along.")
    if Stage(row.stage) not in TAKEN_FROM:
        raise Conflict("ticket_moved", f"Order {order_id} is not here any more: it was taken or moved.")
    tracking.advance(order_id, Stage(row.stage), by=driver.name, to=Stage.OUT_FOR_DELIVERY)


def deliver(driver: Driver, order_id: int) -> Stop:
    """The customer has it, and its cash is the driver's to hand in. Raises NotFound, Conflict `ticket_moved`."""
    stop = _own(driver, order_id)
    tracking.advance(order_id, Stage.OUT_FOR_DELIVERY, by=driver.name, to=Stage.DELIVERED)
    return stop


def fail(driver: Driver, order_id: int, reason: str) -> Stop:
    """It could not be handed over, and why. Raises NotFound, Conflict `ticket_moved`."""
    stop = _own(driver, order_id)
    tracking.advance(order_id, Stage.OUT_FOR_DELIVERY, by=driver.name, to=Stage.DELIVERY_FAILED, reason=reason)
    return stop


def _own(driver: Driver, order_id: int) -> Stop:
    stop = stops.latest([order_id]).get(order_id)
    if stop is None or stop.driver_id != driver.user_id:
        raise NotFound("You do not have that order along.")
    return stop


def along(driver: Driver) -> tuple[tuple[Stop, OrderView], ...]:
    """What a driver has along right now, in the order in which it is due."""
    query = (
        select(RunStop, DriverRun.driver_id, DriverRun.driver)
        .join(DriverRun, DriverRun.id == RunStop.run_id)
        .where(DriverRun.driver_id == driver.user_id, DriverRun.store_id == driver.store_id)
        .where(DriverRun.ended_at.is_(None), RunStop.outcome == Outcome.OPEN)
        .order_by(RunStop.order_id)
    )
    found = [as_stop(row, driver_id, name) for row, driver_id, name in db.session.execute(query)]
    known = orders.several(stop.order_id for stop in found)
    return tuple(sorted(((stop, known[stop.order_id]) for stop in found), key=lambda pair: pair[1].promised_to))


def owed(store_id: int, driver_id: int | None = None) -> tuple[Owed, ...]:
    """Cash that drivers of a store have and have not handed in; one driver's, or everybody's."""
    query = (
        select(DriverRun.driver_id, func.max(DriverRun.driver), func.sum(RunStop.due_cents), func.count())
        .join(RunStop, RunStop.run_id == DriverRun.id)
        .where(DriverRun.store_id == store_id, *_unpaid())
        .group_by(DriverRun.driver_id)
        .order_by(DriverRun.driver_id)
    )
    if driver_id is not None:
        query = query.where(DriverRun.driver_id == driver_id)
    return tuple(Owed(*row) for row in db.session.execute(query))


def _unpaid() -> tuple[ColumnElement[bool], ...]:
    return (RunStop.handin_id.is_(None), RunStop.outcome == Outcome.DELIVERED, RunStop.due_cents > 0)


def hand_in(store_id: int, driver_id: int, counted_cents: int, *, seen_cents: int, by: str) -> HandIn:
    """Take a driver's cash into the drawer. `seen_cents` is what the page said it should be.

    Raises Conflict `cash_changed` when it is another sum by now, or nothing.
    """
    if seen_cents <= 0 or counted_cents < 0:
        raise Refusal("bad_cash", "Please write what you counted, like 84.50.", field="counted")
    name = next((each.driver for each in owed(store_id, driver_id)), None)
    if name is None:  # nothing, or there is no such driver
        raise _changed()
    made = CashHandIn(store_id=store_id, driver_id=driver_id, driver=name, at=clock.now(), by=by)
    made.expected_cents, made.counted_cents = seen_cents, counted_cents
    db.session.add(made)
    db.session.flush()
    mine = select(DriverRun.id).where(DriverRun.store_id == store_id, DriverRun.driver_id == driver_id)
    taken = db.session.scalars(
        update(RunStop)
        .where(RunStop.run_id.in_(mine), *_unpaid())
        .values(handin_id=made.id)
        .returning(RunStop.due_cents)
        .execution_options(synchronize_session=False)
    ).all()
    if sum(taken) != seen_cents:
        raise _changed()
    return _handed(made)


def _changed() -> Conflict:
    return Conflict("cash_changed", "This driver's cash is another sum by now. Look again, then count.")


def handed_in(store: StoreInfo, day: date) -> tuple[HandIn, ...]:
    """What drivers of a store handed in on one of its days, the latest first."""
    begins, ends = store.hours.day_span(day)
    query = select(CashHandIn).where(CashHandIn.store_id == store.id, CashHandIn.at >= begins, CashHandIn.at < ends)
    return tuple(_handed(row) for row in db.session.scalars(query.order_by(CashHandIn.id.desc())))


def _handed(row: CashHandIn) -> HandIn:
    return HandIn(row.driver, row.expected_cents, row.counted_cents, row.at, row.by)
