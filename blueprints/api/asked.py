"""A store that a call names."""

from app.core.errors import NotFound, Refusal
from app.stores import service as stores


def store_asked(text: str | None, field: str = "store") -> int | None:
    """The store that was named, if one was. Raises Refusal `invalid` for one that there is not."""
    if text is None:
        return None
    try:
        return stores.store(int(text)).id
    except NotFound:
        raise Refusal("invalid", "There is no such store.", field=field) from None
