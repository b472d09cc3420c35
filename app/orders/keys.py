"""The keys of orders and carts: for whoever holds an address or a form (docs/decisions/0004), and to find a name by."""

import unicodedata

from app.core import keys


def tracking_key(order_id: int) -> str:
    """The key in an order's address. Derived from our secret, so that it is never stored."""
    return keys.derive(f"order:{order_id}")


def opens(order_id: int, key: str) -> bool:
    """Whether a key is the order's, also under a secret that was rotated away."""
    return keys.opens(f"order:{order_id}", key)


def cart_key(cart_id: int) -> str:
    """The key in the forms of a cart and its checkout, for the browser that comes back without its cookie."""
    return keys.derive(f"cart:{cart_id}")


def opens_cart(cart_id: int, key: str) -> bool:
    """Whether a key is the cart's, also under a secret that was rotated away."""
    return keys.opens(f"cart:{cart_id}", key)


def name_key(name: str) -> str:
    """A name as it is looked for: small letters without accents, one blank between words."""
    plain = unicodedata.normalize("NFKD", " ".join(name.casefold().split()))
    return "".join(letter for letter in plain if not unicodedata.combining(letter))[:80]
