"""What the orders domain knows about somebody: told, and erased when they ask or when it is too old (decision 42)."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import timedelta
from typing import Any

from sqlalchemy import Select, delete, func, select, update

from app.core import clock
from app.core.db import atomically, db
from app.core.events import PersonErased, emit
from app.orders import letters, retiming, service
from app.orders.events import OrdersErased
from app.orders.models import Cart, CartLine, Favourite, Habit, Order, OrderEvent, OrderLetter, OrderUnit, SavedSearch
from app.orders.status import DEAD, OrderStatus
from app.orders.values import OrderView
from app.promotions import service as promotions

ORDERS_KEPT, CARTS_KEPT = timedelta(days=90), timedelta(days=30)
BATCH = 200
OVER = (*DEAD, OrderStatus.COMPLETED)
GONE = "Erased"
NOBODY = dict.fromkeys(("phone", "email", "email_key", "name_key", "street", "unit", "city", "zip", "note"), "") | {
    "name": GONE
}
NOWHERE = dict.fromkeys(("street", "unit", "city", "zip"), "")


def of_account(user_id: int) -> Sequence[int]:
    """The orders that somebody made while they were signed in, oldest first."""
    return db.session.scalars(select(Order.id).where(Order.account_id == user_id).order_by(Order.id)).all()


def export(user_id: int) -> Mapping[str, Any]:
    """The carts that are open, every order of somebody, and what they call and keep."""
    mine = select(Cart).where(Cart.user_id == user_id, Cart.status == "open").order_by(Cart.id)
    views = service.several(of_account(user_id))
    liked = select(Favourite).where(Favourite.user_id == user_id).order_by(Favourite.kept_at, Favourite.id)
    return {
        "carts": [_cart(row) for row in db.session.scalars(mine)],
        "orders": [_order(order) for order in views.values()],
        "usuals": [{"name": row.name, "not_offered": row.hidden} for row in db.session.scalars(_habits(user_id))],
        "favourites": [{"name": row.name, "chosen": row.selection} for row in db.session.scalars(liked)],
    }


def _habits(user_id: int) -> Select[Habit]:
    return select(Habit).where(Habit.user_id == user_id).order_by(Habit.key)


def _cart(row: Cart) -> dict[str, Any]:
    lines = select(CartLine.quantity, CartLine.selection).where(CartLine.cart_id == row.id).order_by(CartLine.id)
    return {
        "touched_at": row.touched_at,
        "method": row.method,
        "store": row.store_id,
        **{name: getattr(row, name) for name in NOWHERE},
        "codes": row.codes,
        "lines": [{"quantity": quantity, "chosen": selection} for quantity, selection in db.session.execute(lines)],
    }


def _order(order: OrderView) -> dict[str, Any]:
    named = ("id", "store_id", "status", "method", "street", "unit", "city", "zip", "note", "created_at")
    moves = [{"status": one.status, "at": one.at, "reason": one.reason} for one in service.history(order.id)]
    quote = {name: value for name, value in asdict(order.quote).items() if name != "units"}
    lines = [
        {"quantity": line.quantity, "name": line.name, "base": line.base, "toppings": line.sides, "note": line.note}
        | {"cents": line.cents}
        for line in order.lines
    ]
    deals = [{"name": one.name, "cents": one.cents} for one in order.discounts]
    head = {name: getattr(order, name) for name in named}
    head["other_times"] = [
        {"before": one.was_from, "after": one.promised_from, "at": one.at} for one in retiming.changes(order.id)
    ]
    head["sent_to_you"] = [{"what": one.what, "way": one.way, "at": one.sent_at} for one in letters.of_order(order.id)]
    return {**head, "contact": asdict(order.contact), "lines": lines, "deals": deals, "amounts": quote, "moves": moves}


def waits(user_id: int) -> str | None:
    """An order that is on its way ends first."""
    running = select(Order.id).where(Order.account_id == user_id, Order.status.not_in(OVER))
    found = db.session.scalar(running.order_by(Order.id).limit(1))
    return f"Your order {found} is still on its way. Wait for it, or cancel it first." if found else None


def erase_person(event: PersonErased) -> None:
    """Erase somebody's orders that are over, and their carts. One that slipped in meanwhile goes when it is too old."""
    db.session.execute(update(Cart).where(Cart.user_id == event.user_id, Cart.status == "open").values(status="left"))
    mine = select(Cart.id).where(Cart.user_id == event.user_id, Cart.status != "ordered")
    db.session.execute(delete(CartLine).where(CartLine.cart_id.in_(mine)))
    db.session.execute(update(Cart).where(Cart.id.in_(mine)).values(**NOWHERE, codes="", pinned_code=""))
    whole = select(Order.id).where(Order.account_id == event.user_id, Order.status.in_(OVER))
    _erase(db.session.scalars(whole.where(Order.erased_at.is_(None)).order_by(Order.id).with_for_update()).all())
    db.session.execute(update(Cart).where(Cart.user_id == event.user_id).values(user_id=None))
    for model in (Favourite, Habit, SavedSearch):
        db.session.execute(delete(model).where(model.user_id == event.user_id))


def forget_old_orders() -> None:
    """Erase who ordered and where it went, ninety days after it was due. What it cost stays. Keeps its own units."""
    while atomically(_forget_some):
        pass


def _forget_some() -> bool:
    before = clock.now() - ORDERS_KEPT
    query = select(Order.id).where(Order.erased_at.is_(None), Order.promised_to < before).order_by(Order.id)
    found = db.session.scalars(query.limit(BATCH).with_for_update()).all()
    _erase(found)
    return len(found) == BATCH


def _erase(order_ids: Sequence[int]) -> None:
    if not order_ids:
        return
    theirs = Order.id.in_(order_ids)
    carts = db.session.scalars(
        update(Order).where(theirs).values(**NOBODY, erased_at=clock.now()).returning(Order.cart_id)
    )
    cart_ids = carts.all()
    db.session.execute(delete(CartLine).where(CartLine.cart_id.in_(cart_ids)))
    db.session.execute(update(Cart).where(Cart.id.in_(cart_ids)).values(**NOWHERE, codes="", pinned_code=""))
    noted = select(OrderUnit).where(OrderUnit.order_id.in_(order_ids), OrderUnit.note != "")
    for unit in db.session.scalars(noted):
        unit.note, unit.selection = "", {name: value for name, value in unit.selection.items() if name != "note"}
    db.session.execute(update(OrderEvent).where(OrderEvent.order_id.in_(order_ids)).values(reason=""))
    db.session.execute(update(OrderLetter).where(OrderLetter.order_id.in_(order_ids)).values(to=""))
    promotions.forget_customers(order_ids)
    emit(OrdersErased(tuple(order_ids)))


def forget_old_carts() -> None:
    """Drop carts that nobody touched for thirty days. Keeps its own units of work.

    The newest row of all stays, empty: SQLite would give its number away again, and a browser may still know it.
    """
    while atomically(_drop_some):
        pass


def _drop_some() -> bool:
    old = select(Cart.id).where(Cart.status != "ordered", Cart.touched_at < clock.now() - CARTS_KEPT)
    gone = db.session.scalars(old.order_by(Cart.id).limit(BATCH).with_for_update()).all()
    newest = db.session.scalar(select(func.max(Cart.id)))
    empty = {**NOWHERE, "status": "left", "codes": "", "pinned_code": "", "user_id": None}
    db.session.execute(delete(CartLine).where(CartLine.cart_id.in_(gone)))
    db.session.execute(update(Cart).where(Cart.id.in_(gone)).values(empty))
    db.session.execute(delete(Cart).where(Cart.id.in_(gone), Cart.id != newest))
    return len(gone) == BATCH
