"""Where an order stands as the API says it, on a call and over the socket."""

from typing import Annotated, Literal

from pydantic import Field
from typing_extensions import TypeAliasType

from app.orders.service import OrderStatus
from app.tracking.sequence import WORDS, Happened, happened, in_one_word
from app.tracking.service import Stage, TrackView
from blueprints.api.shape import Id, Moment, Shape, Span, span

# Where an order stands, in one word: the same words as everywhere in the house.
Stages = TypeAliasType(
    "Stages",
    Annotated[str, Field(description="Where an order stands, in one word.", json_schema_extra={"enum": WORDS})],
)


class Step(Shape):
    """One stage on this order's way."""

    stage: Stages
    label: str
    state: Literal["done", "now", "next"]
    at: Moment | None


class Rating(Shape):
    """What its customer thought of an order."""

    stars: int
    words: str


class Tracking(Shape):
    """Where an order stands. `seq` numbers what happened to it: the socket tells what comes after. `message` is a word
    from the store, `reason` why an order came to nothing.
    """

    order_id: Id
    status: Stages
    estimated_time: Span
    promised_time: Span
    late: bool
    last_updated: Moment
    seq: int
    stages: list[Step]
    message: str | None
    reason: str | None
    cancellable: bool
    rateable: bool
    rating: Rating | None


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
    steps = [Step(stage=one.stage.value, label=one.label, state=one.state.value, at=one.at) for one in view.steps]
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
        message=view.message or None,
        reason=view.reason or None,
        cancellable=view.cancellable,
        rateable=view.rateable,
        rating=Rating(stars=view.rating.stars, words=view.rating.words) if view.rating else None,
    )


def event(one: Happened, view: TrackView) -> Event:
    """One event, with the time that is expected now."""
    return Event(
        seq=one.seq,
        order_id=str(view.order_id),
        status=one.status,
        estimated_time=span(view.span.start, view.span.end),
        last_updated=one.at,
    )


def word(status: OrderStatus, stage: Stage) -> str:
    """Where an order stands in one word."""
    return in_one_word(status, stage)
