"""What programs say of a person."""

from typing import Literal

from pydantic import Field, field_validator

from blueprints.api.shape import Asked, Id, dialled, mailbox, named, words

MOST_PASSWORD = 512


def _dialled(phone: str | None) -> str:
    """A number, or that there is none."""
    return dialled(phone) if phone else ""


class Register(Asked):
    """Who somebody is. Without a password they sign in by mailed codes, on the pages."""

    name: words(80, 1)  # type: ignore[valid-type]  # text of so many letters
    email: words(254, 3)  # type: ignore[valid-type]  # the same
    password: str = Field("", max_length=MOST_PASSWORD)
    phone: words(40) = ""  # type: ignore[valid-type]  # text of so many letters

    _phone = field_validator("phone")(_dialled)
    _name = field_validator("name")(named)
    _email = field_validator("email")(mailbox)


class Confirm(Asked):
    """The code that came back from the mailbox; `secondStep` is the code of whoever has a second step already."""

    registration_id: words(80, 1)  # type: ignore[valid-type]  # text of so many letters
    code: words(20, 1)  # type: ignore[valid-type]  # the same
    second_step: words(40) = ""  # type: ignore[valid-type]  # the same


class Login(Asked):
    """An email address and its password; `code` is the second step of whoever has one."""

    email: words(254, 1)  # type: ignore[valid-type]  # text of so many letters
    password: str = Field(min_length=1, max_length=MOST_PASSWORD)
    code: words(40) = ""  # type: ignore[valid-type]  # the same


class Refresh(Asked):
    """A refresh token. It works once."""

    refresh_token: words(100, 1)  # type: ignore[valid-type]  # text of so many letters


class Changed(Asked):
    """What changes about oneself. What is left out stays; `phone` without a number is kept no longer."""

    name: words(80, 1) | None = None  # type: ignore[valid-type]  # text of so many letters
    phone: words(40) | None = None  # type: ignore[valid-type]  # the same

    _name = field_validator("name")(lambda name: None if name is None else named(name))
    _phone = field_validator("phone")(_dialled)


class AskCode(Asked):
    """A mailbox to which a code is sent, and what for: to sign in without a password, or to choose a new one."""

    email: words(254, 3)  # type: ignore[valid-type]  # text of so many letters
    purpose: Literal["sign_in", "reset"]

    _email = field_validator("email")(mailbox)


class GiveCode(Asked):
    """The code that came by mail, with the `codeId` that was answered when it was asked for."""

    code_id: words(80, 1)  # type: ignore[valid-type]  # text of so many letters
    code: words(20, 1)  # type: ignore[valid-type]  # the same


class EnterByCode(GiveCode):
    """The same; `secondStep` is the code of whoever has a second step."""

    second_step: words(40) = ""  # type: ignore[valid-type]  # text of so many letters


class ResetPassword(GiveCode):
    """The same, and the password to set."""

    password: str = Field(min_length=1, max_length=MOST_PASSWORD)


class NewPassword(Asked):
    """A password to set."""

    password: str = Field(min_length=1, max_length=MOST_PASSWORD)


class NewEmail(Asked):
    """A new address. It counts once the code from its mailbox came back."""

    email: words(254, 3)  # type: ignore[valid-type]  # text of so many letters

    _email = field_validator("email")(mailbox)


class Proof(Asked):
    """That it is oneself: the password, or with `codeId` a code that was mailed; by a second step, its code alone."""

    password: str = Field("", max_length=MOST_PASSWORD)
    code: words(40) = ""  # type: ignore[valid-type]  # text of so many letters
    code_id: words(80) = ""  # type: ignore[valid-type]  # the same


class Claimed(Asked):
    """An order that was made as a guest, and the email that it was made with."""

    order_id: Id
    email: words(254, 3)  # type: ignore[valid-type]  # text of so many letters

    _email = field_validator("email")(mailbox)
