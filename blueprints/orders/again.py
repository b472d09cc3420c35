"""Ordering the same again, with one tap: into the cart, and whatever is unlike then is told."""

from flask import Blueprint, flash, render_template, request
from flask.typing import ResponseReturnValue

from app.core.errors import Refusal
from app.orders import reordering
from app.orders.reordering import Compared
from blueprints import browser, order_links
from blueprints.errors import draw_refusal
from blueprints.gateway import limiter
from blueprints.htmx import answer, go

pages = Blueprint("again", __name__)
WAYS = ("add", "instead")


@pages.errorhandler(Refusal)
def refuse(refusal: Refusal) -> ResponseReturnValue:
    if refusal.status == 404:
        return draw_refusal(refusal)
    flash(refusal.message)
    return go("/cart")


@pages.post("/orders/<address>/again")
@limiter.limit("30/minute")
def order_again(address: str) -> ResponseReturnValue:
    order_id, how = order_links.order_of(address), request.form.get("how")
    head = browser.cart_head()
    compared = reordering.look_ahead(head.id if head else None, order_id)
    asks = head is not None and how not in WAYS and reordering.holds_others(head.id, order_id)
    if asks or not compared.makes:
        return _ask(address, compared)
    reordering.put_back(browser.open_cart(), order_id, instead=how == "instead")
    browser.forget_cart_head()
    if compared.differences:
        return go(f"/cart?after={address}")
    flash(f"Order {order_id} is in your order again.")
    return go("/cart")


def _ask(address: str, compared: Compared) -> ResponseReturnValue:
    return answer(render_template("orders/again.html", address=address, compared=compared))
