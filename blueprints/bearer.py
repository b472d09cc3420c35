"""Who asks through the API: whoever holds a bearer token. A session's token opens what its person may, an order's
address (`<number>-<key>`) that one order. No cookie is looked at."""

from flask import request

from app.core.errors import NotFound, Refusal
from app.users import service as users
from app.users.service import Right, Who
from blueprints import order_links, who


def token() -> str:
    """The token that came with the request. Raises Refusal 401 `sign_in`."""
    kind, _, sent = request.headers.get("Authorization", "").partition(" ")
    if kind.lower() != "bearer" or not sent.strip():
        raise Refusal("sign_in", "Send a bearer token.", status=401, action="sign_in")
    return sent.strip()


def person() -> Who | None:
    """Whose session the token is; None for an order's address."""
    return users.who(token())


def opens(order_id: int, owner: int | None) -> None:
    """Let on only who may pay for an order: its owner, or the holder of its address. Raises NotFound, Refusal 401."""
    found = person()
    if found is not None and owner is not None and found.user_id == owner:
        return
    if order_links.order_of(token()) != order_id:
        raise NotFound("We could not find that order.")


def at_store(right: Right, store_id: int) -> Who:
    """A member of staff who has a right at a store, and proved who they are just now.

    Raises Refusal 401 `sign_in`, 403 `second_step_needed`, NotFound for stores not theirs, Forbidden.
    """
    visit = users.visit(token())
    if visit is None or not visit.confirmed:
        raise Refusal("sign_in", "Please sign in again for this.", status=401, action="sign_in")
    found = who.as_staff(visit.person)
    if not any(place in {None, store_id} for _, place in found.roles):
        raise NotFound("We could not find that order.")
    if not found.may(right, store_id):
        raise who.not_yours(right, store_id)
    return found
