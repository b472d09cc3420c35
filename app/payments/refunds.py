"""Money that goes back: set aside first, asked for by a job, and counted only when the provider has it."""

import structlog
from sqlalchemy import func, select, update

from app.core import clock
from app.core.db import atomically, db, in_transaction, insert_new
from app.core.errors import Conflict, NotFound, Refusal
from app.core.events import emit
from app.payments import ledger, records, stripe
from app.payments.events import RefundRequested, RefundSettled
from app.payments.ledger import Account
from app.payments.models import Payment, Refund
from app.payments.status import PaymentStatus, move
from app.payments.stripe import ProviderSilent, Returned
from app.payments.values import PaymentState, PayWith

log = structlog.get_logger()

RESERVED, SUBMITTED, SUCCEEDED, FAILED = "reserved", "submitted", "succeeded", "failed"
OPEN = (RESERVED, SUBMITTED)
MOST_RETURNS = 3


def refund(payment_id: int, cents: int, *, key: str, reason: str, by: str) -> int:
    """Set `cents` aside to go back, in the open unit of work; returns the refund's id, the same for the same key.

    Raises Refusal `refund_amount` for nothing, Conflict `refund_too_large` for more than is left of what was taken.
    """
    if cents <= 0:
        raise Refusal("refund_amount", "Enter how much goes back.", field="amount")
    row = {"payment_id": payment_id, "amount_cents": cents, "reason": reason[:120], "by": by}
    new = insert_new(Refund, key=key, state=RESERVED, attempt=1, created_at=clock.now(), **row)
    refund_id = db.session.execute(select(Refund.id).where(Refund.key == key)).scalar_one()
    if new:
        _reserve(payment_id, cents)
        emit(RefundRequested(refund_id))
    return refund_id


def _reserve(payment_id: int, cents: int) -> None:
    reserved = db.session.execute(
        update(Payment)
        .where(
            Payment.id == payment_id,
            Payment.status.in_([PaymentStatus.CAPTURED, PaymentStatus.PART_REFUNDED]),
            Payment.captured_cents - Payment.refund_reserved_cents >= cents,
        )
        .values(refund_reserved_cents=Payment.refund_reserved_cents + cents)
        .returning(Payment.id)
    )
    if reserved.first() is None:
        raise Conflict("refund_too_large", "That is more than is left of what was paid. Look again, then decide.")


def give_back_rest(payment: PaymentState) -> None:
    """Set all that is left aside to go back, because the order came to nothing; in the open unit of work.

    What the provider could not give back is tried again, three times in all; then a person has to look.
    """
    left = payment.captured_cents - payment.refund_reserved_cents
    if left <= 0 or payment.status not in {PaymentStatus.CAPTURED, PaymentStatus.PART_REFUNDED}:
        return
    key = f"rest-{payment.id}-{payment.refund_reserved_cents}"
    failed = _failed(payment.id, key)
    if failed >= MOST_RETURNS:
        log.error("refund_given_up", payment_id=payment.id, order_id=payment.order_id)
        return
    again = f"-{failed}" if failed else ""
    refund(payment.id, left, key=key + again, reason="The order was cancelled", by="payment")


def _failed(payment_id: int, key: str) -> int:
    """How often the provider has failed to give this very rest back."""
    same = (Refund.key == key) | Refund.key.startswith(f"{key}-")
    query = select(func.count()).where(Refund.payment_id == payment_id, Refund.state == FAILED, same)
    return db.session.scalar(query) or 0


def submit(refund_id: int) -> None:
    """Ask the provider to give back what was set aside, or find that it has. Raises ProviderSilent, ProviderRefused.

    The provider's list is asked first: a lost answer, or a stored 5xx, must not give the money back twice.
    """
    if in_transaction():
        raise RuntimeError("the provider is never asked inside a unit of work")
    row = db.session.get(Refund, refund_id, populate_existing=True)
    if row is None:
        raise NotFound("We could not find that refund.")
    cents, attempt, state, payment_id = row.amount_cents, row.attempt, row.state, row.payment_id
    payment = records.glance(payment_id)
    if state not in OPEN:
        return
    if payment.pay_with is PayWith.CASH:
        atomically(lambda: _settle(refund_id, payment_id, Returned("", SUCCEEDED, "")))
        return
    returned = stripe.refund_of(payment.intent_id or "", refund_id) or _ask(payment, cents, refund_id, attempt)
    atomically(lambda: _settle(refund_id, payment_id, returned))


def _ask(payment: PaymentState, cents: int, refund_id: int, attempt: int) -> Returned:
    try:
        return stripe.create_refund(payment, cents, refund_id, attempt)
    except ProviderSilent as silent:
        if silent.broke:
            atomically(lambda: _next_attempt(refund_id, attempt))
        raise


def _next_attempt(refund_id: int, attempt: int) -> None:
    db.session.execute(
        update(Refund).where(Refund.id == refund_id, Refund.attempt == attempt).values(attempt=attempt + 1)
    )


def _settle(refund_id: int, payment_id: int, returned: Returned) -> None:
    settled = returned.status in {SUCCEEDED, FAILED, "canceled"}
    state = SUBMITTED if not settled else SUCCEEDED if returned.status == SUCCEEDED else FAILED
    payment = records.hold(payment_id)
    cents = db.session.scalar(
        update(Refund)
        .where(Refund.id == refund_id, Refund.state.in_(OPEN))
        .values(state=state, provider_id=returned.id or None, settled_at=clock.now() if settled else None)
        .returning(Refund.amount_cents)
    )
    if cents is None or not settled:
        return
    if state == SUCCEEDED:
        _book(payment, refund_id, cents)
    else:
        log.error("refund_failed", payment_id=payment_id, order_id=payment.order_id)
        _change(payment_id, refund_reserved_cents=Payment.refund_reserved_cents - cents)
    emit(RefundSettled(refund_id, payment_id, state == SUCCEEDED))


def _book(payment: PaymentState, refund_id: int, cents: int) -> None:
    _change(payment.id, refunded_cents=Payment.refunded_cents + cents)
    whole = payment.refunded_cents + cents == payment.captured_cents
    move(payment.id, PaymentStatus.REFUNDED if whole else PaymentStatus.PART_REFUNDED)
    paid_from = ledger.account_of(payment.pay_with)
    ledger.transfer(f"refund-{refund_id}", payment.id, cents, source=paid_from, target=Account.ORDERS)


def _change(payment_id: int, **values: object) -> None:
    db.session.execute(update(Payment).where(Payment.id == payment_id).values(**values))
