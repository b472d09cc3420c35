"""What the tracking domain says to others: small frozen values."""

import hashlib
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from app.orders.pricing import Quote
from app.orders.service import Discount, OrderLine, OrderStatus
from app.stores.values import Method
from app.tracking.eta import Span
from app.tracking.stages import LABELS, Stage


class StepState(StrEnum):
    """Where one step of a course stands."""

    DONE = "done"
    NOW = "now"
    NEXT = "next"


class Age(StrEnum):
    """How a ticket does, for its color and its word."""

    FRESH = "fresh"
    FINE = "fine"
    HURRY = "hurry"
    LATE = "late"


@dataclass(frozen=True, slots=True)
class Step:
    """One stage on this order's way, with the moment at which somebody tapped it."""

    stage: Stage
    state: StepState
    at: datetime | None

    @property
    def label(self) -> str:
        """The stage as customers read it."""
        return LABELS[self.stage]


@dataclass(frozen=True, slots=True)
class Running:
    """An order that is on its way, in short: for the bar under every header."""

    order_id: int
    store_id: int
    stage: Stage
    span: Span


@dataclass(frozen=True, slots=True)
class Rated:
    """What a customer thought of their order: one to five stars, and a word."""

    order_id: int
    stars: int
    words: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Failure:
    """A delivery that could not be handed over: when, why (in words, or nothing), and who said so."""

    at: datetime
    reason: str
    by: str


@dataclass(frozen=True, slots=True)
class TrackView:
    """An order as its customer follows it. `span` is what we expect now, `promised` what we said first.

    `ahead` are the oven places that the kitchen fills before a late order's own, `message` is what the store lets its
    customer know, `rating` what they thought of it; `failed` is there while it could not be handed over, and
    it `waits` while it was ordered for later and it is not time yet to begin it.
    """

    order_id: int
    store_id: int
    status: OrderStatus
    stage: Stage
    method: Method
    asap: bool
    steps: tuple[Step, ...]
    span: Span
    promised: Span
    late: bool
    ahead: int
    message: str
    rateable: bool
    rating: Rated | None
    failed: Failure | None
    begin_at: datetime | None
    waits: bool
    heard_at: datetime
    cancellable: bool
    retimable: bool
    reason: str
    dead: bool
    finished: bool
    street: str
    lines: tuple[OrderLine, ...]
    quote: Quote
    discounts: tuple[Discount, ...]
    picture: str | None

    @property
    def label(self) -> str:
        """Its stage as customers read it."""
        return LABELS[self.stage]

    @property
    def tag(self) -> str:
        """Changes whenever anything that the page shows does."""
        return _tag(self)


@dataclass(frozen=True, slots=True)
class Ticket:
    """An order as the kitchen sees it: no phone, no address, no surname.

    Until it is `touched` the screens ring, louder from `loud_at` on; `told` says how far its silence was told.
    """

    order_id: int
    stage: Stage
    seq: int
    method: Method
    name: str
    asap: bool
    accepted: bool
    touched: bool
    told: int
    loud_at: datetime
    begin_at: datetime
    due_at: datetime
    since: datetime
    hurry_at: datetime | None
    lines: tuple[OrderLine, ...]
    note: str
    allergy: bool
    onward: tuple[Stage, ...]
    open: bool
    to_print: bool
    printed: bool
    driver: str
    failed: Failure | None

    def age(self, now: datetime) -> Age:
        """How it does at a moment: late past what was promised, in a hurry past most of its stage's allowance.

        What stands ready waits for its customer, and nobody in the kitchen can hurry those.
        """
        if not self.open or self.stage is Stage.READY:
            return Age.FINE
        if now > self.due_at:
            return Age.LATE
        if self.hurry_at is not None and now > self.hurry_at:
            return Age.HURRY
        return Age.FRESH if self.stage is Stage.RECEIVED else Age.FINE


@dataclass(frozen=True, slots=True)
class Column:
    """A column of the board, with its tickets: what is due first stands first."""

    key: str
    name: str
    tickets: tuple[Ticket, ...]


@dataclass(frozen=True, slots=True)
class Moved:
    """A tap that was taken. It may be taken back by its `seq` until then, if at all."""

    order_id: int
    store_id: int
    seq: int
    to: Stage
    until: datetime | None


@dataclass(frozen=True, slots=True)
class Board:
    """A store's kitchen. `later` holds orders for a time too far away to begin, `undoable` the last tap.

    `paused` says until when no new orders are taken, and why; None while they are.
    """

    store_id: int
    columns: tuple[Column, ...]
    later: tuple[Ticket, ...]
    undoable: Moved | None
    paused: tuple[datetime, str] | None

    @property
    def tag(self) -> str:
        """Changes whenever anything on the board does."""
        return _tag(self)


@dataclass(frozen=True, slots=True)
class Tap:
    """One move of a ticket, for its timeline."""

    seq: int
    to: Stage
    at: datetime
    by: str
    reason: str
    undone: bool
    reversal: bool


def _tag(value: object) -> str:
    return hashlib.sha256(repr(value).encode()).hexdigest()[:20]
