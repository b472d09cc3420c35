"""The money of one order for the staff of its store: how it is paid, what went back, what its bank disputes."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from app.core.money import format_cents
from app.payments import disputes, returns
from app.payments import service as payments
from app.payments.disputes import DisputeView
from app.payments.service import PaymentStatus, PayWith
from app.stores.service import StoreInfo
from app.users.service import Right, Who
from blueprints.refund_words import RefundWords, refund_words
from blueprints.showing import localday
from blueprints.tracking.pay_words import staff_words

S = PaymentStatus
MOVES = {
    S.DECLINED: "Card declined",
    S.AUTHORISED: "Money held",
    S.CAPTURED: "Money taken",
    S.VOID: "Money let go",
    S.PART_REFUNDED: "Part of the money given back",
    S.REFUNDED: "All of the money given back",
    S.DISPUTED: "Payment disputed",
}
SENT_BACK = frozenset({(S.REFUNDED, S.PART_REFUNDED), (S.REFUNDED, S.CAPTURED), (S.PART_REFUNDED, S.CAPTURED)})
IN_CASH = {S.AUTHORISED: "To be paid in cash", S.CAPTURED: "Cash taken", S.VOID: "No cash to take"}
DISPUTES = {
    "warning_needs_response": "The bank asks about it",
    "warning_under_review": "The bank looks at our answer",
    "warning_closed": "The bank asked, and is content",
    "needs_response": "Waits for our answer",
    "under_review": "The bank looks at our answer",
    "won": "Decided for us, the money is back",
    "lost": "Decided for the customer",
    "prevented": "Prevented",
}


@dataclass(frozen=True, slots=True)
class DisputeWords:
    """A dispute as staff read it; `open` while an answer still counts."""

    amount: str
    said: str
    why: str
    due: str
    open: bool


@dataclass(frozen=True, slots=True)
class MoneyWords:
    """What the page of an order shows of its money; `left` says that there is something to give back."""

    paid: str
    kept: str
    refunds: tuple[RefundWords, ...]
    disputes: tuple[DisputeWords, ...]
    may_refund: bool
    left: bool


def money_words(order_id: int, person: Who, store: StoreInfo) -> MoneyWords:
    """How the money of an order reads."""
    payment = payments.find(order_id)
    if payment is None:
        return MoneyWords(staff_words(order_id), "", (), (), may_refund=False, left=False)
    given = format_cents(payment.refunded_cents) if payment.refunded_cents else ""
    kept = format_cents(payment.captured_cents - payment.refunded_cents)
    return MoneyWords(
        paid=staff_words(order_id),
        kept=f"{given} given back, {kept} kept" if given else "",
        refunds=tuple(refund_words(each) for each in returns.of_payment(payment.id)),
        disputes=tuple(_dispute(each, store) for each in disputes.of_payment(payment.id)),
        may_refund=person.may(Right.REFUND, store.id) and payment.captured_cents > 0,
        left=payment.captured_cents > payment.refund_reserved_cents,
    )


def _dispute(seen: DisputeView, store: StoreInfo) -> DisputeWords:
    waits = seen.status in {"needs_response", "warning_needs_response"}
    due = localday(seen.due_at, store.zone) if waits and seen.due_at else ""
    said = DISPUTES.get(seen.status, seen.status.replace("_", " "))
    return DisputeWords(format_cents(seen.cents), said, seen.reason.replace("_", " "), due, open=waits)


def moves(order_id: int) -> Iterator[tuple[datetime, str]]:
    """What became of its money, with when; nothing of an order that came to none."""
    payment = payments.find(order_id)
    if payment is None or not payment.amount_cents:
        return
    words = {**MOVES, **IN_CASH} if payment.pay_with is PayWith.CASH else MOVES
    before = None
    for at, status in payments.history(payment.id):
        if (before, status) in SENT_BACK:
            yield at, "The bank sent back what we gave back"
        elif status in words:
            yield at, words[status]
        before = status
