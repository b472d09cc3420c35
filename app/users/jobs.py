"""What the users domain does by itself: mails about accounts, and an end for what is over."""

from app.core.db import db, transaction
from app.core.mail import Mail, send, write
from app.core.settings import settings
from app.users import accounts, codes, sessions
from app.users.codes import Code, Purpose
from app.users.events import AccountChanged, CodeAsked, EmailChanged
from app.users.models import MailCode, User


def mail_code(event: CodeAsked) -> None:
    """Send a code to its mailbox; or, where it could do nothing, say why. Nothing when it is over."""
    code = codes.waiting(event.code_id)
    if code is not None:
        send(_about(code))


def _about(code: Code) -> Mail:
    opens = accounts.opens(code.email)
    if code.purpose is Purpose.NEW_EMAIL and opens is not None:
        return write(code.email, "address_taken")
    if opens is False or (opens is None and code.purpose in {Purpose.SIGN_IN, Purpose.RESET}):
        return write(code.email, "no_account")
    key = codes.key(code.id)
    link = f"{settings().base_url}/code/{key}"
    words = {"purpose": code.purpose.value, "known": bool(opens), "digits": codes.digits(code.id), "carry": code.carry}
    return write(code.email, "code", link=link, **words)


def mail_change(event: AccountChanged) -> None:
    """Tell somebody that the way into their account was changed."""
    user = db.session.get(User, event.user_id)
    if user is not None and user.erased_at is None:
        send(write(user.email, "account_changed", name=user.name, what=event.what))


def mail_old_address(event: EmailChanged) -> None:
    """Tell the address that an account had that it has another one now."""
    row = db.session.get(MailCode, event.code_id)
    if row is not None:
        send(write(row.carry["old"], "email_changed", email=row.email))


def forget_codes() -> None:
    """Drop codes of the day before, in a unit of work of its own."""
    with transaction():
        codes.forget_old()


def forget_sessions() -> None:
    """Drop sessions that are over, in a unit of work of its own."""
    with transaction():
        sessions.forget_old()
