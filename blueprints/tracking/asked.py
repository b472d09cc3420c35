"""What programs of a kitchen say."""

from typing import Annotated, Literal

from pydantic import Field, model_validator

from app.tracking.runs import MOST_AT_ONCE
from app.tracking.service import Stage
from blueprints.api.shape import Asked, Id, Sum
from blueprints.api.shape import words as text
from blueprints.tracking.reasons import NOT_DELIVERED, NOT_MADE

NUMBER = 999_999_999
Why = Literal["nobody", "address", "refused", "unpaid", "trouble"]


class Move(Asked):
    """A tap: from the stage that the screen showed, to the usual next one or to `to`; one to be taken back (`undo`), or
    the last one of a finished ticket, which brings it back to the board (`recall`). To `delivery_failed` it says `why`.
    """

    expected: Stage | None = None
    to: Stage | None = None
    why: Why | None = None
    undo: int | None = Field(None, ge=1, le=NUMBER, strict=True)
    recall: int | None = Field(None, ge=1, le=NUMBER, strict=True)

    @model_validator(mode="after")
    def one_of_them(self) -> "Move":
        """A move goes on or back."""
        if sum(one is not None for one in (self.expected, self.undo, self.recall)) != 1:
            raise ValueError("Send the expected stage, or the move to undo or to recall.")
        if self.why and self.to is not Stage.DELIVERY_FAILED:
            raise ValueError("Only a delivery that failed has a reason.")
        return self

    @property
    def reason(self) -> str:
        """The same as `why`, in words; what programs of before leave out is unsaid."""
        return NOT_DELIVERED[self.why] if self.why else ""


class Stars(Asked):
    """What a customer thought of an order."""

    stars: int = Field(ge=1, le=5, strict=True)
    words: text(200) = ""  # type: ignore[valid-type]  # of so many letters


class Rejected(Asked):
    """Why the store cannot make an order; its customer reads it."""

    why: Literal["out", "late", "far", "closing"]

    @property
    def reason(self) -> str:
        """The same in words."""
        return NOT_MADE[self.why]


class Cancelled(Asked):
    """Why an order is called off; its customer reads it."""

    reason: text(120, 1)  # type: ignore[valid-type]  # of so many letters


class Told(Asked):
    """What a customer shall read on their tracker."""

    words: text(160, 1)  # type: ignore[valid-type]  # of so many letters


class Printing(Asked):
    """Whether a ticket goes to paper once more, although it did."""

    again: bool = Field(False, strict=True)


class Taken(Asked):
    """The orders that a driver takes along."""

    order_ids: Annotated[list[Id], Field(min_length=1, max_length=MOST_AT_ONCE)]


class Undelivered(Asked):
    """Why an order could not be handed over."""

    why: Why

    @property
    def reason(self) -> str:
        """The same in words."""
        return NOT_DELIVERED[self.why]


class Counted(Asked):
    """A driver's cash as it was counted, and what the screen said that it should be."""

    counted: Sum
    seen: Sum
