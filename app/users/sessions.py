"""Sessions: rows that a browser's token opens until they rest too long, grow too old, or are ended."""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import bindparam, delete, select

from app.core import clock
from app.core.db import db
from app.core.glancing import glance, glances
from app.users.models import Membership, SignIn, User
from app.users.rights import Role, Who

BROWSER_LENGTH = 60
SEEN_EVERY = timedelta(minutes=1)
CONFIRMED_FOR = timedelta(minutes=5)

# Every call of a guest's program asks it.
_TIMES: tuple[Any, ...] = (SignIn.started_at, SignIn.seen_at)
_THIS = SignIn.token_hash == bindparam("token_hash")
GUEST = select(*_TIMES).where(_THIS, SignIn.user_id.is_(None))
# And this one every page of whoever is signed in.
VISIT = (
    select(User.id, User.name, User.totp_secret.is_not(None).label("secured"))
    .add_columns(*_TIMES, SignIn.confirmed_at, Membership.role, Membership.store_id)
    .join(SignIn, SignIn.user_id == User.id)
    .outerjoin(Membership, Membership.user_id == User.id)
    .where(_THIS, SignIn.halfway.is_(False), User.disabled.is_(False))
    .order_by(Membership.id)
)


@dataclass(frozen=True, slots=True)
class Limits:
    """How long a session may rest, and how old it may grow."""

    idle: timedelta
    longest: timedelta


CUSTOMER = Limits(timedelta(days=14), timedelta(days=30))
STAFF = Limits(timedelta(minutes=30), timedelta(hours=12))
HALFWAY = Limits(timedelta(minutes=10), timedelta(minutes=10))


@dataclass(frozen=True, slots=True)
class Visit:
    """A session that holds: who it is, when they were last seen, and when they last showed that it is them."""

    person: Who
    seen_at: datetime
    confirmed_at: datetime

    @property
    def confirmed(self) -> bool:
        """Whether they showed it lately enough for money, roles and addresses."""
        return self.confirmed_at > clock.now() - CONFIRMED_FOR


@dataclass(frozen=True, slots=True)
class Device:
    """A browser that somebody is signed in with. `this` is the one that asks."""

    id: int
    browser: str
    started_at: datetime
    seen_at: datetime
    this: bool


def begin(user_id: int | None, browser: str = "", *, halfway: bool = False) -> str:
    """A new session's token, in the open unit of work. Only its hash is kept. Of nobody it is a guest's of the API."""
    token, now = secrets.token_urlsafe(32), clock.now()
    times = {"started_at": now, "seen_at": now, "confirmed_at": now}
    row = SignIn(
        token_hash=fingerprint(token), user_id=user_id, browser=browser[:BROWSER_LENGTH], halfway=halfway, **times
    )
    db.session.add(row)
    db.session.flush()
    return token


def visit(token: str) -> Visit | None:
    """What a token opens; None when it is unknown, halfway, too old, or the person was disabled."""
    return visit_by(fingerprint(token))


def visit_by(token_hash: str) -> Visit | None:
    """The same for whoever knows a session by the hash of its token."""
    rows = glances(VISIT, {"token_hash": token_hash})
    if not rows:
        return None
    first, roles = rows[0], tuple((Role(row.role), row.store_id) for row in rows if row.role)
    person = Who(first.id, first.name, roles, secured=first.secured)
    if not _holds(limits_of(person), first.started_at, first.seen_at):
        return None
    return Visit(person, first.seen_at, first.confirmed_at)


def limits_of(person: Who | None) -> Limits:
    """How long the sessions of somebody may rest and last; a guest's are a customer's."""
    return STAFF if person is not None and person.staff else CUSTOMER


def is_guest(token_hash: str) -> bool:
    """Whether a session by this hash holds and is a guest's."""
    row = glance(GUEST, {"token_hash": token_hash})
    return row is not None and _holds(CUSTOMER, row.started_at, row.seen_at)


def _holds(limits: Limits, started_at: datetime, seen_at: datetime) -> bool:
    now = clock.now()
    return seen_at > now - limits.idle and started_at > now - limits.longest


def who(token: str) -> Who | None:
    """Who holds a session token; None when it opens nothing."""
    found = visit(token)
    return found.person if found else None


def halfway(token: str) -> int | None:
    """Whose second step a token waits for; None when there is no such session any more."""
    query = select(SignIn.user_id, SignIn.started_at, SignIn.seen_at).join(User, User.id == SignIn.user_id)
    here = (SignIn.token_hash == fingerprint(token), SignIn.halfway.is_(True), User.disabled.is_(False))
    row = db.session.execute(query.where(*here)).first()
    return row.user_id if row and _holds(HALFWAY, row.started_at, row.seen_at) else None


def seen(token: str) -> None:
    """Keep a session alive, in the open unit of work; writes at most once a minute."""
    seen_by(fingerprint(token))


def seen_by(token_hash: str) -> None:
    """The same for whoever knows the session by the hash of its token."""
    now, row = clock.now(), _row(token_hash)
    if row is not None and row.seen_at < now - SEEN_EVERY:
        row.seen_at = now


def confirm(token: str) -> None:
    """Note that the person has just shown who they are, in the open unit of work."""
    confirm_by(fingerprint(token))


def confirm_by(token_hash: str) -> None:
    """The same for whoever knows the session by the hash of its token."""
    row = _row(token_hash)
    if row is not None:
        row.confirmed_at = clock.now()


def renew(token: str) -> str:
    """The same session under a new token, in the open unit of work; the old one opens nothing any more.

    For every step up: a token that somebody planted or copied before is worth nothing after.
    """
    return renew_by(fingerprint(token))


def renew_by(token_hash: str) -> str:
    """The same for whoever knows the session by the hash of its token."""
    row, fresh = _row(token_hash), secrets.token_urlsafe(32)
    if row is not None:
        row.token_hash, row.halfway, row.confirmed_at = fingerprint(fresh), False, clock.now()
        db.session.flush()
    return fresh


def devices(user_id: int, token: str) -> tuple[Device, ...]:
    """Where somebody is signed in, the latest seen first."""
    return devices_of(user_id, fingerprint(token))


def devices_of(user_id: int, mine: str) -> tuple[Device, ...]:
    """The same for whoever knows their own session by the hash of its token."""
    staff = db.session.scalar(select(Membership.id).where(Membership.user_id == user_id).limit(1)) is not None
    limits = STAFF if staff else CUSTOMER
    query = select(SignIn).where(SignIn.user_id == user_id, SignIn.halfway.is_(False)).order_by(SignIn.seen_at.desc())
    return tuple(
        Device(row.id, row.browser, row.started_at, row.seen_at, row.token_hash == mine)
        for row in db.session.scalars(query)
        if _holds(limits, row.started_at, row.seen_at)
    )


def end(token: str) -> None:
    """End one session by its token."""
    end_by(fingerprint(token))


def end_by(token_hash: str) -> None:
    """End one session by the hash of its token."""
    db.session.execute(delete(SignIn).where(SignIn.token_hash == token_hash))


def drop(session_id: int) -> None:
    """End one session by its number."""
    db.session.execute(delete(SignIn).where(SignIn.id == session_id))


def end_one(user_id: int, session_id: int) -> None:
    """End one of somebody's own sessions; one that is not theirs, or is gone, stays as it is."""
    db.session.execute(delete(SignIn).where(SignIn.id == session_id, SignIn.user_id == user_id))


def end_all(user_id: int, *, but: str = "") -> None:
    """End every session of somebody, `but` the one of this token: when their password or their roles change."""
    end_all_but(user_id, fingerprint(but))


def end_all_but(user_id: int, token_hash: str) -> None:
    """The same for whoever knows the session that stays by the hash of its token."""
    db.session.execute(delete(SignIn).where(SignIn.user_id == user_id, SignIn.token_hash != token_hash))


def forget_old() -> None:
    """Drop the rows of sessions that are over for everybody, in the open unit of work."""
    now = clock.now()
    over = (SignIn.started_at < now - CUSTOMER.longest) | (SignIn.seen_at < now - CUSTOMER.idle)
    db.session.execute(delete(SignIn).where(over))


def _row(token_hash: str) -> SignIn | None:
    return db.session.scalar(select(SignIn).where(SignIn.token_hash == token_hash))


def fingerprint(token: str) -> str:
    """What is kept of a token."""
    return hashlib.sha256(token.encode(errors="replace")).hexdigest()
