"""Wishes on the cart: typed codes, one that must be used, and a deal that was picked. Each can be taken back."""

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue

from app.core.errors import Refusal
from app.core.money import format_cents
from app.orders import wishes
from app.promotions import service as promotions
from app.promotions.service import Coupon, Reason
from blueprints import browser
from blueprints.deal_words import dearer_words
from blueprints.frame import Frame
from blueprints.gateway import count_answer, note_miss, tries_codes
from blueprints.htmx import answer, wants_piece
from blueprints.orders.cart_pieces import changed

pages = Blueprint("coupon", __name__)
pages.after_request(count_answer)

MOST_TYPED = 200


@pages.post("/cart/coupon")
@tries_codes
def use_code() -> ResponseReturnValue:
    typed = request.form.get("code", "")[:MOST_TYPED]
    if not typed.strip():
        return _wrong(typed, "Enter the code that you have.")
    try:
        coupon = wishes.use_code(browser.open_cart(), typed, browser.identities())
    except Refusal as refusal:
        if refusal.field != "code":
            raise
        if refusal.code == Reason.UNKNOWN:
            note_miss()
        return _wrong(typed, refusal.message)
    return changed(_said(coupon), back="/cart")


def _said(coupon: Coupon) -> str:
    if coupon.used:
        return f"{coupon.label} takes {format_cents(coupon.saves_cents)} off."
    if coupon.worse:
        return f"{coupon.label} takes {format_cents(coupon.saves_cents)} off. {dearer_words(coupon)}"
    return f"{coupon.label} is kept and waits."


def _wrong(typed: str, why: str) -> ResponseReturnValue:
    """The cart as it was, the code as it was typed, and the reason under its field."""
    browser.forget_new_cart()
    frame = Frame()
    template = "orders/_cart.html" if wants_piece() else "orders/cart.html"
    return answer(render_template(template, cart=frame.cart, frame=frame, typed=typed, wrong=why), 422)


@pages.delete("/cart/coupon")
@pages.post("/cart/coupon/removal")
def drop_code() -> ResponseReturnValue:
    code = _code()
    wishes.drop_code(browser.cart_id() or 0, code)
    return changed(f"{code} is off your order.", back="/cart")


@pages.post("/cart/coupon/pin")
def pin_code() -> ResponseReturnValue:
    code = _code()
    wishes.pin(browser.cart_id() or 0, code)
    return changed(f"{code} is used.", back="/cart")


def _code() -> str:
    """The code that a button is about: part of its address."""
    return promotions.normal(request.args.get("code", "")[:MOST_TYPED])


@pages.delete("/cart/coupon/pin")
@pages.post("/cart/coupon/pin/removal")
def unpin_code() -> ResponseReturnValue:
    wishes.unpin(browser.cart_id() or 0)
    return changed("The best price is used.", back="/cart")


@pages.post("/cart/deal/<row:deal_id>")
def pick_deal(deal_id: int) -> ResponseReturnValue:
    wishes.pick(browser.open_cart(), deal_id)
    return changed("Noted. Your order says what becomes of the deal.", back="/cart")


@pages.delete("/cart/deal")
@pages.post("/cart/deal/removal")
def drop_deal() -> ResponseReturnValue:
    wishes.pick(browser.cart_id() or 0, None)
    return changed("The deal is off your order.", back="/cart")
