"""Ordering the same again: what is unlike last time is told, and nothing is dropped without a word."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import groupby

from sqlalchemy import select, update

from app.core.db import db
from app.core.errors import NotFound, Refusal
from app.menu import mending
from app.menu import service as menu
from app.menu.service import Catalogue, Choice, Selection
from app.orders import cart
from app.orders.heads import hold
from app.orders.models import CartLine, Order, OrderUnit
from app.orders.switching import Difference
from app.orders.values import Place
from app.stores import service as stores
from app.stores.service import Method


@dataclass(frozen=True, slots=True)
class Again:
    """A line of a past order today: how many of it come, what it cost then in cents, and what the store makes of it
    now; None, with the words for it, where it cannot.
    """

    number: int
    name: str
    quantity: int
    then_cents: int
    choice: Choice | None
    words: str

    @property
    def cents(self) -> int | None:
        """What the line costs today; None for what there is not."""
        return self.choice.unit_cents * self.quantity if self.choice else None


@dataclass(frozen=True, slots=True)
class Compared:
    """A past order beside today's menu of a store."""

    order_id: int
    store_id: int
    lines: tuple[Again, ...]

    @property
    def differences(self) -> tuple[Difference, ...]:
        """What is unlike then, what is gone first; equal prices and makes are none."""
        unlike = [
            Difference(line.name, line.then_cents, line.cents, line.words)
            for line in self.lines
            if line.words or line.cents != line.then_cents
        ]
        return tuple(sorted(unlike, key=lambda one: one.then_cents is not None))

    @property
    def makes(self) -> tuple[Again, ...]:
        """The lines that the store makes now."""
        return tuple(line for line in self.lines if line.choice)

    @property
    def cents(self) -> int:
        """What they cost today at list price."""
        return sum(line.cents or 0 for line in self.makes)


def compare(order_id: int, store_id: int | None = None) -> Compared:
    """A past order beside the menu of a store, or of its own. Raises NotFound."""
    order = _order(order_id)
    at = store_id if store_id is not None else order.store_id
    return Compared(order_id, at, tuple(_today(menu.catalogue(at), _units([order_id])[order_id])))


def _order(order_id: int) -> Order:
    order = db.session.get(Order, order_id)
    if order is None:
        raise NotFound("We could not find that order.")
    return order


def _units(order_ids: Iterable[int]) -> dict[int, list[OrderUnit]]:
    query = select(OrderUnit).where(OrderUnit.order_id.in_(order_ids)).order_by(OrderUnit.order_id, OrderUnit.id)
    return {key: list(same) for key, same in groupby(db.session.scalars(query), key=lambda unit: unit.order_id)}


def _today(catalogue: Catalogue, units: Iterable[OrderUnit]) -> Iterator[Again]:
    left = catalogue.most_units  # a store may have put its limits lower since
    for number, same in groupby(units, key=lambda unit: unit.line):
        each = list(same)
        choice, words = today(catalogue, cart.unpacked(each[0].selection))
        comes = min(len(each), catalogue.most_of_a_line, left) if choice else 0
        if choice and comes < len(each):
            words = f"{words} {_short(comes, len(each))}".strip()
        left -= comes
        yield Again(number, each[0].name, comes, each[0].list_cents * len(each), choice if comes else None, words)


def _short(comes: int, ordered: int) -> str:
    return f"Only {comes} of {ordered}: one order holds no more here." if comes else "One order holds no more here."


def today(catalogue: Catalogue, selection: Selection) -> tuple[Choice | None, str]:
    """What a store makes now of something, and what is unlike it or stands in its way, in words."""
    try:
        choice, notes = mending.remake(catalogue, selection)
    except Refusal as refusal:
        return None, refusal.message
    return choice, " ".join(notes)


def where(cart_id: int | None, order_id: int) -> Place | None:
    """Where a past order would go now: where the cart goes, or else where it went then, if that still holds."""
    here = cart.place_of(cart.opened(cart_id)) if cart_id is not None else None
    return here or _there(_order(order_id))


def _there(order: Order) -> Place | None:
    """The place of a past order as soon as possible; None where no store takes it there any more."""
    method = Method(order.method)
    place = Place(method, order.store_id, order.street, order.unit, order.city, order.zip)
    try:
        if method is Method.DELIVERY:
            stores.accepts(cart.ask(place, ()))
    except Refusal:
        return None
    return place


def look_ahead(cart_id: int | None, order_id: int) -> Compared:
    """A past order beside the menu of where it would go now. Raises NotFound."""
    place = where(cart_id, order_id)
    return compare(order_id, cart.menu_store(place.store_id if place else None))


def put_back(cart_id: int, order_id: int, *, instead: bool = False) -> Compared:
    """Put a past order into an open cart, in the open unit of work, as far as its store makes it now; gives both.

    Each line comes once, however often this is asked. `instead` takes out what was in the cart, from where it can be
    brought back, so that all of it fits. Raises NotFound, Refusal `nothing_left`; without `instead` `too_many`.
    """
    place, compared = where(cart_id, order_id), look_ahead(cart_id, order_id)
    if not compared.makes:
        raise Refusal("nothing_left", "This store makes nothing of that order right now.")
    if place is not None and cart.place_of(cart.opened(cart_id)) is None:
        cart.go_to(cart_id, place)
    if instead:
        _set_aside(cart_id)
    for line in compared.makes:
        _put(cart_id, compared, line)
    return compared


def key_of(order_id: int, number: int) -> str:
    """By what a line of a past order is known in a cart."""
    return f"again-{order_id}-{number}"


def _set_aside(cart_id: int) -> None:
    held = hold(cart_id)
    there = (CartLine.cart_id == cart_id, CartLine.removed.is_(False))
    db.session.execute(update(CartLine).where(*there).values(removed=True))
    held.count = 0


def _put(cart_id: int, compared: Compared, line: Again) -> None:
    if line.choice is None:
        return
    key = key_of(compared.order_id, line.number)
    there = select(CartLine).where(CartLine.cart_id == cart_id, CartLine.idem == key)
    kept = db.session.scalar(there.execution_options(populate_existing=True))
    if kept is None:
        cart.add(cart_id, line.choice.selection, line.quantity, key)
    elif kept.removed:  # as it was ordered, whatever was made of it in between
        kept.selection, kept.quantity = cart.packed(line.choice.selection), line.quantity
        cart.restore(cart_id, kept.id)


def holds_others(cart_id: int, order_id: int) -> bool:
    """Whether a cart holds anything that did not come from this order."""
    lines = select(CartLine.idem).where(CartLine.cart_id == cart_id, CartLine.removed.is_(False))
    own = f"again-{order_id}-"
    return any(not (idem or "").startswith(own) for idem in db.session.scalars(lines))
