"""Passwords: argon2id, any eight characters that are not among the first that everybody tries."""

import unicodedata
from pathlib import Path

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerifyMismatchError

from app.core.errors import Refusal
from app.core.settings import settings
from app.users.breached import leaked

SHORTEST, LONGEST = 8, 128
COMMON = Path(__file__).with_name("common_passwords.txt")
# OWASP's second argon2id profile: a sixth of the default's CPU on a small machine, behind a rate limit.
_hasher = PasswordHasher(time_cost=2, memory_cost=19_456, parallelism=1)
_nobody = "$argon2id$v=19$m=19456,t=2,p=1$c29tZXNhbHRzb21lc2FsdA$K1oq0wT9NdFGUP0sYVVbKMnRWHlYS2bD9bJ7aL0hE0A"


def hashed(password: str) -> str:
    """What is kept of a password."""
    return _hasher.hash(_typed(password))


def matches(kept: str | None, password: str) -> bool:
    """Whether a password is the kept one. None, as for an unknown address, costs the same and matches nothing."""
    try:
        _hasher.verify(kept or _nobody, _typed(password))
    except (VerifyMismatchError, InvalidHashError):
        return False
    return kept is not None


def stale(kept: str) -> bool:
    """Whether a password that was just given should be hashed anew, as it is today."""
    return _hasher.check_needs_rehash(kept)


def check(password: str, *about: str) -> None:
    """Refuse what is guessed first: too short, common, leaked, or one of the words about the person.

    Raises Refusal `weak_password`, its field `password`.
    """
    plain = _typed(password)
    if not SHORTEST <= len(plain) <= LONGEST:
        raise _weak(f"Use between {SHORTEST} and {LONGEST} characters.")
    words = {part for word in about for part in (word.lower(), word.lower().partition("@")[0])} | {"hotcorner"}
    if plain.lower().strip("0123456789!. ") in words or plain.lower() in _common():
        raise _weak("That password is one of the first that somebody would try. Choose another.")
    if (file := settings().breached_passwords) and leaked(Path(file), plain):
        raise _weak("That password has leaked from another site. Choose another.")


def _common() -> frozenset[str]:
    lines = COMMON.read_text(encoding="utf-8").splitlines()
    return frozenset(line for line in lines if not line.startswith("# "))


def _weak(words: str) -> Refusal:
    return Refusal("weak_password", words, field="password")


def _typed(password: str) -> str:
    """The same characters, whichever keyboard they came from."""
    return unicodedata.normalize("NFKC", password[: 4 * LONGEST])
