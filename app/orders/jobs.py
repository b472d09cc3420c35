"""What the orders domain does by itself: a mail when an order is placed, and an end for carts that were left."""

from datetime import timedelta
from zoneinfo import ZoneInfo

from app.core import clock
from app.core.db import transaction
from app.core.mail import Mail, send
from app.core.money import format_cents
from app.core.settings import settings
from app.orders import cart, service
from app.orders.events import OrderPlaced
from app.orders.keys import tracking_key
from app.orders.values import OrderLine, OrderView
from app.stores import service as stores
from app.stores.service import Method

CARTS_KEPT = timedelta(days=30)


def mail_confirmation(event: OrderPlaced) -> None:
    """Tell the customer that the order is in, with its prices and the link to follow it."""
    order = service.order(event.order_id)
    if order.contact.email:
        send(Mail(order.contact.email, f"Order {order.id} is in", confirmation(order)))


def confirmation(order: OrderView) -> str:
    """The mail's text."""
    store = stores.store(order.store_id)
    how = (
        f"at your door, {order.street}"
        if order.method is Method.DELIVERY
        else f"to pick up at {store.name}, {store.street}"
    )
    lines = "\n".join(_line(line) for line in order.lines)
    return (
        f"Hello {order.contact.name},\n\nyour order {order.id} is in. Expect it {_when(order, store.zone)}, {how}.\n\n"
        f"{lines}\n\n{_discounts(order)}"
        f"Total with tax: {format_cents(order.quote.total_cents)}\n\n"
        f"Follow it: {settings().base_url}/track/{order.id}-{tracking_key(order.id)}\n"
        + (f"\nSomething wrong? Call {store.name}: {store.phone_words}\n" if store.phone else "")
    )


def _when(order: OrderView, zone: ZoneInfo) -> str:
    ordered, due = (moment.astimezone(zone) for moment in (order.created_at, order.promised_from))
    day = "" if due.date() == ordered.date() else f"on {due:%A}, "
    return f"{day}{clock.span_in_words(order.promised_from, order.promised_to, zone)}"


def _discounts(order: OrderView) -> str:
    lines = [f"{each.name}  −{format_cents(each.cents)}\n" for each in order.discounts]
    return "".join([*lines, "\n"]) if lines else ""


def _line(line: OrderLine) -> str:
    words = [f"{line.quantity} × {line.name}  {format_cents(line.cents)}"]
    words += [f"    {line.base}"] if line.base else []
    words += [f"    {'All' if side == 'whole' else side.capitalize()}: {toppings}" for side, toppings in line.sides]
    words += [f"    Note: {line.note}"] if line.note else []
    return "\n".join(words)


def close_left_carts() -> None:
    """Close carts that nobody has touched for thirty days."""
    with transaction():
        cart.forget_before(clock.now() - CARTS_KEPT)
