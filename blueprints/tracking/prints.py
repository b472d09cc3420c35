"""Tickets on paper: the look of one, and the claims by which each is printed by one screen, once."""

from flask import Blueprint, redirect, render_template, request
from flask.typing import ResponseReturnValue

from app.core import clock
from app.core.errors import Conflict, NotFound, Refusal
from app.orders.service import OrderView
from app.stores import service as stores
from app.stores.service import Method
from app.tracking import prints
from app.tracking import service as tracking
from app.tracking.prints import Print
from app.users import service as users
from app.users.service import Right, Who
from blueprints import desk
from blueprints.htmx import answer, wants_piece
from blueprints.tracking.board import ORDER
from blueprints.tracking.board_words import ticket_words
from blueprints.tracking.pay_words import staff_words
from blueprints.tracking.run_words import address_words
from blueprints.tracking.staff import order_here, signature, touched_here

pages = Blueprint("prints", __name__)
pages.register_error_handler(Refusal, desk.refuse)


@pages.get(f"{ORDER}/ticket")
def ticket_page(number: int) -> ResponseReturnValue:
    return _draw("tracking/ticket.html", *order_here(number, Right.SEE_BOARD), None)


@pages.post(f"{ORDER}/prints")
def claim(number: int) -> ResponseReturnValue:
    order, person = touched_here(number, Right.MOVE_TICKETS)
    take = prints.reprint if "again" in request.form else prints.claim
    try:
        made = take(number, by=signature(person))
    except Conflict as conflict:
        if wants_piece():
            return answer("", conflict.status)  # a screen that came second has nothing to do
        raise
    users.audit(person.user_id, "ticket.print", f"order:{number}", order.store_id, copy=made.copy)
    if wants_piece():
        return _draw("tracking/_paper.html", order, person, made)
    return redirect(f"/staff/orders/{number}/prints/{made.copy}", 303)


@pages.get(f"{ORDER}/prints/<row:copy>")
def print_page(number: int, copy: int) -> ResponseReturnValue:
    order, person = order_here(number, Right.SEE_BOARD)
    return _draw("tracking/ticket.html", order, person, prints.print_of(number, copy))


@pages.post(f"{ORDER}/prints/<row:copy>/end")
def end(number: int, copy: int) -> ResponseReturnValue:
    order, person = touched_here(number, Right.MOVE_TICKETS)
    prints.print_of(number, copy)
    if prints.printed(number, copy):
        users.audit(person.user_id, "ticket.printed", f"order:{number}", order.store_id, copy=copy)
    return answer("") if wants_piece() else redirect(f"/staff?store={order.store_id}", 303)


def _draw(template: str, order: OrderView, person: Who, made: Print | None) -> ResponseReturnValue:
    """The paper: of one print, or, of none, as a look that says so should somebody print it all the same.

    Whose door a delivery goes to stands on its label where the one who prints may know it: a kitchen may not.
    """
    store, found = stores.store(order.store_id), tracking.ticket_of(order.id)
    if found is None:
        raise NotFound("This order is not on the board.")
    mark = ("REPRINT" if made.reprint else "") if made else "COPY"
    words = {"ticket": ticket_words(found, store, clock.now()), "store": store, "paid": staff_words(order.id)}
    placed = clock.in_words(order.created_at, store.zone)
    to_a_door = order.method is Method.DELIVERY and person.may(Right.SEE_CONTACTS, store.id)
    door = {"contact": order.contact if to_a_door else None, "where": address_words(order)}
    return answer(render_template(template, **words, **door, placed=placed, made=made, mark=mark))
