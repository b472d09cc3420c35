"""The same request, twice, has one effect: its key is claimed in the transaction of the effect."""

import hashlib
import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import JSON, String, bindparam, delete, select, update
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Mapped, mapped_column

from app.core import clock
from app.core.db import Base, db, insert_new, sent, transaction, waited_in_vain
from app.core.errors import Conflict, Refusal
from app.core.glancing import glance

KEPT = timedelta(hours=24)


class IdempotencyRow(Base):
    """A key that a client chose, what it was used for, and the first answer."""

    __tablename__ = "idempotency"

    scope: Mapped[str] = mapped_column(String(40), primary_key=True)
    key: Mapped[str] = mapped_column(String(80), primary_key=True)
    request_hash: Mapped[str] = mapped_column(String(64))
    answer: Mapped[dict[str, Any] | None] = mapped_column(JSON)
    claimed_at: Mapped[datetime] = mapped_column(index=True)


_rows = IdempotencyRow.__table__.c
# Written once: putting a statement together costs as much as sending it. Whoever reads an answer reads it anew.
KNOWN = select(_rows.request_hash, _rows.answer).where(
    _rows.scope == bindparam("of_scope"), _rows.key == bindparam("of_key")
)
REMEMBER = (
    update(IdempotencyRow)
    .where(IdempotencyRow.scope == bindparam("of_scope"), IdempotencyRow.key == bindparam("of_key"))
    .values(answer=bindparam("told", type_=JSON()))
    .execution_options(synchronize_session=False)
)


class StillRunningError(Exception):
    """Another worker is at this very deed, which stays undone until one of them has finished."""


def fingerprint(request: Mapping[str, object]) -> str:
    """What a request asks for, as a hash; the order of its fields does not matter."""
    return hashlib.sha256(json.dumps(request, sort_keys=True, default=str).encode()).hexdigest()


def claim(scope: str, key: str, request_hash: str, answer: Mapping[str, Any] | None = None) -> dict[str, Any] | None:
    """Claim a key in the open unit of work: None when it is new, else the first answer. One that is known by now is
    kept with it.

    A rival with the same key waits here until the first has committed. Raises Refusal 422 `key_reused` for another
    request under the same key, Conflict `still_running` when the first answer is not there yet.
    """
    row = {"scope": scope, "key": key, "request_hash": request_hash, "claimed_at": clock.now()}
    try:
        new = insert_new(IdempotencyRow, **row, **({} if answer is None else {"answer": dict(answer)}))
    except DBAPIError as error:
        if waited_in_vain(error):
            raise _still_running() from error
        raise
    return None if new else recall(scope, key, request_hash)


def _still_running() -> Conflict:
    return Conflict("still_running", "We are still working on this. One moment.")


def recall(scope: str, key: str, request_hash: str) -> dict[str, Any] | None:
    """The first answer to a key; None for one that is not known. Raises what `claim` raises."""
    row = glance(KNOWN, {"of_scope": scope, "of_key": key})
    if row is None:
        return None
    if row.request_hash != request_hash:
        raise Refusal("key_reused", "This was already sent with other answers. Please start again.")
    if row.answer is None:
        raise _still_running()
    known: dict[str, Any] = row.answer
    return known


def remember(scope: str, key: str, answer: Mapping[str, Any]) -> None:
    """Keep the answer that a repeat of this key will be given."""
    sent(REMEMBER, {"of_scope": scope, "of_key": key, "told": dict(answer)})


def take_turn(scope: str, key: str, longest: timedelta) -> bool:
    """Be the only one at a deed outside of the database, in the open unit of work; False while somebody else is.

    Whoever took longer than `longest` has died over it, and the turn is free again.
    """
    now = clock.now()
    if insert_new(IdempotencyRow, scope=scope, key=key, request_hash="", claimed_at=now):
        return True
    taken = db.session.execute(
        update(IdempotencyRow)
        .where(IdempotencyRow.scope == scope, IdempotencyRow.key == key, IdempotencyRow.claimed_at < now - longest)
        .values(claimed_at=now)
        .returning(IdempotencyRow.key)
    )
    return taken.first() is not None


@contextmanager
def turn(scope: str, key: str, longest: timedelta) -> Iterator[None]:
    """The same for a block, in units of work of its own. Raises StillRunningError while somebody else is at it.

    A deed that came to nothing lets the next one try at once.
    """
    with transaction():
        mine = take_turn(scope, key, longest)
    if not mine:
        raise StillRunningError
    try:
        yield
    except Exception:
        db.session.rollback()
        with transaction():
            db.session.execute(delete(IdempotencyRow).where(IdempotencyRow.scope == scope, IdempotencyRow.key == key))
        raise


def forget_old() -> None:
    """Drop keys older than a day."""
    with transaction():
        db.session.execute(delete(IdempotencyRow).where(IdempotencyRow.claimed_at < clock.now() - KEPT))
