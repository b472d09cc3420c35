"""What the payments domain tells."""

from dataclasses import dataclass
from typing import ClassVar

from app.core.events import Event


@dataclass(frozen=True, slots=True)
class PaymentRequested(Event):
    """An order waits for its payment."""

    kind: ClassVar[str] = "payments.requested"
    payment_id: int


@dataclass(frozen=True, slots=True)
class PaymentAuthorised(Event):
    """The money is held, or will be handed over in cash."""

    kind: ClassVar[str] = "payments.authorised"
    payment_id: int
    order_id: int


@dataclass(frozen=True, slots=True)
class PaymentFailed(Event):
    """Nobody paid, and nobody can any more."""

    kind: ClassVar[str] = "payments.failed"
    payment_id: int
    order_id: int


@dataclass(frozen=True, slots=True)
class ProviderTold(Event):
    """The provider says that something happened to a payment: a reason to ask it what is true."""

    kind: ClassVar[str] = "payments.provider_told"
    payment_id: int


@dataclass(frozen=True, slots=True)
class DisputeTold(Event):
    """The provider says that a bank claims a payment back, or has decided: a reason to ask it what is true."""

    kind: ClassVar[str] = "payments.dispute_told"
    payment_id: int


@dataclass(frozen=True, slots=True)
class RefundTold(Event):
    """The provider says that a refund moved, or came back: a reason to ask it what is true."""

    kind: ClassVar[str] = "payments.refund_told"
    payment_id: int


@dataclass(frozen=True, slots=True)
class RefundRequested(Event):
    """Money is set aside to go back."""

    kind: ClassVar[str] = "payments.refund_requested"
    refund_id: int


@dataclass(frozen=True, slots=True)
class RefundSettled(Event):
    """Money went back, or could not."""

    kind: ClassVar[str] = "payments.refund_settled"
    refund_id: int
    payment_id: int
    succeeded: bool


@dataclass(frozen=True, slots=True)
class RefundBounced(Event):
    """Money that had gone back came back to us."""

    kind: ClassVar[str] = "payments.refund_bounced"
    refund_id: int


@dataclass(frozen=True, slots=True)
class MoneyBooked(Event):
    """A transfer stands in the ledger: the figures of its day are no longer whole."""

    kind: ClassVar[str] = "payments.booked"
    transfer: str
