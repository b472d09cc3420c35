"""Beginning a payment at the provider: an intent for the card field on our page, or a page of the provider's own.

Only one of them is open at a time: before the other one is begun, the first is ended and its outcome has been seen.
"""

from collections.abc import Callable

from app.core.db import atomically, db
from app.core.errors import Conflict, Refusal
from app.orders import service as orders
from app.payments import cards, records, stripe
from app.payments.provider import ProviderRefused, ProviderSilent
from app.payments.settling import settle
from app.payments.values import Begun, PaymentState, PayWith

MOST_TURNS = 4
MOVED_ON = "payment_intent_unexpected_state"  # somebody was faster
UNPAID = frozenset({"requires_payment_method", "requires_confirmation", "requires_action"})


def begin(payment_id: int, seen: PaymentState | None = None) -> Begun:
    """The secret with which the browser confirms this payment; the same one as long as it can be paid.

    Keeps its own units of work, and starts from what was `seen` of the payment just now. Raises Conflict
    `payment_over`, Refusal 503 `provider_silent`.
    """
    return _turn(payment_id, _offer_intent, seen)


def begin_hosted(payment_id: int, *, success_url: str, cancel_url: str) -> Begun:
    """The provider's page for this payment; the same one as long as it can be paid. Raises what `begin` raises."""
    return _turn(payment_id, lambda payment: _offer_page(payment, success_url, cancel_url))


def confirm(payment_id: int, method_id: str, return_url: str) -> str:
    """Try a card that the provider knows; gives where its bank asks a question, or nothing once that is over.

    What became of the payment, `settle` tells, after ProviderSilent too. Keeps its own units of work. Raises what
    `begin` raises, ProviderSilent, Refusal `bad_card` for one that cannot be used for this payment.
    """
    if begin(payment_id).paid:
        return ""
    intent_id = records.glance(payment_id).intent_id or ""
    try:
        return stripe.confirm_with(intent_id, method_id, return_url).bank_url
    except ProviderRefused as refused:
        if refused.code == MOVED_ON:
            return ""
        raise Refusal(
            "bad_card", "We could not use that card. Please choose another one.", field="paymentMethodId"
        ) from refused


def _turn(payment_id: int, offer: Callable[[PaymentState], Begun | None], seen: PaymentState | None = None) -> Begun:
    try:
        for _ in range(MOST_TURNS):
            payment, seen = records.glance(payment_id, seen), None
            if payment.paid:
                return Begun()
            if not payment.waiting:
                raise Conflict("payment_over", "This order was not paid in time. Nothing was charged.")
            begun = _try(payment, offer)
            if begun is not None:
                return begun
            settle(payment_id)
    except ProviderSilent as silent:
        raise _unreachable() from silent
    raise _unreachable()


def _unreachable() -> Refusal:
    message = "We could not reach the payment service. Your order is kept and nothing was charged. Please try again."
    return Refusal("provider_silent", message, status=503, action="retry")


def _try(payment: PaymentState, offer: Callable[[PaymentState], Begun | None]) -> Begun | None:
    try:
        return offer(payment)
    except ProviderRefused:  # it was paid or ended meanwhile: settle tells
        return None
    except ProviderSilent as silent:
        if not silent.broke or payment.intent_id or payment.session_id:
            raise
        atomically(lambda: records.next_attempt(payment))  # a stored 5xx would be given to the same key for ever
        return None


def _offer_intent(payment: PaymentState) -> Begun | None:
    if payment.session_id is not None:
        stripe.expire_session(payment.session_id)
        return None
    if payment.intent_id is not None:
        known = stripe.intent(payment.intent_id)
        return Begun(client_secret=known.client_secret) if known.status in UNPAID else None
    made = stripe.create_intent(cards.with_customer(payment), _receipt_to(payment))
    if atomically(lambda: records.attach(payment, PayWith.CARD, intent_id=made.id, session_id=None)):
        return Begun(client_secret=made.client_secret)
    stripe.cancel(made.id)  # another tab began otherwise: what nobody holds must not be paid
    return None


def _offer_page(payment: PaymentState, success_url: str, cancel_url: str) -> Begun | None:
    if payment.session_id is not None:
        known = stripe.session(payment.session_id)
        return Begun(hosted_url=known.url) if known.status == "open" else None
    if payment.intent_id is not None:
        if stripe.intent(payment.intent_id).status in UNPAID:
            stripe.cancel(payment.intent_id, superseded=True)
        return None
    made = stripe.create_session(
        cards.with_customer(payment), _receipt_to(payment), success_url=success_url, cancel_url=cancel_url
    )
    if atomically(lambda: records.attach(payment, PayWith.HOSTED, intent_id=None, session_id=made.id)):
        return Begun(hosted_url=made.url)
    stripe.expire_session(made.id)
    return None


def _receipt_to(payment: PaymentState) -> str:
    if payment.receipt_to is not None:
        return payment.receipt_to
    email = orders.email_of(payment.order_id)
    db.session.rollback()  # gives the connection back before the provider is asked
    return email
