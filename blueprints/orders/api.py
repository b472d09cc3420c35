"""The cart for programs: the verbs of the pages, for whoever holds a token."""

from datetime import timedelta

from flask import request

from app.core.cache import Memory
from app.core.db import transaction
from app.core.errors import NotFound, Refusal
from app.core.idempotency import fingerprint
from app.menu import service as menu
from app.orders import cart, holders, switching, wishes
from app.orders.values import CartHead
from app.promotions import service as promotions
from app.promotions.service import Reason
from app.stores import service as stores
from blueprints.api import carts
from blueprints.api.callers import Caller, Guard
from blueprints.api.carts import Cart
from blueprints.api.contract import Api
from blueprints.api.pick import Pick, selection
from blueprints.frame import CartKey, cart_key
from blueprints.gateway import count_answer, limiter, note_miss, tries_codes
from blueprints.orders.asked import Coupon, Fulfilment, Quantity
from blueprints.orders.going import going

api = Api("cart", "/api/cart")
api.blueprint.after_request(count_answer)
HOLDER = Guard.HOLDER
# As on the pages: a cart is told from here while nothing about it changed, its promise at most this old.
seen: Memory[CartKey, str] = Memory(most=5_000, age=timedelta(seconds=15))
PICKED = {"productId": "margherita", "quantity": 2}
COUNTER = {"method": "carryout", "storeId": "1", "time": "asap"}


@api.get("", Cart, guard=HOLDER)
def read_cart(caller: Caller) -> str:
    """The cart: its lines and what stands in their way, its price stage by stage, and what is promised."""
    return seen_by(caller)


@api.post("/items", Cart, guard=HOLDER, body=Pick, status=201, key="taken", example=PICKED)
def add_item(body: Pick, caller: Caller) -> str:
    """Put some of one thing into the cart."""
    mine = holders.open_cart(caller.holder)
    idem = request.headers.get("Idempotency-Key")
    mark = fingerprint({"key": idem})[:40] if idem else None
    cart.add(mine, *_picked(mine, body), mark)
    return seen_by(caller)


@api.patch("/items/<row:line_id>", Cart, guard=HOLDER, body=Quantity, example={"quantity": 3}, refuses=(404,))
def change_item(line_id: int, body: Quantity, caller: Caller) -> str:
    """Set how many of a line there are."""
    cart.change(mine_of(caller), line_id, body.quantity)
    return seen_by(caller)


@api.put("/items/<row:line_id>", Cart, guard=HOLDER, body=Pick, example=PICKED, refuses=(404,))
def replace_item(line_id: int, body: Pick, caller: Caller) -> str:
    """Make a line something else."""
    mine = mine_of(caller)
    cart.replace(mine, line_id, *_picked(mine, body))
    return seen_by(caller)


@api.delete("/items/<row:line_id>", Cart, guard=HOLDER, refuses=(404,))
def remove_item(line_id: int, caller: Caller) -> str:
    """Take a line out."""
    cart.change(mine_of(caller), line_id, 0)
    return seen_by(caller)


@api.put("/coupon", Cart, guard=HOLDER, body=Coupon, example={"code": "WELCOME5"}, limits=(tries_codes,))
def use_code(body: Coupon, caller: Caller) -> str:
    """Put a code on the cart beside those that it has. One that only waits for more items is kept, too."""
    try:
        wishes.use_code(holders.open_cart(caller.holder), body.code, caller.identities)
    except Refusal as refusal:
        if refusal.code == Reason.UNKNOWN:
            note_miss()
        raise
    return seen_by(caller)


@api.post("/items/<row:line_id>/restoration", Cart, guard=HOLDER, refuses=(404, 422))
def restore_item(line_id: int, caller: Caller) -> str:
    """Bring a line back that was taken out."""
    cart.restore(mine_of(caller), line_id)
    return seen_by(caller)


@api.delete("/coupon", Cart, guard=HOLDER, refuses=(404,))
def drop_codes(caller: Caller) -> str:
    """Take every code off the cart."""
    mine = mine_of(caller)
    for coupon in cart.view(mine).deals.codes:
        wishes.drop_code(mine, coupon.label)
    return seen_by(caller)


@api.delete("/coupon/<code>", Cart, guard=HOLDER)
def drop_code(code: str, caller: Caller) -> str:
    """Take one code off the cart."""
    wishes.drop_code(mine_of(caller), promotions.normal(code))
    return seen_by(caller)


@api.put(
    "/fulfilment",
    Cart,
    guard=HOLDER,
    body=Fulfilment,
    alone=True,
    example=COUNTER,
    refuses=(409,),
    limits=(limiter.limit("30/minute"),),
)
def go_to(body: Fulfilment, caller: Caller) -> str:
    """Say how, where and when the food is wanted. Lines become what the store there makes of them; none is lost."""
    place = going(body, caller)
    stores.locate(place.address)  # before anything is written: it may ask somebody outside
    stores.accepts(cart.ask(place, ()))
    with transaction():
        switching.move(holders.open_cart(caller.holder), place)
    return seen_by(caller)


def _picked(mine: int, pick: Pick) -> tuple[menu.Selection, int]:
    head = cart.head(mine)
    return selection(menu.catalogue(cart.menu_store(head.store_id if head else None)), pick)


def mine_of(caller: Caller) -> int:
    """The caller's open cart. Raises NotFound `no_cart`."""
    found = holders.cart_of(caller.holder)
    if found is None:
        raise NotFound("There is nothing in your order yet.", code="no_cart")
    return found


def seen_by(caller: Caller) -> str:
    """The caller's cart as it stands, from memory while nothing about it changed."""
    head = holders.head_of(caller.holder)
    if head is None:
        return carts.empty().model_dump_json(by_alias=True)
    return seen.get(cart_key(head, caller.account), lambda: _fresh(head, caller))


def _fresh(head: CartHead, caller: Caller) -> str:
    return carts.cart(cart.view(head.id, identities=caller.identities)).model_dump_json(by_alias=True)
