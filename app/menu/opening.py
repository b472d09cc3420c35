"""A menu for stores that are new: the chain's own, until somebody changes it there."""

from collections.abc import Sequence

from sqlalchemy import insert

from app.core.db import db
from app.menu import models


def open_menus(store_ids: Sequence[int]) -> None:
    """Give stores the chain's menu, in the open unit of work."""
    if store_ids:
        db.session.execute(insert(models.StoreMenu), [{"store_id": store_id} for store_id in store_ids])
