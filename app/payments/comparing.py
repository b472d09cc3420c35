"""The nightly comparison: two days of our payments and the provider's, both ways, and what it could not tell us."""

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta

import structlog
from sqlalchemy import select
from sqlalchemy.exc import DBAPIError

from app.core import clock
from app.core.db import atomically, db, transaction
from app.core.errors import NotFound
from app.payments import disputes, ledger, records, stripe
from app.payments.hearing import take_in
from app.payments.models import Comparison, Payment
from app.payments.provider import Intent, ProviderRefused, ProviderSilent
from app.payments.settling import settle
from app.payments.status import PaymentStatus
from app.payments.values import PaymentState

log = structlog.get_logger()

LOOK_BACK = timedelta(days=2)
SETTLING = timedelta(hours=1)  # what is younger may still be on its way
MARGIN = timedelta(hours=1)  # an intent is made a little later than its payment
IN_MONEY = frozenset({"requires_capture", "succeeded"})
BATCH = 500
S = PaymentStatus
Difference = tuple[str, str]


def compare() -> int:
    """Compare, write a report and say aloud how many differences there are; gives that number.

    Keeps its own units of work. A provider that does not answer ends it: the next night looks back two days again.
    Raises ProviderSilent.
    """
    now = clock.now()
    since = now - LOOK_BACK
    unheard = _hear_the_unheard(since)
    theirs = {seen.id: seen for seen in stripe.intents_since(since - MARGIN)}
    ours = _ours(since, now - SETTLING)
    found = [*_differences(ours, theirs), *_strangers(theirs), *_uneven(since)]
    db.session.rollback()
    with transaction():
        told = [list(each) for each in found]
        row = {"at": now, "since": since, "intents": len(theirs), "payments": len(ours), "unheard": unheard}
        db.session.add(Comparison(**row, differences=told))
    if found:
        log.error("comparison_differs", count=len(found), code=found[0][0], error=found[0][1])
    return len(found)


def _hear_the_unheard(since: datetime) -> int:
    """Take in what the provider could not deliver, as if it had; gives how many were new."""
    return sum(atomically(lambda notice=notice: take_in(notice)) for notice in stripe.unheard_since(since))  # type: ignore[misc]  # bound to this very notice


def _ours(since: datetime, until: datetime) -> dict[str, PaymentState]:
    """Payments of that time that were begun at the provider, by their intents."""
    return {payment.intent_id: payment for payment in records.made_between(since, until) if payment.intent_id}


def _differences(ours: Mapping[str, PaymentState], theirs: Mapping[str, Intent]) -> Iterator[Difference]:
    """What we have and they have not, or otherwise; asked about once more before it counts."""
    for intent_id, payment in ours.items():
        seen = theirs.get(intent_id)
        if seen is None:
            yield "missing_there", f"payment {payment.id}: {intent_id}"
        elif (words := _unlike(payment, seen)) and (words := _still_unlike(payment.id, intent_id)):
            yield "unlike", f"payment {payment.id}: {words}"


def _still_unlike(payment_id: int, intent_id: str) -> str:
    db.session.rollback()
    try:
        settle(payment_id)
        disputes.look(payment_id)
        return _unlike(records.read(payment_id), stripe.intent(intent_id))
    except (ProviderSilent, ProviderRefused) as error:
        return type(error).__name__
    finally:
        db.session.rollback()


def _unlike(payment: PaymentState, seen: Intent) -> str:
    """In which way a payment and its intent do not agree, in words; empty when they do."""
    ours, there = (payment.amount_cents, payment.captured_cents), (seen.amount_cents, seen.received_cents)
    # What was asked for and has not been answered may have gone back there already.
    returned = payment.refunded_cents <= seen.refunded_cents <= payment.refund_reserved_cents
    if ours != there or not returned:
        return f"ours {(*ours, payment.refunded_cents)}, theirs {(*there, seen.refunded_cents)}"
    held = payment.status is S.AUTHORISED
    return f"{payment.status.value} here, {seen.status} there" if held != (seen.status == "requires_capture") else ""


def _strangers(theirs: Mapping[str, Intent]) -> Iterator[Difference]:
    """Money at the provider that no payment of ours points to, though the one that it names was asked about again."""
    wanted = [intent_id for intent_id, seen in theirs.items() if seen.status in IN_MONEY]
    for first in range(0, len(wanted), BATCH):
        some = wanted[first : first + BATCH]
        known = set(db.session.scalars(select(Payment.intent_id).where(Payment.intent_id.in_(some))))
        for intent_id in some:
            if intent_id not in known and not _found_late(theirs[intent_id]):
                yield "missing_here", f"{intent_id}: {theirs[intent_id].received_cents}"


def _found_late(seen: Intent) -> bool:
    db.session.rollback()
    if not seen.payment_id.isdigit():
        return False
    try:
        return settle(int(seen.payment_id)).intent_id == seen.id
    except (ProviderSilent, NotFound):
        return False
    finally:
        db.session.rollback()


def _uneven(since: datetime) -> Iterator[Difference]:
    """Transfers that do not balance; or why they could not be read, which loses nothing of what was found before."""
    try:
        yield from (("ledger", name) for name in ledger.unbalanced(since))
    except DBAPIError as error:
        db.session.rollback()
        yield "ledger", f"not read: {error.orig}"
