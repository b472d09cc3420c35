"""What is said about money that moved: how it was paid, and that some of it went back."""

from app.core.mail import Mail, send
from app.core.money import format_cents
from app.core.settings import settings
from app.orders import service as orders
from app.orders.keys import tracking_key
from app.payments import records, returns
from app.payments.values import PaymentState, PayWith, Reason, RefundView

BRANDS = {"visa": "Visa", "mastercard": "Mastercard", "amex": "American Express", "discover": "Discover"}


def card_words(brand: str, last4: str) -> str:
    """A card as its owner knows it: `Visa ending 4242`."""
    known = BRANDS.get(brand, "card")
    return f"{known} ending {last4}" if last4 else known


def mail_refund(refund_id: int) -> None:
    """Tell the customer what went back and where to. Raises OSError when no server takes the mail."""
    refund = returns.refund(refund_id)
    payment = records.read(refund.payment_id)
    order = orders.order(payment.order_id)
    if order.contact.email:
        subject = f"{format_cents(refund.cents)} back for order {order.id}"
        send(Mail(order.contact.email, subject, refund_words(order.contact.name, payment, refund)))


def refund_words(name: str, payment: PaymentState, refund: RefundView) -> str:
    """The mail's text."""
    number, cents = payment.order_id, format_cents(refund.cents)
    lines = "".join(f"{part.name}  {format_cents(part.cents)}\n" for part in refund.parts if part.cents)
    cancelled = refund.reason is Reason.CANCELLED
    said = f"your order {number} came to nothing, so" if cancelled else f"about your order {number}:"
    return (
        f"Hello {name},\n\n{said} we gave {cents} back. {_where(payment)}\n\n"
        + (f"{lines}\n" if lines and not cancelled else "")
        + f"Your receipt: {settings().base_url}/receipt/{number}-{tracking_key(number)}\n"
    )


def _where(payment: PaymentState) -> str:
    if payment.pay_with is PayWith.CASH:
        return "You have it in cash."
    return f"It goes to your {card_words(payment.brand, payment.last4)}; your bank shows it within 5 to 10 days."
