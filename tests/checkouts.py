"""Ana at the checkout: a cart, the request that orders it, and the order that comes of it."""

from typing import Any
from uuid import uuid4

from app.core.db import transaction
from app.menu.service import Selection
from app.orders import cart
from app.orders.values import Contact, Place, Placing
from app.payments import service as payments
from app.payments.service import CheckoutRequest, PayWith
from app.stores.service import Method

ANA = Contact("Ana Lopez", "+13125550142", "ana@example.com")


def fill_cart(*, quantity: int = 2, product: str = "cola", method: Method = Method.CARRYOUT) -> int:
    """An open cart at the first store, which never closes."""
    with transaction():
        mine = cart.create()
        cart.add(mine, Selection(product), quantity)
        cart.go_to(mine, Place(method, 1, street="12 Elm Street", city="Chicago", zip="60610"))
    return mine


def request(
    cart_id: int, *, key: str | None = None, pay_with: PayWith = PayWith.CARD, **placing: Any
) -> CheckoutRequest:
    """What Ana's page sends for a cart as it stands."""
    seen = cart.view(cart_id, tip_cents=placing.get("tip_cents", 0))
    values = {"cart_version": seen.version, "expected_total_cents": seen.quote.total_cents, "contact": ANA, **placing}
    return CheckoutRequest(key or uuid4().hex, Placing(cart_id=cart_id, **values), pay_with)


def check_out(pay_with: PayWith = PayWith.CARD, **cart_of: Any) -> tuple[int, int]:
    """An order and its payment."""
    done = payments.check_out(request(fill_cart(**cart_of), pay_with=pay_with))
    return done.order_id, done.payment_id
