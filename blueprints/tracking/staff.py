"""What the staff pages share: who may see and touch an order, and the way back for who is signed out."""

from urllib.parse import quote

from flask import request
from flask.typing import ResponseReturnValue

from app.core.errors import Refusal
from app.orders import service as orders
from app.orders.service import OrderView
from app.users import service as users
from app.users.service import Right, Who
from blueprints import who
from blueprints.errors import draw_refusal
from blueprints.htmx import go, wants_piece


def ask_to_sign_in(refusal: Refusal) -> ResponseReturnValue:
    """Whoever is not signed in (any more) signs in and comes back; other refusals say their own words."""
    if refusal.code != "sign_in":
        return draw_refusal(refusal)
    back = request.full_path.rstrip("?") if request.method == "GET" and not wants_piece() else "/staff"
    return go(f"/sign-in?next={quote(back)}")


def order_here(number: int, right: Right) -> tuple[OrderView, Who]:
    """An order, and the person, who has this right at its store. Raises NotFound elsewhere, Forbidden."""
    who.staff()  # a stranger is not told whether there is such an order
    order = orders.order(number)
    return order, who.at_store(right, order.store_id)


def touched_here(number: int, right: Right) -> tuple[OrderView, Who]:
    """The same for whoever changes something, which also shows that they are at work: their session stays alive."""
    found = order_here(number, right)
    users.seen(who.token() or "")
    return found


def signature(person: Who) -> str:
    """How a person signs a move."""
    return person.name[:40]
