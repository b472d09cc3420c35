"""Public verbs of the payments domain: check out, begin, settle, refund, reconcile, and what a payment stands at."""

from app.core.errors import NotFound
from app.payments import records
from app.payments.beginning import begin, begin_hosted, confirm
from app.payments.checkout import check_out
from app.payments.hearing import hear
from app.payments.provider import ProviderSilent
from app.payments.reconciling import reconcile
from app.payments.records import history, read
from app.payments.refunds import refund
from app.payments.settling import settle
from app.payments.status import PaymentStatus
from app.payments.values import (
    Bearer,
    Begun,
    Checkout,
    CheckoutRequest,
    Giving,
    PaymentState,
    PayWith,
    Reason,
    RefundState,
    RefundView,
)

__all__ = [
    "Bearer",
    "Begun",
    "Checkout",
    "CheckoutRequest",
    "Giving",
    "PayWith",
    "PaymentState",
    "PaymentStatus",
    "ProviderSilent",
    "Reason",
    "RefundState",
    "RefundView",
    "begin",
    "begin_hosted",
    "check_out",
    "confirm",
    "find",
    "hear",
    "history",
    "read",
    "reconcile",
    "refund",
    "settle",
    "state",
]


def state(order_id: int) -> PaymentState:
    """The payment of an order as we know it, without asking the provider. Raises NotFound."""
    found = find(order_id)
    if found is None:
        raise NotFound("We could not find the payment of that order.")
    return found


def find(order_id: int) -> PaymentState | None:
    """The same for an order that may have none, such as one that was written down by hand."""
    return records.of_order(order_id)
