"""An order's address, `<number>-<key>`: what opens it, and the orders that this browser keeps."""

from flask import session

from app.core.errors import NotFound
from app.orders.keys import opens, tracking_key
from blueprints import who

RECENT_ORDERS = 5


def order_address(order_id: int) -> str:
    """The `<number>-<key>` part of an order's address."""
    return f"{order_id}-{tracking_key(order_id)}"


def order_of(address: str) -> int:
    """The order that a `<number>-<key>` address opens. Raises NotFound when the key is not the order's."""
    number, _, key = address.partition("-")
    if not (is_row(number) and key.isascii() and opens(int(number), key)):
        raise NotFound("We could not find that order. Please check the link.")
    return int(number)


def is_row(text: str) -> bool:
    """Whether a part of an address can be the number of a row."""
    return text.isascii() and text.isdigit() and len(text) < 19


def remember_order(order_id: int) -> None:
    """Keep an order in this browser, newest first, so that its pages can show where it stands."""
    recent = [order_id, *(known for known in recent_orders() if known != order_id)]
    found = who.person()
    keep_orders_of(found.user_id if found else None)
    session["orders"] = recent[:RECENT_ORDERS]
    session.permanent = True


def keep_orders_of(user_id: int | None) -> None:
    """Show this browser's orders only while this person is signed in, from here on; to everybody for None."""
    session["orders_of"] = user_id


def recent_orders() -> tuple[int, ...]:
    """This browser's latest orders, newest first; those of somebody who was signed in only while they are."""
    kept = session.get("orders")
    if not kept:
        return ()
    owner = session.get("orders_of")
    if owner is not None and ((found := who.person()) is None or found.user_id != owner):
        return ()
    return tuple(known for known in kept if isinstance(known, int))
