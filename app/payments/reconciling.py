"""The safety net under lost messages: what has stood still for too long is asked about again."""

from collections.abc import Callable, Iterable
from datetime import timedelta

import structlog
from sqlalchemy import select

from app.core import clock
from app.core.db import db
from app.orders import service as orders
from app.orders.service import DEAD, IN_KITCHEN
from app.payments import refunds
from app.payments.models import Payment, Refund
from app.payments.settling import settle
from app.payments.status import WAITING, PaymentStatus
from app.payments.stripe import ProviderRefused, ProviderSilent
from app.payments.values import TO_PAY

log = structlog.get_logger()

ASK_AGAIN = timedelta(minutes=1)
DEAD_ORDER, IN_MAKING, REFUND = timedelta(seconds=10), timedelta(seconds=30), timedelta(minutes=10)
HELD_TOO_LONG = timedelta(hours=24)
LOOK_BACK = timedelta(days=2)
MOST = 200


def reconcile() -> int:
    """Settle every payment and refund that a message was lost for; returns how many. Keeps its own units of work."""
    payments = sorted({*_unpaid(), *_out_of_step()})
    given = _stuck_refunds()
    _alarm()
    db.session.rollback()
    for payment_id in payments:
        _quietly(settle, payment_id)
    for refund_id in given:
        _quietly(refunds.submit, refund_id)
    return len(payments) + len(given)


def _unpaid() -> Iterable[int]:
    now = clock.now()
    query = select(Payment.id).where(
        Payment.status.in_(WAITING), (Payment.asked_at < now - ASK_AGAIN) | (Payment.created_at <= now - TO_PAY)
    )
    return db.session.scalars(query.order_by(Payment.asked_at).limit(MOST)).all()


def _out_of_step() -> Iterable[int]:
    """Money that is held or taken while its order is dead, and held while its order is being made."""
    now = clock.now()
    query = select(Payment.id, Payment.order_id, Payment.status, Payment.created_at).where(
        Payment.status.in_([PaymentStatus.AUTHORISED, PaymentStatus.CAPTURED, PaymentStatus.PART_REFUNDED]),
        Payment.refund_reserved_cents < Payment.amount_cents,
        Payment.created_at.between(now - LOOK_BACK, now - DEAD_ORDER),
    )
    rows = db.session.execute(query).all()
    stands = orders.statuses([row.order_id for row in rows])
    for row in rows:
        held = row.status == PaymentStatus.AUTHORISED and row.created_at < now - IN_MAKING
        if stands[row.order_id] in DEAD or (held and stands[row.order_id] in IN_KITCHEN):
            yield row.id


def _stuck_refunds() -> list[int]:
    query = select(Refund.id).where(Refund.state.in_(refunds.OPEN), Refund.created_at < clock.now() - REFUND)
    return list(db.session.scalars(query.order_by(Refund.id).limit(MOST)))


def _alarm() -> None:
    too_old = clock.now() - HELD_TOO_LONG
    query = select(Payment.id).where(Payment.status == PaymentStatus.AUTHORISED, Payment.created_at < too_old)
    held = list(db.session.scalars(query))
    if held:
        log.error("held_too_long", count=len(held), payment_id=held[0])


def _quietly(act: Callable[[int], object], subject: int) -> None:
    try:
        act(subject)
    except (ProviderSilent, ProviderRefused) as error:
        log.warning("reconcile_failed", payment_id=subject, error=type(error).__name__)
