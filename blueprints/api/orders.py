"""An order and its payment as the API says them."""

from pydantic import Field

from app.orders import service as orders
from app.orders.retiming import may_retime
from app.orders.service import OrderView
from app.payments import service as payments
from app.payments.service import PaymentState, PaymentStatus
from blueprints.api.carts import Discount, Ordered, Quote, discounts, ordered, quote
from blueprints.api.shape import Id, Moment, Money, Shape, Span, Way, money, span
from blueprints.order_links import order_address


class Contact(Shape):
    """Who ordered."""

    name: str
    phone: str
    email: str


class Card(Shape):
    """A card by what its owner knows it by."""

    brand: str
    last4: str


class KeptCard(Card):
    """A kept card, and the month in which it ends."""

    id: Id
    expires: str


class KeptCards(Shape):
    """All kept cards that have not expired, the newest first."""

    cards: list[KeptCard]
    most: int


class Setup(Shape):
    """A card that is about to be kept."""

    setup_id: str
    client_secret: str
    publishable_key: str


class Payment(Shape):
    """A payment. `action` is `confirm_payment` where the bank asks its question at `url`."""

    order_id: Id
    status: str
    method: str
    paid: bool
    amount: Money
    refunded: Money
    card: Card | None
    explanation: str | None
    pay_until: Moment | None
    action: str | None = None
    url: str | None = None


class Order(Shape):
    """An order as it was agreed. Whoever holds `address` may follow, pay and cancel it: it is a bearer token, too."""

    id: Id
    address: str
    status: str
    store_id: Id
    method: Way
    contact: Contact
    street: str
    unit: str
    city: str
    zip_code: str
    note: str
    promise: Span
    asap: bool
    lines: list[Ordered]
    quote: Quote
    discounts: list[Discount]
    created_at: Moment
    cancellable: bool
    retimable: bool
    payment: Payment | None = Field(description="Null for an order that was written down by hand.")


class Brief(Shape):
    """An order in a list of them."""

    id: Id
    address: str
    status: str
    store_id: Id
    method: Way
    total: Money
    names: list[str]
    created_at: Moment


class Orders(Shape):
    """A page of orders, newest first."""

    orders: list[Brief]
    next_cursor: str | None


class Found(Shape):
    """An order that was found again. Whoever holds `address` may follow, pay and cancel it."""

    order_id: Id
    address: str


def order(view: OrderView) -> Order:
    """An order, with its payment as we know it."""
    paid = payments.find(view.id)
    numbers = iter([str(unit.id) for unit in view.quote.units])
    return Order(
        id=str(view.id),
        address=order_address(view.id),
        status=view.status.value,
        store_id=str(view.store_id),
        method=view.method.value,
        contact=Contact(name=view.contact.name, phone=view.contact.phone, email=view.contact.email),
        street=view.street,
        unit=view.unit,
        city=view.city,
        zip_code=view.zip,
        note=view.note,
        promise=span(view.promised_from, view.promised_to),
        asap=view.asap,
        lines=[ordered(each, [next(numbers) for _ in range(each.quantity)]) for each in view.lines],
        quote=quote(view.quote),
        discounts=discounts(view.discounts),
        created_at=view.created_at,
        cancellable=view.status in orders.BEFORE_MAKING,
        retimable=may_retime(view),
        payment=payment(paid) if paid else None,
    )


def payment(state: PaymentState, bank_url: str = "") -> Payment:
    """A payment, and where its bank asks a question; then what an earlier card was told is over."""
    asks = state.status is PaymentStatus.REQUIRES_ACTION
    return Payment(
        order_id=str(state.order_id),
        status=state.status.value,
        method=state.pay_with.value,
        paid=state.paid,
        amount=money(state.amount_cents),
        refunded=money(state.refunded_cents),
        card=Card(brand=state.brand, last4=state.last4) if state.last4 else None,
        explanation=None if asks else state.decline_words or None,
        pay_until=state.pay_until if state.waiting else None,
        action="confirm_payment" if bank_url else None,
        url=bank_url or None,
    )


def brief(view: OrderView) -> Brief:
    """An order in short."""
    return Brief(
        id=str(view.id),
        address=order_address(view.id),
        status=view.status.value,
        store_id=str(view.store_id),
        method=view.method.value,
        total=money(view.quote.total_cents),
        names=[f"{line.quantity} × {line.name}" for line in view.lines],
        created_at=view.created_at,
    )
