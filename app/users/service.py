"""Public verbs of the users domain: who somebody is, what they may do, and a record of what they did."""

import hashlib
import secrets
from datetime import timedelta

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerifyMismatchError
from sqlalchemy import delete, or_, select

from app.core import clock
from app.core.db import db
from app.core.errors import Refusal
from app.users.audit import audit
from app.users.models import Membership, SignIn, User
from app.users.rights import CHAIN_RIGHTS, IN_WORDS, RIGHTS, Right, Role, Who

__all__ = [
    "CHAIN_RIGHTS",
    "IN_WORDS",
    "RIGHTS",
    "Right",
    "Role",
    "Who",
    "add_staff",
    "audit",
    "hashed",
    "seen",
    "sign_in",
    "sign_out",
    "token_hash",
    "who",
    "whom_to_ask",
]

STAFF_IDLE, STAFF_LONGEST = timedelta(minutes=30), timedelta(hours=12)
SEEN_EVERY = timedelta(minutes=1)
MOST_TO_ASK = 3
SHORTEST, LONGEST = 8, 128
# OWASP's second argon2id profile: a sixth of the default's CPU on a small machine, behind a rate limit.
_hasher = PasswordHasher(time_cost=2, memory_cost=19_456, parallelism=1)
_nobody = "$argon2id$v=19$m=19456,t=2,p=1$c29tZXNhbHRzb21lc2FsdA$K1oq0wT9NdFGUP0sYVVbKMnRWHlYS2bD9bJ7aL0hE0A"


def sign_in(email: str, password: str) -> str:
    """A new session's token, in the open unit of work. Raises Refusal `wrong_sign_in`, the same for every reason."""
    user = _by_email(email.strip().lower())
    if not _matches(user, password) or user is None or user.disabled:
        raise Refusal(
            "wrong_sign_in", "That e-mail and password do not go together. Please try again.", field="password"
        )
    token = secrets.token_urlsafe(32)
    now = clock.now()
    db.session.add(SignIn(token_hash=token_hash(token), user_id=user.id, started_at=now, seen_at=now))
    return token


def _by_email(email: str) -> User | None:
    if "\0" in email:  # PostgreSQL does not even look for it
        return None
    return db.session.scalar(select(User).where(User.email == email))


def _matches(user: User | None, password: str) -> bool:
    # An unknown address costs the same hash as a known one, so that timing tells nobody which it was.
    kept = user.password_hash if user and user.password_hash else _nobody
    try:
        return _hasher.verify(kept, password[:128])
    except (VerifyMismatchError, InvalidHashError):
        return False


def who(token: str) -> Who | None:
    """Who holds a session token; None when it is unknown, too old, or the person was disabled."""
    now = clock.now()
    query = (
        select(User.id, User.name, Membership.role, Membership.store_id)
        .join(SignIn, SignIn.user_id == User.id)
        .outerjoin(Membership, Membership.user_id == User.id)
        .where(
            SignIn.token_hash == token_hash(token),
            SignIn.started_at > now - STAFF_LONGEST,
            SignIn.seen_at > now - STAFF_IDLE,
            User.disabled.is_(False),
        )
    )
    rows = db.session.execute(query).all()
    if not rows:
        return None
    return Who(rows[0].id, rows[0].name, tuple((Role(row.role), row.store_id) for row in rows if row.role))


def seen(token: str) -> None:
    """Keep a session alive, in the open unit of work; writes at most once a minute."""
    now = clock.now()
    row = db.session.get(SignIn, token_hash(token))
    if row is not None and row.seen_at < now - SEEN_EVERY:
        row.seen_at = now


def whom_to_ask(right: Right, store_id: int | None) -> tuple[str, ...]:
    """Three people at most who have a right at a store, those of the store itself first: `Mina (manager)`."""
    place = None if right in CHAIN_RIGHTS else store_id
    query = (
        select(User.name, Membership.role)
        .join(Membership, Membership.user_id == User.id)
        .where(
            Membership.role.in_([role.value for role, rights in RIGHTS.items() if right in rights]),
            or_(Membership.store_id.is_(None), Membership.store_id == place),
            User.disabled.is_(False),
        )
        .order_by(Membership.store_id.is_(None), User.id)
        .limit(MOST_TO_ASK)
    )
    return tuple(f"{name} ({role})" for name, role in db.session.execute(query))


def sign_out(token: str) -> None:
    """End one session."""
    db.session.execute(delete(SignIn).where(SignIn.token_hash == token_hash(token)))


def add_staff(email: str, name: str, password: str, role: Role, store_id: int | None) -> int:
    """A new member of staff with one role; returns the user's id."""
    user = User(email=email.lower(), name=name, password_hash=_hasher.hash(password), created_at=clock.now())
    db.session.add(user)
    db.session.flush()
    db.session.add(Membership(user_id=user.id, role=role.value, store_id=store_id))
    return user.id


def hashed(password: str) -> str:
    """A password as it is kept. Raises Refusal `weak_password` for fewer than 8 characters or more than 128."""
    if not SHORTEST <= len(password) <= LONGEST:
        raise Refusal("weak_password", f"A password has {SHORTEST} to {LONGEST} characters.", field="password")
    return _hasher.hash(password)


def token_hash(token: str) -> str:
    """What is kept of a session's token."""
    return hashlib.sha256(token.encode()).hexdigest()
