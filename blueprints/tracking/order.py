"""One order for the staff of its store: what it is, what became of it, its paper ticket, calling it off."""

from dataclasses import dataclass
from datetime import datetime

from flask import Blueprint, flash, redirect, render_template, request
from flask.typing import ResponseReturnValue
from wtforms import Form, StringField
from wtforms.validators import DataRequired, Length

from app.core import clock
from app.core.db import db
from app.core.errors import Conflict, Refusal
from app.orders import prices, remaking, retiming
from app.orders import service as orders
from app.orders.service import OrderView
from app.stores import service as stores
from app.stores.service import StoreInfo
from app.tracking import messages, news
from app.tracking import service as tracking
from app.tracking.service import LABELS, Stage
from app.users import audit
from app.users import service as users
from app.users.service import Right, Who
from blueprints import desk
from blueprints.deed_words import DEEDS
from blueprints.forms import OneLine
from blueprints.frame import at_store
from blueprints.htmx import answer
from blueprints.refund_words import again_words
from blueprints.tracking.board import ORDER
from blueprints.tracking.board_words import TicketWords, ticket_words
from blueprints.tracking.letter_words import letter_words
from blueprints.tracking.money_words import money_words, moves
from blueprints.tracking.reasons import NOT_DELIVERED, NOT_MADE
from blueprints.tracking.staff import order_here, signature, touched_here

pages = Blueprint("staff_order", __name__)
pages.register_error_handler(Refusal, desk.refuse)
ORDER_WORDS = {
    orders.OrderStatus.PENDING_PAYMENT: "Ordered",
    orders.OrderStatus.PLACED: "Sent to the store",
    orders.OrderStatus.ACCEPTED: "Accepted by the store",
    orders.OrderStatus.COMPLETED: "Completed",
    orders.OrderStatus.PAYMENT_FAILED: "Not paid",
    orders.OrderStatus.EXPIRED: "Not paid in time",
    orders.OrderStatus.REJECTED: "Rejected",
    orders.OrderStatus.CANCELLED: "Cancelled",
}
CALLED_OFF = {orders.OrderStatus.REJECTED: "Turned down", orders.OrderStatus.CANCELLED: "Cancelled"}


class CancelForm(Form):
    """Why an order is called off; the customer reads it."""

    reason = StringField("Reason, as the customer will read it", [DataRequired("Say why."), Length(max=120), OneLine()])


@dataclass(frozen=True, slots=True)
class Entry:
    """A line of an order's timeline."""

    at: datetime
    words: str
    by: str


@pages.get(ORDER)
def order_page(number: int) -> ResponseReturnValue:
    order, person = order_here(number, Right.SEE_BOARD)
    return _page(order, person, CancelForm())


@pages.post(f"{ORDER}/cancellation")
def cancel(number: int) -> ResponseReturnValue:
    order, person = touched_here(number, Right.CANCEL_ORDERS)
    form = CancelForm(request.form)
    if not form.validate():
        return _page(order, person, form, 422)
    reason = form.reason.data or ""
    try:
        orders.cancel(number, by=signature(person), reason=reason, while_making=True)
    except Conflict as conflict:
        return _truth(number, person, form, conflict)
    subject = f"order:{number}"
    users.audit(person.user_id, "order.cancel", subject, order.store_id, reason_seal=users.seal(subject, reason))
    flash(f"Order {number} is cancelled.")
    return redirect(f"/staff/orders/{number}", 303)


@pages.post(f"{ORDER}/rejection")
def reject(number: int) -> ResponseReturnValue:
    order, person = touched_here(number, Right.MOVE_TICKETS)
    reason = NOT_MADE.get(request.form.get("why", ""))
    if reason is None:
        return _page(order, person, CancelForm(), 422, at=((f"why-{next(iter(NOT_MADE))}", "Say why."),))
    try:
        tracking.reject(number, by=signature(person), reason=reason)
    except Conflict as conflict:
        return _truth(number, person, CancelForm(), conflict)
    users.audit(person.user_id, "order.reject", f"order:{number}", order.store_id, reason=reason)
    flash(f"Order {number} is turned down. The customer reads why, and pays nothing.")
    return redirect(f"/staff?store={order.store_id}", 303)


@pages.post(f"{ORDER}/failure")
def fail(number: int) -> ResponseReturnValue:
    order, person = touched_here(number, Right.MOVE_TICKETS)
    reason = NOT_DELIVERED.get(request.form.get("why", ""))
    if reason is None:
        return _page(order, person, CancelForm(), 422, at=((f"why-{next(iter(NOT_DELIVERED))}", "Say why."),))
    try:
        moved = tracking.advance(
            number, Stage.OUT_FOR_DELIVERY, by=signature(person), to=Stage.DELIVERY_FAILED, reason=reason
        )
    except Conflict as conflict:
        return _truth(number, person, CancelForm(), conflict)
    users.audit(person.user_id, "ticket.move", f"order:{number}", order.store_id, to=moved.to.value, seq=moved.seq)
    return redirect(f"/staff/orders/{number}", 303)


@pages.post(f"{ORDER}/putting-away")
def put_away(number: int) -> ResponseReturnValue:
    order, person = touched_here(number, Right.MOVE_TICKETS)
    try:
        tracking.put_away(number)
    except Conflict as conflict:
        return _truth(number, person, CancelForm(), conflict)
    users.audit(person.user_id, "ticket.put_away", f"order:{number}", order.store_id)
    flash(f"Order {number} is off the board. Its money stays as it is until you give it back.")
    return redirect(f"/staff/orders/{number}", 303)


def _truth(number: int, person: Who, form: CancelForm, conflict: Conflict) -> ResponseReturnValue:
    """The order as it is by now, and a sentence: what this had begun is no part of it."""
    db.session.rollback()
    return _page(orders.order(number), person, form, conflict.status, (conflict.message,))


def _page(
    order: OrderView,
    person: Who,
    form: CancelForm,
    status: int = 200,
    also: tuple[str, ...] = (),
    at: tuple[tuple[str, str], ...] = (),
) -> ResponseReturnValue:
    store, contacts = stores.store(order.store_id), person.may(Right.SEE_CONTACTS, order.store_id)
    page = render_template(
        "tracking/order.html",
        order=order,
        store=store,
        ticket=_ticket(order),
        ended=CALLED_OFF.get(order.status, ""),
        money=money_words(order.id, person, store),
        me=person.user_id,
        timeline=_timeline(order.id, store, contacts=contacts),
        prices=prices.tree(order.id),
        deeds=_deeds(order, person),
        made_for=remaking.of(order.id),
        made_again=remaking.after(order.id),
        again_words=again_words,
        may_remake=person.may(Right.REFUND, order.store_id) and remaking.can(order.id),
        contact=order.contact if contacts else None,
        letters=letter_words(order.id) if contacts else [],
        may_cancel=person.may(Right.CANCEL_ORDERS, order.store_id) and order.status in orders.CANCELLABLE_BY_STAFF,
        done=order.status is orders.OrderStatus.COMPLETED,
        may_retime=person.may(Right.CANCEL_ORDERS, order.store_id) and retiming.may_retime(order),
        may_reject=person.may(Right.MOVE_TICKETS, order.store_id) and order.status is orders.OrderStatus.PLACED,
        not_made=NOT_MADE.items(),
        not_delivered=NOT_DELIVERED.items(),
        form=form,
        at=at,
        also=also,
    )
    return answer(page, status)


def _ticket(order: OrderView) -> TicketWords | None:
    ticket = tracking.ticket_of(order.id)
    return ticket_words(ticket, stores.store(order.store_id), clock.now()) if ticket else None


def _deeds(order: OrderView, person: Who) -> list[Entry]:
    """What staff did to it besides moving its ticket, for whoever may read the book of deeds."""
    if not person.may(Right.SEE_AUDIT, order.store_id):
        return []
    told = audit.of_subject(f"order:{order.id}")
    return [
        Entry(each.at, DEEDS.get(each.deed, each.deed), each.person or "")
        for each in reversed(told)
        if not each.deed.startswith("ticket.")
    ]


def _timeline(order_id: int, store: StoreInfo, *, contacts: bool) -> list[Entry]:
    """All that happened; what was written to the customer only for whoever may know them."""
    said = [
        Entry(move.at, _with(move.reason, ORDER_WORDS[move.status]), move.by)
        for move in orders.history(order_id)
        if move.status in ORDER_WORDS
    ]
    tapped = [
        Entry(tap.at, ("Back to " if tap.reversal else "") + _with(tap.reason, LABELS[tap.to]), tap.by)
        for tap in tracking.timeline(order_id)
    ]
    paid = [Entry(at, words, "") for at, words in moves(order_id)]
    wrote = [Entry(each.at, f"To the customer: {_quoted(each.words)}", each.by) for each in messages.of_order(order_id)]
    timed = [
        Entry(each.at, f"Wanted for {at_store(each.promised_from, store)}", each.by)
        for each in retiming.changes(order_id)
    ]
    late = news.late_told_at(order_id)
    told = [Entry(late, "Late; its customer was to be told", "")] if late else []
    return sorted(said + tapped + timed + paid + told + (wrote if contacts else []), key=lambda entry: entry.at)


def _with(reason: str, words: str) -> str:
    return f"{words}: {reason}" if reason else words


def _quoted(words: str) -> str:
    return f"“{words}”" if words else "forgotten with their data"
