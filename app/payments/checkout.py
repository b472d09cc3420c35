"""The checkout transaction: an order, its payment and the fact that it was asked for, all of them or none."""

from dataclasses import replace
from typing import cast

from sqlalchemy import Table, insert

from app.core import clock
from app.core.db import atomically, sent
from app.core.errors import Refusal
from app.core.events import emit
from app.core.failpoints import failpoint
from app.core.idempotency import claim, fingerprint, remember
from app.core.money import format_cents
from app.orders import service as orders
from app.orders.service import Placed
from app.payments import cards, records, status
from app.payments.events import PaymentAuthorised, PaymentRequested
from app.payments.models import Payment
from app.payments.status import PaymentStatus
from app.payments.values import LEAST_BY_CARD_CENTS, Checkout, CheckoutRequest, PaymentState, PayWith
from app.stores import service as stores
from app.users import service as users

SCOPE = "checkout"
_payments = cast("Table", Payment.__table__)
OPEN = insert(_payments).returning(*records.SHOWN)


def check_out(request: CheckoutRequest) -> Checkout:
    """Place an order and its payment in a unit of work of their own. Only who is signed in can have a card kept.

    The same key, and another key for the same cart, get the same order. Raises what `orders.place`, `orders.take` and
    `idempotency.claim` raise, and Refusal `cash_limit`, `card_minimum`.
    """
    return atomically(lambda: _check_out(request))


def _check_out(request: CheckoutRequest) -> Checkout:
    earlier = claim(SCOPE, request.key, _fingerprint(request))
    if earlier is not None:
        return Checkout(records.read(earlier["payment_id"]), new=False)
    failpoint("claimed")
    placed = orders.place(request.placing)
    payment = _open_payment(request, placed) if placed.new else _payment_of(placed.order_id)
    remember(SCOPE, request.key, {"order_id": placed.order_id, "payment_id": payment.id})
    orders.take(placed)
    if placed.new and payment.pay_with is PayWith.CASH:
        orders.mark_placed(placed.order_id)
        emit(PaymentAuthorised(payment.id, placed.order_id))
    return Checkout(payment, new=placed.new)


def _fingerprint(request: CheckoutRequest) -> str:
    placing = request.placing
    return fingerprint(
        {
            "cart": [placing.cart_id, placing.cart_version],
            "total": [placing.expected_total_cents, placing.tip_cents],
            "contact": [placing.contact.name, placing.contact.phone, placing.contact.email],
            "door": [placing.street, placing.unit, placing.note],
            "cash": request.pay_with is PayWith.CASH,
        }
    )


def _payment_of(order_id: int) -> PaymentState:
    payment = records.of_order(order_id)
    if payment is None:
        raise RuntimeError(f"order {order_id} has no payment")
    return payment


def _open_payment(request: CheckoutRequest, placed: Placed) -> PaymentState:
    pay_with = _pay_with(request, placed)
    cash = pay_with is PayWith.CASH
    now, account = clock.now(), request.placing.account
    begins_as = PaymentStatus.AUTHORISED if cash else PaymentStatus.NEW
    row = {
        "order_id": placed.order_id,
        "store_id": placed.store_id,
        "method": pay_with,
        "status": begins_as,
        "amount_cents": placed.total_cents,
        "authorised_cents": placed.total_cents if cash else 0,
        "user_id": account,
        "customer_id": cards.customer_of(account),
        "keeps_card": request.keep_card and account is not None and not cash,
        "created_at": now,
        "asked_at": now,
    }
    payment = replace(records.state_of(sent(OPEN, row)[0]), receipt_to=request.placing.contact.email)
    status.record(payment.id, 0, begins_as)
    if not cash:
        emit(PaymentRequested(payment.id))
    if request.staff_user_id is not None:
        subject, how = f"order:{placed.order_id}", pay_with.value
        users.audit(request.staff_user_id, "order.place", subject, placed.store_id, pay_with=how)
    return payment


def _pay_with(request: CheckoutRequest, placed: Placed) -> PayWith:
    """How an order is paid: as it was asked for, if it can be. One that comes to nothing is as good as paid in cash."""
    total, limit = placed.total_cents, stores.store(placed.store_id).cash_limit_cents
    if total == 0:
        return PayWith.CASH
    if request.pay_with is PayWith.CASH and total > limit:
        message = f"Our drivers and counters take up to {format_cents(limit)} in cash. Please pay by card."
        raise Refusal("cash_limit", message, field="pay_with")
    if request.pay_with is not PayWith.CASH and total < LEAST_BY_CARD_CENTS:
        instead = "pay in cash" if total <= limit else "add something to your order"
        message = f"Cards start at {format_cents(LEAST_BY_CARD_CENTS)}. Please {instead}."
        raise Refusal("card_minimum", message, field="pay_with")
    return request.pay_with
