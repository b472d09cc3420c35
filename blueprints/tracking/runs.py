"""The driver's page, made for a phone: what waits in boxes, what one has along, and what became of it at the door."""

from collections.abc import Collection
from typing import Any

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue

from app.core.db import db
from app.core.errors import Refusal
from app.core.money import format_cents
from app.orders.service import OrderView
from app.payments import till
from app.stores import service as stores
from app.stores.service import StoreInfo
from app.tracking import runs
from app.tracking import service as tracking
from app.tracking.runs import Driver
from app.users import service as users
from app.users.service import Right, Who
from blueprints import desk, who
from blueprints.htmx import answer, piece_only
from blueprints.order_links import is_row
from blueprints.tracking.reasons import NOT_DELIVERED
from blueprints.tracking.run_words import stop_words, waiting_words
from blueprints.tracking.staff import order_here, signature

pages = Blueprint("runs", __name__)
pages.register_error_handler(Refusal, desk.refuse)
PATH, DOOR = "/staff/runs", "runs"


@pages.get(PATH)
def runs_page() -> ResponseReturnValue:
    person, store = desk.at_store(Right.DRIVE, DOOR)
    return desk.page("tracking/runs.html", DOOR, store=store, **_words(person, store))


@pages.get("/x/runs/<row:store_id>")
def runs_piece(store_id: int) -> ResponseReturnValue:
    piece_only()
    person, store = who.at_store(Right.DRIVE, store_id), stores.store(store_id)
    return answer(render_template("tracking/_runs.html", store=store, **_words(person, store)))


@pages.post(PATH)
def take() -> ResponseReturnValue:
    person, store = desk.at_store(Right.DRIVE, DOOR)
    desk.at_work(person)
    wanted = {int(number) for number in request.form.getlist("order") if is_row(number)}
    due = till.cash_due(wanted)
    try:
        run_id = runs.take(_driver(person, store.id), {number: due.get(number, 0) for number in wanted})
    except Refusal as refusal:
        return _refused(person, store, refusal, taken=wanted)
    users.audit(person.user_id, "run.take", f"run:{run_id}", store.id, orders=len(wanted))
    count = "1 order" if len(wanted) == 1 else f"{len(wanted)} orders"
    return desk.done(f"You have {count} along. Drive safely.", f"{PATH}?store={store.id}")


@pages.post(f"{PATH}/<row:number>/delivery")
def deliver(number: int) -> ResponseReturnValue:
    order, person = _touched(number)
    try:
        stop = runs.deliver(_driver(person, order.store_id), number)
    except Refusal as refusal:
        return _refused(person, stores.store(order.store_id), refusal)
    users.audit(person.user_id, "run.deliver", f"order:{number}", order.store_id, cash_cents=stop.due_cents or None)
    cash = f" You have {format_cents(stop.due_cents)} of its cash." if stop.due_cents else ""
    return desk.done(f"Order {number} is delivered.{cash}", f"{PATH}?store={order.store_id}")


@pages.post(f"{PATH}/<row:number>/failure")
def fail(number: int) -> ResponseReturnValue:
    order, person = _touched(number)
    store, reason = stores.store(order.store_id), NOT_DELIVERED.get(request.form.get("why", ""))
    if reason is None:
        missing = Refusal("no_reason", f"Say why order {number} could not be delivered.", field="why")
        return _refused(person, store, missing, unsaid=number)
    try:
        runs.fail(_driver(person, store.id), number, reason)
    except Refusal as refusal:
        return _refused(person, store, refusal)
    users.audit(person.user_id, "run.fail", f"order:{number}", order.store_id, reason=reason)
    said = f"Order {number} was not delivered. Bring it back: the store sends it out again or gives the money back."
    return desk.done(said, f"{PATH}?store={order.store_id}")


def _touched(number: int) -> tuple[OrderView, Who]:
    order, person = order_here(number, Right.DRIVE)
    return order, desk.at_work(person)


def _driver(person: Who, store_id: int) -> Driver:
    return Driver(person.user_id, signature(person), store_id)


def _refused(
    person: Who, store: StoreInfo, refusal: Refusal, *, taken: Collection[int] = (), unsaid: int = 0
) -> ResponseReturnValue:
    """The page as it is now, with what was ticked, and what is missing beside its field."""
    db.session.rollback()
    who.note_refusal(refusal)
    words = _words(person, store)
    fields = (
        [f"why-{unsaid}-{key}" for key in NOT_DELIVERED] if unsaid else [f"take-{one.number}" for one in words["boxed"]]
    )
    said = {"at": [(fields[0], refusal.message)]} if refusal.status == 422 and fields else {"also": [refusal.message]}
    return desk.page(
        "tracking/runs.html", DOOR, store=store, status=refusal.status, taken=taken, unsaid=unsaid, **words, **said
    )


def _words(person: Who, store: StoreInfo) -> dict[str, Any]:
    mine, boxed = _driver(person, store.id), runs.boxed(store.id)
    along, cash = runs.along(mine), runs.owed(store.id, person.user_id)
    due = runs.still_due(till.cash_due([order.id for order in boxed]))
    failed = tracking.failures([order.id for order in boxed] + [order.id for _, order in along])
    return {
        "along": [stop_words(stop, order, store, failed.get(order.id)) for stop, order in along],
        "boxed": [waiting_words(order, store, due.get(order.id, 0), failed.get(order.id)) for order in boxed],
        "cash_cents": cash[0].cents if cash else 0,
        "reasons": NOT_DELIVERED.items(),
    }
