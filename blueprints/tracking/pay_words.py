"""How an order is paid, in words: for its customer, and for whoever hands it over."""

from app.core.money import format_cents
from app.orders import remaking
from app.payments import returns
from app.payments import service as payments
from app.payments.receipts import card_words
from app.payments.service import PaymentState, PaymentStatus, PayWith
from app.stores.service import Method

S = PaymentStatus
NOTHING = "Nothing to pay"
LET_GO = "Your card was not charged. If the bank held the money, it lets it go within a few days."
SHOWN_IN = "Your bank shows it within 5 to 10 days."
GOES_BACK = "The money goes back to your card within a few days."


def customer_words(payment: PaymentState | None, method: Method, *, handed_over: bool) -> str:
    """What a customer reads beside the total; nothing while it waits for its payment or came to none."""
    if payment is None or not payment.paid:
        return ""
    if not payment.amount_cents:
        return NOTHING
    if payment.pay_with is PayWith.CASH:
        where = "door" if method is Method.DELIVERY else "counter"
        words = "Paid in cash" if handed_over or payment.captured_cents else f"Pay in cash at the {where}"
    else:
        words = f"Paid by {card(payment)}"
    back = payment.refunded_cents
    return f"{words}, {format_cents(back)} of it given back" if back else words


def staff_words(order_id: int) -> str:
    """What the one who hands the order over must know: cash to take, or nothing more to pay."""
    payment = payments.find(order_id)
    if payment is None and remaking.of(order_id):
        return NOTHING
    if payment is None or not payment.paid:
        return "Not paid"
    if not payment.amount_cents:
        return NOTHING
    if payment.pay_with is PayWith.CASH and payment.status is S.AUTHORISED:
        return f"Take {format_cents(payment.amount_cents)} in cash"
    return "Paid in cash" if payment.pay_with is PayWith.CASH else f"Paid by {card(payment)}"


def money_back_words(payment: PaymentState | None) -> str:
    """What becomes of the money of an order that came to nothing; nothing for one that was to be paid in cash."""
    if payment is None or payment.pay_with is PayWith.CASH:
        return ""
    if payment.refunded_cents:
        return f"We gave {format_cents(payment.refunded_cents)} back to your {card(payment)}. {SHOWN_IN}"
    if payment.captured_cents and returns.stuck(payment.id):
        return f"We could not give the money back to your {card(payment)} yet. Call us, so that we find another way."
    return GOES_BACK if payment.captured_cents else LET_GO


def card(payment: PaymentState) -> str:
    """The card as its owner knows it: `Visa ending 4242`."""
    return card_words(payment.brand, payment.last4)
