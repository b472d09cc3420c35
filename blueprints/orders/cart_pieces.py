"""What every change of a cart sends back: the pieces that it changed, or a page without htmx."""

from flask import flash, render_template
from flask.typing import ResponseReturnValue

from app.core.money import format_cents
from blueprints import browser
from blueprints.frame import Frame
from blueprints.htmx import answer, go, wants_piece


def changed(said: str, *, back: str, undo: str | None = None) -> ResponseReturnValue:
    """The cart as it is now, and a sentence; without htmx the page to go `back` to."""
    browser.forget_cart_head()
    frame = Frame()
    said = f"{said} Order total {format_cents(frame.cart_total_cents)}."
    if not wants_piece():
        flash(said, "added" if back == "/" else "message")
        return go(back)
    return answer(render_template("orders/cart_changed.html", frame=frame, cart=frame.cart, said=said, undo=undo))
