"""Whose carts and orders: a customer's by their account, a guest's by the session that a program holds for them."""

from dataclasses import dataclass
from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, Select, bindparam, select, update

from app.core.db import db
from app.core.glancing import glance
from app.orders import cart
from app.orders.heads import SHOWN, in_short
from app.orders.merging import Home, bring_home
from app.orders.models import Cart, Order
from app.orders.values import CartHead, Contact

# Every call of a program asks for it, as every page does by the cart's number; a checkout, for one that is closed, too.
OPEN = select(*SHOWN).where(Cart.status == "open")
ANY = select(Cart.__table__.c.id)


@dataclass(frozen=True, slots=True)
class Holder:
    """Somebody with a cart: a customer, else a guest by their session."""

    user_id: int | None
    guest: str | None = None


def cart_of(holder: Holder) -> int | None:
    """Their open cart, the newest; None while they have none."""
    query = select(Cart.id).where(_theirs(holder), Cart.status == "open").order_by(Cart.id.desc()).limit(1)
    return db.session.scalar(query)


def head_of(holder: Holder) -> CartHead | None:
    """What their open cart is in short, from one query; None while they have none."""
    row = _newest(OPEN, holder)
    return in_short(row, row.items) if row is not None else None


def open_cart(holder: Holder) -> int:
    """Their open cart, made when there is none, in the open unit of work."""
    found = cart_of(holder)
    guest = holder.guest if holder.user_id is None else None
    return cart.create(user_id=holder.user_id, guest=guest) if found is None else found


def give_to(holder: Holder, cart_id: int) -> None:
    """Make an open cart that was just made theirs alone: what they had open before waits no more."""
    earlier = (Cart.id != cart_id, _theirs(holder), Cart.status == "open")
    db.session.execute(update(Cart).where(*earlier).values(status="left"))
    db.session.execute(update(Cart).where(Cart.id == cart_id).values(user_id=holder.user_id, guest=holder.guest))


def come_home(user_id: int, guest: str | None) -> Home:
    """Bring a guest's cart into a customer's, in the open unit of work, as signing in does."""
    return bring_home(user_id, cart_of(Holder(None, guest)) if guest else None)


def latest_cart(holder: Holder) -> int | None:
    """The cart that they had last, open or ordered: a checkout that is sent again finds its order by it."""
    row = _newest(ANY, holder)
    return row.id if row is not None else None


def _newest(carts: Select[Any], holder: Holder) -> Any:
    by = {"guest": holder.guest} if holder.user_id is None else {"user_id": holder.user_id}
    return glance(_newest_by(carts, *by), by)


@cache
def _newest_by(carts: Select[Any], column: str) -> Select[Any]:
    """Put together once: that costs more than asking."""
    return carts.where(Cart.__table__.c[column] == bindparam(column)).order_by(Cart.__table__.c.id.desc()).limit(1)


def _theirs(holder: Holder) -> ColumnElement[bool]:
    return Cart.user_id == holder.user_id if holder.user_id is not None else Cart.guest == holder.guest


def owns(holder: Holder, order_id: int) -> bool:
    """Whether an order is theirs: of their account, or out of the cart that they filled."""
    query = select(Order.account_id, Cart.guest).join(Cart, Cart.id == Order.cart_id).where(Order.id == order_id)
    row = db.session.execute(query).first()
    if row is None:
        return False
    if holder.user_id is not None:
        return bool(row.account_id == holder.user_id)
    return holder.guest is not None and bool(row.guest == holder.guest)


def orders_of(user_id: int, *, before: int | None = None, most: int = 20) -> tuple[int, ...]:
    """A customer's orders by their numbers, newest first, from below `before` on."""
    query = select(Order.id).where(Order.account_id == user_id).order_by(Order.id.desc()).limit(most)
    return tuple(db.session.scalars(query if before is None else query.where(Order.id < before)))


def orders_of_guest(guest: str, *, most: int = 5) -> tuple[int, ...]:
    """A guest's orders by their numbers, newest first."""
    query = select(Order.id).join(Cart, Cart.id == Order.cart_id).where(Cart.guest == guest)
    return tuple(db.session.scalars(query.order_by(Order.id.desc()).limit(most)))


def latest_contact(user_id: int) -> Contact | None:
    """Who a customer said that they are with their latest order."""
    query = select(Order.name, Order.phone, Order.email).where(Order.account_id == user_id)
    row = db.session.execute(query.order_by(Order.id.desc()).limit(1)).first()
    return Contact(row.name, row.phone, row.email) if row else None
