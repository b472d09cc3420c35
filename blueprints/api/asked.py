"""A store that a call names."""

from app.core.errors import Refusal
from app.stores import service as stores


def store_asked(text: str | None, field: str = "store") -> int | None:
    """The store that was named, if one was. Raises Refusal `invalid` for one that there is not."""
    if text is None:
        return None
    if not stores.several([int(text)]):
        raise Refusal("invalid", "There is no such store.", field=field)
    return int(text)
