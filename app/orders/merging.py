"""A customer's cart comes home: what a guest had chosen joins what their account still holds, and nothing is lost."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select, update

from app.core.db import db
from app.orders import cart
from app.orders.heads import hold
from app.orders.models import Cart, CartLine
from app.orders.wishes import MOST_CODES


@dataclass(frozen=True, slots=True)
class Home:
    """The cart that is the customer's now, if there is one, and how many items are kept beside it for want of room."""

    cart_id: int | None
    set_aside: int = 0


def bring_home(user_id: int, guest_id: int | None) -> Home:
    """Make a guest's open cart a customer's own, in the open unit of work.

    Where they have one already, its lines join that one, equal ones in one line. Place, time and picked deal are the
    guest's, who chose last, and so are the first of the codes, of which those of both stay as far as a cart keeps them.
    What is past the limits of an order is a removed line, which can be brought back.
    """
    own = db.session.scalar(
        select(Cart)
        .where(Cart.user_id == user_id, Cart.status == "open")
        .order_by(Cart.id.desc())
        .limit(1)
        .with_for_update()  # a checkout in another browser waits, or was first and this is no open cart any more
    )
    guest = _closed_guest(guest_id) if own is not None and own.id != guest_id else None
    if own is None:
        return Home(_adopt(user_id, guest_id))
    if guest is None:
        return Home(own.id)
    _take_wishes(own, guest)
    set_aside = _join(own, guest)
    hold(own.id)
    return Home(own.id, set_aside)


def _adopt(user_id: int, guest_id: int | None) -> int | None:
    mine = (Cart.id == guest_id, Cart.status == "open", Cart.user_id.is_(None))
    return db.session.scalar(update(Cart).where(*mine).values(user_id=user_id).returning(Cart.id))


def _closed_guest(guest_id: int | None) -> Cart | None:
    """A guest's cart, closed by whoever comes first: a form sent twice joins it once. Nobody else's cart is taken."""
    mine = (Cart.id == guest_id, Cart.status == "open", Cart.user_id.is_(None))
    closed = update(Cart).where(*mine).values(status="joined").returning(Cart.id)
    if guest_id is None or db.session.scalar(closed) is None:
        return None
    return db.session.get_one(Cart, guest_id, populate_existing=True)


def _take_wishes(own: Cart, guest: Cart) -> None:
    if guest.method is not None:
        own.method, own.store_id, own.wanted_at = guest.method, guest.store_id, guest.wanted_at
        own.street, own.unit, own.city, own.zip = guest.street, guest.unit, guest.city, guest.zip
    codes = list(dict.fromkeys((*guest.codes.split(), *own.codes.split())))[:MOST_CODES]
    pinned = guest.pinned_code or own.pinned_code
    own.codes, own.pinned_code = " ".join(codes), pinned if pinned in codes else ""
    own.deal_id = guest.deal_id or own.deal_id


def _join(own: Cart, guest: Cart) -> int:
    """Move the guest's lines over; gives how many items had no room."""
    kept, brought = _lines(own.id), _lines(guest.id)
    filled = {line.deal_id for line in brought if line.deal_id is not None}
    for line in kept:
        if line.deal_id in filled:  # a bundle has each place once: the guest's is the one being filled
            line.deal_id = line.slot = None
    taken = set(db.session.scalars(select(CartLine.idem).where(CartLine.cart_id == own.id)))  # of removed lines, too
    catalogue = cart.catalogue_of(own)
    room = catalogue.most_units - sum(line.quantity for line in kept)
    set_aside = 0
    for line in brought:
        line.cart_id, line.idem = own.id, None if line.idem in taken else line.idem
        if line.quantity > room:
            line.removed = True
            set_aside += line.quantity
            continue
        room -= line.quantity
        _add_up(kept, line, most=catalogue.most_of_a_line)
    return set_aside


def _add_up(kept: Sequence[CartLine], line: CartLine, *, most: int) -> None:
    same = next((one for one in kept if _alike(one) == _alike(line) and one.quantity + line.quantity <= most), None)
    if same is not None:
        same.quantity += line.quantity
        db.session.delete(line)


def _alike(line: CartLine) -> tuple[Any, ...]:
    return line.selection, line.deal_id, line.slot


def _lines(cart_id: int) -> Sequence[CartLine]:
    lines = select(CartLine).where(CartLine.cart_id == cart_id, CartLine.removed.is_(False)).order_by(CartLine.id)
    return db.session.scalars(lines.execution_options(populate_existing=True)).all()
