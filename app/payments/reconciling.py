"""The safety net under lost messages: what has stood still for too long is asked about again."""

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime, timedelta

import structlog
from sqlalchemy import Select, select, update

from app.core import clock
from app.core.db import db, transaction
from app.orders import service as orders
from app.orders.service import IN_KITCHEN, OrderStatus
from app.payments import refunds, sights
from app.payments.models import Payment, Refund
from app.payments.provider import ProviderRefused, ProviderSilent
from app.payments.settling import settle
from app.payments.sights import REFUND, SILENT, Sight
from app.payments.status import WAITING, PaymentStatus
from app.payments.values import TO_PAY, PayWith
from app.stores.slots import AHEAD

log = structlog.get_logger()

ASK_AGAIN = timedelta(minutes=1)
DEAD_ORDER, IN_MAKING, REFUND_WAITS = timedelta(seconds=10), timedelta(seconds=30), timedelta(minutes=10)
HELD_TOO_LONG = timedelta(hours=24)
LOOK_BACK = AHEAD + timedelta(days=2)  # an order for later may come to nothing at the end of its week
MOST, BATCH = 200, 500
CASH, HANDED_OVER = PayWith.CASH, frozenset({OrderStatus.COMPLETED})
ROUND = timedelta(seconds=10)  # the clock also rings for undone events: a silent provider must not keep it from that


def reconcile() -> int:
    """Settle every payment and refund that a message was lost for; returns how many. Keeps its own units of work.

    One that fails keeps no other waiting, and what a round has no time for comes first in the next.
    """
    unpaid, given = _unpaid(), dict(_stuck_refunds())
    out_of_step = [payment_id for _, payment_id in sorted(_out_of_step())]
    _alarm()
    db.session.rollback()
    return (
        _each("payment_id", out_of_step, _settle)
        + _each("payment_id", [payment_id for payment_id in unpaid if payment_id not in out_of_step], _settle)
        + _each("refund_id", list(given), lambda refund_id: _submit(refund_id, given[refund_id]))
    )


def _unpaid() -> Sequence[int]:
    now = clock.now()
    query = select(Payment.id).where(
        Payment.status.in_(WAITING), (Payment.asked_at < now - ASK_AGAIN) | (Payment.created_at <= now - TO_PAY)
    )
    return db.session.scalars(query.order_by(Payment.asked_at).limit(MOST)).all()


def _out_of_step() -> Iterator[tuple[datetime, int]]:
    """Money held or taken while its order is dead, or held though it may be taken; with when it was asked about."""
    now = clock.now()
    since = now - LOOK_BACK
    yield from ((row.asked_at, row.id) for row in db.session.execute(_of_dead_orders(since, now - DEAD_ORDER)))
    query = select(Payment.id, Payment.order_id, Payment.method, Payment.asked_at).where(
        Payment.status == PaymentStatus.AUTHORISED, Payment.created_at.between(since, now - IN_MAKING)
    )
    held = db.session.execute(query).all()
    for first in range(0, len(held), BATCH):
        rows = held[first : first + BATCH]
        stands = orders.statuses([row.order_id for row in rows])
        due = (row for row in rows if stands[row.order_id] in (HANDED_OVER if row.method == CASH else IN_KITCHEN))
        yield from ((row.asked_at, row.id) for row in due)


def _of_dead_orders(since: datetime, until: datetime) -> Select[datetime, int]:
    """Goes by the orders: few of them come to nothing, and of most payments the money is there to stay."""
    return select(Payment.asked_at, Payment.id).where(
        Payment.order_id.in_(orders.dead(since)),
        (Payment.status == PaymentStatus.AUTHORISED) | refunds.KEPT,
        Payment.created_at < until,
    )


def _stuck_refunds() -> list[tuple[int, int]]:
    """Refunds, each with its payment."""
    old = (Refund.state.in_(refunds.OPEN), Refund.created_at < clock.now() - REFUND_WAITS)
    query = select(Refund.id, Refund.payment_id).where(*old).order_by(Refund.id).limit(MOST)
    return [(row.id, row.payment_id) for row in db.session.execute(query)]


def _alarm() -> None:
    too_old = clock.now() - HELD_TOO_LONG
    held_there = (Payment.status == PaymentStatus.AUTHORISED, Payment.method != CASH)  # cash is only agreed on
    query = select(Payment.id).where(*held_there, Payment.created_at < too_old)
    held = list(db.session.scalars(query.order_by(Payment.id)))
    if held:
        log.error("held_too_long", count=len(held), payment_id=held[0])


def _settle(payment_id: int) -> None:
    with transaction():
        db.session.execute(update(Payment).where(Payment.id == payment_id).values(asked_at=clock.now()))
    last = [Sight("")]
    try:
        settle(payment_id, last.append)
    except ProviderSilent as silent:
        last.append(Sight(SILENT, str(silent)))
        raise
    finally:
        _note(payment_id, last[-1])


def _submit(refund_id: int, payment_id: int) -> None:
    try:
        returned = refunds.submit(refund_id)
    except ProviderSilent as silent:
        _note(payment_id, Sight(SILENT, str(silent)))
        raise
    if returned is not None:
        _note(payment_id, Sight(f"{REFUND}{returned.status}", returned.why))


def _note(payment_id: int, sight: Sight) -> None:
    if sight.said:  # of cash, nobody says anything
        db.session.rollback()
        sights.note(payment_id, sight)


def _each(name: str, ids: Sequence[int], act: Callable[[int], object]) -> int:
    until = clock.now() + ROUND
    for done, subject in enumerate(ids):
        if clock.now() > until:
            log.warning("round_cut_short", count=len(ids) - done)
            return done
        try:
            act(subject)
        except (ProviderSilent, ProviderRefused) as error:
            log.warning("reconcile_failed", error=type(error).__name__, **{name: subject})
        except Exception:  # the others must not wait for one that something is wrong with
            log.exception("reconcile_failed", **{name: subject})
        finally:
            db.session.rollback()
    return len(ids)
