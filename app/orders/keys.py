"""The key of an order: 128 unguessable bits that let whoever holds its address follow it (docs/decisions/0004)."""

import base64
import hashlib
import hmac

from app.core.settings import settings

BYTES = 16


def tracking_key(order_id: int) -> str:
    """The key in an order's address. Derived from our secret, so that it is never stored."""
    return _derive(settings().secret_key, order_id)


def opens(order_id: int, key: str) -> bool:
    """Whether a key is the order's, also under a secret that was rotated away."""
    secrets = (settings().secret_key, *settings().secret_key_fallbacks)
    return any(hmac.compare_digest(_derive(secret, order_id), key) for secret in secrets)


def _derive(secret: str, order_id: int) -> str:
    digest = hmac.new(secret.encode(), f"order:{order_id}".encode(), hashlib.sha256).digest()
    return base64.b32encode(digest[:BYTES]).decode().rstrip("=").lower()
