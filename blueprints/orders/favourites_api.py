"""Favourites and the usual for programs."""

from flask import request

from app.core.idempotency import fingerprint
from app.menu import service as menu
from app.menu.service import Catalogue, Selection
from app.orders import cart, favourites, holders, usual
from app.orders.favourites import MOST_FAVOURITES
from blueprints.api import favourites as shapes
from blueprints.api.callers import Caller, Guard
from blueprints.api.carts import Cart
from blueprints.api.contract import Api
from blueprints.api.favourites import Favourite, Favourites, UsualOrder
from blueprints.forms import in_one_line
from blueprints.orders.api import mine_of, seen_by
from blueprints.orders.asked_kept import Liked, Named

api = Api("favourites", "/api/users/me")
CUSTOMER, PATH = Guard.CUSTOMER, "/favourites/<row:favourite_id>"


@api.get("/favourites", Favourites, guard=CUSTOMER)
def my_favourites(caller: Caller) -> Favourites:
    """Pizzas that one likes just so, with what each costs at the cart's store today."""
    offered = _offered(caller)
    return shapes.favourites(favourites.of(caller.customer, offered), offered, MOST_FAVOURITES)


@api.post(
    "/favourites",
    Favourite,
    guard=CUSTOMER,
    body=Liked,
    status=201,
    refuses=(404,),
    example={"name": "Friday", "orderId": "1", "line": 0},
)
def keep_favourite(body: Liked, caller: Caller) -> Favourite:
    """Keep a line of the cart, or one of an order, as a favourite. What is one already takes the name."""
    kept = favourites.keep(caller.customer, _selection(body, caller), in_one_line(body.name))
    return _one(caller, kept)


@api.patch(PATH, Favourite, guard=CUSTOMER, body=Named, example={"name": "Saturday"})
def rename_favourite(favourite_id: int, body: Named, caller: Caller) -> Favourite:
    """Call a favourite otherwise."""
    favourites.rename(caller.customer, favourite_id, in_one_line(body.name))
    return _one(caller, favourite_id)


@api.delete(PATH, None, guard=CUSTOMER)
def drop_favourite(favourite_id: int, caller: Caller) -> None:
    """Keep a favourite no longer."""
    favourites.drop(caller.customer, favourite_id)


@api.post(f"{PATH}/item", Cart, guard=CUSTOMER, status=201, key="taken")
def add_favourite(favourite_id: int, caller: Caller) -> str:
    """Put a favourite into the cart, as far as its store makes it."""
    idem = request.headers.get("Idempotency-Key")
    mark = fingerprint({"key": idem})[:40] if idem else None
    favourites.put(holders.open_cart(caller.holder), caller.customer, favourite_id, mark)
    return seen_by(caller)


@api.get("/usual", UsualOrder, guard=CUSTOMER)
def my_usual(caller: Caller) -> UsualOrder:
    """What one usually has, and what it costs at the cart's store today. Its `orderId` is ordered again."""
    found = usual.of(caller.customer)
    return shapes.usual(usual.offered(found, _offered(caller)) if found else None)


def _offered(caller: Caller) -> Catalogue:
    head = holders.head_of(caller.holder)
    return menu.catalogue(cart.menu_store(head.store_id if head else None))


def _selection(body: Liked, caller: Caller) -> Selection:
    if body.line_id is not None:
        return favourites.selection_of_line(mine_of(caller), int(body.line_id))
    order_id = int(body.order_id or 0)
    caller.opens(order_id)
    return favourites.selection_of_unit(order_id, body.line or 0)


def _one(caller: Caller, favourite_id: int) -> Favourite:
    return shapes.favourite(favourites.one(caller.customer, favourite_id, _offered(caller)))
