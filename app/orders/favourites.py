"""Favourites: pizzas that a customer likes just so, under names of their own, to have again from any store."""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select

from app.core import clock
from app.core.db import db, insert_new
from app.core.errors import NotFound, Refusal
from app.menu import service as menu
from app.menu.service import Catalogue, Choice, Look, Selection
from app.orders import cart
from app.orders.models import Favourite, OrderUnit
from app.orders.reordering import today
from app.orders.values import LineView

MOST_FAVOURITES = 30
LONGEST_NAME = 60


@dataclass(frozen=True, slots=True)
class Liked:
    """A favourite at a store: its look, and what is made of it now; None, with the words for it, where nothing is."""

    id: int
    name: str
    selection: Selection
    look: Look
    choice: Choice | None
    words: str


def of(user_id: int, catalogue: Catalogue) -> tuple[Liked, ...]:
    """A customer's favourites as a store has them, the newest first; one query."""
    return tuple(_liked(row, catalogue) for row in _rows(user_id))


def _liked(row: Favourite, catalogue: Catalogue) -> Liked:
    selection = cart.unpacked(row.selection)
    choice, words = today(catalogue, selection)
    return Liked(row.id, row.name, selection, menu.look(catalogue, selection), choice, words)


def one(user_id: int, favourite_id: int, catalogue: Catalogue) -> Liked:
    """One of somebody's own. Raises NotFound."""
    return _liked(_row(user_id, favourite_id), catalogue)


def selection_of_line(cart_id: int, line_id: int) -> Selection:
    """What a line of a cart is, to keep it. Raises NotFound."""
    return cart.line_selection(cart_id, line_id)[0]


def selection_of_unit(order_id: int, number: int) -> Selection:
    """What a line of an order was, to keep it. Raises NotFound."""
    units = select(OrderUnit.selection).where(OrderUnit.order_id == order_id, OrderUnit.line == number)
    kept = db.session.scalar(units.order_by(OrderUnit.id).limit(1))
    if kept is None:
        raise NotFound("That is not in this order.")
    return cart.unpacked(kept)


def keep(user_id: int, selection: Selection, name: str) -> int:
    """Keep something as a favourite, in the open unit of work; what is one already takes the name. Gives its number.

    Raises Refusal `too_many_favourites`.
    """
    packed = cart.packed(selection)
    key = hashlib.sha256(json.dumps(packed, sort_keys=True).encode()).hexdigest()
    rows = _rows(user_id)
    if len(rows) >= MOST_FAVOURITES and key not in {row.key for row in rows}:
        message = f"You can keep {MOST_FAVOURITES} favourites. Remove one to make room."
        raise Refusal("too_many_favourites", message, field="name")
    new = insert_new(Favourite, user_id=user_id, key=key, name=name, selection=packed, kept_at=clock.now())
    same = select(Favourite).where(Favourite.user_id == user_id, Favourite.key == key)
    row = db.session.scalars(same.execution_options(populate_existing=True)).one()
    if not new:
        row.name = name
    return row.id


def rename(user_id: int, favourite_id: int, name: str) -> None:
    """Call one of somebody's own otherwise, in the open unit of work. Raises NotFound."""
    _row(user_id, favourite_id).name = name


def drop(user_id: int, favourite_id: int) -> str:
    """Keep one of somebody's own no longer, in the open unit of work; gives its name. Raises NotFound."""
    row = _row(user_id, favourite_id)
    db.session.delete(row)
    return row.name


def put(cart_id: int, user_id: int, favourite_id: int, idem: str | None = None) -> LineView:
    """Put one of somebody's own into a cart, in the open unit of work, as far as its store makes it.

    Raises NotFound, and what `cart.add` raises, with the words for what is missing.
    """
    row = _row(user_id, favourite_id)
    choice, words = today(cart.catalogue_of(cart.opened(cart_id)), cart.unpacked(row.selection))
    if choice is None:
        raise Refusal("not_here", words)
    return cart.add(cart_id, choice.selection, 1, idem)


def _rows(user_id: int) -> Sequence[Favourite]:
    rows = select(Favourite).where(Favourite.user_id == user_id).order_by(Favourite.id.desc())
    return db.session.scalars(rows.execution_options(populate_existing=True)).all()


def _row(user_id: int, favourite_id: int) -> Favourite:
    row = db.session.get(Favourite, favourite_id)
    if row is None or row.user_id != user_id:
        raise NotFound("That favourite is gone.", code="favourite_gone")
    return row
