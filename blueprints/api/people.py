"""People and their tokens as the API says them."""

from typing import Literal

from app.users.grants import Granted
from app.users.service import Account, Who
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
    """Somebody who is in, and how many items of the guest's cart had no room in their own."""

    user: User
    tokens: Tokens
    set_aside: int = 0


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
        verified=account.verified_at is not None,
        has_password=account.has_password,
        second_step=account.secured,
        roles=roles,
    )
