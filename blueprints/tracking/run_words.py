"""Orders in the words of their driver: where to, until when, for whom, and what cash is taken at the door."""

from dataclasses import dataclass
from urllib.parse import quote_plus

from app.core import clock
from app.orders.service import OrderView
from app.stores.service import StoreInfo
from app.tracking.service import Failure
from app.tracking.stops import Stop
from blueprints.tracking.board_words import failed_words

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
    failed: str


@dataclass(frozen=True, slots=True)
class StopWords:
    """A stop of the one who drives there; `failed` says what became of an earlier try."""

    number: int
    name: str
    phone: str
    street: str
    town: str
    note: str
    due: str
    things: str
    cash_cents: int
    failed: str
    map_url: str


def waiting_words(order: OrderView, store: StoreInfo, cash_cents: int, failed: Failure | None) -> WaitingWords:
    """How an order reads that waits for a driver, perhaps not for the first time."""
    due, things, before = _due(order, store), _things(order), failed_words(failed, store)
    return WaitingWords(order.id, order.street, order.zip, due, things, cash_cents, before)


def stop_words(stop: Stop, order: OrderView, store: StoreInfo, failed: Failure | None) -> StopWords:
    """How a stop reads."""
    street, town = address_words(order)
    return StopWords(
        number=order.id,
        name=order.contact.name,
        phone=order.contact.phone,
        street=street,
        town=town,
        note=order.note,
        due=_due(order, store),
        things=_things(order),
        cash_cents=stop.due_cents,
        failed=failed_words(failed, store),
        map_url=MAP + quote_plus(f"{order.street}, {order.city} {order.zip}"),
    )


def address_words(order: OrderView) -> tuple[str, str]:
    """Where an order goes, in two lines: street and unit, town and ZIP code."""
    return f"{order.street}, {order.unit}" if order.unit else order.street, f"{order.city} {order.zip}"


def _due(order: OrderView, store: StoreInfo) -> str:
    return f"by {clock.in_words(order.promised_to, store.zone)}"


def _things(order: OrderView) -> str:
    return ", ".join(f"{line.quantity} × {line.name}" for line in order.lines)
