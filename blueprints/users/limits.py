"""How often sign-ins and codes may be tried: by whom they are about, and by where they come from."""

from collections.abc import Mapping

from email_validator import EmailNotValidError, validate_email
from flask import g, request
from werkzeug.exceptions import HTTPException

from app.core import keys
from app.users import service as users
from blueprints import who
from blueprints.api import callers
from blueprints.errors import API
from blueprints.gateway import limiter
from blueprints.users import entering


def mailbox() -> str:
    """What tries are counted by for the mailbox that was sent: a mark of it, as Redis need not know it. Pages and
    programs share it, however they spell it. Never raises, or the limiter would take it for a Redis that is away.
    """
    try:
        said = request.get_json(silent=True, force=True) if request.path.startswith(API) else request.form
    except HTTPException:  # more than is read: the view says so
        said = None
    sent = str(said.get("email", "")) if isinstance(said, Mapping) else ""
    return f"account:{keys.derive('limit:' + _kept(sent.encode(errors='replace').decode().strip()[:254]))}"


def _kept(sent: str) -> str:
    try:
        return users.mailbox(validate_email(sent, check_deliverability=False).normalized)
    except EmailNotValidError:
        return users.mailbox(sent)


def _halfway() -> str:
    return f"person:{users.halfway(entering.halfway()) or 0}"


def _at_the_step() -> str:
    return f"person:{g.steps_of}"


def _person() -> str:
    if request.path.startswith(API):
        return callers.counted_as()
    found = who.person()
    return f"person:{found.user_id if found else 0}"


by_address = limiter.limit("20/minute")
sign_ins = limiter.shared_limit("5/minute", "sign_ins", key_func=mailbox)
# A code has five tries, so this many codes a day leave nobody who guesses a chance.
mailbox_codes = limiter.shared_limit("5/minute;20/day", "codes", key_func=mailbox)
own_codes = limiter.shared_limit("5/minute;20/day", "own_codes", key_func=_person)
steps = limiter.shared_limit("5/minute;30/hour", "proofs", key_func=_halfway)
proofs = limiter.shared_limit("5/minute;30/hour", "proofs", key_func=_person)
_calls_steps = limiter.shared_limit("5/minute;30/hour", "proofs", key_func=_at_the_step)


def count_step(user_id: int) -> None:
    """Count a try of a second step for which a program has shown the rest already. Raises RateLimitExceeded."""
    g.steps_of = user_id
    with _calls_steps:
        pass
