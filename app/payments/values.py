"""What the payments domain says to others, and what its parts say to one another: small frozen values in cents."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

from app.orders.values import Placing
from app.payments.status import PAID, WAITING, PaymentStatus

TO_PAY = timedelta(minutes=15)
MOST_DECLINES = 5
LEAST_BY_CARD_CENTS = 50  # docs.stripe.com/currencies#minimum-and-maximum-charge-amounts


class PayWith(StrEnum):
    """How an order is paid for: by card on our page, by card on the provider's page, or in cash."""

    CARD = "card"
    HOSTED = "hosted"
    CASH = "cash"


class RefundState(StrEnum):
    """Where a refund stands: waiting for a second person or declined by them, set aside, asked for, given or not."""

    WAITING = "waiting"
    DECLINED = "declined"
    RESERVED = "reserved"
    SUBMITTED = "submitted"
    SUCCEEDED = "succeeded"
    FAILED = "failed"


class Reason(StrEnum):
    """Why money goes back. Staff choose among all but the last, which is for orders that came to nothing."""

    LATE = "late"
    COLD = "cold"
    WRONG = "wrong"
    MISSING = "missing"
    QUALITY = "quality"
    NEVER_CAME = "never_came"
    OTHER = "other"
    CANCELLED = "cancelled"


class Bearer(StrEnum):
    """Who bears what goes back. Nobody, where the sale itself is undone."""

    STORE = "store"
    CHAIN = "chain"
    COURTESY = "courtesy"
    NOBODY = "nobody"


@dataclass(frozen=True, slots=True)
class Part:
    """A piece of an order that goes back by itself: its key (`unit:7`, `fee`, `tip`), name, and cents paid for it."""

    key: str
    name: str
    cents: int


@dataclass(frozen=True, slots=True)
class Giving:
    """Money that is to go back, in cents, and why. `key` names the deed, so that doing it twice gives once.

    `parts` say what of the order it is for. One that is `waiting` is only set aside until another person approves.
    """

    cents: int
    key: str
    reason: Reason
    by: str
    bearer: Bearer = Bearer.NOBODY
    note: str = ""
    parts: tuple[Part, ...] = ()
    user_id: int | None = None
    waiting: bool = False


@dataclass(frozen=True, slots=True)
class RefundView:
    """A refund as it stands."""

    id: int
    payment_id: int
    cents: int
    reason: Reason
    bearer: Bearer
    note: str
    parts: tuple[Part, ...]
    state: RefundState
    why: str
    user_id: int | None
    by: str
    decided_by: str
    created_at: datetime
    settled_at: datetime | None


@dataclass(frozen=True, slots=True)
class CheckoutRequest:
    """A checkout as it was sent: `key` is its form's, the same for every press of its button."""

    key: str
    placing: Placing
    pay_with: PayWith
    staff_user_id: int | None = None
    keep_card: bool = False


@dataclass(frozen=True, slots=True)
class Begun:
    """What a browser needs to pay: a secret for the card field, or a page at the provider. Neither when it is paid."""

    client_secret: str = ""
    hosted_url: str = ""

    @property
    def paid(self) -> bool:
        """Whether the provider has the money already."""
        return not (self.client_secret or self.hosted_url)


@dataclass(frozen=True, slots=True)
class PaymentState:
    """A payment as it stands. `customer_id` is whom the provider keeps cards for, if they are signed in; `receipt_to`
    is the order's email address, known to whoever has just placed it.
    """

    id: int
    order_id: int
    store_id: int
    pay_with: PayWith
    status: PaymentStatus
    attempt: int
    amount_cents: int
    authorised_cents: int
    captured_cents: int
    refund_reserved_cents: int
    refunded_cents: int
    intent_id: str | None
    session_id: str | None
    brand: str
    last4: str
    declines: int
    decline_words: str
    last_try: str
    user_id: int | None
    customer_id: str | None
    keeps_card: bool
    created_at: datetime
    asked_at: datetime
    receipt_to: str | None = field(default=None, compare=False, repr=False)

    @property
    def pay_until(self) -> datetime:
        """When the order stops waiting for its payment."""
        return self.created_at + TO_PAY

    @property
    def waiting(self) -> bool:
        """Whether it has not been paid and still may be."""
        return self.status in WAITING

    @property
    def paid(self) -> bool:
        """Whether the money was promised or taken, whatever became of it then."""
        return self.status in PAID

    @property
    def tries_left(self) -> int:
        """How many more cards may be tried."""
        return max(0, MOST_DECLINES - self.declines)


@dataclass(frozen=True, slots=True)
class Checkout:
    """The payment of a checkout, as it stood there; `new` is False when its order had been there before."""

    payment: PaymentState
    new: bool

    @property
    def order_id(self) -> int:
        """The order that it pays."""
        return self.payment.order_id
