"""The keys of orders and carts: 128 unguessable bits for whoever holds an address or a form (docs/decisions/0004)."""

import base64
import hashlib
import hmac

from app.core.settings import settings

BYTES = 16


def tracking_key(order_id: int) -> str:
    """The key in an order's address. Derived from our secret, so that it is never stored."""
    return _derive(settings().secret_key, f"order:{order_id}")


def opens(order_id: int, key: str) -> bool:
    """Whether a key is the order's, also under a secret that was rotated away."""
    return _opens(f"order:{order_id}", key)


def cart_key(cart_id: int) -> str:
    """The key in a checkout's form, for the browser that comes back without its cookie."""
    return _derive(settings().secret_key, f"cart:{cart_id}")


def opens_cart(cart_id: int, key: str) -> bool:
    """Whether a key is the cart's, also under a secret that was rotated away."""
    return _opens(f"cart:{cart_id}", key)


def _opens(name: str, key: str) -> bool:
    secrets = (settings().secret_key, *settings().secret_key_fallbacks)
    return any(hmac.compare_digest(_derive(secret, name), key) for secret in secrets)


def _derive(secret: str, name: str) -> str:
    digest = hmac.new(secret.encode(), name.encode(), hashlib.sha256).digest()
    return base64.b32encode(digest[:BYTES]).decode().rstrip("=").lower()
