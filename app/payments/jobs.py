"""What payments do when they hear of something. Every job asks the provider, so each keeps its own units of work."""

from app.orders.events import OrderAccepted, OrderCancelled, OrderCompleted
from app.payments import disputes, receipts, records, refunds
from app.payments.comparing import compare
from app.payments.events import (
    DisputeTold,
    ProviderTold,
    RefundBounced,
    RefundRequested,
    RefundSettled,
    RefundTold,
)
from app.payments.reconciling import reconcile
from app.payments.settling import settle

__all__ = [
    "compare",
    "give_back",
    "look_again",
    "look_at_disputes",
    "look_at_refunds",
    "mail_bounced",
    "mail_refund",
    "reconcile",
    "settle_order",
]


def settle_order(event: OrderAccepted | OrderCancelled | OrderCompleted) -> None:
    """An order moved on: capture, let go or give back its money, as it stands now."""
    payment = records.of_order(event.order_id)
    if payment is not None:
        settle(payment.id, seen=payment)


def look_again(event: ProviderTold) -> None:
    """The provider told us something: ask what is true."""
    settle(event.payment_id)


def give_back(event: RefundRequested) -> None:
    """Money was set aside to go back: send it."""
    refunds.submit(event.refund_id)


def look_at_disputes(event: DisputeTold) -> None:
    """The provider told us of a dispute: ask how it stands."""
    disputes.look(event.payment_id)


def look_at_refunds(event: RefundTold) -> None:
    """The provider told us of a refund: ask how it stands."""
    refunds.look(event.payment_id)


def mail_refund(event: RefundSettled) -> None:
    """Money went back: tell whoever paid."""
    if event.succeeded:
        receipts.mail_refund(event.refund_id)


def mail_bounced(event: RefundBounced) -> None:
    """Money that had gone back came back: tell whoever waits for it."""
    receipts.mail_bounced(event.refund_id)
