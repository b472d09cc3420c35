"""Another time, street or kept address at checkout: the cart goes there, and what that changes is said first."""

from dataclasses import replace

from flask import flash, request

from app.core.db import transaction
from app.core.errors import Conflict, NotFound, Refusal
from app.orders import cart, doors, switching
from app.orders.switching import Move
from app.stores import service as stores
from app.users import addresses
from blueprints import browser
from blueprints.forms import ASAP, chosen_time
from blueprints.payments.forms import CheckoutForm
from blueprints.promised import words


def check_time(form: CheckoutForm) -> None:
    """Without scripts the time may have been changed and not yet set: set it, and show what it leads to."""
    head = browser.cart_head()
    if head is not None and chosen_time(form.time.data) != head.wanted_at:
        set_time(form.time.data)
        raise Conflict("time_changed", "We changed the time. Please check it and press the button again.")


def check_street(form: CheckoutForm) -> None:
    """A street that was changed and not yet set: go on where nothing is different there, else show what is."""
    if told := set_street(form):
        raise Conflict("address_changed", f"{told} Please check it and press the button again.")


def set_street(form: CheckoutForm) -> str:
    """Take the cart to the street that was typed, and say what is promised there; nothing where that stays as it is.

    Raises Conflict `another_store` with the move until the customer has seen its differences.
    """
    head, street = browser.cart_head(), form.street.data or ""
    if head is None or street in {"", head.street}:
        return ""
    there = switching.at_street(head.id, street, form.unit.data or "")
    if there is None:
        return ""
    stores.locate(there.address)  # before anything is written: it may ask somebody outside
    move = switching.readdress(head.id, there, browser.identities())
    if move is None:
        return ""
    return _go(move, "/checkout/street")


def set_kept(form: CheckoutForm, user_id: int, address_id: int) -> str:
    """Take the cart to an address that the customer keeps, and say what is promised there.

    Raises NotFound, Refusal `out_of_area`, and what `set_street` raises.
    """
    head, kept = browser.cart_head(), addresses.one(user_id, address_id)
    if head is None:
        raise NotFound("That order is not open any more.", code="cart_closed")
    doors.look_up(kept)
    there = replace(doors.place_to(kept), wanted_at=head.wanted_at)
    promise = stores.accepts(cart.ask(there, cart.view(head.id).lines))
    move = switching.look_ahead(head.id, there, promise, browser.identities())
    told = _go(move, "/checkout/address", kept.id)
    form.street.data, form.unit.data, form.note.data = kept.street, kept.unit, form.note.data or kept.note
    return told


def _go(move: Move, action: str, kept: int | None = None) -> str:
    """Go where a move leads, and say what is promised there; where something is different, once that was seen."""
    told = words(stores.store(move.place.store_id), move.promise)
    if move.differences and request.form.get("seen") != move.seal:
        asked = {"move": move, "there": switching.name_of(move.place), "action": action, "kept": kept}
        raise Conflict("another_store", told, extra=asked)
    with transaction():
        switching.move(browser.cart_id() or 0, move.place)
    browser.forget_cart_head()
    return told


def set_time(chosen: str | None) -> None:
    """Have it at another time, as a form says it. Raises NotFound, Refusal, and what `stores.accepts` raises."""
    head = browser.cart_head()
    if head is None:
        raise NotFound("That order is not open any more.", code="cart_closed")
    view = cart.view(head.id)
    if view.place is None:
        raise Refusal("no_place", "Tell us where the food goes first.", action="choose_place")
    place = replace(view.place, wanted_at=chosen_time(chosen))
    stores.accepts(cart.ask(place, view.lines))
    with transaction():
        cart.go_to(head.id, place)
    browser.forget_cart_head()


def take_next_time() -> None:
    """The chosen time is lost: the next one that has room takes its place, for the customer to look at."""
    head = browser.cart_head()
    if head is None or head.wanted_at is None:
        return
    view = cart.view(head.id)
    try:
        chosen = stores.next_time(cart.ask(view.place, view.lines)) if view.place else None
        set_time(chosen.isoformat() if chosen else ASAP)
    except Refusal as lost:
        flash(lost.message)
