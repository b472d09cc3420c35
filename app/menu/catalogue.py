"""A store's menu as one frozen value, remembered in this process under its version."""

from datetime import timedelta

from sqlalchemy import bindparam, select

from app.core import clock
from app.core.cache import Memory
from app.core.db import after_commit, db, in_transaction, sent_one
from app.core.errors import NotFound
from app.menu import loading, models
from app.menu.values import Catalogue

_edition_of = models.StoreMenu.__table__.c
VERSION = select(_edition_of.version).where(_edition_of.store_id == bindparam("store"))
MARK = "menus_changed_in"
latest: Memory[int, Catalogue] = Memory(most=64, age=timedelta(seconds=1))
editions: Memory[tuple[int, int], Catalogue] = Memory(most=64, age=timedelta(minutes=1))


def catalogue(store_id: int) -> Catalogue:
    """A store's menu, at most a second old: for pages and carts. Raises NotFound."""
    if _changing():
        return loading.read(store_id, _version(store_id))
    return latest.get(store_id, lambda: _edition(store_id, _version(store_id)))


def load(store_id: int) -> Catalogue:
    """A store's menu as it is this moment, its version asked anew: for placing an order. Raises NotFound."""
    version = _version(store_id)
    if _changing():
        return loading.read(store_id, version)
    found = _edition(store_id, version)
    latest.put(store_id, found)  # whoever was just refused for a change sees it on the page that says so
    return found


def changed() -> None:
    """Say in the open unit of work that it changes menus: it sees them as they will be, others once it is committed."""
    info = db.session().info
    info[MARK] = info.get("hooks")
    latest.clear()
    after_commit(latest.clear)


def _changing() -> bool:
    # What the open unit of work wrote may still be rolled back, and its version be given to another change.
    if not in_transaction():
        return False
    info = db.session().info
    return info.get(MARK) is info["hooks"]


def _version(store_id: int) -> int:
    row = sent_one(VERSION, {"store": store_id})
    if row is None:
        raise NotFound("We could not find that store's menu.")
    version: int = row.version
    return version


def _edition(store_id: int, version: int) -> Catalogue:
    # The version was asked before the tables: a change in between is at worst loaded twice.
    found = editions.get((store_id, version), lambda: loading.read(store_id, version))
    if found.until is not None and found.until <= clock.now():
        found = loading.read(store_id, version)
        editions.put((store_id, version), found)
    return found
