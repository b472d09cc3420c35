"""The one file that speaks to Stripe: small calls, frozen answers, and two ways to fail.

The library is imported when it is first used, so that processes that never pay do not carry it.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from functools import cache
from types import ModuleType
from typing import TYPE_CHECKING, Any

import structlog

from app.core.failpoints import failpoint
from app.core.settings import settings
from app.payments.provider import (
    ABANDONED,
    CURRENCY,
    SUPERSEDED,
    CardSeen,
    Disputed,
    Forged,
    Intent,
    Notice,
    ProviderRefused,
    ProviderSilent,
    Returned,
    Session,
    Setup,
)
from app.payments.values import TO_PAY, PaymentState

if TYPE_CHECKING:
    from stripe import RequestOptions, StripeClient

log = structlog.get_logger()

API_VERSION = "2026-10-28.endive"
KEPT_FOR = "on_session"  # a kept card pays only while its owner looks on
SESSION_SECONDS = 31 * 60  # the shortest that Stripe lets a page live is half an hour


def create_intent(payment: PaymentState, receipt_to: str) -> Intent:
    """An intent that only holds the money, for the browser to confirm. The same attempt again gives the same intent."""
    terms: Any = {
        "amount": payment.amount_cents,
        "currency": CURRENCY,
        "capture_method": "manual",
        "automatic_payment_methods": {"enabled": True},
        "description": f"Order {payment.order_id}",
        "metadata": _ours(payment),
    }
    if receipt_to:
        terms["receipt_email"] = receipt_to
    if payment.customer_id:
        terms["customer"] = payment.customer_id
        terms |= {"setup_future_usage": KEPT_FOR} if payment.keeps_card else {}
    with _asking():
        return Intent.read(
            _client().v1.payment_intents.create(terms, _once(f"intent-{payment.attempt}", payment)).to_dict()
        )


def intent(intent_id: str) -> Intent:
    """An intent as it is now."""
    with _asking():
        return Intent.read(_client().v1.payment_intents.retrieve(intent_id, {"expand": ["latest_charge"]}).to_dict())


def capture(payment: PaymentState, intent_id: str) -> Intent:
    """Take what was held."""
    terms: Any = {"amount_to_capture": payment.amount_cents, "expand": ["latest_charge"]}
    with _asking():
        return Intent.read(_client().v1.payment_intents.capture(intent_id, terms).to_dict())


def cancel(intent_id: str, *, superseded: bool = False) -> Intent:
    """End an intent that has not been captured; what it held is let go. `superseded`: the order is paid another way."""
    reason: Any = {"cancellation_reason": SUPERSEDED if superseded else ABANDONED}
    with _asking():
        return Intent.read(_client().v1.payment_intents.cancel(intent_id, reason).to_dict())


def create_session(payment: PaymentState, receipt_to: str, *, success_url: str, cancel_url: str) -> Session:
    """A payment page at the provider that only holds the money. The same attempt again gives the same page."""
    product = {"name": f"Hot Corner order {payment.order_id}"}
    price = {"currency": CURRENCY, "unit_amount": payment.amount_cents, "product_data": product}
    terms: Any = {
        "mode": "payment",
        "line_items": [{"price_data": price, "quantity": 1}],
        "payment_intent_data": {"capture_method": "manual", "metadata": _ours(payment)},
        "metadata": _ours(payment),
        "client_reference_id": str(payment.order_id),
        "success_url": success_url,
        "cancel_url": cancel_url,
        "expires_at": int((payment.created_at + TO_PAY).timestamp()) + SESSION_SECONDS,
    }
    if payment.customer_id:
        terms["customer"] = payment.customer_id
        terms["payment_intent_data"] |= {"setup_future_usage": KEPT_FOR} if payment.keeps_card else {}
    elif receipt_to:
        terms["customer_email"] = receipt_to
    with _asking():
        return Session.read(
            _client().v1.checkout.sessions.create(terms, _once(f"session-{payment.attempt}", payment)).to_dict()
        )


def session(session_id: str) -> Session:
    """A payment page as it is now."""
    with _asking():
        return Session.read(_client().v1.checkout.sessions.retrieve(session_id).to_dict())


def expire_session(session_id: str) -> Session:
    """Close a payment page, and with it the intent behind it. Raises ProviderRefused once somebody has paid there."""
    with _asking():
        return Session.read(_client().v1.checkout.sessions.expire(session_id).to_dict())


def untried(payment: PaymentState, page: Session) -> Intent:
    """What a payment page that nobody has tried yet comes to: an intent that waits, or ended with its page."""
    status = "canceled" if page.status == "expired" else "requires_payment_method"
    return Intent("", status, payment.amount_cents, 0, CURRENCY, str(payment.id))


def create_refund(payment: PaymentState, cents: int, refund_id: int, attempt: int) -> Returned:
    """Give `cents` back. The same attempt again gives them back once."""
    terms: Any = {
        "payment_intent": payment.intent_id,
        "amount": cents,
        "reason": "requested_by_customer",
        "metadata": {"payment": str(payment.id), "refund": str(refund_id)},
    }
    options = _once(f"refund-{refund_id}-{attempt}", payment)
    with _asking():
        return Returned.read(_client().v1.refunds.create(terms, options).to_dict())


def refunds_of(intent_id: str) -> list[Returned]:
    """Every refund of a payment."""
    with _asking():
        found = _client().v1.refunds.list({"payment_intent": intent_id, "limit": 100})
    return [Returned.read(each.to_dict()) for each in found.data]


def refund_of(intent_id: str, refund_id: int) -> Returned | None:
    """The refund that carries our id, if the provider has it."""
    return next((each for each in refunds_of(intent_id) if each.refund_id == str(refund_id)), None)


def confirm_with(intent_id: str, method_id: str, return_url: str) -> Intent:
    """Try a card that the provider knows; its customer comes back to `return_url` if the bank asks first.

    A card that is declined is an answer too: the intent says so.
    """
    terms: Any = {"payment_method": method_id, "return_url": return_url, "expand": ["latest_charge"]}
    try:
        with _asking():
            return Intent.read(_client().v1.payment_intents.confirm(intent_id, terms).to_dict())
    except ProviderRefused as refused:
        if not refused.declined:
            raise
        return intent(intent_id)


def create_customer(user_id: int) -> str:
    """Somebody to keep cards for; gives the provider's number of them."""
    with _asking():
        return _client().v1.customers.create({"metadata": {"user": str(user_id)}}).id


def forget_customer(customer_id: str) -> None:
    """Keep nothing of somebody, and none of their cards; whoever is gone already is fine. Raises ProviderRefused."""
    try:
        with _asking():
            _client().v1.customers.delete(customer_id)
    except ProviderRefused as refused:
        if refused.code != "resource_missing":
            raise


def create_setup(customer_id: str) -> Setup:
    """What the browser confirms to keep a card without paying."""
    terms: Any = {"customer": customer_id, "automatic_payment_methods": {"enabled": True}, "usage": "on_session"}
    with _asking():
        return Setup.read(_client().v1.setup_intents.create(terms).to_dict())


def setup(setup_id: str) -> Setup:
    """How far keeping a card is."""
    with _asking():
        return Setup.read(_client().v1.setup_intents.retrieve(setup_id).to_dict())


def card(method_id: str) -> CardSeen:
    """A card that is kept."""
    with _asking():
        seen = _client().v1.payment_methods.retrieve(method_id).to_dict()
    return CardSeen.read(seen["id"], seen.get("card") or {})


def forget_card(method_id: str) -> None:
    """Keep a card no longer; one that is gone already is fine."""
    try:
        with _asking():
            _client().v1.payment_methods.detach(method_id)
    except ProviderRefused as refused:
        log.info("card_gone_already", code=refused.code)


def disputes_of(intent_id: str) -> list[Disputed]:
    """Every dispute about a payment."""
    with _asking():
        found = _client().v1.disputes.list({"payment_intent": intent_id, "limit": 100})
    return [Disputed.read(each.to_dict()) for each in found.data]


def intents_since(moment: datetime) -> Iterator[Intent]:
    """Every intent that was made since then, newest first."""
    terms: Any = {"created": {"gte": int(moment.timestamp())}, "limit": 100, "expand": ["data.latest_charge"]}
    with _asking():
        for each in _client().v1.payment_intents.list(terms).auto_paging_iter():
            yield Intent.read(each.to_dict())


def unheard_since(moment: datetime) -> Iterator[Notice]:
    """Every event since then that the provider could not bring us, newest first."""
    terms: Any = {"created": {"gte": int(moment.timestamp())}, "delivery_success": False, "limit": 100}
    with _asking():
        for each in _client().v1.events.list(terms).auto_paging_iter():
            yield Notice.read(each.to_dict())


def read_notice(body: bytes, signature: str) -> Notice:
    """A webhook's message, after its signature has been checked. Raises Forged."""
    try:
        return Notice.read(_client().construct_event(body, signature, settings().stripe_webhook_secret).to_dict())
    except (_library().SignatureVerificationError, ValueError, LookupError, AttributeError, TypeError) as error:
        raise Forged(str(error)) from error


def _ours(payment: PaymentState) -> dict[str, str]:
    return {"payment": str(payment.id), "order": str(payment.order_id)}


def _once(deed: str, payment: PaymentState) -> "RequestOptions":
    # The moment keeps a key from meeting its namesake of an earlier database in the same account.
    return {"idempotency_key": f"{deed}-{payment.id}-{payment.created_at.timestamp():.6f}"}


def _library() -> ModuleType:
    import stripe  # noqa: PLC0415 - a process that never pays must not carry it

    return stripe


@cache
def _client_of(key: str, base: str) -> "StripeClient":
    from app.payments.line import Line  # noqa: PLC0415 - for the same reason

    client: StripeClient = _library().StripeClient(
        key, stripe_version=API_VERSION, base_addresses={"api": base}, max_network_retries=1, http_client=Line(base)
    )
    return client


def _client() -> "StripeClient":
    return _client_of(settings().stripe_secret_key, settings().stripe_api_base)


@contextmanager
def _asking() -> Iterator[None]:
    stripe = _library()
    try:
        yield
        failpoint("answered")
    except (stripe.CardError, stripe.InvalidRequestError, stripe.IdempotencyError) as error:
        declined = isinstance(error, stripe.CardError)
        raise ProviderRefused(error.code or "refused", error.user_message or "", declined=declined) from error
    except stripe.APIConnectionError as error:
        raise ProviderSilent("no answer") from error
    except stripe.StripeError as error:  # limits, keys, and everything that it broke on
        status = error.http_status or 0
        log.warning("provider_silent", code=error.code, status=status)
        raise ProviderSilent(f"answered {status}", broke=status >= 500) from error
