"""A customer's bank claims money back: recorded as the provider has it, told aloud, and booked."""

from dataclasses import dataclass
from datetime import datetime

import structlog
from sqlalchemy import select, update

from app.core import clock
from app.core.db import atomically, db, insert_new
from app.orders import service as orders
from app.orders.service import DEAD
from app.payments import ledger, records, refunds, stripe
from app.payments.ledger import Account
from app.payments.models import Dispute
from app.payments.provider import Disputed
from app.payments.status import PaymentStatus, move
from app.payments.values import PaymentState

log = structlog.get_logger()

ASKED_ONLY = "warning_"  # the bank asks, and has taken nothing yet
WON = frozenset({"won", "prevented"})
S = PaymentStatus


@dataclass(frozen=True, slots=True)
class DisputeView:
    """A dispute as we know it: `status` and `reason` in the provider's words, `due_at` until when an answer counts."""

    provider_id: str
    cents: int
    reason: str
    status: str
    due_at: datetime | None
    seen_at: datetime

    @property
    def takes_money(self) -> bool:
        """Whether the bank holds the money, or has it for good."""
        return not self.status.startswith(ASKED_ONLY) and self.status not in WON


def look(payment_id: int) -> None:
    """Record every dispute about a payment as it stands at the provider. Keeps its own units of work.

    Raises ProviderSilent, NotFound.
    """
    payment = records.glance(payment_id)
    for seen in stripe.disputes_of(payment.intent_id) if payment.intent_id else ():
        atomically(lambda seen=seen: _record(payment, seen))  # type: ignore[misc]  # bound to this very dispute


def _record(known: PaymentState, seen: Disputed) -> None:
    payment_id, order = known.id, orders.hold(known.order_id)  # of the two rows the order first, as in settling
    payment = records.hold(payment_id)
    said = {"status": seen.status[:24], "due_at": seen.due_at, "amount_cents": seen.cents, "seen_at": clock.now()}
    told = {"payment_id": payment_id, "reason": seen.reason[:40], **said}
    if insert_new(Dispute, provider_id=seen.id, **told):
        log.error("disputed", payment_id=payment_id, order_id=payment.order_id)
    db.session.execute(update(Dispute).where(Dispute.provider_id == seen.id).values(said))
    _book(payment, seen)
    _stand(payment)
    if order in DEAD:  # what the bank held while it was called off could not go back then
        refunds.give_back_rest(records.read(payment_id))


def _book(payment: PaymentState, seen: Disputed) -> None:
    """What the bank takes leaves our account with the provider, and comes back when we were right."""
    name = f"dispute-{seen.id}"[:54]
    if not seen.status.startswith(ASKED_ONLY):
        ledger.transfer(name, payment.id, seen.cents, source=Account.PROVIDER, target=Account.DISPUTES)
    if seen.status in WON:
        ledger.transfer(f"{name}-won", payment.id, seen.cents, source=Account.DISPUTES, target=Account.PROVIDER)


def _stand(payment: PaymentState) -> None:
    taken = any(each.takes_money for each in of_payment(payment.id))
    if taken and payment.status in {S.CAPTURED, S.PART_REFUNDED, S.REFUNDED}:
        move(payment.id, S.DISPUTED)
    elif not taken and payment.status is S.DISPUTED:
        whole = payment.refunded_cents == payment.captured_cents
        move(payment.id, S.REFUNDED if whole else S.PART_REFUNDED if payment.refunded_cents else S.CAPTURED)


def of_payment(payment_id: int) -> tuple[DisputeView, ...]:
    """The disputes about a payment, oldest first."""
    query = select(Dispute).where(Dispute.payment_id == payment_id).order_by(Dispute.id)
    rows = db.session.scalars(query.execution_options(populate_existing=True))
    return tuple(
        DisputeView(row.provider_id, row.amount_cents, row.reason, row.status, row.due_at, row.seen_at) for row in rows
    )
