"""What programs say of a cart and its checkout."""

from datetime import date
from typing import Annotated, Literal

from pydantic import Field, StringConstraints, field_validator

from blueprints.api.shape import Asked, Id, Line, Query, Sum, Way, dialled, mailbox, named, words

MOST_TIP_CENTS = 20_000
Time = Annotated[str, StringConstraints(pattern=r"^[0-9T:+.Z-]{1,40}$|^asap$")]
Instant = Annotated[str, StringConstraints(pattern=r"^[0-9T:+.Z-]{1,40}$")]


class Quantity(Asked):
    """How many of a line; none takes it out."""

    quantity: int = Field(ge=0, le=50, strict=True)


class Coupon(Asked):
    """A code, as it was typed."""

    code: words(200, 1)  # type: ignore[valid-type]  # text of so many letters


class Day(Query):
    """Which day; the first one when none is named."""

    day: str = Field("", pattern=r"^([0-9]{4}-[0-9]{2}-[0-9]{2})?$")

    @field_validator("day")
    @classmethod
    def there_is_one(cls, day: str) -> str:
        """A day of the calendar."""
        if day:
            date.fromisoformat(day)
        return day

    @property
    def date(self) -> date | None:
        """The day, where one is named."""
        return date.fromisoformat(self.day) if self.day else None


class DeliverTo(Asked):
    """Where to deliver."""

    street: Line
    unit: words(40) = ""  # type: ignore[valid-type]  # the same
    city: words(60) = ""  # type: ignore[valid-type]  # the same
    state: words(20) = ""  # type: ignore[valid-type]  # the same
    zip_code: Annotated[str, StringConstraints(pattern=r"^[0-9]{5}$")]


class Fulfilment(Asked):
    """How the food gets there: picked up at a store, or brought to an address, which may be one that is kept
    (`addressId`), by the store that delivers there.

    `time` is `asap`, or a moment that the store has room for.
    """

    method: Way
    store_id: Id | None = None
    address: DeliverTo | None = None
    address_id: Id | None = None
    time: Time = "asap"


class AnotherTime(Asked):
    """A moment of those that are offered (`/times`)."""

    time: Instant


class Orderer(Asked):
    """Who orders: for the store to call, and for the receipt."""

    name: words(80, 1)  # type: ignore[valid-type]  # text of so many letters
    phone: words(40, 1)  # type: ignore[valid-type]  # the same
    email: words(254, 3)  # type: ignore[valid-type]  # the same

    _name = field_validator("name")(named)
    _phone = field_validator("phone")(dialled)
    _email = field_validator("email")(mailbox)


class PayBy(Asked):
    """How it is paid: by card (send the card to `/api/payments/process`), or in cash. A customer's card may be kept."""

    method: Literal["card", "cash"]
    keep_card: bool = Field(False, strict=True)


class Checkout(Asked):
    """The cart and total that the customer saw. `expectedTotal` includes the tip.

    Whoever has ordered with their account before may leave `contact` out. `addressId` is an address that one keeps in
    the ZIP code to which the cart goes; its instructions are the note where none is sent.
    """

    cart_version: int = Field(ge=0, le=999_999_999, strict=True)
    expected_total: Sum
    tip: Sum | None = None
    contact: Orderer | None = None
    address_id: Id | None = None
    note: words(170) = ""  # type: ignore[valid-type]  # text of so many letters
    payment: PayBy

    @field_validator("tip")
    @classmethod
    def bounded(cls, tip: Sum | None) -> Sum | None:
        """A tip that nobody typed by mistake."""
        if tip is not None and tip.amount > MOST_TIP_CENTS:
            raise ValueError(f"A tip is ${MOST_TIP_CENTS // 100} at most.")
        return tip


class Search(Asked):
    """What finds an order again."""

    order_id: Id
    phone: words(40, 1)  # type: ignore[valid-type]  # text of so many letters
