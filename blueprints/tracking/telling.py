"""A word from the store to one customer, on their tracker and by mail: what ran out, who will call, what went on."""

from flask import Blueprint, request
from flask.typing import ResponseReturnValue
from wtforms import Form, StringField
from wtforms.validators import DataRequired, Length

from app.core.errors import Conflict, Refusal
from app.orders.service import OrderView
from app.stores import service as stores
from app.tracking import service as tracking
from app.users import service as users
from app.users.service import Right
from blueprints import desk
from blueprints.forms import OneLine
from blueprints.tracking.board import ORDER
from blueprints.tracking.staff import order_here, signature, touched_here

pages = Blueprint("telling", __name__)
pages.register_error_handler(Refusal, desk.refuse)
READY_MADE = (
    "We ran out of something on it and will call you in a moment.",
    "Our driver has one stop before yours.",
    "The oven is fuller than we thought. Yours is next.",
)


class MessageForm(Form):
    """What a customer shall read."""

    words = StringField("What the customer will read", [DataRequired("Write a word."), Length(max=160), OneLine()])


@pages.get(f"{ORDER}/message")
def message_page(number: int) -> ResponseReturnValue:
    order, _ = order_here(number, Right.SEE_CONTACTS)
    return _page(order, MessageForm())


@pages.post(f"{ORDER}/message")
def write(number: int) -> ResponseReturnValue:
    order, person = touched_here(number, Right.SEE_CONTACTS)
    form = MessageForm(request.form)
    if not form.validate():
        return _page(order, form, 422)
    words = form.words.data or ""
    try:
        tracking.write_to_customer(number, words, by=signature(person))
    except Conflict as closed:
        return _page(order, form, 409, (closed.message,))
    subject = f"order:{number}"  # the words end with the order's; the book, which keeps all, has their seal
    users.audit(person.user_id, "order.message", subject, order.store_id, words_seal=users.seal(subject, words))
    said = "It is written. Your customer reads it now." if _open(number) else "It is written, and goes out by mail."
    return desk.done(said, f"/staff/orders/{number}")


def _open(number: int) -> bool:
    """Whether the order is under way, so that its tracker shows what is written."""
    ticket = tracking.ticket_of(number)
    return ticket is not None and ticket.open


def _page(order: OrderView, form: MessageForm, status: int = 200, also: tuple[str, ...] = ()) -> ResponseReturnValue:
    words = {
        "open": _open(order.id),
        "order": order,
        "form": form,
        "also": also,
        "ready_made": READY_MADE,
    }
    return desk.page("tracking/message.html", "board", store=stores.store(order.store_id), status=status, **words)
