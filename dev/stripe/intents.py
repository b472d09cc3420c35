"""Payment intents: made by the shop, confirmed by the customer's browser, captured or canceled by the shop."""

import re
from typing import Any

from stripe import params

from dev.stripe import cards, charging
from dev.stripe.api import Given, endpoint, metadata, page
from dev.stripe.errors import refuse, wrong_state
from dev.stripe.store import Object, public
from dev.stripe.world import World

_OPEN = ("requires_payment_method", "requires_confirmation", "requires_action")
_DETAILS = "amount customer description metadata payment_method receipt_email setup_future_usage"
_SMALLEST = 50


@endpoint(
    "payment_intents.create",
    "POST /v1/payment_intents",
    params.PaymentIntentCreateParams,
    f"{_DETAILS} automatic_payment_methods capture_method confirm currency payment_method_types return_url",
)
def create(world: World, given: Given) -> Object:
    """Make an intent, and confirm it at once when asked to."""
    return start(world, given)


def start(world: World, given: Given, **private: Any) -> Object:
    """Make an intent in cents; `private` fields are the stand-in's own."""
    method = saved_method(world, given["payment_method"]) if "payment_method" in given else None
    intent = world.store.new("pi", "payment_intent", **_fresh(world, given), **private)
    world.store.touch(intent, client_secret=f"{intent['id']}_secret_{world.store.token(25)}")
    if method:
        world.store.touch(intent, payment_method=method["id"], status="requires_confirmation")
    world.emit("payment_intent.created", intent)
    if given.get("confirm"):
        _confirm(world, intent, given)
    return intent


def _fresh(world: World, given: Given) -> Object:
    if not re.fullmatch(r"[a-z]{3}", given["currency"]):
        raise refuse(f"Invalid currency: {given['currency']}", param="currency")
    if given.get("customer"):
        world.store.get(given["customer"], "customer", "customer")
    optional = ("customer", "description", "receipt_email", "setup_future_usage")
    empty = ("canceled_at", "cancellation_reason", "last_payment_error", "latest_charge", "next_action")
    return {
        **{name: given.get(name) for name in optional},
        **dict.fromkeys((*empty, "payment_method", "client_secret")),
        "amount": checked_amount(given["amount"]),
        "amount_capturable": 0,
        "amount_received": 0,
        "automatic_payment_methods": given.get("automatic_payment_methods", {"enabled": True}),
        "capture_method": given.get("capture_method", "automatic_async"),
        "confirmation_method": "automatic",
        "currency": given["currency"],
        "metadata": metadata(given),
        "payment_method_types": given.get("payment_method_types", ["card"]),
        "status": "requires_payment_method",
    }


def checked_amount(cents: int) -> int:
    """The amount, when a card can be charged with it. Raises ApiError."""
    if cents < _SMALLEST:
        raise refuse("Amount must be at least $0.50 usd", code="amount_too_small", param="amount")
    if cents > 99_999_999:
        raise refuse("Amount must be no more than $999,999.99", code="amount_too_large", param="amount")
    return cents


@endpoint(
    "payment_intents.retrieve", "GET /v1/payment_intents/<name>", params.PaymentIntentRetrieveParams, browser=True
)
def retrieve(world: World, _given: Given, name: str) -> Object:
    """The intent as it is now."""
    return world.store.get(name, "payment_intent", "intent")


@endpoint(
    "payment_intents.list",
    "GET /v1/payment_intents",
    params.PaymentIntentListParams,
    "created customer limit starting_after",
)
def listing(world: World, given: Given) -> Object:
    """Intents, newest first."""
    found = world.store.every("payment_intent")
    if "customer" in given:
        found = [intent for intent in found if intent["customer"] == given["customer"]]
    return page(found, given, "/v1/payment_intents")


@endpoint("payment_intents.update", "POST /v1/payment_intents/<name>", params.PaymentIntentUpdateParams, _DETAILS)
def update(world: World, given: Given, name: str) -> Object:
    """Change an intent; its amount only while nobody has paid."""
    intent = world.store.get(name, "payment_intent", "intent")
    if "amount" in given and intent["status"] not in _OPEN:
        message = f"This PaymentIntent's amount could not be updated because it has a status of {intent['status']}."
        raise wrong_state(message, public(intent))
    changes = {key: value for key, value in given.items() if key not in ("metadata", "payment_method", "expand")}
    if "amount" in given:
        checked_amount(given["amount"])
    if "payment_method" in given:
        changes["payment_method"] = saved_method(world, given["payment_method"])["id"]
    return world.store.touch(intent, **changes, metadata=metadata(given, intent["metadata"]))


@endpoint(
    "payment_intents.confirm",
    "POST /v1/payment_intents/<name>/confirm",
    params.PaymentIntentConfirmParams,
    "payment_method receipt_email return_url setup_future_usage use_stripe_sdk",
    browser=True,
)
def confirm(world: World, given: Given, name: str) -> Object:
    """Try the card: the browser with the numbers typed, the shop with a payment method."""
    intent = world.store.get(name, "payment_intent", "intent")
    _confirm(world, intent, given)
    return intent


def _confirm(world: World, intent: Object, given: Given) -> None:
    if intent["status"] not in _OPEN:
        message = f"You cannot confirm this PaymentIntent because it has a status of {intent['status']}."
        raise wrong_state(message, public(intent))
    method = tried_method(world, intent, given)
    from_browser = given.get("use_stripe_sdk", False)
    automatic = intent["automatic_payment_methods"] or {}
    if not from_browser and automatic.get("allow_redirects") != "never" and not given.get("return_url"):
        raise refuse("A `return_url` is needed to confirm an intent that may redirect.", param="return_url")
    kept = {key: given[key] for key in ("receipt_email", "setup_future_usage") if key in given}
    world.store.touch(intent, **kept, _return_url=given.get("return_url"))
    charging.pay(world, intent, method, redirect=not from_browser)


def tried_method(world: World, intent: Object, given: Given) -> Object:
    """The card that is tried: the one that was typed, or one that is known and not another customer's."""
    if wallet := given.get("card", {}).get("wallet"):
        return _wallets_card(world, wallet)
    if card := given.get("card"):
        year, month = card.get("exp_year", ""), card.get("exp_month", "")
        number = cards.checked(card.get("number", ""), month, year, card.get("cvc", ""))
        return charging.card_method(world, number, month=int(month), year=2000 + int(year) % 2000)
    name = given.get("payment_method") or intent["payment_method"]
    if not name:
        message = "You cannot confirm this PaymentIntent because it's missing a payment method."
        raise wrong_state(message, public(intent))
    method = saved_method(world, name)
    if method["customer"] and method["customer"] != intent["customer"]:
        raise refuse("The payment method belongs to another customer.", param="payment_method")
    return method


def _wallets_card(world: World, wallet: str) -> Object:
    if wallet not in world.wallets:
        raise refuse(f"This account does not offer {wallet[:20]}.", param="payment_method_data[card][wallet]")
    return charging.card_method(world, cards.IN_WALLET, wallet=wallet)


def saved_method(world: World, name: str) -> Object:
    """The payment method of this id; a token such as `pm_card_visa` makes a new one each time."""
    return world.store.find(name, "payment_method") or charging.card_method(world, cards.token_number(name))


@endpoint(
    "payment_intents.capture",
    "POST /v1/payment_intents/<name>/capture",
    params.PaymentIntentCaptureParams,
    "amount_to_capture metadata",
)
def capture(world: World, given: Given, name: str) -> Object:
    """Take the money that was held, or a part of it."""
    intent = world.store.get(name, "payment_intent", "intent")
    if intent["status"] != "requires_capture":
        message = f"This PaymentIntent could not be captured because it has a status of {intent['status']}."
        raise wrong_state(message, public(intent))
    held: int = intent["amount_capturable"]
    amount: int = given.get("amount_to_capture", held)
    if not 1 <= amount <= held:
        message = f"The amount to capture ({amount}) is not within what can be captured."
        raise refuse(message, code="amount_too_large", param="amount_to_capture")
    world.store.touch(intent, metadata=metadata(given, intent["metadata"]))
    charging.capture(world, intent, amount)
    return intent


@endpoint(
    "payment_intents.cancel",
    "POST /v1/payment_intents/<name>/cancel",
    params.PaymentIntentCancelParams,
    "cancellation_reason",
)
def cancel(world: World, given: Given, name: str) -> Object:
    """End an intent that has not been captured. One behind an open payment page ends with that page."""
    intent = world.store.get(name, "payment_intent", "intent")
    session = world.store.find(intent.get("_session"), "checkout.session")
    if session and session["status"] == "open":
        raise wrong_state("This PaymentIntent belongs to a Checkout Session. Expire the session.", public(intent))
    if intent["status"] not in (*_OPEN, "requires_capture"):
        message = f"You cannot cancel this PaymentIntent because it has a status of {intent['status']}."
        raise wrong_state(message, public(intent))
    charging.cancel(world, intent, given.get("cancellation_reason"))
    return intent
