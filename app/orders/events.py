"""What the orders domain tells."""

from dataclasses import dataclass
from typing import ClassVar

from app.core.events import Event


@dataclass(frozen=True, slots=True)
class OrderPlaced(Event):
    """An order is paid for (or will be, in cash) and belongs on its store's board."""

    kind: ClassVar[str] = "orders.placed"
    order_id: int
    store_id: int


@dataclass(frozen=True, slots=True)
class OrderAccepted(Event):
    """The store makes it: the money may be taken."""

    kind: ClassVar[str] = "orders.accepted"
    order_id: int


@dataclass(frozen=True, slots=True)
class OrderCancelled(Event):
    """It came to nothing (cancelled, rejected, expired or not paid): money goes back, the ticket goes away."""

    kind: ClassVar[str] = "orders.cancelled"
    order_id: int
    store_id: int


@dataclass(frozen=True, slots=True)
class OrderRetimed(Event):
    """It is wanted at another time: its ticket waits for that one. `number` counts an order's changes."""

    kind: ClassVar[str] = "orders.retimed"
    order_id: int
    store_id: int
    number: int


@dataclass(frozen=True, slots=True)
class OrderCompleted(Event):
    """The customer has it."""

    kind: ClassVar[str] = "orders.completed"
    order_id: int


@dataclass(frozen=True, slots=True)
class OrdersErased(Event):
    """Nobody is named in these orders any more: whoever wrote something about their customers erases it, too."""

    kind: ClassVar[str] = "orders.erased"
    order_ids: tuple[int, ...]
