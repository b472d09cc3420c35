"""The cart: lines come, change and go. Each action sends back the pieces it changed, or a page without htmx."""

import re
from urllib.parse import urlencode

from flask import Blueprint, flash, redirect, render_template, request, session
from flask.typing import ResponseReturnValue
from werkzeug.datastructures import MultiDict

from app.core.errors import NotFound, Refusal
from app.menu import service as menu
from app.menu.service import Catalogue, Product, Selection
from app.orders import cart, reordering
from app.orders.advising import why
from app.orders.reordering import Compared
from app.orders.values import CartView
from app.promotions.service import Trial
from blueprints import browser, order_links, picks, who
from blueprints.errors import draw_refusal
from blueprints.frame import Frame
from blueprints.htmx import answer, piece_only, wants_piece
from blueprints.orders.cart_pieces import changed

pages = Blueprint("cart", __name__)
IDEM = re.compile(r"[A-Za-z0-9_-]{1,19}")
MENDED_IN_FORMS = frozenset({"bad_quantity", "too_many", "not_made"})  # before they could say what was wrong
NOT_TYPED = frozenset({"idem", "product", "token"})
MOST_LETTERS, LONGEST_ADDRESS = 200, 3_000  # of what was typed in one field, and of all that goes back into a form


@pages.get("/cart")
def cart_page() -> ResponseReturnValue:
    view = Frame().cart
    return answer(render_template("orders/cart.html", cart=view, after=_after(view)))


def _after(view: CartView | None) -> Compared | None:
    """The past order that was just put into the cart, where something is unlike then."""
    address = request.args.get("after", "")
    if view is None or not address:
        return None
    try:
        compared = reordering.compare(order_links.order_of(address), view.menu_store_id)
    except NotFound:
        return None
    return compared if compared.differences else None


@pages.get("/cart/why")
def why_page() -> ResponseReturnValue:
    return answer(render_template("orders/why.html", trials=_trials()))


@pages.get("/x/cart/why")
def why_piece() -> ResponseReturnValue:
    piece_only()
    return answer(render_template("orders/_why.html", trials=_trials()))


def _trials() -> tuple[Trial, ...]:
    view = Frame().cart
    return why(view) if view else ()


@pages.post("/cart/lines")
def add_line() -> ResponseReturnValue:
    mine = browser.open_cart()
    line = cart.add(mine, _selection(request.form), _quantity(request.form), None if wants_piece() else _key())
    if line.selection.crust:
        session["size"] = line.selection.size  # the next pizza of this browser is offered in it
    return changed(f"Added {line.name}.", back=_back(request.form))


@pages.post("/cart/lines/<row:line_id>")
def change_line(line_id: int) -> ResponseReturnValue:
    quantity = _quantity(request.form, least=0)
    name = cart.change(_mine(), line_id, quantity)
    undo = f"/cart/lines/{line_id}/restoration" if quantity == 0 else None
    return changed(f"Removed {name}." if quantity == 0 else f"{quantity} × {name}.", back="/cart", undo=undo)


@pages.post("/cart/lines/<row:line_id>/pizza")
def replace_pizza(line_id: int) -> ResponseReturnValue:
    line = cart.replace(_mine(), line_id, _selection(request.form), _quantity(request.form))
    return changed(f"Changed to {line.name}.", back="/cart")


@pages.errorhandler(Refusal)
def refused(refusal: Refusal) -> ResponseReturnValue:
    """What was put together goes back into its form, which says what is wrong; all else is a page or a piece."""
    browser.forget_new_cart()
    address = None if wants_piece() or refusal.status != 422 else _form_again()
    if address is None:
        return draw_refusal(refusal)
    if refusal.code in MENDED_IN_FORMS:
        flash(refusal.message)
    return redirect(address, 303)


def _form_again() -> str | None:
    """The page of the form that was sent, with all that was typed there; None where it is no form of one thing."""
    if request.endpoint not in {"cart.add_line", "cart.replace_pizza"}:
        return None
    try:
        item = _product(request.form)
    except NotFound:  # the store of the cart that was just forgotten had it
        return None
    line_id = (request.view_args or {}).get("line_id")
    way, place = "build" if item.pizza else "item", f"line/{line_id}" if line_id else item.slug
    typed = [(name, text[:MOST_LETTERS]) for name, text in request.form.items(multi=True) if name not in NOT_TYPED]
    address = f"/{way}/{place}?{urlencode(typed)}"
    return address if len(address) < LONGEST_ADDRESS else None


@pages.post("/cart/lines/<row:line_id>/restoration")
def restore_line(line_id: int) -> ResponseReturnValue:
    return changed(f"{cart.restore(_mine(), line_id)} is back.", back="/cart")


def _mine() -> int:
    """The cart whose lines a form changes, 0 for none. Raises Refusal 401 `sign_in` where it is kept for somebody."""
    if browser.cart_id() is None and session.get("cart_of") is not None and who.person() is None:
        words = "You were signed out. Your order is kept: sign in and go on with it."
        raise Refusal("sign_in", words, status=401, action="sign_in")
    browser.find_cart(request.form.get("token", ""), of_guests=True)
    return browser.cart_id() or 0


def _key() -> str | None:
    """The key of a page's form, and what of the page was pressed: pressed again, it adds nothing twice."""
    key, product = IDEM.fullmatch(request.form.get("idem", "")), request.form.get("product", "")
    return f"{key[0]}-{product[:20]}" if key else None


def _selection(form: MultiDict[str, str]) -> Selection:
    return picks.read(_catalogue(), _product(form), form)[0]


def _product(form: MultiDict[str, str]) -> Product:
    return menu.product(_catalogue(), form.get("product", "")[:40])


def _catalogue() -> Catalogue:
    head = browser.cart_head()
    return menu.catalogue(cart.menu_store(head.store_id if head else None))


def _quantity(form: MultiDict[str, str], least: int = 1) -> int:
    text = form.get("quantity", "1")
    if not (text.isascii() and text.isdigit() and len(text) < 4 and int(text) >= least):
        raise Refusal("bad_quantity", "Please give a number of pieces.", field="quantity")
    return int(text)


def _back(form: MultiDict[str, str]) -> str:
    """Where to go after adding: to the product's place in the menu; to its top from the builder."""
    slug = form.get("product", "")
    return f"/#{slug}" if "size" not in form and slug.replace("-", "").isalnum() else "/"
