"""The kitchen board, and every tap on it."""

from collections.abc import Callable

from flask import Blueprint, redirect, render_template, request
from flask.typing import ResponseReturnValue
from wtforms import Form, StringField
from wtforms.validators import AnyOf, InputRequired

from app.core import clock
from app.core.db import db
from app.core.errors import Conflict, Refusal
from app.menu import stock
from app.orders.service import OrderView
from app.stores import service as stores
from app.tracking import service as tracking
from app.tracking.service import Stage
from app.users import service as users
from app.users.service import Right, Who
from blueprints import desk, pausing, who
from blueprints.htmx import answer, piece_only, seen_already, wants_piece
from blueprints.tracking.board_words import board_words, shown_column
from blueprints.tracking.pieces import Piece, board_piece
from blueprints.tracking.staff import signature, touched_here

pages = Blueprint("board", __name__)
pages.register_error_handler(Refusal, desk.refuse)
ORDER = "/staff/orders/<row:number>"
STAGES = [stage.value for stage in Stage]


class MoveForm(Form):
    """One tap: the stage at which the screen showed the ticket."""

    expected = StringField(validators=[InputRequired(), AnyOf(STAGES)])


@pages.get("/staff")
def board_page() -> ResponseReturnValue:
    person = who.staff()
    elsewhere = desk.home(person)
    if not person.may_somewhere(Right.SEE_BOARD) and elsewhere != "/staff":
        return redirect(elsewhere, 303)
    _, store = desk.at_store(Right.SEE_BOARD, "board")
    return _page(store.id)


@pages.get("/x/board/<row:store_id>")
def board(store_id: int) -> ResponseReturnValue:
    piece_only()
    who.at_store(Right.SEE_BOARD, store_id)
    piece, shown = _piece(store_id), shown_column(request.args.get("stage"))
    return seen_already(piece.tag, shown) or answer(piece.draw())


@pages.post(f"{ORDER}/moves")
def move(number: int) -> ResponseReturnValue:
    def tap(order: OrderView, person: Who) -> None:
        form = MoveForm(request.form)
        if not form.validate():
            raise Refusal("bad_move", "Please tap the ticket again.")
        moved = tracking.advance(number, Stage(form.expected.data or ""), by=signature(person))
        _note(order, person, "ticket.move", to=moved.to.value, seq=moved.seq)

    return _tap(number, tap)


@pages.post(f"{ORDER}/moves/<row:seq>/reversal")
def reverse(number: int, seq: int) -> ResponseReturnValue:
    def tap(order: OrderView, person: Who) -> None:
        moved = tracking.undo(number, seq, by=signature(person))
        _note(order, person, "ticket.undo", to=moved.to.value, seq=moved.seq)

    return _tap(number, tap)


@pages.post(f"{ORDER}/acceptance")
def accept(number: int) -> ResponseReturnValue:
    def tap(order: OrderView, person: Who) -> None:
        tracking.touch(number)
        if tracking.accept(number, by=signature(person)):
            _note(order, person, "order.accept")

    return _tap(number, tap)


@pages.post(f"{ORDER}/touch")
def touch(number: int) -> ResponseReturnValue:
    def tap(order: OrderView, person: Who) -> None:
        if tracking.touch(number):
            _note(order, person, "ticket.touch")

    return _tap(number, tap)


def _note(order: OrderView, person: Who, deed: str, **detail: object) -> None:
    users.audit(person.user_id, deed, f"order:{order.id}", order.store_id, **detail)


def _tap(number: int, act: Callable[[OrderView, Who], None]) -> ResponseReturnValue:
    order, person = touched_here(number, Right.MOVE_TICKETS)
    try:
        act(order, person)
    except Conflict as conflict:
        return _truth(order.store_id, conflict)
    if wants_piece():
        return answer(_piece(order.store_id).draw())
    stay, stage = "stay" in request.form, shown_column(request.args.get("stage"))
    return redirect(f"/staff/orders/{number}" if stay else f"/staff?store={order.store_id}&stage={stage}", 303)


def _truth(store_id: int, conflict: Conflict) -> ResponseReturnValue:
    """The board as it is, and a sentence: what the screen showed was old. What the tap had begun is no part of it."""
    db.session.rollback()
    if not wants_piece():
        return _page(store_id, conflict)
    said = render_template("errors/_refused.html", message=conflict.message)
    return answer(_piece(store_id).draw() + said, conflict.status)


def _piece(store_id: int) -> Piece:
    runs = who.staff().may(Right.RUN_STORE, store_id)
    return board_piece(store_id, shown_column(request.args.get("stage")), runs=runs)


def _page(store_id: int, conflict: Conflict | None = None) -> ResponseReturnValue:
    store, now, runs = stores.store(store_id), clock.now(), who.staff().may(Right.RUN_STORE, store_id)
    shown = shown_column(request.args.get("stage"))
    page = render_template(
        "tracking/board.html",
        board=board_words(tracking.board(store_id), store, shown, now, runs=runs),
        store=store,
        several=who.scope(Right.SEE_BOARD).several,
        runs=runs,
        clock=clock.in_words(now, store.zone),
        said=conflict.message if conflict else "",
        sold_out=sum(thing.gone for thing in stock.stock(store_id)),
        **pausing.words(pausing.asked_anew()),
    )
    return answer(page, conflict.status if conflict else 200)
