"""Following an order, and moving it on, for programs."""

from app.core.errors import NotFound
from app.orders import service as orders
from app.tracking import ratings
from app.tracking import service as tracking
from app.users import service as users
from app.users.service import Right, Who
from blueprints.api import callers
from blueprints.api import tracking as shapes
from blueprints.api.callers import Caller, Guard
from blueprints.api.contract import Api
from blueprints.api.tracking import Moved, Tracking
from blueprints.forms import in_one_line
from blueprints.tracking.asked import Move, Stars
from blueprints.tracking.staff import signature

api = Api("tracking", "/api/tracking")


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
    person = caller.at_order(Right.MOVE_TICKETS, order_id)
    if body.expected is not None:
        moved = tracking.advance(order_id, body.expected, by=signature(person), to=body.to, reason=body.reason)
        _note(person, moved, "ticket.move")
    elif body.recall is not None:
        moved = tracking.recall(order_id, body.recall, by=signature(person))
        _note(person, moved, "ticket.recall")
    else:
        moved = tracking.undo(order_id, body.undo or 0, by=signature(person))
        _note(person, moved, "ticket.undo")
    word = shapes.word(orders.status_of(order_id), moved.to)
    return Moved(order_id=str(order_id), status=word, move=moved.seq, undo_until=moved.until)


@api.post(
    "/<row:order_id>/rating",
    Tracking,
    guard=Guard.ORDER,
    body=Stars,
    status=201,
    refuses=(404, 409),
    example={"stars": 5, "words": "Hot and on time."},
)
def rate(order_id: int, body: Stars, caller: Caller) -> Tracking:
    """Say how it was, once, within two weeks of having it."""
    caller.opens(order_id)
    ratings.rate(order_id, body.stars, in_one_line(body.words))
    return shapes.tracking(tracking.follow(order_id))


def _note(person: Who, moved: tracking.Moved, deed: str) -> None:
    users.audit(person.user_id, deed, f"order:{moved.order_id}", moved.store_id, to=moved.to.value, seq=moved.seq)


def _seen(order_id: int, caller: Caller) -> tracking.TrackView:
    try:
        view = tracking.follow(order_id)
    except NotFound:
        raise NotFound(callers.NOT_FOUND) from None
    caller.sees(order_id, view.store_id, Right.SEE_BOARD)
    return view
