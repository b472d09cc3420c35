"""What the payments domain knows about somebody: told, and erased; amounts and numbers stay for the books."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Select, delete, select, update

from app.core.db import atomically, db
from app.core.events import PersonErased
from app.orders.events import OrdersErased
from app.orders.personal import of_account
from app.payments import cards, stripe
from app.payments.models import CardOwner, Payment, PaymentSight, Refund, SavedCard
from app.payments.status import PaymentStatus
from app.payments.values import RefundState

MONEY_MOVES = (PaymentStatus.AUTHORISED, PaymentStatus.DISPUTED)
REFUND_MOVES = (RefundState.WAITING, RefundState.RESERVED, RefundState.SUBMITTED)
PAID = ("order_id", "method", "status", "amount_cents", "captured_cents", "refunded_cents", "brand", "last4")
CARD = ("brand", "last4", "exp_month", "exp_year", "saved_at")
BACK = ("amount_cents", "reason", "note", "state", "created_at", "settled_at")


def export(user_id: int) -> Mapping[str, Any]:
    """How somebody's orders were paid, what went back, and the cards that the provider keeps for them."""
    orders = Payment.order_id.in_(of_account(user_id))
    paid = select(*_columns(Payment, PAID)).where(orders).order_by(Payment.id)
    refunds = select(Payment.order_id, *_columns(Refund, BACK)).join(Refund, Refund.payment_id == Payment.id)
    kept = select(*_columns(SavedCard, CARD)).where(SavedCard.user_id == user_id).order_by(SavedCard.id)
    return {
        "payments": _told(PAID, db.session.execute(paid)),
        "refunds": _told(("order_id", *BACK), db.session.execute(refunds.where(orders).order_by(Refund.id))),
        "kept_cards": _told(CARD, db.session.execute(kept)),
        "number_at_the_provider": db.session.scalar(select(CardOwner.customer_id).where(CardOwner.user_id == user_id)),
    }


def _columns(model: Any, names: Sequence[str]) -> list[Any]:
    return [getattr(model, name) for name in names]


def _told(names: Sequence[str], rows: Any) -> list[dict[str, Any]]:
    return [dict(zip(names, row, strict=True)) for row in rows]


def waits(user_id: int) -> str | None:
    """Money that is on its way arrives first."""
    mine = Payment.order_id.in_(of_account(user_id))
    held = _one(select(Payment.order_id).where(mine, Payment.status.in_(MONEY_MOVES)))
    back = select(Payment.order_id).join(Refund, Refund.payment_id == Payment.id)
    returning = _one(back.where(mine, Refund.state.in_(REFUND_MOVES)))
    if returning is not None:
        return f"Money of your order {returning} is on its way back to you. Wait until it is there."
    return f"The payment of your order {held} is not settled yet. Wait until it is." if held is not None else None


def _one(query: Select[int]) -> int | None:
    return db.session.scalar(query.order_by(Payment.order_id).limit(1))


def erase(event: OrdersErased) -> None:
    """Erase what was written beside the payments of orders in which nobody is named any more."""
    mine = select(Payment.id).where(Payment.order_id.in_(event.order_ids))
    db.session.execute(update(Refund).where(Refund.payment_id.in_(mine)).values(note=""))
    db.session.execute(update(PaymentSight).where(PaymentSight.payment_id.in_(mine)).values(words=""))
    nothing = {"last4": "", "decline_words": "", "customer_id": None, "keeps_card": False}
    db.session.execute(update(Payment).where(Payment.id.in_(mine)).values(nothing))


def forget_cards(event: PersonErased) -> None:
    """Have the provider keep no card of somebody any longer, also none that it never told us of. Keeps its own units of
    work; raises ProviderSilent.
    """
    customer_id = cards.customer_of(event.user_id)
    db.session.rollback()
    if customer_id is not None:
        stripe.forget_customer(customer_id)
    atomically(lambda: _drop_cards(event.user_id))


def _drop_cards(user_id: int) -> None:
    for model in (SavedCard, CardOwner):
        db.session.execute(delete(model).where(model.user_id == user_id))
