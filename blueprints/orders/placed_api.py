"""Orders for programs: checking out, looking, calling off, ordering again."""

from typing import NoReturn

from app.core.errors import Conflict, NotFound, Refusal
from app.core.idempotency import fingerprint
from app.orders import cart, holders, reordering, retiming
from app.orders import service as orders
from app.orders.pricing import Quote
from app.orders.service import Contact, OrderStatus, Placing
from app.payments import service as payments
from app.payments.service import CheckoutRequest, PayWith
from app.stores import service as stores
from app.stores.service import Method
from app.users import addresses
from app.users import service as users
from app.users.service import Right
from blueprints import keyed
from blueprints.api import callers, carts
from blueprints.api import orders as shapes
from blueprints.api.advice import Times, times
from blueprints.api.callers import Caller, Guard
from blueprints.api.contract import Api
from blueprints.api.orders import Found, Order
from blueprints.forms import chosen_time, in_one_line
from blueprints.gateway import limiter
from blueprints.order_links import order_address
from blueprints.orders.asked import AnotherTime, Checkout, Day, Search

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
    limits=(limiter.limit("6/minute", key_func=callers.counted_as),),
    example=EXAMPLE,
)
def check_out(body: Checkout, caller: Caller) -> Order:
    """Turn the cart into an order, for the very total that was confirmed; 409 with the new quote for any other.

    The same cart gives the same order, whatever key it comes with. A card is sent to `/api/payments/process` next; an
    order that comes to nothing needs none. Cards start at $0.50.
    """
    mine = holders.latest_cart(caller.holder)
    if mine is None:
        raise NotFound("There is nothing in your order yet.", code="no_cart")
    asked = _request(body, caller, mine)
    try:
        done = payments.check_out(asked)
    except Conflict as conflict:
        _with_quote(conflict, asked.placing)
    return shapes.order(orders.order(done.order_id))


def _request(body: Checkout, caller: Caller, mine: int) -> CheckoutRequest:
    street, unit, note = _door(body, caller, mine)
    placing = Placing(
        cart_id=mine,
        cart_version=body.cart_version,
        expected_total_cents=body.expected_total.amount,
        contact=_contact(body, caller),
        note=in_one_line(body.note) or note,
        tip_cents=body.tip.amount if body.tip else 0,
        street=street,
        unit=unit,
        account=caller.account,
    )
    key = fingerprint({"by": callers.marked_as(), "key": keyed.key()})
    by = caller.person.user_id if caller.person and caller.person.staff else None
    return CheckoutRequest(key, placing, PayWith(body.payment.method), by, keep_card=body.payment.keep_card)


def _door(body: Checkout, caller: Caller, mine: int) -> tuple[str, str, str]:
    """Which of a customer's doors in the cart's ZIP code it is and how to find it; nothing where that was not said."""
    if body.address_id is None:
        return "", "", ""
    if caller.account is None:
        raise callers.sign_in("Sign in to use an address that you keep.")
    kept, head = addresses.one(caller.account, int(body.address_id)), cart.head(mine)
    if head is not None and (head.method is not Method.DELIVERY or head.zip != kept.zip):
        words = f"Your order does not go to {kept.title} yet. Send it there first, and look at its price."
        raise Conflict("another_address", words, action="choose_place")
    return kept.street, kept.unit, kept.note


def _contact(body: Checkout, caller: Caller) -> Contact:
    if body.contact is not None:
        return Contact(body.contact.name, body.contact.phone, body.contact.email)
    kept = holders.latest_contact(caller.account) if caller.account is not None else None
    if kept is None or caller.account is None:
        raise Refusal("contact_missing", "Say who orders: name, phone and email.", field="contact")
    mine = users.account(caller.account)
    return Contact(mine.name, kept.phone, mine.email)


def _with_quote(conflict: Conflict, placing: Placing) -> NoReturn:
    """The same conflict with the quote that would be right, for the customer to confirm."""
    if cart.head(placing.cart_id) is not None:
        view = cart.view(placing.cart_id, tip_cents=placing.tip_cents, identities=orders.identities(placing))
        right = conflict.extra.get("quote")
        quote = carts.quote(right if isinstance(right, Quote) else view.quote)
        conflict.extra["shown"] = {"quote": quote.model_dump(by_alias=True), "cartVersion": view.version}
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


@api.get("/<row:order_id>/times", Times, guard=Guard.ORDER, query=Day, refuses=(404, 409))
def other_times(query: Day, order_id: int, caller: Caller) -> Times:
    """The times to which an order can go, for the same price, until the quarter of an hour in which it is made."""
    caller.opens(order_id)
    order = _seen(order_id)
    if not retiming.may_retime(order):
        raise Conflict("too_late_to_retime", "It is too late to change the time of this order.")
    offered, info = retiming.choice(order_id, query.date), stores.store(order.store_id)
    return times(info, offered.days, offered.day, offered.times)


@api.put(
    "/<row:order_id>/time",
    Order,
    guard=Guard.ORDER,
    body=AnotherTime,
    refuses=(404, 409),
    example={"time": "2026-07-04T00:30:00Z"},
)
def retime(order_id: int, body: AnotherTime, caller: Caller) -> Order:
    """Have an order at another time, for the same price."""
    caller.opens(order_id)
    at = chosen_time(body.time)
    if at is not None:
        retiming.retime(order_id, at, by="customer")
    return shapes.order(_seen(order_id))


@api.post("/<row:order_id>/reorder", carts.Reordered, guard=Guard.HOLDER, status=201, refuses=(404,))
def reorder(order_id: int, caller: Caller) -> carts.Reordered:
    """The cart with what an order held in place of what was in it, and what is unlike then (`differences`).

    It goes where the cart goes, else where the order went. Asked again it comes once.
    """
    return _again(order_id, caller, instead=True)


@api.post("/<row:order_id>/addition", carts.Reordered, guard=Guard.HOLDER, status=201, refuses=(404, 422))
def add_again(order_id: int, caller: Caller) -> carts.Reordered:
    """The cart with what an order held beside what was in it, and what is unlike then (`differences`)."""
    return _again(order_id, caller, instead=False)


def _again(order_id: int, caller: Caller, *, instead: bool) -> carts.Reordered:
    caller.opens(order_id)
    mine = holders.open_cart(caller.holder)
    compared = reordering.look_ahead(mine, order_id)
    if compared.makes:
        reordering.put_back(mine, order_id, instead=instead)
    return carts.reordered(cart.view(mine, identities=caller.identities), compared)


@api.post("/<row:order_id>/cart", carts.Cart, guard=Guard.HOLDER, status=201, refuses=(404, 409))
def back_to_cart(order_id: int, caller: Caller) -> carts.Cart:
    """Call an order off that was not paid, and have what it held in the cart again, as it was."""
    caller.opens(order_id)
    stands = orders.hold(order_id)
    if stands is not OrderStatus.PENDING_PAYMENT and stands not in orders.DEAD:
        raise Conflict("paid_already", "This order is paid. It cannot go back into the cart.")
    if stands is OrderStatus.PENDING_PAYMENT:
        orders.cancel(order_id, by="customer", reason="changed before paying")
    made = cart.again(order_id, caller.account)
    holders.give_to(caller.holder, made)
    return carts.cart(cart.view(made, identities=caller.identities))


@api.post(
    "/searches",
    Found,
    body=Search,
    limits=(limiter.limit("10/minute"),),
    refuses=(404,),
    example={"orderId": "1", "phone": "(312) 555-0142"},
)
def find(body: Search) -> Found:
    """An order by its number and the phone number that it was made with; its `address` opens it from then on."""
    found = orders.find(int(body.order_id), body.phone)
    if found is None:  # the same words, whether there is no such order or another's phone
        raise NotFound("We found no order with that number and phone. Please check both, or call the store.")
    return Found(order_id=str(found), address=order_address(found))


def _seen(order_id: int) -> orders.OrderView:
    try:
        return orders.order(order_id)
    except NotFound:
        raise NotFound(callers.NOT_FOUND) from None
