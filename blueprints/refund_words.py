"""Money that goes back, in the words of those who give it: on its order's page, when it is chosen, and in a list."""

from dataclasses import dataclass
from datetime import datetime

from app.core.money import format_cents
from app.orders.remaking import Made
from app.payments.receipts import card_words
from app.payments.service import Bearer, PaymentState, PayWith, Reason, RefundState, RefundView

REASONS = {
    Reason.LATE: "It came late",
    Reason.COLD: "It was cold",
    Reason.WRONG: "Something else was sent",
    Reason.MISSING: "Something was missing",
    Reason.QUALITY: "It was not good",
    Reason.NEVER_CAME: "It never came",
    Reason.OTHER: "Something else",
    Reason.CANCELLED: "The order came to nothing",
}
BEARERS = {
    Bearer.STORE: "The store: our mistake here",
    Bearer.CHAIN: "The chain: its menu, app or deals",
    Bearer.COURTESY: "Nobody’s fault, a courtesy",
    Bearer.NOBODY: "Nobody, the sale is undone",
}
SHORT = {Bearer.STORE: "the store", Bearer.CHAIN: "the chain", Bearer.COURTESY: "nobody, a courtesy", Bearer.NOBODY: ""}
STATES = {
    RefundState.WAITING: "Waits for approval",
    RefundState.DECLINED: "Declined",
    RefundState.RESERVED: "On its way to the bank",
    RefundState.SUBMITTED: "With the bank",
    RefundState.SUCCEEDED: "Given back",
    RefundState.FAILED: "Could not be given back",
}
UNDER_WAY = frozenset({RefundState.RESERVED, RefundState.SUBMITTED})


@dataclass(frozen=True, slots=True)
class RefundWords:
    """A refund as staff read it; `state` names it for a style, `url` is where its buttons lead."""

    url: str
    amount: str
    parts: str
    why: str
    said: str
    state: str
    trouble: str
    by: str
    user_id: int | None
    at: datetime
    again: bool
    order: int


def refund_words(refund: RefundView, order: int = 0) -> RefundWords:
    """How a refund reads; with the number of its order where others stand beside it."""
    borne = SHORT[refund.bearer]
    return RefundWords(
        url=f"/staff/refunds/{refund.id}",
        amount=format_cents(refund.cents),
        parts=parts_words(refund),
        why=", ".join(filter(None, (REASONS[refund.reason], refund.note, f"borne by {borne}" if borne else ""))),
        said=STATES[refund.state],
        state=refund.state.value,
        trouble=refund.why,
        by=f"{refund.by}, {refund.decided_by}" if refund.decided_by else refund.by,
        user_id=refund.user_id,
        at=refund.settled_at or refund.created_at,
        again=refund.state in UNDER_WAY or (refund.state is RefundState.FAILED and not refund.decided_by),
        order=order,
    )


def parts_words(refund: RefundView) -> str:
    """What of the order it is for: `2 × Margherita, Tip`; nothing for a mere amount."""
    names = [part.name for part in refund.parts if part.cents]
    return ", ".join(f"{count} × {name}" if (count := names.count(name)) > 1 else name for name in dict.fromkeys(names))


def again_words(made: Made) -> str:
    """Why something was made again, and who bears it."""
    return f"{REASONS[Reason(made.reason)].lower()}, borne by {SHORT[Bearer(made.bearer)]}"


def goes_to(payment: PaymentState) -> str:
    """Where the money goes: `Visa ending 4242`, or the customer's hand."""
    return "the customer, in cash" if payment.pay_with is PayWith.CASH else card_words(payment.brand, payment.last4)
