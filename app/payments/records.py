"""A payment's row, read into a frozen value: nothing that asks the provider holds a row or a transaction open."""

from datetime import datetime
from typing import Any, cast

from sqlalchemy import Table, bindparam, select, update

from app.core import glancing
from app.core.db import db, in_transaction, sent_one
from app.core.errors import NotFound
from app.payments.models import Payment, PaymentEvent
from app.payments.status import WAITING, PaymentStatus, move, move_where
from app.payments.values import PaymentState, PayWith

_payments = cast("Table", Payment.__table__)
_of = _payments.c
SHOWN = tuple(_of)
READ = select(*SHOWN).where(_of.id == bindparam("payment"))
HOLD = READ.with_for_update()
OF_ORDER = select(*SHOWN).where(_of.order_id == bindparam("order"))

# What must still be so for an attempt to be noted.
FIRST = (_of.status == PaymentStatus.NEW,)
STILL = (
    _of.attempt == bindparam("attempt_was"),
    _of.intent_id.is_(None) | (_of.intent_id == bindparam("intent_now")),
    _of.session_id.is_(None) | (_of.session_id == bindparam("session_now")),
)
AGAIN = update(_payments).where(_of.id == bindparam("payment"), _of.status.in_(WAITING), *STILL).returning(_of.id)


def read(payment_id: int) -> PaymentState:
    """A payment as it stands now. Raises NotFound."""
    return _found(sent_one(READ, {"payment": payment_id}))


def hold(payment_id: int) -> PaymentState:
    """A payment, and nobody else moves it before the open unit of work ends. Hold its order first. Raises NotFound."""
    return _found(sent_one(HOLD, {"payment": payment_id}))


def of_order(order_id: int) -> PaymentState | None:
    """The payment of an order, if it has one."""
    row = glancing.glance(OF_ORDER, {"order": order_id})
    return state_of(row) if row else None


def made_between(since: datetime, until: datetime) -> tuple[PaymentState, ...]:
    """Every payment of that time, oldest first."""
    query = select(Payment).where(Payment.created_at.between(since, until)).order_by(Payment.id)
    return tuple(state_of(row) for row in db.session.scalars(query.execution_options(populate_existing=True)))


def history(payment_id: int) -> tuple[tuple[datetime, PaymentStatus], ...]:
    """Every move of a payment, in order, with when."""
    query = select(PaymentEvent).where(PaymentEvent.payment_id == payment_id).order_by(PaymentEvent.seq)
    return tuple((row.at, PaymentStatus(row.status)) for row in db.session.scalars(query))


def glance(payment_id: int, seen: PaymentState | None = None) -> PaymentState:
    """A payment as it stands now, or was `seen` just now; gives the connection back before the provider is asked."""
    if in_transaction():
        raise RuntimeError("the provider is never asked inside a unit of work")
    db.session.rollback()
    payment = seen or _found(glancing.glance(READ, {"payment": payment_id}))
    db.session.rollback()  # behind the walls a glance began a transaction
    return payment


def attach(payment: PaymentState, pay_with: PayWith, *, intent_id: str | None, session_id: str | None) -> bool:
    """Note what an attempt began at the provider, in the open unit of work. False when the payment moved on."""
    begun: dict[str, Any] = {"method": pay_with, "intent_id": intent_id, "session_id": session_id}
    asked: dict[str, Any] = {"attempt_was": payment.attempt, "intent_now": intent_id, "session_now": session_id}
    if move_where(payment.id, PaymentStatus.CREATED, *FIRST, *STILL, **begun, **asked):
        return True
    return sent_one(AGAIN, {"payment": payment.id, **begun, **asked}) is not None


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


def _found(row: Any) -> PaymentState:
    if row is None:
        raise NotFound("We could not find that payment.")
    return state_of(row)


def state_of(row: Any) -> PaymentState:
    """From a row of `SHOWN`, or a payment's."""
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
