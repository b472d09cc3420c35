"""A customer's addresses: each is looked up where it is typed, and says which store delivers there."""

from flask import Blueprint, flash, request
from flask.typing import ResponseReturnValue
from werkzeug.datastructures import MultiDict
from wtforms import StringField
from wtforms.validators import DataRequired, Length, Regexp

from app.core.db import transaction
from app.core.errors import Refusal
from app.orders import cart, doors
from app.stores import service as stores
from app.users import addresses
from app.users.addresses import MOST_ADDRESSES, Door
from blueprints import account, order_links
from blueprints.forms import ZIP, ZIP_WANTED, AddressForm, OneLine, taken_apart
from blueprints.gateway import limiter
from blueprints.htmx import go, own_transactions
from blueprints.promised import words

pages = Blueprint("addresses", __name__)
pages.register_error_handler(Refusal, account.refuse)
PATH = "/account/addresses"


class DoorForm(AddressForm):
    """An address to keep, what to call it, and how to find its door."""

    name = StringField("Call it", [Length(max=40), OneLine()])
    note = StringField("At the door", [Length(max=120), OneLine()])
    street = StringField(
        "Street and number", [DataRequired("Enter the street and number."), Length(max=120), OneLine()]
    )
    zip = StringField(
        "ZIP code",
        [DataRequired("Enter the ZIP code."), Regexp(ZIP, message=ZIP_WANTED)],
        filters=AddressForm.zip.kwargs["filters"],
    )

    @property
    def door(self) -> Door:
        """The address that was written."""
        return Door(*(self[part].data or "" for part in ("street", "zip", "unit", "city", "name", "note")))


@pages.get(PATH)
def addresses_page() -> ResponseReturnValue:
    account.customer()
    return _list(DoorForm())


@pages.post(PATH)
@own_transactions
@limiter.limit("30/minute")
def keep() -> ResponseReturnValue:
    mine, form = account.customer(), DoorForm(MultiDict(taken_apart(request.form)))
    try:
        if not _found(form):
            return _list(form, 422)
        with transaction():
            addresses.keep(mine, form.door)
    except Refusal as refusal:
        return _list(_marked(form, refusal), refusal.status)
    flash(f"Kept. {_told(form.door)}")
    return go(PATH)


@pages.get(f"{PATH}/<row:address_id>")
def address_page(address_id: int) -> ResponseReturnValue:
    kept = addresses.one(account.customer(), address_id)
    return _one(DoorForm(obj=kept), address_id)


@pages.post(f"{PATH}/<row:address_id>")
@own_transactions
@limiter.limit("30/minute")
def change(address_id: int) -> ResponseReturnValue:
    mine, form = account.customer(), DoorForm(MultiDict(taken_apart(request.form)))
    addresses.one(mine, address_id)
    try:
        if not _found(form):
            return _one(form, address_id, 422)
        with transaction():
            addresses.change(mine, address_id, form.door)
    except Refusal as refusal:
        return _one(_marked(form, refusal), address_id, refusal.status)
    flash(f"Saved. {_told(form.door)}")
    return go(PATH)


@pages.post(f"{PATH}/<row:address_id>/usual")
def make_usual(address_id: int) -> ResponseReturnValue:
    mine = account.customer()
    addresses.make_usual(mine, address_id)
    flash(f"{addresses.one(mine, address_id).title} comes first from now on.")
    return go(PATH)


@pages.post(f"{PATH}/<row:address_id>/removal")
def remove(address_id: int) -> ResponseReturnValue:
    mine = account.customer()
    title = addresses.one(mine, address_id).title
    addresses.drop(mine, address_id)
    flash(f"{title} is kept no longer.")
    return go(PATH)


@pages.post(f"{PATH}/of-order/<address>")
def keep_from(address: str) -> ResponseReturnValue:
    mine, order_id = account.customer(), order_links.order_of(address)
    try:
        kept = addresses.one(mine, doors.keep_from(mine, order_id))
    except Refusal as refusal:
        flash(refusal.message)
        return go("/account/orders")
    flash(f"{kept.title} is kept. Pick it the next time you order.")
    return go("/account/orders")


def _found(form: DoorForm) -> bool:
    """Whether an address is whole; then it is looked up, before anything is written."""
    whole: bool = form.validate()
    if whole:
        doors.look_up(form.door)
    return whole


def _told(door: Door) -> str:
    """Who brings it there and when, or why nobody does."""
    try:
        place = doors.place_to(door)
        return words(stores.store(place.store_id), stores.accepts(cart.ask(place, ())))
    except Refusal as refusal:
        return refusal.message


def _marked(form: DoorForm, refusal: Refusal) -> DoorForm:
    form["zip" if refusal.field == "zip" else "street"].errors = [refusal.message]
    return form


def _list(form: DoorForm, status: int = 200) -> ResponseReturnValue:
    served = doors.served(account.customer())
    full = len(served) >= MOST_ADDRESSES
    return account.page("orders/addresses.html", "addresses", status=status, form=form, served=served, full=full)


def _one(form: DoorForm, address_id: int, status: int = 200) -> ResponseReturnValue:
    return account.page("orders/address.html", "addresses", status=status, form=form, address_id=address_id)
