"""Where and when the food goes: delivery to an address, or carryout from a store."""

from flask import Blueprint, flash, render_template, request
from flask.typing import ResponseReturnValue
from wtforms import Form, RadioField, SelectField, StringField
from wtforms.validators import Length, Optional, Regexp

from app.core.errors import Refusal
from app.core.money import format_cents
from app.orders import cart
from app.orders.values import Place
from app.stores import service as stores
from app.stores.service import Ask, Method, Promise
from blueprints import who
from blueprints.forms import ASAP, ZIP, ZIP_WANTED, OneLine, chosen_time, own_path, time_choices
from blueprints.frame import Frame, at_store
from blueprints.gateway import limiter
from blueprints.htmx import answer, go

pages = Blueprint("place", __name__)


class PlaceForm(Form):
    """An address to deliver to, or a store to pick up at."""

    method = RadioField("How would you like it?", choices=list(Method), default=Method.DELIVERY.value)
    street = StringField("Street and number", [Length(max=120), OneLine()])
    unit = StringField("Apartment, floor", [Length(max=40), OneLine()])
    city = StringField("City", [Length(max=60), OneLine()])
    zip = StringField("ZIP code", [Optional(), Regexp(ZIP, message=ZIP_WANTED)])
    store = SelectField("Pick up at", coerce=int, validate_choice=False, default=0)
    time = SelectField("When", default=ASAP, validate_choice=False)


@pages.get("/where")
def where_page() -> ResponseReturnValue:
    return _draw(_form(PlaceForm(data=_known())))


@pages.post("/where")
@limiter.limit("30/minute")
def choose_place() -> ResponseReturnValue:
    form = _form(PlaceForm(request.form))
    if not form.validate():
        return _draw(form, 422)
    try:
        place = _place(form)
        promise = stores.accepts(Ask(place.store_id, place.method, place.zip or None, place.wanted_at))
    except Refusal as refusal:
        return _draw(form, refusal.status, refusal)
    cart.go_to(who.open_cart(), place)
    flash(_words(place, promise))
    return go(own_path(request.form.get("next", "")) or "/")


def _known() -> dict[str, object]:
    """What the cart knows, and on top of it what the link says."""
    asked: dict[str, object] = {name: request.args[name] for name in ("method", "zip") if name in request.args}
    if store := request.args.get("store", type=int):
        asked["store"] = store
    view = Frame().cart
    if view is None or view.place is None:
        return asked
    place = view.place
    time = place.wanted_at.isoformat() if place.wanted_at else ASAP
    known = {"street": place.street, "unit": place.unit, "city": place.city, "zip": place.zip}
    return {**known, "method": place.method.value, "store": place.store_id, "time": time, **asked}


def _form(form: PlaceForm) -> PlaceForm:
    view = Frame().cart
    form.store.choices = [(0, "Choose a store"), *((info.id, info.name) for info in stores.listed())]
    form.time.choices = time_choices(view)
    return form


def _place(form: PlaceForm) -> Place:
    at = chosen_time(form.time.data)
    if form.method.data == Method.CARRYOUT.value:
        if form.store.data not in stores.several([form.store.data]):
            raise Refusal("no_store", "Please choose the store to pick up at.", field="store")
        return Place(Method.CARRYOUT, form.store.data, wanted_at=at)
    street, zip_code = form.street.data or "", form.zip.data or ""
    if not street:
        raise Refusal("no_address", "Please give the street and number.", field="street")
    if not zip_code:
        raise Refusal("no_address", "Please give the ZIP code.", field="zip")
    store_id = stores.store_for(stores.Address(street, form.city.data or "", zip_code), at)
    return Place(Method.DELIVERY, store_id, street, form.unit.data or "", form.city.data or "", zip_code, at)


def _words(place: Place, promise: Promise) -> str:
    info = stores.store(place.store_id)
    when = f"{at_store(promise.ready_from, info)} to {at_store(promise.ready_to, info)}"
    if place.method is Method.CARRYOUT:
        return f"Carryout from {info.name}, ready {when}."
    fee = format_cents(promise.fee_cents) if promise.fee_cents else "free"
    return f"{info.name} delivers here, {when}: {fee}, from {format_cents(promise.minimum_cents)} of food."


def _draw(form: PlaceForm, status: int = 200, refusal: Refusal | None = None) -> ResponseReturnValue:
    zip_code = form.zip.data if ZIP.match(form.zip.data or "") else None
    page = render_template(
        "stores/where.html",
        form=form,
        refusal=refusal,
        nearby=stores.nearby(stores.search(zip_code) if zip_code else None),
        next=own_path(request.values.get("next", "")),
    )
    return answer(page, status)
