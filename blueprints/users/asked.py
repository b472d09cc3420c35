"""What programs say of a person."""

from email_validator import EmailNotValidError, validate_email
from pydantic import Field, field_validator

from blueprints.api.shape import Asked, words
from blueprints.forms import in_one_line

MOST_PASSWORD = 512


def _mailbox(email: str) -> str:
    try:
        return validate_email(email, check_deliverability=False).normalized
    except EmailNotValidError:
        raise ValueError("Enter an email address like name@example.com.") from None


def _named(name: str) -> str:
    if not (plain := in_one_line(name)):
        raise ValueError("Enter your name.")
    return plain


class Register(Asked):
    """Who somebody is. Without a password they sign in by mailed codes, on the pages."""

    name: words(80, 1)  # type: ignore[valid-type]  # text of so many letters
    email: words(254, 3)  # type: ignore[valid-type]  # the same
    password: str = Field("", max_length=MOST_PASSWORD)

    _name = field_validator("name")(_named)
    _email = field_validator("email")(_mailbox)


class Confirm(Asked):
    """The code that came back from the mailbox."""

    registration_id: words(80, 1)  # type: ignore[valid-type]  # text of so many letters
    code: words(20, 1)  # type: ignore[valid-type]  # the same


class Login(Asked):
    """An e-mail address and its password; `code` is the second step of whoever has one."""

    email: words(254, 1)  # type: ignore[valid-type]  # text of so many letters
    password: str = Field(min_length=1, max_length=MOST_PASSWORD)
    code: words(40) = ""  # type: ignore[valid-type]  # the same


class Refresh(Asked):
    """A refresh token. It works once."""

    refresh_token: words(100, 1)  # type: ignore[valid-type]  # text of so many letters


class Renamed(Asked):
    """What changes about oneself."""

    name: words(80, 1)  # type: ignore[valid-type]  # text of so many letters

    _name = field_validator("name")(_named)
