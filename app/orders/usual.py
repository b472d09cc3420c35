"""What a customer orders again and again: of their last ten orders what came most often, of equals the latest.

They may call it something else, or have it offered no more: then what comes next is.
"""

import hashlib
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from itertools import groupby

from sqlalchemy import select, update

from app.core.cache import Memory
from app.core.db import db, insert_new
from app.core.errors import Conflict
from app.menu.service import Catalogue
from app.orders import cart
from app.orders.models import Habit, Order, OrderUnit
from app.orders.reordering import today
from app.orders.status import DEAD, OrderStatus

LAST = 10
LONGEST_NAME = 40


@dataclass(frozen=True, slots=True)
class Usual:
    """An order that stands for what somebody usually has, how often it came, and its things: selections and numbers.

    `key` is the same for the same content, `name` what they call it; empty where they call it nothing.
    """

    order_id: int
    times: int
    things: tuple[tuple[dict[str, object], int], ...]
    key: str
    name: str = ""


@dataclass(frozen=True, slots=True)
class Offered:
    """The usual as a store has it now: its names, what it costs at list price in cents, whether all of it is there."""

    order_id: int
    times: int
    names: tuple[str, ...]
    cents: int
    whole: bool
    name: str = ""


# A home page asks it of every customer; what they order meanwhile elsewhere may be known a minute later. The words are
# a browser's mark of what it changed, so that it sees that at once, whichever process it asks.
usuals: Memory[tuple[int, str], Usual | None] = Memory(most=5_000, age=timedelta(minutes=1))


def of(user_id: int, mark: str = "") -> Usual | None:
    """What a customer usually has; None before their first order that came about. Three queries, once a minute."""
    return usuals.get((user_id, mark), lambda: find(user_id))


def find(user_id: int) -> Usual | None:
    """The same, asked anew."""
    alive = Order.status.not_in([*DEAD, OrderStatus.PENDING_PAYMENT])
    newest = select(Order.id).where(Order.account_id == user_id, alive).order_by(Order.id.desc()).limit(LAST)
    ids = db.session.scalars(newest).all()
    if not ids:
        return None
    rows = select(OrderUnit.order_id, OrderUnit.selection).where(OrderUnit.order_id.in_(ids))
    ordered = db.session.execute(rows.order_by(OrderUnit.order_id, OrderUnit.id)).all()
    held = {key: [row.selection for row in same] for key, same in groupby(ordered, key=lambda row: row.order_id)}
    contents = {order_id: _content(held[order_id]) for order_id in ids}
    often, said = Counter(contents.values()), _said(user_id)
    hidden = {key for key, row in said.items() if row.hidden}
    offered = [order_id for order_id in ids if contents[order_id] not in hidden]
    chosen = max(offered, key=lambda order_id: (often[contents[order_id]], order_id), default=ids[0])
    key = contents[chosen]
    if chosen not in offered or (often[key] == 1 and chosen != ids[0]):
        return None
    return Usual(chosen, often[key], _things(held[chosen]), key, said[key].name if key in said else "")


def _said(user_id: int) -> dict[str, Habit]:
    rows = select(Habit).where(Habit.user_id == user_id).execution_options(populate_existing=True)
    return {row.key: row for row in db.session.scalars(rows)}


def call(user_id: int, key: str, name: str) -> None:
    """Call somebody's usual by a name of their own, in the open unit of work; an empty one takes it back.

    Raises Conflict `usual_changed` when it is something else by now.
    """
    _write(user_id, key, name=name)


def hide(user_id: int, key: str) -> None:
    """Offer somebody's usual no more, in the open unit of work. Raises Conflict `usual_changed`."""
    _write(user_id, key, hidden=True)


def _write(user_id: int, key: str, **values: object) -> None:
    found = find(user_id)
    if found is None or found.key != key:
        raise Conflict("usual_changed", "What you usually have is something else by now. Here it is.")
    insert_new(Habit, user_id=user_id, key=key, name="", hidden=False)
    mine = (Habit.user_id == user_id, Habit.key == key)
    db.session.execute(update(Habit).where(*mine).values(**values))


def show_all(user_id: int) -> None:
    """Offer again what somebody had taken off, in the open unit of work."""
    db.session.execute(update(Habit).where(Habit.user_id == user_id).values(hidden=False))


def hides(user_id: int) -> bool:
    """Whether somebody has taken anything off."""
    one = select(Habit.key).where(Habit.user_id == user_id, Habit.hidden).limit(1)
    return db.session.scalar(one) is not None


def _content(selections: Iterable[dict[str, object]]) -> str:
    """A mark of what an order holds, whatever the order of its lines; a note to the kitchen makes it nothing else."""
    held = Counter(repr(sorted({**one, "note": ""}.items())) for one in selections)
    return hashlib.sha256(repr(sorted(held.items())).encode()).hexdigest()


def _things(selections: list[dict[str, object]]) -> tuple[tuple[dict[str, object], int], ...]:
    numbers = Counter(map(repr, selections))
    return tuple((one, numbers[repr(one)]) for n, one in enumerate(selections) if one not in selections[:n])


def offered(usual: Usual, catalogue: Catalogue) -> Offered | None:
    """The usual on a store's menu of this moment, without a query; None where the store makes nothing of it."""
    made = [(today(catalogue, cart.unpacked(selection)), number) for selection, number in usual.things]
    there = [(choice, words, number) for (choice, words), number in made if choice is not None]
    if not there:
        return None
    names = tuple(f"{number} × {choice.name}" if number > 1 else choice.name for choice, _, number in there)
    cents = sum(choice.unit_cents * number for choice, _, number in there)
    whole = len(there) == len(made) and not any(words for _, words, _ in there)
    return Offered(usual.order_id, usual.times, names, cents, whole, usual.name)
