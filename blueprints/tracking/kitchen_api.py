"""The kitchen for programs: its board, and every tap that is no move."""

from app.core.errors import NotFound, Refusal
from app.orders import service as orders
from app.tracking import prints
from app.tracking import service as tracking
from app.tracking.service import Ticket as OnBoard
from app.users import service as users
from app.users.service import Right, Who
from blueprints.api import callers
from blueprints.api import kitchen as shapes
from blueprints.api.callers import Caller, Guard
from blueprints.api.contract import Api
from blueprints.api.kitchen import Board, Paper, Ticket, Tickets
from blueprints.forms import in_one_line
from blueprints.tracking.asked import Cancelled, Printing, Rejected, Told
from blueprints.tracking.staff import signature

api = Api("kitchen", "/api/kitchen")
ACCOUNT, ORDER = Guard.ACCOUNT, "/orders/<row:order_id>"
TAPS = (403, 404, 409)


@api.get("/<row:store_id>/board", Board, guard=ACCOUNT, refuses=(403,))
def board(store_id: int, caller: Caller) -> Board:
    """The open tickets of a store, by column: staff of it."""
    caller.at_store(Right.SEE_BOARD, store_id)
    return shapes.board(tracking.board(store_id))


@api.get("/<row:store_id>/finished", Tickets, guard=ACCOUNT, refuses=(403,))
def finished(store_id: int, caller: Caller) -> Tickets:
    """What a store finished in the last two hours; a tap too many can be recalled."""
    caller.at_store(Right.SEE_BOARD, store_id)
    return Tickets(tickets=shapes.tickets(tracking.finished(store_id)))


@api.get(ORDER, Ticket, guard=ACCOUNT, refuses=(403,))
def one_ticket(order_id: int, caller: Caller) -> Ticket:
    """The ticket of one order, open or closed."""
    caller.at_order(Right.SEE_BOARD, order_id)
    return shapes.ticket(_ticket(order_id))


@api.post(f"{ORDER}/touch", Ticket, guard=ACCOUNT, refuses=TAPS)
def touch(order_id: int, caller: Caller) -> Ticket:
    """Say that somebody has seen it: no screen rings for it any more."""
    person = caller.at_order(Right.MOVE_TICKETS, order_id)
    if tracking.touch(order_id):
        _note(person, order_id, "ticket.touch")
    return shapes.ticket(_ticket(order_id))


@api.post(f"{ORDER}/acceptance", Ticket, guard=ACCOUNT, refuses=TAPS)
def accept(order_id: int, caller: Caller) -> Ticket:
    """Say that the store makes it; its money is taken then. Safe to repeat."""
    person = caller.at_order(Right.MOVE_TICKETS, order_id)
    tracking.touch(order_id)
    if tracking.accept(order_id, by=signature(person)):
        _note(person, order_id, "order.accept")
    return shapes.ticket(_ticket(order_id))


@api.post(f"{ORDER}/rejection", None, guard=ACCOUNT, body=Rejected, refuses=TAPS, example={"why": "out"})
def reject(order_id: int, body: Rejected, caller: Caller) -> None:
    """Turn an order down that was not accepted. Its customer reads why, and held money goes back."""
    person = caller.at_order(Right.MOVE_TICKETS, order_id)
    tracking.reject(order_id, by=signature(person), reason=body.reason)
    _note(person, order_id, "order.reject", reason=body.reason)


@api.post(
    f"{ORDER}/cancellation",
    None,
    guard=ACCOUNT,
    body=Cancelled,
    refuses=TAPS,
    example={"reason": "The oven is out"},
)
def call_off(order_id: int, body: Cancelled, caller: Caller) -> None:
    """Call an order off, also while it is made. Its customer reads why."""
    person, reason = caller.at_order(Right.CANCEL_ORDERS, order_id), _said(body.reason, "reason")
    orders.cancel(order_id, by=signature(person), reason=reason, while_making=True)
    _note(person, order_id, "order.cancel", reason_seal=users.seal(f"order:{order_id}", reason))


@api.put(
    f"{ORDER}/message",
    None,
    guard=ACCOUNT,
    body=Told,
    refuses=TAPS,
    example={"words": "Our driver has one stop before yours."},
)
def tell_customer(order_id: int, body: Told, caller: Caller) -> None:
    """Let the customer of an open order read a word on their tracker."""
    person, words = caller.at_order(Right.SEE_CONTACTS, order_id), _said(body.words, "words")
    tracking.write_to_customer(order_id, words, by=signature(person))
    _note(person, order_id, "order.message", words_seal=users.seal(f"order:{order_id}", words))


@api.post(f"{ORDER}/prints", Paper, guard=ACCOUNT, body=Printing, status=201, refuses=TAPS, example={"again": False})
def claim_print(order_id: int, body: Printing, caller: Caller) -> Paper:
    """Be the one screen that prints a ticket; 409 where another one does."""
    person = caller.at_order(Right.MOVE_TICKETS, order_id)
    take = prints.reprint if body.again else prints.claim
    made = take(order_id, by=signature(person))
    _note(person, order_id, "ticket.print", copy=made.copy)
    return shapes.paper(made, _ticket(order_id))


@api.post(f"{ORDER}/prints/<row:copy>/end", None, guard=ACCOUNT, refuses=TAPS)
def printed(order_id: int, copy: int, caller: Caller) -> None:
    """Say that the printer took it. Safe to repeat."""
    person = caller.at_order(Right.MOVE_TICKETS, order_id)
    prints.print_of(order_id, copy)
    if prints.printed(order_id, copy):
        _note(person, order_id, "ticket.printed", copy=copy)


def _ticket(order_id: int) -> OnBoard:
    found = tracking.ticket_of(order_id)
    if found is None:
        raise NotFound(callers.NOT_FOUND)
    return found


def _said(words: str, field: str) -> str:
    plain = in_one_line(words)
    if not plain:
        raise Refusal("invalid", "Write a word.", field=field)
    return plain


def _note(person: Who, order_id: int, deed: str, **detail: object) -> None:
    users.audit(person.user_id, deed, f"order:{order_id}", orders.order(order_id).store_id, **detail)
