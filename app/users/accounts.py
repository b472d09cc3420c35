"""Accounts: made, entered, changed. What a mailbox has to confirm goes by a code; whatever is wrong, by one answer."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select, update

from app.core import clock
from app.core.db import db, insert_new
from app.core.errors import Refusal
from app.core.events import emit
from app.users import codes, passwords, phones, sessions
from app.users.audit import audit
from app.users.codes import Code, Purpose
from app.users.events import AccountChanged, Change, EmailChanged
from app.users.models import User


@dataclass(frozen=True, slots=True)
class Entry:
    """The token of a session that has just begun; `halfway` when it waits for its second step."""

    token: str
    halfway: bool


@dataclass(frozen=True, slots=True)
class Account:
    """What somebody sees of their own account."""

    user_id: int
    name: str
    email: str
    verified_at: datetime | None
    has_password: bool
    secured: bool
    phone: str
    news: bool


def account(user_id: int) -> Account:
    """Somebody's account. There is one for everybody who is signed in."""
    row = db.session.get_one(User, user_id, populate_existing=True)
    secured = row.totp_secret is not None
    has_password = row.password_hash is not None
    return Account(
        row.id, row.name, row.email, row.verified_at, has_password, secured, row.phone or "", row.news_since is not None
    )


def change_profile(user_id: int, name: str, phone: str) -> None:
    """Write down what somebody is called and where they may be called, in the open unit of work; no phone is empty.

    Raises Refusal `bad_phone`.
    """
    row = db.session.get_one(User, user_id)
    row.name, row.phone = name, phones.number_of(phone) if phone else None


def choose_news(user_id: int, *, wanted: bool) -> None:
    """Note whether somebody agrees to mails about deals, and since when, in the open unit of work."""
    row = db.session.get_one(User, user_id)
    if wanted is (row.news_since is not None):
        return
    row.news_since = clock.now() if wanted else None
    audit(user_id, "news.on" if wanted else "news.off", f"user:{user_id}")


def mailbox(text: str) -> str:
    """An address as accounts are known by it."""
    return text.strip().lower()


def opens(email: str) -> bool | None:
    """Whether the account of an address may be entered; None where it has none. For mails only: no page may tell."""
    user = _by_email(email)
    return None if user is None else not user.disabled


def sign_in(email: str, password: str, browser: str = "") -> Entry:
    """Begin a session, in the open unit of work. Raises Refusal `wrong_sign_in`, the same for every reason."""
    user = _by_email(mailbox(email))
    right = passwords.matches(user.password_hash if user else None, password)
    if not right or user is None or user.disabled:
        raise Refusal(
            "wrong_sign_in", "That email and password do not go together. Please try again.", field="password"
        )
    if user.password_hash and passwords.stale(user.password_hash):
        user.password_hash = passwords.hashed(password)
    return _enter(user, browser)


def _by_email(email: str) -> User | None:
    if "\0" in email:  # PostgreSQL does not even look for it
        return None
    return db.session.scalar(select(User).where(User.email == email))


def _enter(user: User, browser: str) -> Entry:
    halfway = user.totp_secret is not None
    return Entry(sessions.begin(user.id, browser, halfway=halfway), halfway)


def ask_to_register(email: str, name: str, password: str = "", phone: str = "") -> int:
    """Have a code sent with which an account comes to be; gives the code's number. Password and phone may be left out.

    The same for an address that has one already: its owner is told so by mail. Raises Refusal `weak_password`.
    """
    if password:
        passwords.check(password, email, name)
    kept = passwords.hashed(password) if password else ""
    return codes.ask(Purpose.REGISTER, mailbox(email), name=name, password_hash=kept, phone=phone)


def enter_by(code: Code, browser: str = "", *, asked_here: bool = True) -> Entry:
    """Begin a session with a code that came back, in the open unit of work; one to register makes the account first.

    Not `asked_here`, a new account has no password: whoever typed it may be somebody else than the mailbox's owner.
    Raises Refusal `code_over` when nobody, or nobody who may, has that mailbox.
    """
    if code.purpose is Purpose.REGISTER:
        _register(code, keep_password=asked_here)
    elif code.purpose is not Purpose.SIGN_IN:
        raise codes.over()
    user = _by_email(code.email)
    if user is None or user.disabled:
        raise codes.over()
    user.verified_at = user.verified_at or clock.now()
    return _enter(user, browser)


def _register(code: Code, *, keep_password: bool) -> None:
    password_hash = code.carry["password_hash"] if keep_password else ""
    phone = code.carry.get("phone") if keep_password else None
    kept = {"name": code.carry["name"], "password_hash": password_hash or None, "phone": phone or None}
    now = clock.now()
    insert_new(User, email=code.email, totp_step=0, disabled=False, verified_at=now, created_at=now, **kept)


def reset_password(code: Code, password: str) -> None:
    """Set a password with a code that came back, and end every session. Raises Refusal `weak_password`, `code_over`."""
    user = _by_email(code.email)
    if code.purpose is not Purpose.RESET or user is None or user.disabled:
        raise codes.over()
    user.verified_at = user.verified_at or clock.now()
    _set_password(user, password)
    sessions.end_all(user.id)


def change_password(user_id: int, password: str, token: str) -> str:
    """Set one's own password and end every other session; gives this one's new token.

    Raises Refusal `weak_password`.
    """
    return change_password_by(user_id, password, sessions.fingerprint(token))


def change_password_by(user_id: int, password: str, token_hash: str) -> str:
    """The same for whoever knows their session by the hash of its token."""
    _set_password(db.session.get_one(User, user_id), password)
    sessions.end_all_but(user_id, token_hash)
    return sessions.renew_by(token_hash)


def _set_password(user: User, password: str) -> None:
    passwords.check(password, user.email, user.name)
    user.password_hash = passwords.hashed(password)
    audit(user.id, "password_changed", f"user:{user.id}")
    emit(AccountChanged(user.id, Change.PASSWORD.value))


def password_is(user_id: int, password: str) -> bool:
    """Whether this is somebody's password."""
    return passwords.matches(db.session.get_one(User, user_id).password_hash, password)


def ask_to_change_email(user_id: int, email: str) -> int:
    """Have a code sent to somebody's new address; gives the code's number. Nothing changes before it comes back."""
    old = db.session.get_one(User, user_id).email
    return codes.ask(Purpose.NEW_EMAIL, mailbox(email), user_id=user_id, old=old)


def change_email(code: Code, token: str) -> str:
    """Give an account the address that a code came back from, and end every other session; gives this one's new token.

    In the open unit of work. Tells EmailChanged.

    Raises Refusal `code_over`; also when somebody else has the address by now, which only its mailbox hears.
    """
    return change_email_by(code, sessions.fingerprint(token))


def change_email_by(code: Code, token_hash: str) -> str:
    """The same for whoever knows their session by the hash of its token."""
    if code.purpose is not Purpose.NEW_EMAIL or code.user_id is None or _by_email(code.email) is not None:
        raise codes.over()
    changed = (
        update(User)
        .where(User.id == code.user_id, User.email == code.carry["old"], User.disabled.is_(False))
        .values(email=code.email, verified_at=clock.now())
        .returning(User.id)
        .execution_options(synchronize_session=False)
    )
    if db.session.scalar(changed) is None:
        raise codes.over()
    audit(code.user_id, "email_changed", f"user:{code.user_id}")
    emit(EmailChanged(code.id))
    sessions.end_all_but(code.user_id, token_hash)
    return sessions.renew_by(token_hash)


def ask_to_confirm(user_id: int) -> int:
    """Have a code sent to somebody's own mailbox, to show that it is them; gives the code's number.

    Raises Refusal 409 `second_step_needed` for whoever has a second step: that alone shows it.
    """
    mine = account(user_id)
    if mine.secured:
        words = "Show it with the code of your authenticator app, or a recovery code. None is mailed."
        raise Refusal("second_step_needed", words, status=409, action="second_step")
    return codes.ask(Purpose.CONFIRM, mine.email, user_id=user_id)
