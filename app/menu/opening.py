"""A menu for stores that are new: the chain's own, until somebody changes it there."""

from collections.abc import Mapping

from sqlalchemy import insert

from app.core.db import db
from app.menu import models


def open_menus(timezones: Mapping[int, str]) -> None:
    """Give stores the chain's menu, each on the clock of its time zone, in the open unit of work."""
    if timezones:
        rows = [{"store_id": store_id, "timezone": zone} for store_id, zone in timezones.items()]
        db.session.execute(insert(models.StoreMenu), rows)
