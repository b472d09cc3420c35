"""The card numbers that Stripe publishes for testing, and what each of them does (docs.stripe.com/testing)."""

import re
import time
from dataclasses import dataclass

from dev.stripe.errors import ApiError, refuse


@dataclass(frozen=True, slots=True)
class Card:
    """A test card: its brand, why it is declined (or not), whether the bank asks first, and claims the money later."""

    brand: str = "visa"
    decline: str = ""
    asks: bool = False
    claimed: str = ""


CARDS = {
    "4242424242424242": Card(),
    "5555555555554444": Card("mastercard"),
    "378282246310005": Card("amex"),
    "4000000000000002": Card(decline="generic_decline"),
    "4000000000009995": Card(decline="insufficient_funds"),
    "4000000000009987": Card(decline="lost_card"),
    "4000000000000069": Card(decline="expired_card"),
    "4000000000000127": Card(decline="incorrect_cvc"),
    "4000000000000119": Card(decline="processing_error"),
    "4000002500003155": Card(asks=True),
    "4000000000003220": Card(asks=True),
    "4000000000000259": Card(claimed="dispute"),
    "4000000000001976": Card(claimed="inquiry"),
    "4000008400001629": Card(asks=True, decline="generic_decline"),
}

TOKENS = {
    "pm_card_visa": "4242424242424242",
    "pm_card_mastercard": "5555555555554444",
    "pm_card_amex": "378282246310005",
    "pm_card_createDispute": "4000000000000259",
    "pm_card_createDisputeInquiry": "4000000000001976",
    "pm_card_chargeDeclined": "4000000000000002",
    "pm_card_chargeDeclinedInsufficientFunds": "4000000000009995",
    "pm_card_chargeDeclinedExpiredCard": "4000000000000069",
    "pm_card_authenticationRequired": "4000002500003155",
    "pm_card_threeDSecure2Required": "4000000000003220",
}

# What an account may offer besides typed cards, and how it reads. On a customer's phone lies the first test card.
WALLETS = {"apple_pay": "Apple Pay", "google_pay": "Google Pay"}
IN_WALLET = "4242424242424242"

# A card that passes the sum but is none of ours. Real numbers are declined and never stored.
STRANGER = Card(decline="test_mode_live_card")

_OWN_CODE = frozenset({"expired_card", "incorrect_cvc", "processing_error"})
_WORDS = {
    "insufficient_funds": "Your card has insufficient funds.",
    "expired_card": "Your card has expired.",
    "incorrect_cvc": "Your card's security code is incorrect.",
    "processing_error": "An error occurred while processing your card. Try again in a little bit.",
    "test_mode_live_card": "Your card was declined. Only test cards work here.",
}


def decline_error(reason: str) -> dict[str, str]:
    """Code, decline code and sentence of a refusal by the bank. Three reasons are codes of their own."""
    code = reason if reason in _OWN_CODE else "card_declined"
    return {"code": code, "decline_code": reason, "message": _WORDS.get(reason, "Your card was declined.")}


def checked(number: str, month: str, year: str, cvc: str) -> str:
    """The digits of a card number whose sum, date and security code are well formed. Raises ApiError (402) if not."""
    digits = re.sub(r"[ -]", "", number)
    if not re.fullmatch(r"\d{12,19}", digits) or not _luhn(digits):
        raise _typed_wrong("incorrect_number", "number", "Your card number is incorrect.")
    if not month.isdecimal() or not 1 <= int(month) <= 12:
        raise _typed_wrong("invalid_expiry_month", "exp_month", "Your card's expiration month is invalid.")
    now = time.gmtime()
    ends = 2000 + int(year) % 2000 if year.isdecimal() else 0
    if not (now.tm_year, now.tm_mon) <= (ends, int(month)) <= (now.tm_year + 50, 12):
        raise _typed_wrong("invalid_expiry_year", "exp_year", "Your card's expiration year is invalid.")
    if not re.fullmatch(r"\d{3,4}", cvc):
        raise _typed_wrong("invalid_cvc", "cvc", "Your card's security code is invalid.")
    return digits


def token_number(token: str) -> str:
    """The card number behind `pm_card_visa` and its like. Raises ApiError for a token that is not known."""
    if token in TOKENS:
        return TOKENS[token]
    raise refuse(f"No such PaymentMethod: '{token}'", code="resource_missing", param="payment_method")


def _typed_wrong(code: str, param: str, message: str) -> ApiError:
    return ApiError(402, message, code=code, param=param, kind="card_error")


def _luhn(digits: str) -> bool:
    doubled = "".join(str(int(digit) * (1 + place % 2)) for place, digit in enumerate(reversed(digits)))
    return sum(map(int, doubled)) % 10 == 0
