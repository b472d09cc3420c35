"""What the orders domain does by itself: a mail when an order is placed."""

from collections.abc import Iterator
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from app.core import clock
from app.core.mail import Mail, write
from app.core.money import format_cents
from app.core.settings import settings
from app.orders import letters, retiming, service
from app.orders.events import OrderCancelled, OrderPlaced, OrderRetimed
from app.orders.keys import tracking_key
from app.orders.status import OrderStatus
from app.orders.values import OrderLine, OrderView
from app.stores import service as stores
from app.stores.service import Method

CALLED_OFF = frozenset({OrderStatus.CANCELLED, OrderStatus.REJECTED})


@dataclass(frozen=True, slots=True)
class MailedLine:
    """A line of the order as the mail writes it."""

    quantity: int
    name: str
    price: str
    words: tuple[str, ...]


def mail_confirmation(event: OrderPlaced) -> None:
    """Tell the customer that the order is in, with its prices and the link to follow it."""
    order = service.order(event.order_id)
    if order.contact.email:
        letters.send_mail(order.id, "order_in", confirmation(order))


def confirmation(order: OrderView) -> Mail:
    """The mail that an order is in."""
    store = stores.store(order.store_id)
    delivery, key = order.method is Method.DELIVERY, f"{order.id}-{tracking_key(order.id)}"
    return write(
        order.contact.email,
        "order_in",
        order=order,
        store=store,
        when=_when(order, store.zone),
        how=f"at your door, {order.street}" if delivery else f"to pick up at {store.name}, {store.street}",
        lines=[_line(line) for line in order.lines],
        sums=list(_sums(order)),
        total=format_cents(order.quote.total_cents),
        link=f"{settings().base_url}/track/{key}",
        receipt=f"{settings().base_url}/receipt/{key}",
    )


def mail_cancellation(event: OrderCancelled) -> None:
    """Tell the customer that an order came to nothing, and why. One that was never paid for was never an order."""
    order = service.order(event.order_id)
    *_, last = history = service.history(event.order_id)
    placed = any(move.status is OrderStatus.PLACED for move in history)
    if order.contact.email and placed and order.status in CALLED_OFF:
        letters.send_mail(order.id, "order_off", cancellation(order, last.reason))


def cancellation(order: OrderView, reason: str) -> Mail:
    """The mail that an order came to nothing: its store could not take it, or it was cancelled."""
    link = f"{settings().base_url}/track/{order.id}-{tracking_key(order.id)}"
    store = stores.store(order.store_id)
    became = "could not be taken" if order.status is OrderStatus.REJECTED else "is cancelled"
    return write(order.contact.email, "order_off", order=order, store=store, became=became, reason=reason, link=link)


def mail_new_time(event: OrderRetimed) -> None:
    """Tell the customer for when their order is now, unless it has another time again."""
    order, last = service.order(event.order_id), retiming.changes(event.order_id)[-1]
    if order.contact.email and last.number == event.number and order.status not in service.DEAD:
        letters.send_mail(order.id, f"new_time:{event.number}", new_time(order))


def new_time(order: OrderView) -> Mail:
    """The mail that an order has another time."""
    link = f"{settings().base_url}/track/{order.id}-{tracking_key(order.id)}"
    store = stores.store(order.store_id)
    return write(order.contact.email, "new_time", order=order, store=store, when=_when(order, store.zone), link=link)


def _when(order: OrderView, zone: ZoneInfo) -> str:
    ordered, due = (moment.astimezone(zone) for moment in (order.created_at, order.promised_from))
    day = "" if due.date() == ordered.date() else f"on {due:%A}, "
    return f"{day}{clock.span_in_words(order.promised_from, order.promised_to, zone)}"


def _sums(order: OrderView) -> Iterator[tuple[str, str]]:
    quote, back = order.quote, sum(each.fee_cents for each in order.discounts)
    yield "Items", format_cents(quote.items_cents)
    yield from ((each.name, f"−{format_cents(each.cents)}") for each in order.discounts)
    for name, cents in (("Delivery", quote.fee_cents + back), ("Tip", quote.tip_cents)):
        if cents:
            yield name, format_cents(cents)
    yield "Tax", format_cents(quote.tax_cents)


def _line(line: OrderLine) -> MailedLine:
    words = [line.base] if line.base else []
    words += [f"{'All' if side == 'whole' else side.capitalize()}: {toppings}" for side, toppings in line.sides]
    words += [f"Note: {line.note}"] if line.note else []
    return MailedLine(line.quantity, line.name, format_cents(line.cents), tuple(words))
