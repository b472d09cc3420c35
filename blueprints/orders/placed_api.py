"""Orders for programs: checking out, looking, calling off, ordering again."""

from typing import NoReturn

from app.core.errors import Conflict, NotFound, Refusal
from app.core.idempotency import fingerprint
from app.orders import cart, holders
from app.orders import service as orders
from app.orders.service import Contact, Placing
from app.payments import service as payments
from app.payments.service import CheckoutRequest, PayWith
from app.users import service as users
from app.users.service import Right
from blueprints import keyed
from blueprints.api import callers, carts
from blueprints.api import orders as shapes
from blueprints.api.callers import Caller, Guard
from blueprints.api.contract import Api
from blueprints.api.orders import Order
from blueprints.forms import in_one_line
from blueprints.gateway import limiter
from blueprints.orders.asked import Checkout

api = Api("orders", "/api/orders")
ANA = {"name": "Ana Lopez", "phone": "(312) 555-0142", "email": "ana@example.com"}
EXAMPLE = {
    "cartVersion": 3,
    "expectedTotal": {"amount": 2400, "currency": "USD"},
    "contact": ANA,
    "payment": {"method": "cash"},
}


@api.post(
    "/checkout",
    Order,
    guard=Guard.HOLDER,
    body=Checkout,
    status=201,
    key="needed",
    alone=True,
    refuses=(404, 409),
    limits=(limiter.limit("6/minute", key_func=callers.known_as),),
    example=EXAMPLE,
)
def check_out(body: Checkout, caller: Caller) -> Order:
    """Turn the cart into an order, for the very total that was confirmed; 409 with the new quote for any other.

    The same cart gives the same order, whatever key it comes with. A card is sent to `/api/payments/process` next.
    """
    mine = holders.latest_cart(caller.holder)
    if mine is None:
        raise NotFound("There is nothing in your order yet.", code="no_cart")
    try:
        done = payments.check_out(_request(body, caller, mine))
    except Conflict as conflict:
        _with_quote(conflict, mine, body, caller)
    return shapes.order(orders.order(done.order_id))


def _request(body: Checkout, caller: Caller, mine: int) -> CheckoutRequest:
    placing = Placing(
        cart_id=mine,
        cart_version=body.cart_version,
        expected_total_cents=body.expected_total.amount,
        contact=_contact(body, caller),
        note=in_one_line(body.note),
        tip_cents=body.tip.amount if body.tip else 0,
        account=caller.account,
    )
    key = fingerprint({"by": callers.marked_as(), "key": keyed.key()})
    by = caller.person.user_id if caller.person and caller.person.staff else None
    return CheckoutRequest(key, placing, PayWith(body.payment.method), by)


def _contact(body: Checkout, caller: Caller) -> Contact:
    if body.contact is not None:
        return Contact(body.contact.name, body.contact.phone, body.contact.email)
    kept = holders.latest_contact(caller.account) if caller.account is not None else None
    if kept is None or caller.account is None:
        raise Refusal("contact_missing", "Say who orders: name, phone and e-mail.", field="contact")
    mine = users.account(caller.account)
    return Contact(mine.name, kept.phone, mine.email)


def _with_quote(conflict: Conflict, mine: int, body: Checkout, caller: Caller) -> NoReturn:
    """The same conflict with the cart as it stands now, for the customer to confirm."""
    if cart.head(mine) is not None:
        tip = body.tip.amount if body.tip else 0
        view = cart.view(mine, tip_cents=tip, identities=caller.identities)
        quote = carts.quote(view.quote).model_dump(by_alias=True)
        conflict.extra["shown"] = {"quote": quote, "cartVersion": view.version}
    raise conflict


@api.get("/<row:order_id>", Order, guard=Guard.ORDER, refuses=(404,))
def one_order(order_id: int, caller: Caller) -> Order:
    """An order of one's own, or of a store at which one may see who ordered."""
    view = _seen(order_id)
    caller.sees(order_id, view.store_id, Right.SEE_CONTACTS)
    return shapes.order(view)


@api.post("/<row:order_id>/cancellation", Order, guard=Guard.ORDER, refuses=(404, 409))
def cancel(order_id: int, caller: Caller) -> Order:
    """Call an order off, until somebody has begun to make it."""
    caller.opens(order_id)
    orders.cancel(order_id, by="customer", reason="You cancelled it")
    return shapes.order(_seen(order_id))


@api.post("/<row:order_id>/reorder", carts.Cart, guard=Guard.HOLDER, status=201, refuses=(404,))
def reorder(order_id: int, caller: Caller) -> carts.Cart:
    """A new cart with what an order held, going to the same place. What is not made any more says so in its line."""
    caller.opens(order_id)
    made = cart.again(order_id, caller.account)
    holders.give_to(caller.holder, made)
    return carts.cart(cart.view(made, identities=caller.identities))


def _seen(order_id: int) -> orders.OrderView:
    try:
        return orders.order(order_id)
    except NotFound:
        raise NotFound(callers.NOT_FOUND) from None
