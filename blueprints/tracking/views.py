"""The tracker: an order's own page, for whoever holds its address."""

from flask import Blueprint, flash, redirect, render_template, request
from flask.typing import ResponseReturnValue
from wtforms import Form, IntegerField, StringField
from wtforms.validators import DataRequired, InputRequired, Length, NumberRange, Regexp

from app.core.errors import Conflict, Refusal
from app.orders import service as orders
from app.payments import service as payments
from app.stores import service as stores
from app.tracking import ratings
from app.tracking import service as tracking
from blueprints import order_links
from blueprints.forms import OneLine
from blueprints.gateway import limiter
from blueprints.htmx import answer, go, piece_only, seen_already, wants_piece
from blueprints.tracking.pieces import track_piece
from blueprints.tracking.track_words import track_words

pages = Blueprint("tracking", __name__)
NUMBER = r"\s*#?[0-9]{1,9}\s*\Z"
NOT_FOUND = "We found no order with that number and phone. Please check both, or call the store."


class SearchForm(Form):
    """What finds an order again."""

    number = StringField(
        "Order number",
        [
            DataRequired("Enter the order number."),
            Regexp(NUMBER, message="It is digits only, like 4127."),
        ],
    )
    phone = StringField(
        "Phone number you gave",
        [DataRequired("Enter the phone number you gave with the order."), Length(max=40), OneLine()],
    )


class RatingForm(Form):
    """What a customer thought of an order."""

    stars = IntegerField(validators=[InputRequired(), NumberRange(1, 5)])
    words = StringField(validators=[Length(max=200), OneLine()])


@pages.get("/track")
def search_page() -> ResponseReturnValue:
    recent = [
        (tracking.follow(order_id), order_links.order_address(order_id)) for order_id in order_links.recent_orders()
    ]
    return render_template("tracking/search.html", form=SearchForm(), recent=recent)


@pages.post("/track")
@limiter.limit("10/minute")
def search() -> ResponseReturnValue:
    form = SearchForm(request.form)
    if not form.validate():
        return render_template("tracking/search.html", form=form, recent=()), 422
    found = orders.find(int((form.number.data or "").strip().lstrip("#")), form.phone.data or "")
    if found is None:  # the same words, whether there is no such order or another's phone
        return render_template("tracking/search.html", form=form, recent=(), also=(NOT_FOUND,)), 422
    order_links.remember_order(found)
    return go(f"/track/{order_links.order_address(found)}")


@pages.get("/track/<address>")
def track_page(address: str) -> ResponseReturnValue:
    return _page(order_links.order_of(address), address)


@pages.get("/x/track/<address>")
def track(address: str) -> ResponseReturnValue:
    piece_only()
    piece = track_piece(order_links.order_of(address), address)
    return seen_already(piece.tag) or answer(piece.draw())


@pages.post("/track/<address>/cancellation")
@limiter.limit("10/minute")
def cancel(address: str) -> ResponseReturnValue:
    order_id = order_links.order_of(address)
    try:
        orders.cancel(order_id, by="customer", reason="You cancelled it")
    except Conflict:
        return _too_late(order_id, address)
    if wants_piece():
        return answer(track_piece(order_id, address).draw())
    flash("Your order is cancelled.")
    return redirect(f"/track/{address}", 303)


@pages.post("/track/<address>/rating")
@limiter.limit("10/minute")
def rate(address: str) -> ResponseReturnValue:
    order_id, form = order_links.order_of(address), RatingForm(request.form)
    if not form.validate():
        raise Refusal("no_such_stars", "Choose one to five stars, and keep the words short.", field="stars")
    try:
        ratings.rate(order_id, form.stars.data or 0, form.words.data or "")
    except Conflict as twice:
        return _beside(order_id, address, twice.message)
    if wants_piece():
        return answer(track_piece(order_id, address).draw())
    flash("Thank you for telling us.")
    return redirect(f"/track/{address}", 303)


def _too_late(order_id: int, address: str) -> ResponseReturnValue:
    return _beside(order_id, address, "It is too late to cancel: we have started making it. Please call the store.")


def _beside(order_id: int, address: str, said: str) -> ResponseReturnValue:
    """The order as it stands, and why what was asked for was not done."""
    if wants_piece():
        return answer(
            track_piece(order_id, address).draw() + render_template("errors/_refused.html", message=said), 409
        )
    flash(said)
    return _page(order_id, address, 409)


def _page(order_id: int, address: str, status: int = 200) -> ResponseReturnValue:
    view = tracking.follow(order_id)
    words = track_words(view, payments.find(order_id), stores.store(view.store_id), address)
    response = answer(render_template("tracking/track.html", track=words), status)
    response.headers["X-Robots-Tag"] = "noindex"
    return response
