"""Keys that nobody stores: 128 unguessable bits for a name, worked out from our secret (docs/decisions/0004)."""

import base64
import hashlib
import hmac

from app.core.settings import settings

BYTES = 16


def derive(name: str) -> str:
    """The key of a name, as 26 letters and digits."""
    return _text(_digest(settings().secret_key, name)[:BYTES])


def opens(name: str, key: str) -> bool:
    """Whether a key is the name's, also under a secret that was rotated away."""
    return any(hmac.compare_digest(_text(_digest(secret, name)[:BYTES]), key) for secret in _secrets())


def derive_digits(name: str) -> str:
    """Six digits for a name, for people to type. Whoever takes them in counts the tries."""
    return _digits(settings().secret_key, name)


def digits_open(name: str, digits: str) -> bool:
    """Whether six digits are the name's, also under a secret that was rotated away."""
    return any(hmac.compare_digest(_digits(secret, name), digits) for secret in _secrets())


def signing(name: str) -> dict[str, bytes]:
    """Keys to sign with, by the names that tokens carry of them: today's first, then those that were rotated away."""
    found = (_digest(secret, f"signing:{name}") for secret in _secrets())
    return {hashlib.sha256(key).hexdigest()[:8]: key for key in found}


def sealing(name: str) -> tuple[bytes, ...]:
    """Keys to seal something with: today's first, then those that were rotated away."""
    return tuple(_digest(secret, f"sealing:{name}") for secret in _secrets())


def generation() -> int:
    """Changes when a secret is rotated."""
    return hash(_secrets())


def _secrets() -> tuple[str, ...]:
    return (settings().secret_key, *settings().secret_key_fallbacks)


def _digits(secret: str, name: str) -> str:
    return f"{int.from_bytes(_digest(secret, f'digits:{name}')) % 1_000_000:06}"


def _text(digest: bytes) -> str:
    return base64.b32encode(digest).decode().rstrip("=").lower()


def _digest(secret: str, name: str) -> bytes:
    return hmac.new(secret.encode(), name.encode(), hashlib.sha256).digest()
