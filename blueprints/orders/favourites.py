"""Favourites: a pizza of the cart or of an order is kept under a name, and put into the cart again with one tap."""

import secrets

from flask import Blueprint, flash, request
from flask.typing import ResponseReturnValue
from wtforms import Form, HiddenField, StringField
from wtforms.validators import DataRequired, Length

from app.core.errors import NotFound, Refusal
from app.menu import service as menu
from app.menu.service import Catalogue, Selection
from app.orders import cart, favourites
from app.orders.favourites import LONGEST_NAME, Liked
from blueprints import account, browser, order_links, picks
from blueprints.errors import draw_refusal
from blueprints.forms import OneLine
from blueprints.htmx import go
from blueprints.orders.cart import IDEM
from blueprints.orders.cart_pieces import changed

pages = Blueprint("favourites", __name__)
PATH = "/account/favourites"


class FavouriteForm(Form):
    """What a pizza is called by whoever likes it; which it is: a line of the cart, or of an order by its address."""

    name = StringField("Name", [DataRequired("Give it a name."), Length(max=LONGEST_NAME), OneLine()])
    order = HiddenField()
    line = HiddenField()


@pages.errorhandler(Refusal)
def refuse(refusal: Refusal) -> ResponseReturnValue:
    if refusal.code in {"sign_in", "favourite_gone"} or refusal.status == 404:
        return account.refuse(refusal) if refusal.code == "sign_in" else draw_refusal(refusal)
    flash(refusal.message)
    return go(PATH)


@pages.get(PATH)
def favourites_page() -> ResponseReturnValue:
    here = _catalogue()
    liked = favourites.of(account.customer(), here)
    links = {one.id: _builder(here, one) for one in liked}
    return account.page("orders/favourites.html", "favourites", liked=liked, links=links, key=secrets.token_urlsafe(9))


@pages.get(f"{PATH}/new")
def new_page() -> ResponseReturnValue:
    account.customer()
    form = FavouriteForm(data={name: request.args.get(name, "") for name in ("order", "line")})
    form.name.data = menu.look(_catalogue(), _selection(form)).name[:LONGEST_NAME]
    return _new(form)


@pages.post(PATH)
def keep() -> ResponseReturnValue:
    mine, form = account.customer(), FavouriteForm(request.form)
    selection = _selection(form)
    if not form.validate():
        return _new(form, 422)
    favourites.keep(mine, selection, form.name.data or "")
    flash(f"{form.name.data} is one of your favourites.")
    return go(PATH)


@pages.post(f"{PATH}/<row:favourite_id>")
def rename(favourite_id: int) -> ResponseReturnValue:
    mine, form = account.customer(), FavouriteForm(request.form)
    if form.validate():
        favourites.rename(mine, favourite_id, form.name.data or "")
    else:
        favourites.one(mine, favourite_id, _catalogue())
        flash(f"A name has 1 to {LONGEST_NAME} letters.")
    return go(PATH)


@pages.post(f"{PATH}/<row:favourite_id>/removal")
def remove(favourite_id: int) -> ResponseReturnValue:
    flash(f"{favourites.drop(account.customer(), favourite_id)} is no favourite any more.")
    return go(PATH)


@pages.post(f"{PATH}/<row:favourite_id>/line")
def put(favourite_id: int) -> ResponseReturnValue:
    mine = account.customer()
    key = IDEM.fullmatch(request.form.get("idem", ""))
    line = favourites.put(browser.open_cart(), mine, favourite_id, f"{key[0]}-{favourite_id}" if key else None)
    return changed(f"Added {line.name}.", back=PATH)


def _catalogue() -> Catalogue:
    head = browser.cart_head()
    return menu.catalogue(cart.menu_store(head.store_id if head else None))


def _selection(form: FavouriteForm) -> Selection:
    """What a form is about. Raises NotFound."""
    line = form.line.data or ""
    if not order_links.is_row(line):
        raise NotFound("We could not find that pizza.")
    if form.order.data:
        return favourites.selection_of_unit(order_links.order_of(form.order.data), int(line))
    return favourites.selection_of_line(browser.cart_id() or 0, int(line))


def _builder(here: Catalogue, one: Liked) -> str | None:
    """Where it can be changed before it is ordered; None where this store does not make such a thing."""
    item = here.products.get(one.selection.product)
    if item is None or not item.pizza:
        return None
    there = one.choice.selection if one.choice else one.selection
    known = tuple(placed for placed in there.placements or item.preset if placed.topping in here.toppings)
    return f"/build/{item.slug}?{picks.write(here, there, known)}"


def _new(form: FavouriteForm, status: int = 200) -> ResponseReturnValue:
    look = menu.look(_catalogue(), _selection(form))
    return account.page("orders/favourite.html", "favourites", status=status, form=form, look=look)
