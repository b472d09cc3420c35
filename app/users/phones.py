"""Telephone numbers of the US, in whatever way they are written."""

import phonenumbers
from phonenumbers import PhoneNumberFormat

from app.core.errors import Refusal

WANTED = "Enter a phone number with its area code, like (312) 555-0142."


def number_of(text: str) -> str:
    """A number as it is kept, `+13125550142`. Raises Refusal `bad_phone` for what nobody can call."""
    try:
        number = phonenumbers.parse(text, "US")
    except phonenumbers.NumberParseException as error:
        raise Refusal("bad_phone", WANTED, field="phone") from error
    if not phonenumbers.is_valid_number(number):
        raise Refusal("bad_phone", WANTED, field="phone")
    return phonenumbers.format_number(number, PhoneNumberFormat.E164)


def known(text: str) -> str:
    """A number as it is kept; empty for what is none (yet)."""
    try:
        return number_of(text)
    except Refusal:
        return ""


def in_words(number: str) -> str:
    """A kept number as people write it, `(312) 555-0142`; empty for none."""
    if not number:
        return ""
    return phonenumbers.format_number(phonenumbers.parse(number, "US"), PhoneNumberFormat.NATIONAL)
