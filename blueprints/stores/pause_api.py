"""No new orders for a while, for programs of a store's staff."""

from datetime import timedelta

from pydantic import Field

from app.core import clock
from app.core.errors import Refusal
from app.stores import service as stores
from app.users import service as users
from app.users.service import Right
from blueprints.api.callers import Caller, Guard
from blueprints.api.contract import Api
from blueprints.api.kitchen import Paused
from blueprints.api.shape import Asked, words
from blueprints.forms import in_one_line

api = Api("pause", "/api/kitchen")


class Pause(Asked):
    """For how long, to the end of the day when that is left out, and what customers read."""

    minutes: int | None = Field(None, ge=1, le=720, strict=True)
    reason: words(120, 1)  # type: ignore[valid-type]  # text of so many letters


@api.put(
    "/<row:store_id>/pause",
    Paused,
    guard=Guard.ACCOUNT,
    body=Pause,
    refuses=(403,),
    example={"minutes": 30, "reason": "We have more orders than oven. Back soon."},
)
def pause(store_id: int, body: Pause, caller: Caller) -> Paused:
    """Begin no new orders for a while. It ends by itself, and times after it can be ordered for meanwhile."""
    person, reason = caller.at_store(Right.RUN_STORE, store_id), in_one_line(body.reason)
    if not reason:
        raise Refusal("invalid", "Say why.", field="reason")
    now, hours = clock.now(), stores.store(store_id).hours
    until = hours.day_ends(now) if body.minutes is None else now + timedelta(minutes=body.minutes)
    stores.pause(store_id, until, reason)
    users.audit(person.user_id, "store.pause", f"store:{store_id}", store_id, minutes=body.minutes, reason=reason)
    return Paused(until=until, reason=reason)


@api.delete("/<row:store_id>/pause", None, guard=Guard.ACCOUNT, refuses=(403,))
def resume(store_id: int, caller: Caller) -> None:
    """Take new orders again. Safe to repeat."""
    person = caller.at_store(Right.RUN_STORE, store_id)
    if stores.resume(store_id):
        users.audit(person.user_id, "store.resume", f"store:{store_id}", store_id)
