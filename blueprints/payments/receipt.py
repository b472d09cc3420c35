"""An order's receipt: for whoever holds its address, to look at, print and keep."""

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from app.core.errors import NotFound
from app.orders import service as orders
from app.payments import returns
from app.payments import service as payments
from app.payments.service import RefundState
from app.stores import service as stores
from blueprints import order_links
from blueprints.htmx import answer
from blueprints.payments.paying import track_url
from blueprints.refund_words import goes_to, parts_words

pages = Blueprint("receipt", __name__)


@pages.get("/receipt/<address>")
def receipt_page(address: str) -> ResponseReturnValue:
    order_id = order_links.order_of(address)
    order, payment = orders.order(order_id), payments.find(order_id)
    if payment is None or not payment.paid:
        raise NotFound("This order has no receipt, because nothing was paid for it.")
    given = [each for each in returns.of_payment(payment.id) if each.state is RefundState.SUCCEEDED]
    page = render_template(
        "payments/receipt.html",
        order=order,
        payment=payment,
        store=stores.store(order.store_id),
        to=goes_to(payment),
        given=[(each, parts_words(each)) for each in given],
        track_url=track_url(order_id),
    )
    response = answer(page)
    response.headers["X-Robots-Tag"] = "noindex"
    return response
