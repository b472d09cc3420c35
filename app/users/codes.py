"""Codes by mail: six digits to type or a key to click, good once, for ten minutes and five tries.

Neither is kept, not even as a hash: both are worked out from our secret and the row (docs/decisions/0028).
"""

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

from sqlalchemy import delete, select, update

from app.core import clock, keys
from app.core.db import db
from app.core.errors import Refusal
from app.core.events import emit
from app.users.events import CodeAsked
from app.users.models import MailCode

LIFE = timedelta(minutes=10)
KEPT = timedelta(days=1)
MOST_TRIES = 5


class Purpose(StrEnum):
    """What a code is for."""

    SIGN_IN = "sign_in"
    REGISTER = "register"
    RESET = "reset"
    NEW_EMAIL = "new_email"
    CONFIRM = "confirm"
    CLAIM = "claim"


@dataclass(frozen=True, slots=True)
class Code:
    """A code that was asked for: for what, at which mailbox, for whom if they were signed in, and what it carries."""

    id: int
    purpose: Purpose
    email: str
    user_id: int | None
    carry: dict[str, str]


def ask(purpose: Purpose, email: str, *, user_id: int | None = None, **carry: str) -> int:
    """Have a code sent to a mailbox, in the open unit of work; gives its number. Tells CodeAsked.

    Nobody looks here whether the mailbox has an account: the mail is written later, and says which it is.
    """
    row = MailCode(purpose=purpose.value, email=email, user_id=user_id, carry=carry, asked_at=clock.now())
    db.session.add(row)
    db.session.flush()
    emit(CodeAsked(row.id))
    return row.id


def digits(code_id: int) -> str:
    """What the mail says to type."""
    return keys.derive_digits(_name(code_id))


def key(code_id: int) -> str:
    """What the mail's link ends in."""
    return f"{code_id}-{keys.derive(_name(code_id))}"


def waiting(code_id: int) -> Code | None:
    """A code that may still be given; None when it was, or is too old, or was tried too often."""
    row = db.session.get(MailCode, code_id, populate_existing=True)
    fresh = row is not None and row.used_at is None and row.tries < MOST_TRIES and row.asked_at > clock.now() - LIFE
    return _code(row) if row is not None and fresh else None


def by_key(text: str) -> Code | None:
    """The code that a link's end belongs to, while it may be given."""
    number, _, given = text.partition("-")
    if not (number.isascii() and number.isdigit() and len(number) < 10 and given.isascii()):
        return None
    return waiting(int(number)) if keys.opens(_name(int(number)), given) else None


def give(code_id: int, typed: str) -> Code | None:
    """Give a code by its digits, in the open unit of work; None when they are wrong, which counts as a try.

    The caller commits either way. Raises Refusal `code_over` when it may not be given any more.
    """
    now = clock.now()
    counted = (
        update(MailCode)
        .where(MailCode.id == code_id, MailCode.used_at.is_(None), MailCode.tries < MOST_TRIES)
        .where(MailCode.asked_at > now - LIFE)
        .values(tries=MailCode.tries + 1)
        .returning(MailCode.id)
    )
    if db.session.scalar(counted) is None:
        raise over()
    plain = "".join(letter for letter in typed if letter.isalnum())
    return use(code_id) if plain.isascii() and keys.digits_open(_name(code_id), plain) else None


def use(code_id: int) -> Code:
    """Use a code up, and with it every other of its kind for the mailbox. Raises Refusal `code_over`."""
    row = db.session.get_one(MailCode, code_id, populate_existing=True)
    same = (MailCode.purpose == row.purpose, MailCode.email == row.email, MailCode.used_at.is_(None))
    used = update(MailCode).where(*same).values(used_at=clock.now()).returning(MailCode.id)
    if code_id not in db.session.scalars(used).all():
        raise over()
    return _code(row)


def over() -> Refusal:
    """What is said of a code that is used up, too old, or was tried too often."""
    return Refusal("code_over", "That code does not work any more. Ask for a new one.", field="code")


def forget_old() -> None:
    """Drop the rows of codes of the day before, in the open unit of work."""
    db.session.execute(delete(MailCode).where(MailCode.asked_at < clock.now() - KEPT))


def _name(code_id: int) -> str:
    # With its moment: after a restored backup the same number is another code.
    asked_at = db.session.scalar(select(MailCode.asked_at).where(MailCode.id == code_id))
    return f"code:{code_id}:{asked_at.isoformat() if asked_at else ''}"


def _code(row: MailCode) -> Code:
    return Code(row.id, Purpose(row.purpose), row.email, row.user_id, dict(row.carry))
