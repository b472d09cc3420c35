"""What the tracking domain tells."""

from dataclasses import dataclass
from typing import ClassVar

from app.core.events import Event


@dataclass(frozen=True, slots=True)
class StageMoved(Event):
    """Staff moved a ticket."""

    kind: ClassVar[str] = "tracking.stage_moved"
    order_id: int
    seq: int
    stage: str


@dataclass(frozen=True, slots=True)
class TicketUntouched(Event):
    """Nobody has touched a new ticket for two minutes: one of its store's people is told."""

    kind: ClassVar[str] = "tracking.ticket_untouched"
    order_id: int
    user_id: int


@dataclass(frozen=True, slots=True)
class CustomerWritten(Event):
    """A store wrote to the customer of an order: `number` is that of the word."""

    kind: ClassVar[str] = "tracking.customer_written"
    order_id: int
    number: int


@dataclass(frozen=True, slots=True)
class NewsDue(Event):
    """A customer is to hear where their order stands, unless that was taken back: `news` is a word of `tracking.news`.

    `seq` is the number of the move that it is about.
    """

    kind: ClassVar[str] = "tracking.news_due"
    order_id: int
    news: str
    seq: int
