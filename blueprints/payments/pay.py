"""Paying an order that waits for it: coming back from the provider, trying another card, or going back to the cart."""

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue

from app.orders import cart
from app.orders import service as orders
from app.orders.service import OrderStatus
from app.payments import service as payments
from app.payments.service import PayWith
from app.stores import service as stores
from blueprints import browser, order_links, who
from blueprints.gateway import allow_stripe, limiter
from blueprints.htmx import answer, go, own_transactions, piece_only
from blueprints.payments.forms import way
from blueprints.payments.paying import card_choices, pay_url, return_url, send_to_pay, settled, stripe_facts, track_url

pages = Blueprint("pay", __name__)


@pages.get("/pay/return/<address>")
@limiter.limit("60/minute")
def come_back(address: str) -> ResponseReturnValue:
    return _after_asking(order_links.order_of(address), "payments/confirming.html")


@pages.get("/x/pay/<address>")
@limiter.limit("120/minute")
def keep_asking(address: str) -> ResponseReturnValue:
    piece_only()
    return _after_asking(order_links.order_of(address), "payments/_confirming.html")


def _after_asking(order_id: int, waiting: str) -> ResponseReturnValue:
    payment, undecided = settled(order_id)
    if payment.paid:
        return go(track_url(order_id))
    if not undecided:
        return go(pay_url(order_id))
    urls = {"ask_url": f"/x{pay_url(order_id)}", "return_url": return_url(order_id), "pay_url": pay_url(order_id)}
    return answer(render_template(waiting, order_id=order_id, **urls))


@pages.get("/pay/<address>")
@limiter.limit("60/minute")
def pay_page(address: str) -> ResponseReturnValue:
    order_id = order_links.order_of(address)
    payment, _ = settled(order_id)
    if payment.paid:
        return go(track_url(order_id))
    allow_stripe()
    order = orders.order(order_id)
    page = render_template(
        "payments/pay.html" if payment.waiting else "payments/over.html",
        order=order,
        payment=payment,
        store=stores.store(order.store_id),
        action=pay_url(order_id),
        stripe=stripe_facts(),
        kept=card_choices(who.account()) if payment.user_id == who.account() and payment.customer_id else [],
    )
    return answer(page)


@pages.post("/pay/<address>")
@own_transactions
@limiter.limit("12/minute")
def pay(address: str) -> ResponseReturnValue:
    pay_with, card_id = way(request.form.get("pay_with"))
    pay_with = PayWith.HOSTED if pay_with is PayWith.CASH else pay_with
    return send_to_pay(payments.state(order_links.order_of(address)), pay_with, card_id)


@pages.post("/pay/<address>/cart")
def back_to_cart(address: str) -> ResponseReturnValue:
    order_id = order_links.order_of(address)
    stands = orders.hold(order_id)
    if stands is not OrderStatus.PENDING_PAYMENT and stands not in orders.DEAD:
        return go(track_url(order_id))
    if stands is OrderStatus.PENDING_PAYMENT:
        orders.cancel(order_id, by="customer", reason="changed before paying")
    browser.take_cart(cart.again(order_id, who.account()))
    return go("/cart")
