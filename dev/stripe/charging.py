"""What happens to an intent when a card is tried: the bank asks, declines or approves; money is taken or let go."""

import hashlib
import time

from dev.stripe import cards, disputes
from dev.stripe.cards import CARDS, STRANGER, Card
from dev.stripe.errors import ApiError
from dev.stripe.store import Object, public
from dev.stripe.world import World

_UNPROVEN = "We are unable to authenticate your payment method. Please choose a different payment method and try again."


def card_method(world: World, number: str, *, month: int = 12, year: int = 2040, wallet: str = "") -> Object:
    """A payment method for a card number, or for the card in a wallet. Only published test numbers are kept."""
    card = CARDS.get(number, STRANGER)
    shown = {
        "brand": card.brand,
        "last4": number[-4:],
        "exp_month": month,
        "exp_year": year,
        "funding": "credit",
        "country": "US",
        "wallet": {"type": wallet, "dynamic_last4": number[-4:]} if wallet else None,
        "fingerprint": hashlib.sha256(number.encode()).hexdigest()[:16],
    }
    kept = number if number in CARDS else ""
    return world.store.new("pm", "payment_method", type="card", customer=None, metadata={}, card=shown, _number=kept)


def pay(world: World, intent: Object, method: Object, *, redirect: bool = False) -> None:
    """Try a card. Leaves the intent waiting for the bank's question, authorised or captured; raises when declined.

    `redirect` says that the customer's bank is reached by a link, not by the script on the shop's page.
    """
    card = card_of(method)
    world.store.touch(intent, payment_method=method["id"], last_payment_error=None)
    if card.asks:
        world.store.touch(intent, status="requires_action", next_action=question(world, intent, redirect=redirect))
        world.emit("payment_intent.requires_action", intent)
    else:
        _charge(world, intent, method, card)


def authenticate(world: World, intent: Object, *, proven: bool) -> None:
    """The customer answered the bank's question. Raises when the card is declined all the same, or not proven."""
    method = world.store.get(intent["payment_method"], "payment_method")
    world.store.touch(intent, next_action=None)
    if proven:
        _charge(world, intent, method, card_of(method))
    else:
        _fail(world, intent, method, {"code": "payment_intent_authentication_failure", "message": _UNPROVEN})


def capture(world: World, intent: Object, amount: int) -> None:
    """Take the money, in cents; what was held beyond it is let go."""
    charge = world.store.get(intent["latest_charge"], "charge")
    world.store.touch(charge, captured=True, amount_captured=amount)
    world.store.touch(intent, status="succeeded", amount_received=amount, amount_capturable=0)
    world.emit("charge.captured", charge)
    world.emit("payment_intent.succeeded", intent)
    if claimed := card_of(world.store.get(charge["payment_method"], "payment_method")).claimed:
        disputes.begin(world, charge, inquiry=claimed == "inquiry")


def cancel(world: World, intent: Object, reason: str | None) -> None:
    """End an intent; money that was held is let go, which Stripe shows as a refunded charge that was never captured."""
    if intent["status"] == "requires_capture":
        charge = world.store.get(intent["latest_charge"], "charge")
        world.store.touch(charge, refunded=True, amount_refunded=charge["amount"])
        world.emit("charge.refunded", charge)
    ended = {"status": "canceled", "canceled_at": int(time.time()), "cancellation_reason": reason}
    world.store.touch(intent, **ended, amount_capturable=0, next_action=None)
    world.emit("payment_intent.canceled", intent)


def card_of(method: Object) -> Card:
    """What the card behind a payment method does."""
    return CARDS.get(method["_number"], STRANGER)


def question(world: World, intent: Object, *, redirect: bool) -> Object:
    """Where the customer's bank asks: by a link, or by the script on the shop's page."""
    url = f"{world.base_url}/3ds/{intent['id']}?client_secret={intent['client_secret']}"
    if redirect:
        return {"type": "redirect_to_url", "redirect_to_url": {"url": url, "return_url": intent.get("_return_url")}}
    return {"type": "use_stripe_sdk", "use_stripe_sdk": {"type": "three_d_secure_redirect", "stripe_js": url}}


def _charge(world: World, intent: Object, method: Object, card: Card) -> None:
    charge = _new_charge(world, intent, method, card)
    world.store.touch(intent, latest_charge=charge["id"])
    if card.decline:
        world.emit("charge.failed", charge)
        _fail(world, intent, method, {**cards.decline_error(card.decline), "charge": charge["id"]})
    if intent["setup_future_usage"] and intent["customer"]:
        world.store.touch(method, customer=intent["customer"])
        world.emit("payment_method.attached", method)
    world.emit("charge.succeeded", charge)
    if intent["capture_method"] == "manual":
        world.store.touch(intent, status="requires_capture", amount_capturable=intent["amount"])
        world.emit("payment_intent.amount_capturable_updated", intent)
    else:
        capture(world, intent, intent["amount"])


def _new_charge(world: World, intent: Object, method: Object, card: Card) -> Object:
    failure = cards.decline_error(card.decline) if card.decline else {}
    copied = {name: intent[name] for name in ("amount", "currency", "customer", "description", "receipt_email")}
    return world.store.new(
        "ch",
        "charge",
        **copied,
        amount_captured=0,
        amount_refunded=0,
        captured=False,
        disputed=False,
        failure_code=failure.get("code"),
        failure_message=failure.get("message"),
        metadata=dict(intent["metadata"]),
        outcome={"network_status": "declined_by_network" if failure else "approved_by_network"},
        paid=not failure,
        payment_intent=intent["id"],
        payment_method=method["id"],
        payment_method_details={"type": "card", "card": method["card"]},
        refunded=False,
        status="failed" if failure else "succeeded",
    )


def _fail(world: World, intent: Object, method: Object, error: dict[str, str]) -> None:
    kind = "card_error" if "decline_code" in error else "invalid_request_error"
    last = {"type": kind, **error, "payment_method": public(method)}
    world.store.touch(intent, status="requires_payment_method", payment_method=None, last_payment_error=last)
    world.emit("payment_intent.payment_failed", intent)
    refusal = ApiError(402, error["message"])
    refusal.error = {**last, "payment_intent": public(intent)}
    raise refusal
