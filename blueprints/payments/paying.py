"""How a browser is sent to pay: with a secret for the card field, to the provider's page, or to the tracker."""

from flask import flash, render_template, request
from flask.typing import ResponseReturnValue

from app.core.errors import Refusal
from app.core.settings import settings
from app.payments import cards
from app.payments import service as payments
from app.payments.receipts import card_words
from app.payments.service import PaymentState, PayWith, ProviderSilent
from app.stores import service as stores
from blueprints import order_links, who
from blueprints.frame import at_store
from blueprints.htmx import answer, go, wants_piece


def send_to_pay(payment: PaymentState, pay_with: PayWith, card_id: int | None = None) -> ResponseReturnValue:
    """The next step for an order's customer, who may have chosen a card that is kept for them.

    Raises Refusal 503 `provider_silent` when there is a page to say it on.
    """
    if payment.paid:
        return go(track_url(payment.order_id))
    if not payment.waiting:
        return go(pay_url(payment.order_id))
    try:
        if card_id is not None:
            return _try_kept(payment, card_id)
        return _offer_field(payment) if pay_with is PayWith.CARD and wants_piece() else _offer_page(payment)
    except Refusal as refusal:
        if wants_piece() and refusal.status >= 500:
            raise
        flash(refusal.message)
        return go(pay_url(payment.order_id))


def _offer_field(payment: PaymentState) -> ResponseReturnValue:
    begun = payments.begin(payment.id, payment)
    if begun.paid:
        return go(return_url(payment.order_id))
    piece = render_template(
        "payments/_secret.html",
        secret=begun.client_secret,
        payment=payment,
        until=at_store(payment.pay_until, stores.store(payment.store_id)),
        pay_url=pay_url(payment.order_id),
        return_url=return_url(payment.order_id),
    )
    return answer(piece, HX_Retarget="#pay-state", HX_Reswap="innerHTML")


def _try_kept(payment: PaymentState, card_id: int) -> ResponseReturnValue:
    """Try a kept card; the bank's question, if it has one, else the page that knows how it went."""
    back = return_url(payment.order_id)
    method_id = cards.usable(payment.id, who.account() or 0, card_id)
    try:
        bank = payments.confirm(payment.id, method_id, request.url_root.rstrip("/") + back)
    except ProviderSilent:
        bank = ""
    return go(bank or back)


def card_choices(account: int | None) -> list[tuple[int, str, str]]:
    """A customer's kept cards: number, words, and when each expires."""
    if account is None:
        return []
    mine = cards.of_user(account)
    return [
        (card.id, card_words(card.brand, card.last4), f"Expires {card.exp_month:02}/{card.exp_year % 100:02}")
        for card in mine
    ]


def _offer_page(payment: PaymentState) -> ResponseReturnValue:
    home = request.url_root.rstrip("/")
    success, cancel = home + return_url(payment.order_id), home + pay_url(payment.order_id)
    begun = payments.begin_hosted(payment.id, success_url=success, cancel_url=cancel)
    return go(begun.hosted_url or return_url(payment.order_id))


def settled(order_id: int) -> tuple[PaymentState, bool]:
    """The payment of an order after asking the provider, and whether its answer is still to come."""
    payment = payments.state(order_id)
    try:
        payment = payments.settle(payment.id, seen=payment)
    except ProviderSilent:
        return payment, payment.waiting
    return payment, payment.status is payments.PaymentStatus.REQUIRES_ACTION


def pay_url(order_id: int) -> str:
    """Where a pending order is paid."""
    return f"/pay/{order_links.order_address(order_id)}"


def return_url(order_id: int) -> str:
    """Where the provider sends the customer back to."""
    return f"/pay/return/{order_links.order_address(order_id)}"


def track_url(order_id: int) -> str:
    """Where an order is followed."""
    return f"/track/{order_links.order_address(order_id)}"


def stripe_facts() -> dict[str, str]:
    """What the page's script needs to load the card field."""
    return {"js": settings().stripe_js_url, "key": settings().stripe_publishable_key}
