"""Following an order, and moving it on, for programs."""

from pydantic import Field, model_validator

from app.core.errors import NotFound
from app.orders import service as orders
from app.tracking import service as tracking
from app.tracking.service import Stage
from app.users import service as users
from app.users.service import Right, Who
from blueprints.api import callers
from blueprints.api import tracking as shapes
from blueprints.api.callers import Caller, Guard
from blueprints.api.contract import Api
from blueprints.api.shape import Asked
from blueprints.api.tracking import Moved, Tracking
from blueprints.tracking.staff import signature

api = Api("tracking", "/api/tracking")


class Move(Asked):
    """A tap: from the stage that the screen showed, to the usual next one or to `to`; or one to be taken back."""

    expected: Stage | None = None
    to: Stage | None = None
    undo: int | None = Field(None, ge=1, le=999_999_999, strict=True)

    @model_validator(mode="after")
    def one_of_both(self) -> "Move":
        """A move goes on or back."""
        if (self.expected is None) == (self.undo is None):
            raise ValueError("Send the expected stage, or the move to undo.")
        return self


@api.get("/<row:order_id>", Tracking, guard=Guard.ORDER, refuses=(404,))
def follow(order_id: int, caller: Caller) -> Tracking:
    """Where an order stands, and when it should be there."""
    view = _seen(order_id, caller)
    return shapes.tracking(view)


@api.post(
    "/<row:order_id>/moves",
    Moved,
    guard=Guard.ACCOUNT,
    body=Move,
    status=201,
    refuses=(403, 404, 409),
    example={"expected": "received"},
)
def move(order_id: int, body: Move, caller: Caller) -> Moved:
    """Move an order on to its next stage, or take the last move back: staff of its store."""
    person = caller.at_store(Right.MOVE_TICKETS, _store_of(order_id))
    if body.expected is not None:
        moved = tracking.advance(order_id, body.expected, by=signature(person), to=body.to)
        _note(person, moved, "ticket.move")
    else:
        moved = tracking.undo(order_id, body.undo or 0, by=signature(person))
        _note(person, moved, "ticket.undo")
    word = shapes.word(orders.status_of(order_id), moved.to)
    return Moved(order_id=str(order_id), status=word, move=moved.seq, undo_until=moved.until)


def _note(person: Who, moved: tracking.Moved, deed: str) -> None:
    users.audit(person.user_id, deed, f"order:{moved.order_id}", moved.store_id, to=moved.to.value, seq=moved.seq)


def _store_of(order_id: int) -> int:
    try:
        return orders.order(order_id).store_id
    except NotFound:
        return 0  # whoever may not move orders is told so first


def _seen(order_id: int, caller: Caller) -> tracking.TrackView:
    try:
        view = tracking.follow(order_id)
    except NotFound:
        raise NotFound(callers.NOT_FOUND) from None
    caller.sees(order_id, view.store_id, Right.SEE_BOARD)
    return view
