"""What programs say of a payment and of a refund."""

from typing import Annotated, Literal

from pydantic import Field, StringConstraints, model_validator

from app.payments.returns import Wish
from app.payments.service import Bearer, Reason
from blueprints.api.shape import Asked, Id, Line, Money, Shape, words
from blueprints.forms import in_one_line

MOST_UNITS, MOST_CENTS = 500, 10**8
Part = Annotated[str, StringConstraints(pattern=r"^([0-9]{1,9}|fee|tip)$")]


class Process(Asked):
    """A card that the provider knows, or with `cardId` one that is kept for the customer, for an order."""

    order_id: Id
    payment_method_id: Line | None = None
    card_id: Id | None = None


class CardSet(Asked):
    """A card that the provider has taken, by the number of its setup."""

    setup_id: words(80, 1)  # type: ignore[valid-type]  # text of so many letters


class GivenBack(Asked):
    """An amount in cents that goes back."""

    amount: int = Field(gt=0, lt=MOST_CENTS, strict=True)
    currency: Literal["USD"]


class Refund(Asked):
    """What goes back: units (numbers of units, `fee`, `tip`), else an amount, else all that is left."""

    order_id: Id
    reason: Literal["late", "cold", "wrong", "missing", "quality", "never_came", "other"]
    bearer: Literal["store", "chain", "courtesy"]
    units: Annotated[list[Part], Field(min_length=1, max_length=MOST_UNITS)] | None = None
    amount: GivenBack | None = None
    note: words(120) = ""  # type: ignore[valid-type]  # text of so many letters

    @model_validator(mode="after")
    def one_of_both(self) -> "Refund":
        """Units and an amount would be two answers to one question."""
        if self.units is not None and self.amount is not None:
            raise ValueError("Send units or an amount, not both.")
        return self

    def wish(self) -> Wish:
        """The same as the domain knows it."""
        parts = [each if each in {"fee", "tip"} else f"unit:{each}" for each in self.units or ()]
        amount = self.amount.amount if self.amount else None
        return Wish(Reason(self.reason), Bearer(self.bearer), in_one_line(self.note), tuple(parts), amount)


class Returned(Shape):
    """A refund: `waiting` for a second person's word, or on its way."""

    id: Id
    order_id: Id
    status: str
    amount: Money
    units: list[str]
    reason: str
    bearer: str
