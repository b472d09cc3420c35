"""Orders of guests that come into an account: whoever shows that the mailbox of an order is theirs may have it."""

from collections.abc import Collection

from sqlalchemy import func, update

from app.core.db import db
from app.orders.models import Order
from app.users import service as users
from app.users.service import Account, Code, Purpose

NUMBER = "order"
NOT_THERE = "We know no order with that number and email that is not in an account already."


def ask(user_id: int, order_id: int, email: str) -> int | None:
    """Have a code sent with which somebody claims the order of a mailbox, in the open unit of work; gives its number.

    It is sent whether or not there is such an order: only whoever reads that mailbox learns it. None where nothing need
    be shown, because the mailbox is known to be the account's: then `take` it.
    """
    if email == own_mailbox(users.account(user_id)):
        return None
    return users.ask(Purpose.CLAIM, email, user_id=user_id, **{NUMBER: str(order_id)})


def own_mailbox(mine: Account) -> str | None:
    """The mailbox that somebody has shown to be theirs."""
    return mine.email if mine.verified_at is not None else None


def take(user_id: int, order_id: int, email: str) -> bool:
    """Give a guest's order to a customer who has shown that its mailbox is theirs, in the open unit of work.

    Says whether it is theirs now; safe to repeat. What is somebody else's already stays theirs.
    """
    return bool(_take(user_id, [order_id], email)) or _theirs(user_id, order_id)


def take_by(code: Code) -> int | None:
    """The same with a code that came back: gives the order's number, None where nothing came of it."""
    order_id = int(code.carry[NUMBER])
    return order_id if code.user_id is not None and take(code.user_id, order_id, code.email) else None


def bring_home(user_id: int, order_ids: Collection[int]) -> tuple[int, ...]:
    """Give a customer those of a browser's orders that were made as a guest with the account's own, shown mailbox.

    Gives their numbers.
    """
    email = own_mailbox(users.account(user_id)) if order_ids else None
    return _take(user_id, order_ids, email) if email else ()


def _take(user_id: int, order_ids: Collection[int], email: str) -> tuple[int, ...]:
    free = (Order.id.in_(order_ids), Order.account_id.is_(None), func.lower(Order.email) == email)
    taken = update(Order).where(*free).values(account_id=user_id).returning(Order.id)
    found = tuple(sorted(db.session.scalars(taken.execution_options(synchronize_session=False))))
    for order_id in found:
        users.audit(user_id, "order.claim", f"order:{order_id}")
    return found


def _theirs(user_id: int, order_id: int) -> bool:
    row = db.session.get(Order, order_id, populate_existing=True)
    return row is not None and row.account_id == user_id
