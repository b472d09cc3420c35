"""Orders in the words of their driver: where to, until when, for whom, and what cash is taken at the door."""

from dataclasses import dataclass
from urllib.parse import quote_plus

from app.core import clock
from app.orders.service import OrderView
from app.stores.service import StoreInfo
from app.tracking.stops import Stop

MAP = "https://www.openstreetmap.org/search?query="


@dataclass(frozen=True, slots=True)
class WaitingWords:
    """A boxed order that waits for a driver: no name and no phone before it is taken along."""

    number: int
    street: str
    zip: str
    due: str
    things: str
    cash_cents: int


@dataclass(frozen=True, slots=True)
class StopWords:
    """A stop of the one who drives there."""

    number: int
    name: str
    phone: str
    street: str
    town: str
    note: str
    due: str
    things: str
    cash_cents: int
    map_url: str


def waiting_words(order: OrderView, store: StoreInfo, cash_cents: int) -> WaitingWords:
    """How an order reads that waits for a driver."""
    return WaitingWords(order.id, order.street, order.zip, _due(order, store), _things(order), cash_cents)


def stop_words(stop: Stop, order: OrderView, store: StoreInfo) -> StopWords:
    """How a stop reads."""
    return StopWords(
        number=order.id,
        name=order.contact.name,
        phone=order.contact.phone,
        street=f"{order.street}, {order.unit}" if order.unit else order.street,
        town=f"{order.city} {order.zip}",
        note=order.note,
        due=_due(order, store),
        things=_things(order),
        cash_cents=stop.due_cents,
        map_url=MAP + quote_plus(f"{order.street}, {order.city} {order.zip}"),
    )


def _due(order: OrderView, store: StoreInfo) -> str:
    return f"by {clock.in_words(order.promised_to, store.zone)}"


def _things(order: OrderView) -> str:
    return ", ".join(f"{line.quantity} × {line.name}" for line in order.lines)
