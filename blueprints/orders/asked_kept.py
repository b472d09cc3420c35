"""What programs say of what a customer keeps: addresses and favourites."""

from typing import Annotated

from pydantic import Field, StringConstraints, field_validator, model_validator

from app.orders.favourites import LONGEST_NAME
from app.users.addresses import Door, Kept
from blueprints.api.shape import Asked, Id, Line, words
from blueprints.forms import in_one_line

ZipCode = Annotated[str, StringConstraints(pattern=r"^[0-9]{5}$")]


class Addressed(Asked):
    """An address to keep, what it is called, and `instructions` for whoever brings something there."""

    label: words(40) = ""  # type: ignore[valid-type]  # text of so many letters
    street: Line
    unit: words(40) = ""  # type: ignore[valid-type]  # the same
    city: words(60) = ""  # type: ignore[valid-type]  # the same
    state: words(20) = ""  # type: ignore[valid-type]  # the same
    zip_code: ZipCode
    instructions: words(120) = ""  # type: ignore[valid-type]  # the same

    @field_validator("street")
    @classmethod
    def said(cls, street: str) -> str:
        """A street that says something."""
        if not (plain := in_one_line(street)):
            raise ValueError("Give the street and number.")
        return plain

    @property
    def door(self) -> Door:
        """The same as the domain knows it."""
        plain = (in_one_line(text) for text in (self.unit, self.city, self.label, self.instructions))
        return Door(self.street, self.zip_code, *plain)


class Readdressed(Asked):
    """What changes about an address that is kept. What is left out stays."""

    label: words(40) | None = None  # type: ignore[valid-type]  # text of so many letters
    street: Line | None = None
    unit: words(40) | None = None  # type: ignore[valid-type]  # the same
    city: words(60) | None = None  # type: ignore[valid-type]  # the same
    zip_code: ZipCode | None = None
    instructions: words(120) | None = None  # type: ignore[valid-type]  # the same
    usual: bool = Field(False, strict=True)

    def onto(self, before: Kept) -> Door:
        """The address as it is afterwards."""
        said = (self.street, self.zip_code, self.unit, self.city, self.label, self.instructions)
        kept = (before.street, before.zip, before.unit, before.city, before.name, before.note)
        plain = [old if new is None else in_one_line(new) for new, old in zip(said, kept, strict=True)]
        return Door(plain[0] or before.street, *plain[1:])


class Liked(Asked):
    """Something to keep as a favourite: a line of one's cart, or of an order of one's own, counted from 0."""

    name: words(LONGEST_NAME, 1)  # type: ignore[valid-type]  # text of so many letters
    line_id: Id | None = None
    order_id: Id | None = None
    line: Annotated[int, Field(ge=0, le=500, strict=True)] | None = None

    @model_validator(mode="after")
    def one_of_both(self) -> "Liked":
        """It is in the cart or in an order."""
        if (self.line_id is None) == (self.order_id is None) or (self.order_id is None) != (self.line is None):
            raise ValueError("Send lineId, or orderId with line.")
        return self


class Named(Asked):
    """What a favourite is called."""

    name: words(LONGEST_NAME, 1)  # type: ignore[valid-type]  # text of so many letters
