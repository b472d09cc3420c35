"""A store's menu as it would be, without changing it."""

from collections.abc import Callable

from app.core.db import db
from app.menu import loading
from app.menu.values import Catalogue


def previewed(write: Callable[[], object], store_id: int) -> Catalogue:
    """A store's menu as it would be after `write`, in the open unit of work, which then is as it was before."""
    with db.session.begin_nested() as nested:
        write()
        seen = loading.read(store_id, 0)
        nested.rollback()
    db.session.expire_all()
    return seen
