"""What programs say of a cart and its checkout."""

from typing import Annotated, Literal

import phonenumbers
from email_validator import EmailNotValidError, validate_email
from pydantic import Field, StringConstraints, field_validator

from blueprints.api.shape import Asked, Id, Line, Sum, Way, words
from blueprints.forms import in_one_line

MOST_TIP_CENTS = 20_000
Time = Annotated[str, StringConstraints(pattern=r"^[0-9T:+.Z-]{1,40}$|^asap$")]


class Quantity(Asked):
    """How many of a line; none takes it out."""

    quantity: int = Field(ge=0, le=50, strict=True)


class Coupon(Asked):
    """A code, as it was typed."""

    code: words(200, 1)  # type: ignore[valid-type]  # text of so many letters


class DeliverTo(Asked):
    """Where to deliver."""

    street: Line
    unit: words(40) = ""  # type: ignore[valid-type]  # the same
    city: words(60) = ""  # type: ignore[valid-type]  # the same
    state: words(20) = ""  # type: ignore[valid-type]  # the same
    zip_code: Annotated[str, StringConstraints(pattern=r"^[0-9]{5}$")]


class Fulfilment(Asked):
    """How the food gets there: picked up at a store, or brought to an address by the store that delivers there.

    `time` is `asap`, or a moment that the store has room for.
    """

    method: Way
    store_id: Id | None = None
    address: DeliverTo | None = None
    time: Time = "asap"


class Orderer(Asked):
    """Who orders: for the store to call, and for the receipt."""

    name: words(80, 1)  # type: ignore[valid-type]  # text of so many letters
    phone: words(40, 1)  # type: ignore[valid-type]  # the same
    email: words(254, 3)  # type: ignore[valid-type]  # the same

    @field_validator("name")
    @classmethod
    def named(cls, name: str) -> str:
        """A name that can be read out."""
        if not (plain := in_one_line(name)):
            raise ValueError("Enter your name.")
        return plain

    @field_validator("phone")
    @classmethod
    def dialled(cls, phone: str) -> str:
        """A US number in any way of writing; kept as `+13125550142`."""
        try:
            number = phonenumbers.parse(phone, "US")
        except phonenumbers.NumberParseException:
            number = None
        if number is None or not phonenumbers.is_valid_number(number):
            raise ValueError("Enter a phone number with its area code, like (312) 555-0142.")
        return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)

    @field_validator("email")
    @classmethod
    def mailed(cls, email: str) -> str:
        """An address that a mail could reach, by its form alone."""
        return mailbox(email)


class PayBy(Asked):
    """How it is paid: by card (send the card to `/api/payments/process`), or in cash."""

    method: Literal["card", "cash"]


class Checkout(Asked):
    """The cart and total that the customer saw. `expectedTotal` includes the tip.

    Whoever has ordered with their account before may leave `contact` out.
    """

    cart_version: int = Field(ge=0, le=999_999_999, strict=True)
    expected_total: Sum
    tip: Sum | None = None
    contact: Orderer | None = None
    note: words(170) = ""  # type: ignore[valid-type]  # text of so many letters
    payment: PayBy

    @field_validator("tip")
    @classmethod
    def bounded(cls, tip: Sum | None) -> Sum | None:
        """A tip that nobody typed by mistake."""
        if tip is not None and tip.amount > MOST_TIP_CENTS:
            raise ValueError(f"A tip is ${MOST_TIP_CENTS // 100} at most.")
        return tip


def mailbox(email: str) -> str:
    """An address as mail servers write it. Raises ValueError."""
    try:
        return validate_email(email, check_deliverability=False).normalized
    except EmailNotValidError:
        raise ValueError("Enter an email address like name@example.com.") from None
