"""Invitations: a role that waits behind a link, which works once and for three days (docs/decisions/0032)."""

import base64
import hashlib
import hmac
import secrets
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from email_validator import EmailNotValidError, validate_email
from sqlalchemy import ColumnElement, select, update

from app.core import clock
from app.core.db import db, transaction
from app.core.errors import NotFound, Refusal
from app.core.events import emit
from app.core.mail import send, write
from app.core.settings import settings
from app.users import passwords, staff
from app.users.events import StaffInvited
from app.users.models import Invitation, Membership, User
from app.users.rights import Role, Who
from app.users.sessions import end_all

OPEN_FOR = timedelta(hours=72)
KEPT = timedelta(days=30)
KEY_BYTES = 16
MOST_SHOWN = 100


@dataclass(frozen=True, slots=True)
class Invited:
    """An invitation that nobody has taken yet; `known` when its email address signs in already."""

    id: int
    name: str
    email: str
    role: Role
    store_id: int | None
    expires_at: datetime
    known: bool = False


def invite(by: Who, name: str, email: str, role: Role, store_id: int | None) -> int:
    """Invite somebody by mail, in the open unit of work; an earlier invitation to the same place ends. Its number.

    Raises Forbidden for a role beyond one's own, Refusal `bad_email`, `chain_role`.
    """
    staff.check_place(by, role, store_id)
    made = _write(name, email, role, store_id, by.user_id)
    emit(StaffInvited(made))
    return made


def invite_admin(name: str, email: str) -> int:
    """Invite an admin from the command line, without a mail; its number. Raises Refusal `bad_email`."""
    return _write(name, email, Role.ADMIN, None, None)


def _write(name: str, email: str, role: Role, store_id: int | None, by: int | None) -> int:
    try:
        email = validate_email(email, check_deliverability=False).normalized.lower()
    except EmailNotValidError:
        raise Refusal("bad_email", "Write an email address like mina@example.com.", field="email") from None
    now = clock.now()
    same = (
        Invitation.email == email,
        Invitation.store_id.is_not_distinct_from(store_id),
        Invitation.ended_at.is_(None),
    )
    db.session.execute(update(Invitation).where(*same).values(ended_at=now))
    row = Invitation(
        name=name,
        email=email,
        role=role.value,
        store_id=store_id,
        salt=secrets.token_urlsafe(16),
        key_hash="",
        invited_by=by,
        made_at=now,
        expires_at=now + OPEN_FOR,
    )
    db.session.add(row)
    db.session.flush()
    row.key_hash = _hash(_key(row.id, row.salt))
    return row.id


def waiting(among: Collection[int] | None) -> tuple[Invited, ...]:
    """Invitations to some stores that are open, or to all of the chain for None; the newest first."""
    query = select(Invitation).where(*_open()).order_by(Invitation.id.desc()).limit(MOST_SHOWN)
    if among is not None:
        query = query.where(Invitation.store_id.in_(among))
    return tuple(_as_told(row) for row in db.session.scalars(query))


def withdraw(by: Who, invitation_id: int) -> int | None:
    """End an invitation before it is taken, in the open unit of work; its store. Raises NotFound, Forbidden."""
    row = db.session.scalar(select(Invitation).where(Invitation.id == invitation_id, *_open()))
    if row is None or not any(by.gives(role, row.store_id) for role in Role):
        raise NotFound("That invitation is not open any more.")
    staff.check_place(by, Role(row.role), row.store_id)
    _end(Invitation.id == row.id)
    return row.store_id


def link(invitation_id: int) -> str:
    """The address that opens an invitation. Its key is worked out from our secret and nowhere stored."""
    row = db.session.get_one(Invitation, invitation_id)
    return f"{settings().base_url}/invitations/{row.id}-{_key(row.id, row.salt)}"


def mail(event: StaffInvited) -> None:
    """Send the link to whoever was invited."""
    row = db.session.get_one(Invitation, event.invitation_id)
    who = db.session.scalar(select(User.name).where(User.id == row.invited_by))
    words = {"name": row.name, "by": who, "role": row.role, "link": link(row.id)}
    send(write(row.email, "invitation", **words))


def opened(address: str) -> Invited:
    """The invitation that `<number>-<key>` opens. Raises Refusal `invitation_over` when there is none, or no longer."""
    number, key_hash = _parts(address)
    row = db.session.scalar(select(Invitation).where(*_open(), *_held(number, key_hash)))
    if row is None:
        raise _over()
    known = db.session.scalar(select(User.id).where(User.email == row.email, User.password_hash.is_not(None)))
    return _as_told(row, known=known is not None)


def accept(address: str, name: str, password: str) -> int:
    """Take an invitation, in the open unit of work; the user's number. Who signs in already keeps name and password.

    Raises Refusal `invitation_over`, `weak_password`, and Forbidden's words when whoever invited may not any more.
    """
    number, key_hash = _parts(address)
    row = _end(*_held(number, key_hash))
    if row is None or not _still_given(row):
        raise _over()
    user_id = _person(row.email, name, password)
    staff.appoint(user_id, Role(row.role), row.store_id)
    end_all(user_id)
    db.session.execute(update(Invitation).where(Invitation.id == row.id).values(user_id=user_id))
    return user_id


def forget_untaken() -> None:
    """Forget who was invited and never came, a month after the link ran out, in a unit of work of its own."""
    old = (Invitation.user_id.is_(None), Invitation.expires_at < clock.now() - KEPT, Invitation.email != "")
    with transaction():
        db.session.execute(update(Invitation).where(*old).values(name="", email=""))


def _end(*which: ColumnElement[bool]) -> Invitation | None:
    """End the one invitation that is open and meant; None for whoever comes second."""
    ended = update(Invitation).where(*_open(), *which).values(ended_at=clock.now())
    return db.session.scalar(ended.returning(Invitation))


def _still_given(row: Invitation) -> bool:
    if row.invited_by is None:
        return True
    rows = db.session.scalars(
        select(Membership)
        .join(User, User.id == Membership.user_id)
        .where(Membership.user_id == row.invited_by, User.disabled.is_(False))
    )
    by = Who(row.invited_by, "", tuple((Role(post.role), post.store_id) for post in rows))
    return by.gives(Role(row.role), row.store_id)


def _person(email: str, name: str, password: str) -> int:
    user = db.session.scalar(select(User).where(User.email == email))
    if user is None:
        user = User(email=email, name=name, created_at=clock.now())
        db.session.add(user)
    if user.password_hash is None:
        passwords.check(password, email, name)
        user.name, user.password_hash = name, passwords.hashed(password)
    if user.disabled:
        raise Refusal("closed", "Your sign-in is closed. Ask who invited you to open it again.", status=403)
    db.session.flush()
    return user.id


def _open() -> tuple[ColumnElement[bool], ...]:
    return (Invitation.ended_at.is_(None), Invitation.expires_at > clock.now())


def _held(number: int, key_hash: str) -> tuple[ColumnElement[bool], ...]:
    return (Invitation.id == number, Invitation.key_hash == key_hash)


def _over() -> Refusal:
    return Refusal("invitation_over", "This invitation was used, or is too old. Ask for a new one.", status=410)


def _parts(address: str) -> tuple[int, str]:
    number, _, key = address.partition("-")
    if not (number.isascii() and number.isdigit() and len(number) < 10 and key.isascii()):
        raise _over()
    return int(number), _hash(key)


def _key(number: int, salt: str) -> str:
    digest = hmac.new(settings().secret_key.encode(), f"invitation:{number}:{salt}".encode(), hashlib.sha256).digest()
    return base64.b32encode(digest[:KEY_BYTES]).decode().rstrip("=").lower()


def _hash(key: str) -> str:
    return hashlib.sha256(key.encode()).hexdigest()


def _as_told(row: Invitation, *, known: bool = False) -> Invited:
    return Invited(row.id, row.name, row.email, Role(row.role), row.store_id, row.expires_at, known)
