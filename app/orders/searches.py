"""Searches of orders that somebody keeps: a row for each, theirs alone."""

from dataclasses import dataclass

from sqlalchemy import delete, func, select

from app.core.db import db, insert_new
from app.core.errors import NotFound, Refusal
from app.orders.models import SavedSearch

MOST = 20


@dataclass(frozen=True, slots=True)
class Search:
    """A search under its name; `query` is what stands behind the `?` of its address."""

    id: int
    name: str
    query: str


def kept(user_id: int) -> tuple[Search, ...]:
    """What a person keeps, by name."""
    query = select(SavedSearch.id, SavedSearch.name, SavedSearch.query).where(SavedSearch.user_id == user_id)
    return tuple(Search(*row) for row in db.session.execute(query.order_by(SavedSearch.name)))


def keep(user_id: int, name: str, query: str) -> int:
    """Keep a search under a name, in the open unit of work; its number. One of that name is not replaced.

    Raises Refusal `no_name`, `name_taken`, `too_many_searches`.
    """
    if not name:
        raise Refusal("no_name", "Give this search a name.", field="name")
    mine = SavedSearch.user_id == user_id
    if (db.session.scalar(select(func.count()).select_from(SavedSearch).where(mine)) or 0) >= MOST:
        raise Refusal("too_many_searches", f"You keep {MOST} searches. Drop one first.", field="name")
    if not insert_new(SavedSearch, user_id=user_id, name=name, query=query):
        raise Refusal("name_taken", "You have a search of this name. Drop it, or take another name.", field="name")
    return db.session.scalars(select(SavedSearch.id).where(mine, SavedSearch.name == name)).one()


def drop(user_id: int, search_id: int) -> str:
    """Forget a search of a person, in the open unit of work; its name. Raises NotFound for other people's."""
    mine = (SavedSearch.id == search_id, SavedSearch.user_id == user_id)
    gone = db.session.execute(delete(SavedSearch).where(*mine).returning(SavedSearch.name)).first()
    if gone is None:
        raise NotFound("This search is gone already.")
    name: str = gone.name
    return name
