"""What all shapes of the API share: names in camelCase, ids as text, money in cents, times in UTC."""

from datetime import UTC, datetime
from typing import Annotated, Any, Literal

from email_validator import EmailNotValidError, validate_email
from pydantic import AwareDatetime, BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints
from pydantic.alias_generators import to_camel

from app.users import phones
from blueprints.forms import in_one_line

# What no keyboard types; also NUL, which PostgreSQL keeps in no text.
ON_ONE_LINE = r"^[^\u0000-\u001f\u007f\u2028\u2029]*$"
MOST_CENTS = 10_000_000


class Shape(BaseModel):
    """Something that the API says. It is checked when it is made, so nothing off its schema can leave."""

    model_config = ConfigDict(alias_generator=to_camel, populate_by_name=True, frozen=True, defer_build=True)


class Asked(BaseModel):
    """Something that the API is told, with no field beside those it knows."""

    model_config = ConfigDict(
        alias_generator=to_camel, validate_by_alias=True, validate_by_name=False, extra="forbid", defer_build=True
    )


class Query(BaseModel):
    """What an address asks behind its question mark; what is not known is left alone."""

    model_config = ConfigDict(
        alias_generator=to_camel, validate_by_alias=True, validate_by_name=False, defer_build=True
    )


def words(most: int, least: int = 0) -> Any:
    """Text on one line, of so many characters."""
    return Annotated[
        str, StringConstraints(min_length=least, max_length=most, pattern=ON_ONE_LINE, strip_whitespace=False)
    ]


Line = words(120, 1)
Id = Annotated[str, StringConstraints(pattern=r"^[0-9]{1,9}$")]
Zip = Annotated[str, StringConstraints(pattern=r"^[0-9]{5}$")]
Cursor = Annotated[str, StringConstraints(pattern=r"^[0-9]{1,9}$")]
Way = Literal["delivery", "carryout"]


def _in_utc(moment: object) -> object:
    return moment.astimezone(UTC) if isinstance(moment, datetime) and moment.tzinfo else moment


Moment = Annotated[AwareDatetime, BeforeValidator(_in_utc)]


class Money(Shape):
    """An amount in cents."""

    amount: int = Field(ge=-MOST_CENTS, le=MOST_CENTS)
    currency: Literal["USD"] = "USD"


class Sum(Asked):
    """An amount in cents that is asked for."""

    amount: int = Field(ge=0, le=MOST_CENTS, strict=True)
    currency: Literal["USD"] = "USD"


class Span(Shape):
    """From when to when."""

    start: Moment = Field(alias="from")
    end: Moment = Field(alias="to")


class Fault(Shape):
    """What is wrong with one field, named by its path."""

    field: str
    code: str
    message: str


class Problem(Shape):
    """Why not (RFC 9457). `code` is for programs, `detail` for people, `action` what would mend it."""

    type: str
    title: str
    status: int
    detail: str
    code: str
    request_id: str
    action: str | None = Field(None, json_schema_extra={"x-optional": True})
    errors: list[Fault] | None = None


def mailbox(email: str) -> str:
    """An address as mail servers write it, by its form alone. Raises ValueError."""
    try:
        return validate_email(email, check_deliverability=False).normalized
    except EmailNotValidError:
        raise ValueError("Enter an email address like name@example.com.") from None


def named(name: str) -> str:
    """A name that can be read out. Raises ValueError."""
    if not (plain := in_one_line(name)):
        raise ValueError("Enter your name.")
    return plain


def dialled(phone: str) -> str:
    """A US number in any way of writing, as it is kept: `+13125550142`. Raises ValueError."""
    if not (number := phones.known(phone)):
        raise ValueError(phones.WANTED)
    return number


def money(cents: int) -> Money:
    """Cents as the API says them."""
    return Money(amount=cents)


def span(start: datetime, end: datetime) -> Span:
    """A span of time as the API says it."""
    return Span.model_validate({"from": start, "to": end})
