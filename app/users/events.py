"""What the users domain tells; it hears itself, and writes mails."""

from dataclasses import dataclass
from enum import StrEnum
from typing import ClassVar

from app.core.events import Event


class Change(StrEnum):
    """Something about an account that its owner should hear of, in case it was somebody else."""

    PASSWORD = "password"  # noqa: S105 - a word, not one
    SECOND_STEP_ON = "second_step_on"
    SECOND_STEP_OFF = "second_step_off"


@dataclass(frozen=True, slots=True)
class CodeAsked(Event):
    """Somebody waits for a code at a mailbox."""

    kind: ClassVar[str] = "users.code_asked"
    code_id: int


@dataclass(frozen=True, slots=True)
class AccountChanged(Event):
    """The way into an account was changed; `what` is a Change."""

    kind: ClassVar[str] = "users.account_changed"
    user_id: int
    what: str


@dataclass(frozen=True, slots=True)
class EmailChanged(Event):
    """An account has another address, for which this code was given; the code's row knows the one before."""

    kind: ClassVar[str] = "users.email_changed"
    code_id: int


@dataclass(frozen=True, slots=True)
class StaffInvited(Event):
    """Somebody is to get a link by mail."""

    kind: ClassVar[str] = "users.staff_invited"
    invitation_id: int


@dataclass(frozen=True, slots=True)
class ExportAsked(Event):
    """Somebody waits for a file with all that the shop knows about them."""

    kind: ClassVar[str] = "users.export_asked"
    export_id: int
