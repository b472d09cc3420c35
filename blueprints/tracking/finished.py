"""What a kitchen finished in the last two hours, and bringing a ticket of it back."""

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from app.core import clock
from app.core.errors import Refusal
from app.tracking import service as tracking
from app.users import service as users
from app.users.service import Right
from blueprints import desk
from blueprints.htmx import answer
from blueprints.tracking.board import ORDER
from blueprints.tracking.board_words import ticket_words
from blueprints.tracking.staff import signature, touched_here

pages = Blueprint("finished", __name__)
pages.register_error_handler(Refusal, desk.refuse)


@pages.get("/staff/done")
def done_page() -> ResponseReturnValue:
    person, store = desk.at_store(Right.SEE_BOARD, "board")
    now = clock.now()
    found = [(each, ticket_words(each, store, now)) for each in tracking.finished(store.id)]
    may = person.may(Right.MOVE_TICKETS, store.id)
    return answer(render_template("tracking/done.html", store=store, tickets=found, may_recall=may))


@pages.post(f"{ORDER}/moves/<row:seq>/recall")
def recall(number: int, seq: int) -> ResponseReturnValue:
    order, person = touched_here(number, Right.MOVE_TICKETS)
    moved = tracking.recall(number, seq, by=signature(person))
    users.audit(person.user_id, "ticket.recall", f"order:{number}", order.store_id, to=moved.to.value, seq=moved.seq)
    return desk.done(f"Order {number} is back on the board.", f"/staff?store={order.store_id}")
