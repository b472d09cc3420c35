"""The second step of a sign-in: a code of an authenticator app or a recovery code, each of them good once."""

import secrets

from sqlalchemy import delete, func, select, update

from app.core import clock, keys, sealing
from app.core.db import db
from app.core.errors import Refusal
from app.core.events import emit
from app.users import totp
from app.users.audit import audit
from app.users.events import AccountChanged, Change
from app.users.models import Membership, RecoveryCode, User
from app.users.rights import SECURED_ROLES

RECOVERY_CODES = 10
LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"  # none that is read as another
LENGTH = 12


def enrol(user_id: int, secret: str, typed: str) -> tuple[str, ...]:
    """Ask for the app's codes from now on, in the open unit of work; gives recovery codes, which are shown only now.

    `typed` proves that the app has the secret. Raises Refusal `wrong_code`.
    """
    plain = _plain(typed)
    step = totp.step_of(secret, plain, clock.now(), after=0) if secret and plain.isascii() else None
    if step is None:
        raise wrong()
    user = db.session.get_one(User, user_id)
    user.totp_secret, user.totp_step = sealed(user_id, secret), step
    audit(user_id, "second_step_on", f"user:{user_id}")
    emit(AccountChanged(user_id, Change.SECOND_STEP_ON.value))
    return renew_recovery(user_id)


def renew_recovery(user_id: int) -> tuple[str, ...]:
    """Ten new recovery codes in place of the old ones, in the open unit of work. They are shown only now."""
    codes = tuple("".join(secrets.choice(LETTERS) for _ in range(LENGTH)) for _ in range(RECOVERY_CODES))
    db.session.execute(delete(RecoveryCode).where(RecoveryCode.user_id == user_id))
    db.session.add_all(RecoveryCode(user_id=user_id, code_hash=keys.derive(_name(user_id, code))) for code in codes)
    db.session.flush()
    return tuple(f"{code[:4]}-{code[4:8]}-{code[8:]}" for code in codes)


def recovery_left(user_id: int) -> int:
    """How many recovery codes somebody still has."""
    return db.session.scalar(select(func.count()).where(RecoveryCode.user_id == user_id)) or 0


def passes(user_id: int, typed: str) -> bool:
    """Whether what was typed is a code of the app or a recovery code; uses it up, in the open unit of work."""
    plain = _plain(typed)
    row = db.session.execute(select(User.totp_secret, User.totp_step).where(User.id == user_id)).one()
    if row.totp_secret is None or not plain.isascii():
        return False
    secret = sealing.unseal(_app(user_id), row.totp_secret)  # none, where its key was dropped: a recovery code helps
    step = totp.step_of(secret, plain, clock.now(), after=row.totp_step) if secret else None
    if step is None:
        return _use_recovery(user_id, plain)
    taken = update(User).where(User.id == user_id, User.totp_step < step).values(totp_step=step).returning(User.id)
    return db.session.scalar(taken) is not None


def _use_recovery(user_id: int, plain: str) -> bool:
    kept = db.session.execute(
        select(RecoveryCode.id, RecoveryCode.code_hash).where(RecoveryCode.user_id == user_id)
    ).all()
    found = next((row.id for row in kept if keys.opens(_name(user_id, plain), row.code_hash)), None)
    used = delete(RecoveryCode).where(RecoveryCode.id == found).returning(RecoveryCode.id)
    if found is None or db.session.scalar(used) is None:
        return False
    audit(user_id, "recovery_code_used", f"user:{user_id}")
    return True


def drop(user_id: int) -> None:
    """Ask for no second step any more, in the open unit of work.

    Raises Refusal `second_step_needed` where a role of theirs wants it.
    """
    roles = db.session.scalars(select(Membership.role).where(Membership.user_id == user_id))
    if SECURED_ROLES.intersection(roles):
        raise Refusal("second_step_needed", "Your role needs the second step. It cannot be turned off.", status=409)
    forget(user_id)
    audit(user_id, "second_step_off", f"user:{user_id}")


def forget(user_id: int) -> None:
    """Know somebody's app and recovery codes no more, in the open unit of work, and tell them; the caller says why."""
    db.session.get_one(User, user_id).totp_secret = None
    db.session.execute(delete(RecoveryCode).where(RecoveryCode.user_id == user_id))
    emit(AccountChanged(user_id, Change.SECOND_STEP_OFF.value))


def sealed(user_id: int, secret: str) -> str:
    """What is kept of the secret that somebody's app has."""
    return sealing.seal(_app(user_id), secret)


def seal_anew() -> tuple[int, int]:
    """Seal every app's secret with today's key, in the open unit of work, so that older keys can be dropped.

    Gives how many there are, and how many of them no key opens any more: those people set up a new one.
    """
    kept = db.session.execute(select(User.id, User.totp_secret).where(User.totp_secret.is_not(None))).all()
    opened = {row.id: sealing.unseal(_app(row.id), row.totp_secret or "") for row in kept}
    for user_id, secret in opened.items():
        if secret is not None:
            values = {"totp_secret": sealed(user_id, secret)}
            db.session.execute(update(User).where(User.id == user_id).values(**values))
    return len(opened), sum(secret is None for secret in opened.values())


def wrong() -> Refusal:
    """What is said of a code that is not the app's, or was used before."""
    return Refusal("wrong_code", "That code is not right. Wait for the next one and type it in.", field="code")


def _plain(typed: str) -> str:
    return "".join(letter for letter in typed[:100].lower() if letter.isalnum())


def _app(user_id: int) -> str:
    return f"totp:{user_id}"


def _name(user_id: int, code: str) -> str:
    return f"recovery:{user_id}:{code}"
