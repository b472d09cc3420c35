"""What the JSON of payments asks for and answers, read and written by hand."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from app.core.errors import Refusal
from app.payments.returns import Wish
from app.payments.service import Bearer, PaymentState, Reason, RefundView
from blueprints.forms import in_one_line

LONGEST, MOST_UNITS = 120, 500
OTHER_PARTS = ("fee", "tip")


@dataclass(frozen=True, slots=True)
class Process:
    """A card for an order."""

    order_id: int
    method_id: str


def process(body: Any) -> Process:
    """The request of a payment. Raises Refusal `invalid`, its field naming what is wrong."""
    given = _mapping(body)
    return Process(order_id(given), _text(given, "paymentMethodId"))


def wish(body: Any) -> Wish:
    """The request of a refund: units (numbers of units, `fee`, `tip`), else an amount, else all that is left.

    Raises Refusal `invalid`.
    """
    given = _mapping(body)
    units, amount = given.get("units"), given.get("amount")
    if units is not None and amount is not None:
        raise _invalid("amount", "Send units or an amount, not both.")
    return Wish(
        reason=Reason(_word(given, "reason", [each.value for each in Reason if each is not Reason.CANCELLED])),
        bearer=Bearer(_word(given, "bearer", [each.value for each in Bearer if each is not Bearer.NOBODY])),
        note=in_one_line(_text(given, "note"))[:LONGEST] if given.get("note") else "",
        parts=() if units is None else _parts(units),
        amount_cents=None if amount is None else _cents(amount),
    )


def order_id(given: Any) -> int:
    """The number of an order. Raises Refusal `invalid`."""
    text = _text(_mapping(given), "orderId")
    if not (text.isascii() and text.isdigit() and len(text) < 10):
        raise _invalid("orderId", "This is the number of an order, as text.")
    return int(text)


def _parts(units: Any) -> tuple[str, ...]:
    if not isinstance(units, list) or not 0 < len(units) <= MOST_UNITS:
        raise _invalid("units", f"A list of 1 to {MOST_UNITS} units is needed.")
    if wrong := [each for each in units if not isinstance(each, str) or len(each) > 10]:
        raise _invalid("units", f"There is no unit {str(wrong[0])[:20]}.")
    return tuple(each if each in OTHER_PARTS else f"unit:{each}" for each in units)


def _cents(amount: Any) -> int:
    cents = amount.get("amount") if isinstance(amount, dict) and amount.get("currency") == "USD" else None
    if not isinstance(cents, int) or isinstance(cents, bool) or not 0 < cents < 10**8:
        raise _invalid("amount", 'An amount is {"amount": 1250, "currency": "USD"}, in cents.')
    return cents


def _word(given: Mapping[str, Any], name: str, known: list[str]) -> str:
    word = given.get(name)
    if word not in known:
        raise _invalid(name, f"It is one of {', '.join(known)}.")
    return str(word)


def _text(given: Mapping[str, Any], name: str) -> str:
    value = given.get(name)
    if not isinstance(value, str) or not value.strip() or len(value) > LONGEST:
        raise _invalid(name, f"This is needed, as text of up to {LONGEST} characters.")
    return value


def _mapping(value: Any) -> Mapping[str, Any]:
    if not isinstance(value, dict):
        raise _invalid("body", "This must be an object.")
    return value


def _invalid(field: str, message: str) -> Refusal:
    return Refusal("invalid", message, field=field)


def money(cents: int) -> dict[str, Any]:
    """An amount as the API says it."""
    return {"amount": cents, "currency": "USD"}


def payment(state: PaymentState, bank_url: str) -> dict[str, Any]:
    """A payment as the API says it, and where its bank asks a question."""
    return {
        "orderId": str(state.order_id),
        "status": state.status.value,
        "paid": state.paid,
        "amount": money(state.amount_cents),
        "card": {"brand": state.brand, "last4": state.last4} if state.last4 else None,
        "explanation": state.decline_words or None,
        "action": "confirm_payment" if bank_url else None,
        "url": bank_url or None,
    }


def refund(made: RefundView, number: int) -> dict[str, Any]:
    """A refund as the API says it."""
    return {
        "id": str(made.id),
        "orderId": str(number),
        "status": made.state.value,
        "amount": money(made.cents),
        "units": [part.key.removeprefix("unit:") for part in made.parts],
        "reason": made.reason.value,
        "bearer": made.bearer.value,
    }
