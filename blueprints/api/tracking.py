"""Where an order stands as the API says it, on a call and over the socket."""

from enum import StrEnum
from typing import Literal

from app.orders.service import OrderStatus
from app.tracking.sequence import Happened, happened, in_one_word
from app.tracking.service import Stage, TrackView
from blueprints.api.shape import Id, Moment, Shape, Span, span


class Stages(StrEnum):
    """Where an order stands, in one word."""

    PENDING_PAYMENT = "pending_payment"
    PAYMENT_FAILED = "payment_failed"
    EXPIRED = "expired"
    REJECTED = "rejected"
    CANCELLED = "cancelled"
    RECEIVED = "received"
    ACCEPTED = "accepted"
    PREP = "prep"
    BAKING = "baking"
    QUALITY_CHECK = "quality_check"
    OUT_FOR_DELIVERY = "out_for_delivery"
    DELIVERED = "delivered"
    DELIVERY_FAILED = "delivery_failed"
    READY = "ready"
    COLLECTED = "collected"


class Step(Shape):
    """One stage on this order's way."""

    stage: Stages
    label: str
    state: Literal["done", "now", "next"]
    at: Moment | None


class Tracking(Shape):
    """Where an order stands. `seq` numbers what happened to it: the socket tells what comes after."""

    order_id: Id
    status: Stages
    estimated_time: Span
    promised_time: Span
    late: bool
    last_updated: Moment
    seq: int
    stages: list[Step]


class Event(Shape):
    """One event over the socket."""

    type: Literal["status"] = "status"
    seq: int
    order_id: Id
    status: Stages
    estimated_time: Span
    last_updated: Moment


class Moved(Shape):
    """A tap that was taken; it may be taken back by its `move` until then."""

    order_id: Id
    status: Stages
    move: int
    undo_until: Moment | None


def tracking(view: TrackView) -> Tracking:
    """Where an order stands now."""
    steps = [
        Step(stage=Stages(one.stage.value), label=one.label, state=one.state.value, at=one.at) for one in view.steps
    ]
    events = happened(view.order_id)
    return Tracking(
        order_id=str(view.order_id),
        status=word(view.status, view.stage),
        estimated_time=span(view.span.start, view.span.end),
        promised_time=span(view.promised.start, view.promised.end),
        late=view.late,
        last_updated=events[-1].at if events else view.heard_at,
        seq=len(events),
        stages=steps,
    )


def event(one: Happened, view: TrackView) -> Event:
    """One event, with the time that is expected now."""
    return Event(
        seq=one.seq,
        order_id=str(view.order_id),
        status=Stages(one.status),
        estimated_time=span(view.span.start, view.span.end),
        last_updated=one.at,
    )


def word(status: OrderStatus, stage: Stage) -> Stages:
    """Where an order stands in one word."""
    return Stages(in_one_word(status, stage))
