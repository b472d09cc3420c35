"""Money that goes back: set aside first, asked for by a job, and counted only when the provider has it. A bank may send
it back days later; then it is with us again.
"""

import structlog
from sqlalchemy import ColumnElement, delete, func, select, update

from app.core import clock, live
from app.core.db import atomically, db, in_transaction, insert_many_new, insert_new
from app.core.errors import Conflict, NotFound, Refusal
from app.core.events import emit
from app.payments import ledger, records, stripe
from app.payments.events import RefundBounced, RefundRequested, RefundSettled
from app.payments.models import Payment, Refund, RefundClaim
from app.payments.provider import ProviderRefused, ProviderSilent, Returned
from app.payments.status import PaymentStatus, move
from app.payments.values import Bearer, Giving, PaymentState, PayWith, Reason, RefundState

log = structlog.get_logger()

OPEN = (RefundState.RESERVED, RefundState.SUBMITTED)
# Of payments: money was taken that is not set aside to go back.
KEPT = Payment.status.in_([PaymentStatus.CAPTURED, PaymentStatus.PART_REFUNDED]) & (
    Payment.refund_reserved_cents < Payment.captured_cents
)
GIVEN = (RefundState.SUCCEEDED,)
GONE_WRONG = frozenset({RefundState.FAILED, "canceled"})
MOST_RETURNS = 3


def refund(payment_id: int, giving: Giving) -> int:
    """Set money aside to go back, in the open unit of work; returns the refund's id, the same for the same key.

    Raises Refusal `refund_amount` for nothing, Conflict `refund_too_large` for more than is left of what was taken,
    Conflict `refund_part_taken` for a part of the order that goes back already.
    """
    if giving.cents <= 0:
        raise Refusal("refund_amount", "Enter how much goes back.", field="amount")
    new = insert_new(
        Refund,
        payment_id=payment_id,
        key=giving.key,
        amount_cents=giving.cents,
        reason=giving.reason,
        bearer=giving.bearer,
        note=giving.note[:120],
        parts=[[part.key, part.name, part.cents] for part in giving.parts],
        user_id=giving.user_id,
        by=giving.by[:40],
        decided_by="",
        state=RefundState.WAITING if giving.waiting else RefundState.RESERVED,
        why="",
        attempt=1,
        created_at=clock.now(),
    )
    refund_id = db.session.execute(select(Refund.id).where(Refund.key == giving.key)).scalar_one()
    if new:
        _reserve(payment_id, giving.cents)
        _claim(payment_id, refund_id, giving)
        if not giving.waiting:
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


def _claim(payment_id: int, refund_id: int, giving: Giving) -> None:
    rows = [{"payment_id": payment_id, "part": part.key, "refund_id": refund_id} for part in giving.parts]
    if rows and len(insert_many_new(RefundClaim.part, rows)) < len(rows):
        raise Conflict("refund_part_taken", "Some of this goes back already. Look again, then decide.")


def give_back_rest(payment: PaymentState) -> None:
    """Set all that is left aside to go back, because the order came to nothing; in the open unit of work.

    What waited for a second person goes back too. What the provider could not give back is tried again, three times in
    all; then a person has to look.
    """
    _wait_no_more(payment)
    left = payment.captured_cents - payment.refund_reserved_cents
    if left <= 0 or payment.status not in {PaymentStatus.CAPTURED, PaymentStatus.PART_REFUNDED}:
        return
    key = f"rest-{payment.id}-{payment.refund_reserved_cents}"
    failed = _failed(payment.id, key)
    if failed >= MOST_RETURNS:
        log.error("refund_given_up", payment_id=payment.id, order_id=payment.order_id)
        return
    again = f"-{failed}" if failed else ""
    refund(payment.id, Giving(left, key + again, Reason.CANCELLED, by="payment"))
    tried_again(Refund.payment_id == payment.id, by="payment")


def tried_again(which: ColumnElement[bool], *, by: str) -> None:
    """Note on failed refunds that another one took their place, in the open unit of work: nobody need look at them."""
    db.session.execute(update(Refund).where(which, Refund.state == RefundState.FAILED).values(decided_by=by[:40]))


def _wait_no_more(payment: PaymentState) -> None:
    waiting = (Refund.payment_id == payment.id, Refund.state == RefundState.WAITING)
    approved = {"state": RefundState.RESERVED, "decided_by": "payment"}
    for refund_id in db.session.scalars(update(Refund).where(*waiting).values(approved).returning(Refund.id)).all():
        emit(RefundRequested(refund_id))


def _failed(payment_id: int, key: str) -> int:
    """How often the provider has failed to give this very rest back."""
    query = select(func.count()).where(_same_rest(payment_id, key), Refund.state == RefundState.FAILED)
    return db.session.scalar(query) or 0


def _same_rest(payment_id: int, key: str) -> ColumnElement[bool]:
    return (Refund.payment_id == payment_id) & ((Refund.key == key) | Refund.key.startswith(f"{key}-"))


def submit(refund_id: int) -> Returned | None:
    """Ask the provider to give back what was set aside, or find that it has: what it says of it. Raises ProviderSilent.

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
        return None
    if payment.pay_with is PayWith.CASH:
        atomically(lambda: _settle(refund_id, payment_id, Returned("", RefundState.SUCCEEDED, "")))
        return None
    returned = stripe.refund_of(payment.intent_id or "", refund_id) or _ask(payment, cents, refund_id, attempt)
    atomically(lambda: _settle(refund_id, payment_id, returned))
    return returned


def _ask(payment: PaymentState, cents: int, refund_id: int, attempt: int) -> Returned:
    try:
        return stripe.create_refund(payment, cents, refund_id, attempt)
    except ProviderSilent as silent:
        if silent.broke:
            atomically(lambda: _next_attempt(refund_id, attempt))
        raise
    except ProviderRefused as refused:  # perhaps because another worker was faster: its list tells
        found = stripe.refund_of(payment.intent_id or "", refund_id)
        return found or Returned("", RefundState.FAILED, str(refund_id), refused.words or refused.code)


def _next_attempt(refund_id: int, attempt: int) -> None:
    db.session.execute(
        update(Refund).where(Refund.id == refund_id, Refund.attempt == attempt).values(attempt=attempt + 1)
    )


def look(payment_id: int) -> None:
    """Bring a payment's refunds to where the provider has them, also those that went back and came back since. Keeps
    its own units of work.

    Raises ProviderSilent, NotFound.
    """
    payment = records.glance(payment_id)
    ours = {str(each): each for each in db.session.scalars(select(Refund.id).where(Refund.payment_id == payment_id))}
    db.session.rollback()
    for seen in stripe.refunds_of(payment.intent_id) if payment.intent_id else ():
        if seen.refund_id in ours:
            atomically(lambda seen=seen: _note(ours[seen.refund_id], payment_id, seen))  # type: ignore[misc]  # this one


def _note(refund_id: int, payment_id: int, seen: Returned) -> None:
    _settle(refund_id, payment_id, seen)
    if seen.status in GONE_WRONG:
        _bounce(refund_id, payment_id, seen.why)


def _settle(refund_id: int, payment_id: int, returned: Returned) -> None:
    given = returned.status == RefundState.SUCCEEDED
    settled = given or returned.status in GONE_WRONG
    state = RefundState.SUBMITTED if not settled else RefundState.SUCCEEDED if given else RefundState.FAILED
    noted = {"provider_id": returned.id or None, "settled_at": clock.now() if settled else None, "why": returned.why}
    undecided = {"decided_by": ""} if state is RefundState.FAILED else {}  # whoever approved it is in the book of deeds
    payment = records.hold(payment_id)
    row = db.session.execute(
        update(Refund)
        .where(Refund.id == refund_id, Refund.state.in_(OPEN))
        .values(state=state, **noted, **undecided)
        .returning(Refund.amount_cents, Refund.bearer)
    ).first()
    if row is None or not settled:
        return
    if given:
        _book(payment, refund_id, row.amount_cents, Bearer(row.bearer))
    else:
        log.error("refund_failed", payment_id=payment_id, order_id=payment.order_id)
        release(payment_id, refund_id, row.amount_cents)
    emit(RefundSettled(refund_id, payment_id, given))


def _bounce(refund_id: int, payment_id: int, why: str) -> None:
    """Undo a refund that had gone back, as if it never had: somebody has to look at it, and may try again."""
    payment = records.hold(payment_id)
    row = db.session.execute(
        update(Refund)
        .where(Refund.id == refund_id, Refund.state.in_(GIVEN))
        .values(state=RefundState.FAILED, why=why, settled_at=clock.now(), decided_by="")
        .returning(Refund.amount_cents, Refund.bearer)
    ).first()
    if row is None:
        return
    log.error("refund_bounced", payment_id=payment_id, order_id=payment.order_id)
    _change(payment_id, refunded_cents=Payment.refunded_cents - row.amount_cents)
    release(payment_id, refund_id, row.amount_cents)
    if payment.status is not PaymentStatus.DISPUTED:
        some = payment.refunded_cents > row.amount_cents
        back_at = PaymentStatus.PART_REFUNDED if some else PaymentStatus.CAPTURED
        move(payment_id, back_at, detail=f"refund {refund_id} came back")
    back_in, borne_by = ledger.account_of(payment.pay_with), ledger.BORNE_BY[Bearer(row.bearer)]
    ledger.transfer(f"{ledger.BOUNCED}-{refund_id}", payment_id, row.amount_cents, source=borne_by, target=back_in)
    live.publish(f"order:{payment.order_id}")
    emit(RefundBounced(refund_id))


def release(payment_id: int, refund_id: int, cents: int) -> None:
    """Set aside no longer what does not go back, in the open unit of work; its parts may go back another time."""
    _change(payment_id, refund_reserved_cents=Payment.refund_reserved_cents - cents)
    db.session.execute(delete(RefundClaim).where(RefundClaim.refund_id == refund_id))


def _book(payment: PaymentState, refund_id: int, cents: int, bearer: Bearer) -> None:
    _change(payment.id, refunded_cents=Payment.refunded_cents + cents)
    whole = payment.refunded_cents + cents == payment.captured_cents
    if payment.status is not PaymentStatus.DISPUTED:
        move(payment.id, PaymentStatus.REFUNDED if whole else PaymentStatus.PART_REFUNDED)
    paid_from, borne_by = ledger.account_of(payment.pay_with), ledger.BORNE_BY[bearer]
    ledger.transfer(f"refund-{refund_id}", payment.id, cents, source=paid_from, target=borne_by)
    live.publish(f"order:{payment.order_id}")  # a second part moves no status


def _change(payment_id: int, **values: object) -> None:
    db.session.execute(update(Payment).where(Payment.id == payment_id).values(**values))
