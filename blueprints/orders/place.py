"""Where and when the food goes: delivery to an address, or carryout from a store."""

from flask import Blueprint, flash, render_template, request
from flask.typing import ResponseReturnValue
from werkzeug.datastructures import MultiDict

from app.core.db import transaction
from app.core.errors import Refusal
from app.orders import cart, switching
from app.orders.switching import Move
from app.orders.values import Place
from app.stores import service as stores
from app.stores.service import Promise
from app.users import addresses
from blueprints import account, browser, who
from blueprints.forms import own_path, taken_apart
from blueprints.gateway import limiter
from blueprints.htmx import answer, go, own_transactions, piece_only
from blueprints.orders.place_form import PlaceForm, filled, known, place_of
from blueprints.promised import words

pages = Blueprint("place", __name__)


@pages.get("/where")
def where_page() -> ResponseReturnValue:
    return _draw(PlaceForm(data=known()))


@pages.get("/x/where/times")
@limiter.limit("60/minute")
def times() -> ResponseReturnValue:
    piece_only()
    form = PlaceForm(MultiDict(taken_apart(request.args)))
    form.validate()
    drawn = filled(form)
    return answer(render_template("orders/where_changed.html", form=form, drawn=drawn))


@pages.post("/where")
@own_transactions
@limiter.limit("30/minute")
def choose_place() -> ResponseReturnValue:
    form = _read()
    # Enter in any field presses the first button there is, which finds stores: of use to who picks one up there.
    finding = "find" in request.form and form.method.data != stores.Method.DELIVERY
    if finding or not form.validate():
        return _draw(form, 200 if finding else 422)
    try:
        stores.locate(form.address)  # before anything is written: it may ask somebody outside
        place = place_of(form)
        promise = stores.accepts(cart.ask(place, ()))
    except Refusal as refusal:
        return _draw(form, refusal.status, refusal)
    return _differences(form, place, promise) or _go_there(place, promise)


def _read() -> PlaceForm:
    """The form that was filled in; or an address that the customer keeps, with one tap, at the time that was chosen.

    Raises NotFound, Refusal.
    """
    kept = request.form.get("kept", type=int)
    if kept is None:
        return PlaceForm(MultiDict(taken_apart(request.form)))
    door, head = addresses.one(account.customer(), kept), browser.cart_head()
    typed = {part: getattr(door, part) for part in ("street", "unit", "city", "zip")}
    time = {"time": head.wanted_at.isoformat()} if head and head.wanted_at else {}
    return PlaceForm(MultiDict({**typed, **time}))


def _differences(form: PlaceForm, place: Place, promise: Promise) -> ResponseReturnValue | None:
    """The list of what would be different, unless there is nothing, or the customer has seen it."""
    head = browser.cart_head()
    move = switching.look_ahead(head.id, place, promise, browser.identities()) if head else None
    asks = move is not None and move.differences and request.form.get("seen") != move.seal
    return _ask_first(form, move) if move and asks else None


def _ask_first(form: PlaceForm, move: Move) -> ResponseReturnValue:
    view = cart.view(browser.cart_id() or 0)
    now = view.place or Place(move.place.method, view.menu_store_id)
    page = render_template(
        "orders/switch.html",
        form=form,
        move=move,
        told=words(stores.store(move.place.store_id), move.promise),
        there=switching.name_of(move.place),
        stay=switching.name_of(now),
        next=_next(),
    )
    return answer(page)


def _go_there(place: Place, promise: Promise) -> ResponseReturnValue:
    with transaction():
        switching.move(browser.open_cart(), place)
    flash(words(stores.store(place.store_id), promise))
    return go(_next() or "/")


def _next() -> str | None:
    return own_path(request.values.get("next", ""))


def _draw(form: PlaceForm, status: int = 200, refusal: Refusal | None = None) -> ResponseReturnValue:
    drawn, mine = filled(form), who.account()
    kept = addresses.of(mine) if mine is not None else ()
    page = render_template("orders/where.html", form=form, drawn=drawn, kept=kept, refusal=refusal, next=_next())
    return answer(page, status)
