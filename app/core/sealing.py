"""Short secrets that the database keeps, and whoever reads it cannot use (docs/decisions/0056).

Sealed under keys that are worked out from ours and from a name, so that no row opens in another one's place. A fresh
nonce makes a pad of one HMAC-SHA-512, no longer than the digest, and a second key proves the whole.
"""

import base64
import binascii
import hashlib
import hmac
import secrets
from collections.abc import Iterator

from app.core import keys

MARK = "1."  # how it is sealed, should there ever be another way
NONCE, PROOF, LONGEST = 16, 16, 64


def seal(name: str, text: str) -> str:
    """What may be kept of a secret of 64 bytes at most: twice its length and a little, other letters each time."""
    plain, nonce = text.encode(), secrets.token_bytes(NONCE)
    if len(plain) > LONGEST:
        raise ValueError("only short secrets are sealed")
    pad, proof = next(_keys(name))
    body = _crossed(plain, pad, nonce)
    return MARK + base64.urlsafe_b64encode(nonce + _proof(proof, nonce + body) + body).decode()


def unseal(name: str, kept: str) -> str | None:
    """The secret, also under a key that was rotated away; None when no key of ours opens it, or it is another's."""
    try:
        raw = base64.urlsafe_b64decode(kept.removeprefix(MARK))
    except (binascii.Error, ValueError):
        return None
    nonce, told, body = raw[:NONCE], raw[NONCE : NONCE + PROOF], raw[NONCE + PROOF :]
    for pad, proof in _keys(name):
        if kept.startswith(MARK) and hmac.compare_digest(_proof(proof, nonce + body), told):
            return _crossed(body, pad, nonce).decode()
    return None


def _keys(name: str) -> Iterator[tuple[bytes, bytes]]:
    return zip(keys.sealing(f"pad:{name}"), keys.sealing(f"proof:{name}"), strict=True)


def _proof(key: bytes, told: bytes) -> bytes:
    return hmac.digest(key, told, hashlib.sha256)[:PROOF]


def _crossed(text: bytes, key: bytes, nonce: bytes) -> bytes:
    return bytes(one ^ other for one, other in zip(text, hmac.digest(key, nonce, hashlib.sha512), strict=False))
