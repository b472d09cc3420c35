"""A payment's row, read into a frozen value: nothing that asks the provider holds a row or a transaction open."""

from datetime import datetime

from sqlalchemy import select, update

from app.core.db import db, in_transaction
from app.core.errors import NotFound
from app.payments.models import Payment, PaymentEvent
from app.payments.status import WAITING, PaymentStatus, move, move_where
from app.payments.values import PaymentState, PayWith


def read(payment_id: int) -> PaymentState:
    """A payment as it stands now. Raises NotFound."""
    return _found(db.session.get(Payment, payment_id, populate_existing=True))


def hold(payment_id: int) -> PaymentState:
    """A payment, and nobody else moves it before the open unit of work ends. Hold its order first. Raises NotFound."""
    return _found(db.session.get(Payment, payment_id, populate_existing=True, with_for_update=True))


def of_order(order_id: int) -> PaymentState | None:
    """The payment of an order, if it has one."""
    query = select(Payment).where(Payment.order_id == order_id).execution_options(populate_existing=True)
    row = db.session.scalar(query)
    return _state(row) if row else None


def made_between(since: datetime, until: datetime) -> tuple[PaymentState, ...]:
    """Every payment of that time, oldest first."""
    query = select(Payment).where(Payment.created_at.between(since, until)).order_by(Payment.id)
    return tuple(_state(row) for row in db.session.scalars(query.execution_options(populate_existing=True)))


def history(payment_id: int) -> tuple[tuple[datetime, PaymentStatus], ...]:
    """Every move of a payment, in order, with when."""
    query = select(PaymentEvent).where(PaymentEvent.payment_id == payment_id).order_by(PaymentEvent.seq)
    return tuple((row.at, PaymentStatus(row.status)) for row in db.session.scalars(query))


def glance(payment_id: int, seen: PaymentState | None = None) -> PaymentState:
    """A payment as it stands now, or was `seen` just now; gives the connection back before the provider is asked."""
    if in_transaction():
        raise RuntimeError("the provider is never asked inside a unit of work")
    state = seen or read(payment_id)
    db.session.rollback()
    return state


def attach(payment: PaymentState, pay_with: PayWith, *, intent_id: str | None, session_id: str | None) -> bool:
    """Note what an attempt began at the provider, in the open unit of work. False when the payment moved on."""
    begun: dict[str, object] = {"method": pay_with, "intent_id": intent_id, "session_id": session_id}
    still = (
        Payment.attempt == payment.attempt,
        Payment.intent_id.is_(None) | (Payment.intent_id == intent_id),
        Payment.session_id.is_(None) | (Payment.session_id == session_id),
    )
    if move_where(payment.id, PaymentStatus.CREATED, Payment.status == PaymentStatus.NEW, *still, detail="", **begun):
        return True
    known = update(Payment).where(Payment.id == payment.id, Payment.status.in_(WAITING), *still)
    return db.session.scalar(known.values(**begun).returning(Payment.id)) is not None


def next_attempt(payment: PaymentState) -> None:
    """Let go of what an attempt began, in the open unit of work; the next one asks the provider under a new key."""
    fresh = db.session.scalar(
        update(Payment)
        .where(Payment.id == payment.id, Payment.attempt == payment.attempt, Payment.status.in_(WAITING))
        .values(attempt=Payment.attempt + 1, intent_id=None, session_id=None)
        .returning(Payment.status)
    )
    if fresh in {PaymentStatus.REQUIRES_ACTION, PaymentStatus.DECLINED}:
        move(payment.id, PaymentStatus.CREATED, detail="another way to pay")


def _found(row: Payment | None) -> PaymentState:
    if row is None:
        raise NotFound("We could not find that payment.")
    return _state(row)


def _state(row: Payment) -> PaymentState:
    return PaymentState(
        id=row.id,
        order_id=row.order_id,
        store_id=row.store_id,
        pay_with=PayWith(row.method),
        status=PaymentStatus(row.status),
        attempt=row.attempt,
        amount_cents=row.amount_cents,
        authorised_cents=row.authorised_cents,
        captured_cents=row.captured_cents,
        refund_reserved_cents=row.refund_reserved_cents,
        refunded_cents=row.refunded_cents,
        intent_id=row.intent_id,
        session_id=row.session_id,
        brand=row.brand,
        last4=row.last4,
        declines=row.declines,
        decline_words=row.decline_words,
        last_try=row.last_try,
        user_id=row.user_id,
        customer_id=row.customer_id,
        keeps_card=row.keeps_card,
        created_at=row.created_at,
        asked_at=row.asked_at,
    )
