"""What is said about money that moved: how it was paid, that some of it went back, that it came back to us."""

from app.core.mail import Mail, write
from app.core.money import format_cents
from app.core.settings import settings
from app.orders import letters
from app.orders import service as orders
from app.orders.keys import tracking_key
from app.orders.values import Contact, OrderView
from app.payments import records, returns
from app.payments.values import PaymentState, PayWith, Reason, RefundView
from app.stores import service as stores

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
        letters.send_mail(order.id, f"refund:{refund_id}", refund_mail(order.contact, payment, refund))


def mail_bounced(refund_id: int) -> None:
    """Tell the customer that what went back came back to us. Raises OSError when no server takes the mail."""
    refund = returns.refund(refund_id)
    payment = records.read(refund.payment_id)
    order = orders.order(payment.order_id)
    if order.contact.email:
        letters.send_mail(order.id, f"refund_bounced:{refund_id}", bounced_mail(order, payment, refund))


def bounced_mail(order: OrderView, payment: PaymentState, refund: RefundView) -> Mail:
    """The mail that money which went back did not arrive."""
    return write(
        order.contact.email,
        "refund_bounced",
        order=order,
        store=stores.store(order.store_id),
        amount=format_cents(refund.cents),
        card=card_words(payment.brand, payment.last4),
        receipt=f"{settings().base_url}/receipt/{order.id}-{tracking_key(order.id)}",
    )


def refund_mail(contact: Contact, payment: PaymentState, refund: RefundView) -> Mail:
    """The mail that money goes back."""
    number, cancelled = payment.order_id, refund.reason is Reason.CANCELLED
    parts = () if cancelled else [(part.name, format_cents(part.cents)) for part in refund.parts if part.cents]
    return write(
        contact.email,
        "refund",
        name=contact.name,
        number=number,
        amount=format_cents(refund.cents),
        said=f"your order {number} came to nothing, so" if cancelled else f"about your order {number}:",
        where=_where(payment),
        parts=parts,
        receipt=f"{settings().base_url}/receipt/{number}-{tracking_key(number)}",
    )


def _where(payment: PaymentState) -> str:
    if payment.pay_with is PayWith.CASH:
        return "You have it in cash."
    return f"It goes to your {card_words(payment.brand, payment.last4)}; your bank shows it within 5 to 10 days."
