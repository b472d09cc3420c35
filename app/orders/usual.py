"""What a customer orders again and again: of their last ten orders what came most often, of equals the latest."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from itertools import groupby

from sqlalchemy import select

from app.core.cache import Memory
from app.core.db import db
from app.menu.service import Catalogue
from app.orders import cart
from app.orders.models import Order, OrderUnit
from app.orders.reordering import today
from app.orders.status import DEAD, OrderStatus

LAST = 10
Content = frozenset[tuple[str, int]]


@dataclass(frozen=True, slots=True)
class Usual:
    """An order that stands for what somebody usually has, how often it came, and its things: selections and numbers."""

    order_id: int
    times: int
    things: tuple[tuple[dict[str, object], int], ...]


@dataclass(frozen=True, slots=True)
class Offered:
    """The usual as a store has it now: its names, what it costs at list price in cents, whether all of it is there."""

    order_id: int
    times: int
    names: tuple[str, ...]
    cents: int
    whole: bool


# A home page asks it of every customer; what they order meanwhile elsewhere may be known a minute later.
usuals: Memory[int, Usual | None] = Memory(most=5_000, age=timedelta(minutes=1))


def of(user_id: int) -> Usual | None:
    """What a customer usually has; None before their first order that came about. Two queries, once a minute."""
    return usuals.get(user_id, lambda: find(user_id))


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
    often = Counter(contents.values())
    chosen = max(ids, key=lambda order_id: (often[contents[order_id]], order_id))
    return Usual(chosen, often[contents[chosen]], _things(held[chosen]))


def _content(selections: Iterable[dict[str, object]]) -> Content:
    """What an order holds, whatever the order of its lines; a note to the kitchen makes it nothing else."""
    return frozenset(Counter(repr(sorted({**one, "note": ""}.items())) for one in selections).items())


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
    return Offered(usual.order_id, usual.times, names, cents, whole)
