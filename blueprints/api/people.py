"""People and their tokens as the API says them."""

from collections.abc import Sequence
from typing import Any, Literal

from pydantic import Field

from app.core.personal import Rule
from app.users.grants import Granted
from app.users.service import Account, Export, Who
from app.users.service import Device as SeenDevice
from blueprints.api.shape import Id, Moment, Shape


class Tokens(Shape):
    """An access token to send as bearer until `expiresAt`, and a refresh token for after that, for one use."""

    access_token: str
    token_type: Literal["Bearer"] = "Bearer"  # noqa: S105 - the word that RFC 6750 gives it
    expires_at: Moment
    refresh_token: str
    refresh_expires_at: Moment


class Role(Shape):
    """What somebody is at a store; at every one where it is null."""

    role: str
    store_id: Id | None


class User(Shape):
    """Somebody's own account."""

    id: Id
    name: str
    email: str
    phone: str | None
    verified: bool
    has_password: bool
    second_step: bool
    roles: list[Role]


class Newcomer(Shape):
    """Somebody whose mailbox has yet to answer."""

    name: str
    email: str
    verified: Literal[False] = False


class Registered(Shape):
    """A guest's tokens, with which everything but the account works until the code from the mailbox is confirmed."""

    user: Newcomer
    registration_id: str
    tokens: Tokens


class Entered(Shape):
    """Somebody who is in, how many items of the guest's cart had no room in their own, and which of the guest's orders
    are in the account now: those that were made with its mailbox.
    """

    user: User
    tokens: Tokens
    set_aside: int = 0
    orders_brought: list[Id] = Field(default_factory=list)


def tokens(granted: Granted) -> Tokens:
    """Tokens that were just made."""
    return Tokens(
        access_token=granted.access,
        expires_at=granted.access_until,
        refresh_token=granted.refresh,
        refresh_expires_at=granted.refresh_until,
    )


def user(account: Account, person: Who) -> User:
    """An account as its owner sees it."""
    roles = [Role(role=role.value, store_id=None if at is None else str(at)) for role, at in person.roles]
    return User(
        id=str(account.user_id),
        name=account.name,
        email=account.email,
        phone=account.phone or None,
        verified=account.verified_at is not None,
        has_password=account.has_password,
        second_step=account.secured,
        roles=roles,
    )


class Asked(Shape):
    """A code is on its way. Send `codeId` back with it."""

    code_id: str


class Device(Shape):
    """Where somebody is signed in. `this` is the session that asks."""

    id: Id
    name: str
    signed_in_at: Moment
    seen_at: Moment
    this: bool


class Devices(Shape):
    """All places where somebody is signed in, the latest seen first."""

    devices: list[Device]


class Kept(Shape):
    """What is known about customers, how long it is kept, and what for."""

    what: str
    for_long: str
    why: str


class File(Shape):
    """A file with all that is known about somebody: asked for, and `ready` once it can be fetched, for seven days."""

    id: Id
    asked_at: Moment
    ready: bool


class Privacy(Shape):
    """What is kept and why, what has to end before the account can be erased, and the latest file."""

    kept: list[Kept]
    waits_for: list[str]
    file: File | None


class Known(Shape):
    """All that the shop knows about somebody, by the part of it that does."""

    made_at: Moment
    parts: dict[str, dict[str, Any]]


class Erased(Shape):
    """The account is erased: what is kept of it for a while, and why."""

    erased: Literal[True] = True
    kept: list[Kept]


class Claim(Shape):
    """Whether the order is in the account now; else the code to wait for, from the mailbox that it was made with."""

    claimed: bool
    code_id: str | None


def devices(found: Sequence[SeenDevice]) -> Devices:
    """Where somebody is signed in."""
    return Devices(
        devices=[
            Device(id=str(one.id), name=one.browser, signed_in_at=one.started_at, seen_at=one.seen_at, this=one.this)
            for one in found
        ]
    )


def kept(rules: Sequence[Rule]) -> list[Kept]:
    """What is kept, and why."""
    return [Kept(what=rule.what, for_long=rule.words, why=rule.why) for rule in rules]


def file(export: Export) -> File:
    """A file that was asked for."""
    return File(id=str(export.id), asked_at=export.asked_at, ready=export.made_at is not None)
