"""Grants: a session that a program holds, by access tokens for minutes and refresh tokens for one use each.

A refresh token that comes back a second time was copied by somebody: then the session ends, and with it every token
that was ever made for it (docs/decisions/0050).
"""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import jwt
from sqlalchemy import ColumnElement, select, update

from app.core import clock, keys
from app.core.cache import Memory
from app.core.db import db
from app.users import sessions
from app.users.models import RefreshToken, SignIn
from app.users.rights import Who

ACCESS_FOR = timedelta(minutes=15)
SIGNED, ALGORITHM, ISSUER = "access-token", "HS256", "hotcorner"
GUEST = "guest"
# The one clock of the house says what is over, not the library's.
CHECKED: Any = {"verify_exp": False, "verify_iat": False, "require": ["sub", "sid", "exp", "iss"]}

# What tokens said whose signature was right; whether they are over, and whose session it is, is asked each time.
signed: Memory[tuple[str, int], Mapping[str, Any] | None] = Memory(most=5_000, age=timedelta(minutes=5))


@dataclass(frozen=True, slots=True)
class Granted:
    """What a program gets: an access token until `access_until`, and a refresh token for after that."""

    access: str
    access_until: datetime
    refresh: str
    refresh_until: datetime


@dataclass(frozen=True, slots=True)
class Holder:
    """Who holds an access token: a person, or a guest (None). `sid` is the session that it opens.

    `confirmed` says whether the person showed in the last minutes that it is them.
    """

    sid: str
    person: Who | None
    confirmed: bool = False


def guest() -> Granted:
    """A session of nobody in particular, in the open unit of work: for a cart, and for an order as a guest."""
    return grant(sessions.begin(None, "An app, as a guest"))


def grant(session_token: str) -> Granted:
    """Tokens for a session that has just begun, in the open unit of work. Its own token is thrown away."""
    return _granted(sessions.fingerprint(session_token))


def renewed(session_token: str) -> Granted:
    """Tokens for a session that was given a new token; the refresh tokens that it had before are used up."""
    sid = sessions.fingerprint(session_token)
    theirs = select(SignIn.id).where(SignIn.token_hash == sid).scalar_subquery()
    before = (RefreshToken.session_id == theirs, RefreshToken.used_at.is_(None))
    db.session.execute(update(RefreshToken).where(*before).values(used_at=clock.now()))
    return _granted(sid)


def refresh(token: str) -> Granted | None:
    """New tokens for a refresh token, in the open unit of work; None for one that opens nothing (any more).

    One that was used before ends its session. The caller commits either way.
    """
    known = RefreshToken.token_hash == sessions.fingerprint(token)
    session_id = _use(known)
    if session_id is None:
        _end_copied(db.session.scalar(select(RefreshToken.session_id).where(known)))
        return None
    sid = db.session.execute(select(SignIn.token_hash).where(SignIn.id == session_id)).scalar_one()
    if of_session(sid) is None:
        return None
    sessions.seen_by(sid)
    return _granted(sid)


def _use(known: ColumnElement[bool]) -> int | None:
    """The session of a token that nobody has used before, which it is now; None else."""
    used = (
        update(RefreshToken)
        .where(known, RefreshToken.used_at.is_(None))
        .values(used_at=clock.now())
        .returning(RefreshToken.session_id)
        .execution_options(synchronize_session=False)
    )
    return db.session.scalar(used)


def _end_copied(session_id: int | None) -> None:
    if session_id is not None:
        sessions.drop(session_id)


def _granted(sid: str) -> Granted:
    row = db.session.execute(select(SignIn).where(SignIn.token_hash == sid)).scalar_one()
    now, token = clock.now(), secrets.token_urlsafe(32)
    db.session.add(RefreshToken(session_id=row.id, token_hash=sessions.fingerprint(token), made_at=now))
    db.session.flush()
    holder = of_session(sid)
    until = now + ACCESS_FOR
    limits = sessions.limits_of(holder.person if holder else None)
    access = _signed({"sid": sid, "iat": _seconds(now), "exp": _seconds(until), **_told(holder)})
    return Granted(access, until, token, row.started_at + limits.longest)


def _told(holder: Holder | None) -> dict[str, Any]:
    """What a token says of who holds it; believed by nobody here, because rights may change within its minutes."""
    person = holder.person if holder else None
    if person is None:
        return {"sub": GUEST, "role": GUEST, "store": None}
    role, store_id = person.roles[0] if person.roles else ("customer", None)
    return {"sub": str(person.user_id), "role": str(role), "store": None if store_id is None else str(store_id)}


def holder(access: str) -> Holder | None:
    """Who holds an access token; None when it is none of ours, too old, or its session has ended."""
    told = _read(access)
    if told is None:
        return None
    if told["sub"] == GUEST:  # a guest's session never becomes somebody's
        return Holder(told["sid"], None) if sessions.is_guest(told["sid"]) else None
    return of_session(told["sid"])


def of_session(sid: str) -> Holder | None:
    """Who holds a session; None when it has ended."""
    found = sessions.visit_by(sid)
    if found is not None:
        return Holder(sid, found.person, found.confirmed)
    return Holder(sid, None) if sessions.is_guest(sid) else None


def read(access: str) -> str | None:
    """The session that an access token names, by its signature and time alone, without asking the database."""
    told = _read(access)
    return told["sid"] if told is not None else None


def named(access: str) -> int | None:
    """The person that an access token names, by its signature and time alone; None for a guest's, too."""
    told = _read(access)
    return int(told["sub"]) if told is not None and told["sub"] != GUEST else None


def _read(access: str) -> Mapping[str, Any] | None:
    """What a token of ours says, while it is good. The signature of one that was read a moment ago still holds."""
    name = (sessions.fingerprint(access), keys.generation())
    told = signed.get(name, lambda: _checked(access))
    if told is None:
        return None
    good = isinstance(told.get("exp"), int) and told["exp"] > _seconds(clock.now()) and isinstance(told["sid"], str)
    return told if good else None


def _checked(access: str) -> Mapping[str, Any] | None:
    try:
        kid = jwt.get_unverified_header(access).get("kid")
        key = keys.signing(SIGNED).get(str(kid))
        told: Mapping[str, Any] = (
            jwt.decode(access, key, [ALGORITHM], issuer=ISSUER, options=CHECKED) if key is not None else {}
        )
    except jwt.InvalidTokenError:
        return None
    return told


def _signed(told: dict[str, Any]) -> str:
    kid, key = next(iter(keys.signing(SIGNED).items()))
    return jwt.encode({**told, "iss": ISSUER}, key, ALGORITHM, headers={"kid": kid})


def _seconds(moment: datetime) -> int:
    return int(moment.timestamp())
