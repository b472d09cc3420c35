"""Checkout sessions: a payment page at the provider, for one amount, until it is paid or expires."""

import time

from stripe.params import checkout

from dev.stripe import charging, intents
from dev.stripe.api import Given, endpoint, metadata
from dev.stripe.errors import refuse
from dev.stripe.store import Object
from dev.stripe.world import World

_DAY = 24 * 60 * 60
_SHORTEST = 30 * 60
_HEARS = (
    "cancel_url client_reference_id customer customer_email expires_at line_items metadata mode payment_intent_data "
    "payment_method_types success_url"
)


@endpoint("checkout.sessions.create", "POST /v1/checkout/sessions", checkout.SessionCreateParams, _HEARS)
def create(world: World, given: Given) -> Object:
    """Open a payment page. The intent behind it is made when the customer first pays."""
    for name in ("mode", "success_url", "line_items"):
        if not given.get(name):
            raise refuse(f"Missing required param: {name}.", code="parameter_missing", param=name)
    if given["mode"] != "payment":
        raise refuse("The payment stand-in only does `payment` mode.", code="standin_unsupported", param="mode")
    total, currency = _total(given["line_items"])
    copied = ("cancel_url", "client_reference_id", "customer", "customer_email", "mode", "success_url")
    session = world.store.put(
        f"cs_test_{world.store.token(40)}",
        "checkout.session",
        **{name: given.get(name) for name in copied},
        amount_subtotal=total,
        amount_total=total,
        currency=currency,
        customer_details={"email": given["customer_email"]} if given.get("customer_email") else None,
        expires_at=_expiry(given),
        metadata=metadata(given),
        payment_intent=None,
        payment_status="unpaid",
        status="open",
        _intent={"amount": total, "currency": currency, **_intent_given(given)},
        _lines=[_line(item) for item in given["line_items"]],
    )
    return world.store.touch(session, url=f"{world.base_url}/c/pay/{session['id']}")


def _intent_given(given: Given) -> Given:
    """What the intent will be made of, checked now as if it were made now."""
    details = given.get("payment_intent_data", {})
    heard = {"capture_method", "description", "metadata", "receipt_email", "setup_future_usage"}
    for name in sorted(set(details) - heard):
        param = f"payment_intent_data[{name}]"
        raise refuse(f"The payment stand-in does not do `{param}`.", code="standin_unsupported", param=param)
    return {**details, "metadata": metadata(details), "customer": given.get("customer")}


def _total(items: list[Given]) -> tuple[int, str]:
    lines = [_line(item) for item in items]
    currencies = {item["price_data"]["currency"] for item in items}
    if len(currencies) != 1:
        raise refuse("All line items must be in the same currency.", param="line_items")
    return intents.checked_amount(sum(line["amount"] for line in lines)), currencies.pop()


def _line(item: Given) -> Object:
    price = item.get("price_data", {})
    if "unit_amount" not in price or "product_data" not in price:
        message = "The payment stand-in needs `price_data` with `unit_amount` and `product_data`."
        raise refuse(message, code="standin_unsupported", param="line_items")
    quantity = item.get("quantity", 1)
    return {
        "name": price["product_data"]["name"],
        "quantity": quantity,
        "amount": quantity * price["unit_amount"],
    }


def _expiry(given: Given) -> int:
    now = int(time.time())
    expires_at: int = given.get("expires_at", now + _DAY)
    # Stripe measures from when it made the session; a minute of grace for the way there.
    if not now + _SHORTEST - 60 <= expires_at <= now + _DAY + 60:
        raise refuse("The `expires_at` timestamp must be between 30 minutes and 24 hours away.", param="expires_at")
    return expires_at


@endpoint("checkout.sessions.retrieve", "GET /v1/checkout/sessions/<name>", checkout.SessionRetrieveParams)
def retrieve(world: World, _given: Given, name: str) -> Object:
    """The session as it is now."""
    return current(world, name)


@endpoint("checkout.sessions.expire", "POST /v1/checkout/sessions/<name>/expire", checkout.SessionExpireParams)
def expire(world: World, _given: Given, name: str) -> Object:
    """Close an open payment page."""
    session = current(world, name)
    if session["status"] != "open":
        message = f'Only Checkout Sessions with a status in ["open"] can be expired. This one is {session["status"]}.'
        raise refuse(message)
    _close(world, session)
    return session


def current(world: World, name: str) -> Object:
    """The session, expired first if its time has come, paid if its intent has been captured."""
    session = world.store.get(name, "checkout.session", "session")
    intent = world.store.find(session["payment_intent"], "payment_intent")
    if session["status"] == "open" and session["expires_at"] <= time.time():
        _close(world, session)
    elif session["payment_status"] == "unpaid" and intent and intent["status"] == "succeeded":
        world.store.touch(session, payment_status="paid")
    return session


def _close(world: World, session: Object) -> None:
    world.store.touch(session, status="expired", url=None)
    intent = world.store.find(session["payment_intent"], "payment_intent")
    if intent and intent["status"] != "canceled":
        charging.cancel(world, intent, None)
    world.emit("checkout.session.expired", session)


def intent_of(world: World, session: Object) -> Object:
    """The intent behind a session, made on the first try to pay."""
    if intent := world.store.find(session["payment_intent"], "payment_intent"):
        return intent
    intent = intents.start(world, session["_intent"], _session=session["id"])
    world.store.touch(session, payment_intent=intent["id"])
    return intent


def conclude(world: World, session: Object) -> bool:
    """Complete a session whose intent is authorised or paid; says whether it is."""
    intent = world.store.find(session["payment_intent"], "payment_intent")
    if not intent or intent["status"] not in ("requires_capture", "succeeded"):
        return False
    if session["status"] == "open":
        paid = "paid" if intent["status"] == "succeeded" else "unpaid"
        world.store.touch(session, status="complete", payment_status=paid, url=None)
        world.emit("checkout.session.completed", session)
    return True
