"""What the provider tells us: signed, written down once, and taken as a reason to ask, never as the truth."""

from sqlalchemy import select

from app.core import clock
from app.core.db import db, insert_new
from app.core.errors import NotFound, Refusal
from app.core.events import emit
from app.core.settings import settings
from app.payments import stripe
from app.payments.events import DisputeTold, ProviderTold, RefundTold
from app.payments.models import Payment, ProviderEvent
from app.payments.provider import Forged, Notice

HEEDED = ("payment_intent.", "checkout.session.")
DISPUTES = "charge.dispute."
REFUNDS = ("refund.updated", "refund.failed", "charge.refund.updated")  # one that succeeded may fail days later


def hear(body: bytes, signature: str) -> bool:
    """Take a webhook's message in, in the open unit of work: True when it is new.

    Raises NotFound while no secret is configured, Refusal 400 `not_signed` for a message that is not the provider's.
    """
    if not settings().stripe_webhook_secret:
        raise NotFound
    try:
        notice = stripe.read_notice(body, signature)
    except Forged as forged:
        raise Refusal("not_signed", "This message is not signed by the payment provider.", status=400) from forged
    return take_in(notice)


def take_in(notice: Notice) -> bool:
    """Write a message down and have its payment looked at, in the open unit of work: True when it is new."""
    payment_id = _payment_of(notice)
    kept = {"kind": notice.kind[:80], "payment_id": notice.payment_id or payment_id, "heard_at": clock.now()}
    if not insert_new(ProviderEvent, id=notice.id, **kept):
        return False
    if payment_id is not None and notice.kind.startswith(HEEDED):
        emit(ProviderTold(payment_id))
    if payment_id is not None and notice.kind.startswith(DISPUTES):
        emit(DisputeTold(payment_id))
    if payment_id is not None and notice.kind in REFUNDS:
        emit(RefundTold(payment_id))
    return True


def _payment_of(notice: Notice) -> int | None:
    """The payment of ours that a message is about, by the number that we gave it or by its intent."""
    if notice.payment_id is not None:
        known = Payment.id == notice.payment_id
    elif notice.intent_id is not None:
        known = Payment.intent_id == notice.intent_id
    else:
        return None
    return db.session.scalar(select(Payment.id).where(known))
