"""A payment's row, read into a frozen value: nothing that asks the provider holds a row or a transaction open."""

from sqlalchemy import select, update

from app.core import clock
from app.core.db import db, in_transaction
from app.core.errors import NotFound
from app.payments.models import Payment
from app.payments.status import PaymentStatus
from app.payments.values import PaymentState, PayWith


def read(payment_id: int) -> PaymentState:
    """A payment as it stands now. Raises NotFound."""
    return _state(db.session.get(Payment, payment_id, populate_existing=True))


def of_order(order_id: int) -> PaymentState:
    """The payment of an order. Raises NotFound."""
    query = select(Payment).where(Payment.order_id == order_id).execution_options(populate_existing=True)
    return _state(db.session.scalar(query))


def glance(payment_id: int) -> PaymentState:
    """A payment as it stands now, with the connection given back at once, before a call to the provider."""
    if in_transaction():
        raise RuntimeError("the provider is never asked inside a unit of work")
    state = read(payment_id)
    db.session.rollback()
    return state


def asked(payment_id: int) -> None:
    """Note that the provider was asked just now, in the open unit of work."""
    db.session.execute(update(Payment).where(Payment.id == payment_id).values(asked_at=clock.now()))


def _state(row: Payment | None) -> PaymentState:
    if row is None:
        raise NotFound("We could not find that payment.")
    return PaymentState(
        id=row.id,
        order_id=row.order_id,
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
        created_at=row.created_at,
    )
