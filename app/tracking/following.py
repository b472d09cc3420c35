"""An order as its customer follows it: what the order says, what the kitchen tapped, and when it should be there."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import bindparam, select

from app.core import clock
from app.core.db import db
from app.core.glancing import glance
from app.orders import service as orders
from app.orders.retiming import may_retime
from app.orders.service import OrderView
from app.tracking import estimates, eta, ratings
from app.tracking.eta import Span
from app.tracking.models import StageMove, TicketRow
from app.tracking.opening import begins
from app.tracking.stages import ENDS, Stage, course
from app.tracking.tickets import failures
from app.tracking.values import Running, Step, StepState, Tap, TrackView

_tickets = TicketRow.__table__.c
# At a glance: a tracker's page opens no transaction, whose end would make the driver forget what it had prepared.
TICKET = select(*_tickets).where(_tickets.order_id == bindparam("order"))
LATEST = (
    select(_tickets.order_id, _tickets.store_id, _tickets.stage, _tickets.expected_from, _tickets.expected_to)
    .where(
        _tickets.order_id.in_(bindparam("orders", expanding=True)),
        _tickets.closed_at.is_(None),
        _tickets.stage.not_in(ENDS),
    )
    .order_by(_tickets.order_id.desc())
    .limit(1)
)


def follow(order_id: int) -> TrackView:
    """Where an order stands. Raises NotFound."""
    order = orders.order(order_id)
    row = glance(TICKET, {"order": order_id})
    now = clock.now()
    promised, span, begin_at = _times_of(order, row)
    stage = Stage(row.stage) if row else Stage.RECEIVED
    dead, finished = order.status in orders.DEAD, stage in ENDS
    late = not dead and not finished and stage is not Stage.READY and eta.late(span, promised, now)
    return TrackView(
        order_id=order.id,
        store_id=order.store_id,
        status=order.status,
        stage=stage,
        method=order.method,
        asap=order.asap,
        steps=_steps(order, stage, _times(order, row)),
        span=span if finished else eta.as_of(span, now),
        promised=promised,
        late=late,
        ahead=estimates.ahead(row, now) if row and late and row.baked and stage in eta.QUEUED else 0,
        message=row.message if row and not finished else "",
        rateable=not dead and finished and row is not None and ratings.rateable(stage, row.closed_at),
        rating=ratings.rating_of(order_id) if finished else None,
        failed=failures([order_id]).get(order_id) if stage is Stage.DELIVERY_FAILED else None,
        begin_at=begin_at,
        waits=not dead and stage is Stage.RECEIVED and begin_at is not None and now < begin_at,
        heard_at=max(row.stage_at, row.accepted_at or row.received_at) if row else order.created_at,
        cancellable=order.status in orders.BEFORE_MAKING,
        retimable=may_retime(order),
        reason=_reason(order) if dead else "",
        dead=dead,
        finished=finished,
        street=order.street,
        lines=order.lines,
        quote=order.quote,
        discounts=order.discounts,
        picture=order.picture,
    )


def _times_of(order: OrderView, row: TicketRow | None) -> tuple[Span, Span, datetime | None]:
    """What was promised, what is expected, and when an order for later is begun; a ticket may not have heard yet of the
    time at which its order is wanted now.
    """
    promised = Span(order.promised_from, order.promised_to)
    if row is None:
        return promised, promised, None
    if row.promised_from != order.promised_from:
        return promised, promised, begins(order, row.drive_minutes)
    return promised, Span(row.expected_from, row.expected_to), None if row.asap else row.begin_at


def latest_running(order_ids: Collection[int]) -> Running | None:
    """The newest of these orders that is still on its way to its customer, in one query; None when none is."""
    row = glance(LATEST, {"orders": list(order_ids)})
    if row is None:
        return None
    span = eta.as_of(Span(row.expected_from, row.expected_to), clock.now())
    return Running(row.order_id, row.store_id, Stage(row.stage), span)


def stages(order_ids: Collection[int]) -> dict[int, Stage]:
    """Where those of these orders stand that reached a kitchen, in one query."""
    rows = db.session.execute(select(TicketRow.order_id, TicketRow.stage).where(TicketRow.order_id.in_(order_ids)))
    return {row.order_id: Stage(row.stage) for row in rows}


def _times(order: OrderView, row: TicketRow | None) -> dict[Stage, datetime]:
    times = {Stage.RECEIVED: order.created_at}
    for tap in timeline(order.id) if row else ():
        if not tap.undone and not tap.reversal:
            times[tap.to] = tap.at
    return times


def _steps(order: OrderView, stage: Stage, times: dict[Stage, datetime]) -> tuple[Step, ...]:
    *stages, end = course(order.method, baked=order.baked)
    if stage is end:
        reached = len(stages)
    else:  # a failed delivery stands at the door: what was done stays done
        reached = stages.index(stage) if stage in stages else stages.index(Stage.OUT_FOR_DELIVERY)
    return tuple(
        Step(one, _state(n, reached), times.get(one) if n <= reached else None) for n, one in enumerate(stages)
    )


def _state(n: int, reached: int) -> StepState:
    if n < reached:
        return StepState.DONE
    return StepState.NOW if n == reached else StepState.NEXT


def _reason(order: OrderView) -> str:
    return orders.history(order.id)[-1].reason


def timeline(order_id: int) -> tuple[Tap, ...]:
    """Every tap on a ticket, in order."""
    rows = db.session.scalars(select(StageMove).where(StageMove.order_id == order_id).order_by(StageMove.seq))
    return tuple(Tap(row.seq, Stage(row.to), row.at, row.by, row.reason, row.undone, row.reversal) for row in rows)
