"""The one file that speaks to Stripe: small calls, frozen answers, and two ways to fail.

The library is imported when it is first used, so that processes that never pay do not carry it.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from types import ModuleType
from typing import TYPE_CHECKING, Any

import structlog

from app.core.failpoints import failpoint
from app.core.settings import settings
from app.payments.values import TO_PAY, PaymentState

if TYPE_CHECKING:
    from stripe import RequestOptions, StripeClient

log = structlog.get_logger()

API_VERSION = "2026-10-28.endive"
CONNECT_SECONDS, READ_SECONDS = 3, 10
CURRENCY = "usd"
SUPERSEDED, ABANDONED = "duplicate", "abandoned"
SESSION_SECONDS = 31 * 60  # the shortest that Stripe lets a page live is half an hour


class ProviderSilent(Exception):
    """No answer that says what happened. `broke`: it answered 5xx, and will to the same idempotency key."""

    def __init__(self, why: str, *, broke: bool = False) -> None:
        super().__init__(why)
        self.broke = broke


class ProviderRefused(Exception):
    """The provider understood and said no."""

    def __init__(self, code: str, words: str) -> None:
        super().__init__(f"{code}: {words}")
        self.code, self.words = code, words


class Forged(Exception):
    """A message that the provider did not sign."""


@dataclass(frozen=True, slots=True)
class Intent:
    """A payment as the provider has it. `payment_id` is the one that we wrote into its metadata, in digits."""

    id: str
    status: str
    amount_cents: int
    received_cents: int
    currency: str
    payment_id: str
    superseded: bool = False
    failed_try: str = ""
    decline_words: str = ""
    brand: str = ""
    last4: str = ""
    client_secret: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class Session:
    """A payment page at the provider: `open`, `complete` or `expired`, and the intent behind it once somebody tried."""

    id: str
    status: str
    intent_id: str | None
    url: str


@dataclass(frozen=True, slots=True)
class Returned:
    """A refund as the provider has it."""

    id: str
    status: str
    refund_id: str


@dataclass(frozen=True, slots=True)
class Notice:
    """A signed message: what kind, and which of our payments it names."""

    id: str
    kind: str
    payment_id: int | None


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
    with _asking():
        return _intent(
            _client().v1.payment_intents.create(terms, _once(f"intent-{payment.attempt}", payment)).to_dict()
        )


def intent(intent_id: str) -> Intent:
    """An intent as it is now."""
    with _asking():
        return _intent(_client().v1.payment_intents.retrieve(intent_id, {"expand": ["latest_charge"]}).to_dict())


def capture(payment: PaymentState, intent_id: str) -> Intent:
    """Take what was held."""
    terms: Any = {"amount_to_capture": payment.amount_cents, "expand": ["latest_charge"]}
    with _asking():
        return _intent(_client().v1.payment_intents.capture(intent_id, terms).to_dict())


def cancel(intent_id: str, *, superseded: bool = False) -> Intent:
    """End an intent that has not been captured; what it held is let go. `superseded`: the order is paid another way."""
    reason: Any = {"cancellation_reason": SUPERSEDED if superseded else ABANDONED}
    with _asking():
        return _intent(_client().v1.payment_intents.cancel(intent_id, reason).to_dict())


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
    if receipt_to:
        terms["customer_email"] = receipt_to
    with _asking():
        return _session(
            _client().v1.checkout.sessions.create(terms, _once(f"session-{payment.attempt}", payment)).to_dict()
        )


def session(session_id: str) -> Session:
    """A payment page as it is now."""
    with _asking():
        return _session(_client().v1.checkout.sessions.retrieve(session_id).to_dict())


def expire_session(session_id: str) -> Session:
    """Close a payment page, and with it the intent behind it. Raises ProviderRefused once somebody has paid there."""
    with _asking():
        return _session(_client().v1.checkout.sessions.expire(session_id).to_dict())


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
        return _returned(_client().v1.refunds.create(terms, options).to_dict())


def refund_of(intent_id: str, refund_id: int) -> Returned | None:
    """The refund that carries our id, if the provider has it."""
    with _asking():
        found = _client().v1.refunds.list({"payment_intent": intent_id, "limit": 100})
    answers = (_returned(each.to_dict()) for each in found.data)
    return next((each for each in answers if each.refund_id == str(refund_id)), None)


def read_notice(body: bytes, signature: str) -> Notice:
    """A webhook's message, after its signature has been checked. Raises Forged."""
    try:
        event = _client().construct_event(body, signature, settings().stripe_webhook_secret).to_dict()
        metadata = event["data"]["object"].get("metadata") or {}
        return Notice(event["id"], event["type"], _number(metadata.get("payment")))
    except (_library().SignatureVerificationError, ValueError, LookupError, AttributeError) as error:
        raise Forged(str(error)) from error


def _number(text: object) -> int | None:
    return int(text) if isinstance(text, str) and text.isascii() and text.isdigit() and len(text) < 18 else None


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
    client: StripeClient = _library().StripeClient(
        key,
        stripe_version=API_VERSION,
        base_addresses={"api": base},
        max_network_retries=1,
        http_client=_library().RequestsClient(timeout=(CONNECT_SECONDS, READ_SECONDS)),
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
        raise ProviderRefused(error.code or "refused", error.user_message or "") from error
    except stripe.APIConnectionError as error:
        raise ProviderSilent("no answer") from error
    except stripe.StripeError as error:  # limits, keys, and everything that it broke on
        status = error.http_status or 0
        log.warning("provider_silent", code=error.code, status=status)
        raise ProviderSilent(f"answered {status}", broke=status >= 500) from error


def _intent(seen: dict[str, Any]) -> Intent:
    failed: dict[str, Any] = seen.get("last_payment_error") or {}
    charge = seen.get("latest_charge")
    details = charge.get("payment_method_details") if isinstance(charge, dict) else None
    card: dict[str, Any] = (details or {}).get("card") or {}
    return Intent(
        id=seen["id"],
        status=seen["status"],
        amount_cents=seen["amount"],
        received_cents=seen.get("amount_received") or 0,
        currency=seen["currency"],
        payment_id=(seen.get("metadata") or {}).get("payment", ""),
        superseded=seen.get("cancellation_reason") == SUPERSEDED,
        failed_try=failed.get("charge") or (failed.get("payment_method") or {}).get("id") or failed.get("code") or "",
        decline_words=failed.get("message") or "",
        brand=card.get("brand") or "",
        last4=card.get("last4") or "",
        client_secret=seen.get("client_secret") or "",
    )


def _session(seen: dict[str, Any]) -> Session:
    return Session(seen["id"], seen["status"], seen.get("payment_intent"), seen.get("url") or "")


def _returned(seen: dict[str, Any]) -> Returned:
    return Returned(seen["id"], seen.get("status") or "pending", (seen.get("metadata") or {}).get("refund", ""))
