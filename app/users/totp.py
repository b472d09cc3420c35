"""Codes of an authenticator app, pure: time-based one-time passwords (RFC 6238), six digits, thirty seconds, SHA-1."""

import base64
import hashlib
import hmac
import secrets
from datetime import datetime
from urllib.parse import quote

SECONDS = 30
DIGITS = 6
SECRET_BYTES = 20
ISSUER = "Hot Corner"


def new_secret() -> str:
    """A secret to share with an app, as the 32 letters and digits that people can type."""
    return base64.b32encode(secrets.token_bytes(SECRET_BYTES)).decode()


def address(secret: str, email: str) -> str:
    """What an app reads from the picture: whose account it is, and the secret."""
    return f"otpauth://totp/{quote(ISSUER)}:{quote(email)}?secret={secret}&issuer={quote(ISSUER)}"


def step_at(moment: datetime) -> int:
    """The number of the half minute that a moment is in."""
    return int(moment.timestamp()) // SECONDS


def code(secret: str, step: int, digits: int = DIGITS) -> str:
    """The code of one half minute (RFC 4226, section 5.3)."""
    digest = hmac.new(base64.b32decode(secret), step.to_bytes(8, "big"), hashlib.sha1).digest()
    start = digest[-1] & 0xF
    number = int.from_bytes(digest[start : start + 4], "big") & 0x7FFFFFFF
    return f"{number % 10**digits:0{digits}}"


def step_of(secret: str, typed: str, moment: datetime, *, after: int) -> int | None:
    """The half minute whose code was typed: this one, the one before or the next, if it comes `after` the last used."""
    now = step_at(moment)
    steps = range(max(now - 1, after + 1), now + 2)
    return next((step for step in steps if hmac.compare_digest(code(secret, step).encode(), typed.encode())), None)
