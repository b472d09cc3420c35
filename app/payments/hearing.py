"""What the provider tells us: signed, written down once, and taken as a reason to ask, never as the truth."""

from app.core import clock
from app.core.db import db, insert_new
from app.core.errors import NotFound, Refusal
from app.core.events import emit
from app.core.settings import settings
from app.payments import stripe
from app.payments.events import ProviderTold
from app.payments.models import Payment, ProviderEvent
from app.payments.stripe import Forged

HEEDED = ("payment_intent.", "checkout.session.")


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
    payment_id = notice.payment_id
    kept = {"kind": notice.kind[:80], "payment_id": payment_id, "heard_at": clock.now()}
    if not insert_new(ProviderEvent, id=notice.id, **kept):
        return False
    known = payment_id is not None and db.session.get(Payment, payment_id) is not None
    if payment_id is not None and known and notice.kind.startswith(HEEDED):
        emit(ProviderTold(payment_id))
    return True
