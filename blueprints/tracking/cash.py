"""Drivers' cash: who has how much of it, counted and taken into the drawer by somebody of the till."""

from decimal import Decimal, DecimalException

from flask import Blueprint, flash, request
from flask.typing import ResponseReturnValue

from app.core.db import db
from app.core.errors import Refusal
from app.core.money import format_cents
from app.payments import till
from app.stores.service import StoreInfo
from app.tracking import runs
from app.tracking.runs import HandIn
from app.users import service as users
from app.users.service import Right
from blueprints import desk
from blueprints.tracking.staff import signature

pages = Blueprint("cash", __name__)
pages.register_error_handler(Refusal, desk.refuse)
PATH, DOOR = "/staff/cash", "money"
MOST_CENTS = 1_000_000


@pages.get(PATH)
def cash_page() -> ResponseReturnValue:
    _, store = desk.at_store(Right.REFUND, DOOR)
    return _page(store)


@pages.post(f"{PATH}/<row:driver_id>")
def hand_in(driver_id: int) -> ResponseReturnValue:
    person, store = desk.at_store(Right.REFUND, DOOR)
    desk.at_work(person)
    typed, seen = request.form.get("counted", ""), request.form.get("seen", 0, type=int)

    def act() -> str:
        made = runs.hand_in(store.id, driver_id, _cents(typed), seen_cents=seen, by=signature(person))
        detail = {"counted_cents": made.counted_cents, "expected_cents": made.expected_cents}
        users.audit(person.user_id, "cash.hand_in", f"user:{driver_id}", store.id, **detail)
        flash(_said(made))
        return f"{PATH}?store={store.id}"

    try:
        return desk.once("cash.hand_in", act)
    except Refusal as refusal:
        db.session.rollback()
        wrong = driver_id if refusal.field == "counted" else 0
        return _page(store, refusal.status, said=refusal.message, wrong=wrong, typed=typed[:12])


def _page(
    store: StoreInfo, status: int = 200, *, said: str = "", wrong: int = 0, typed: str = ""
) -> ResponseReturnValue:
    """Who owes what, and what came in today; after a refusal, with what was typed and why it was not taken."""
    words = {"owed": runs.owed(store.id), "handed": runs.handed_in(store, till.today(store)), "key": desk.key()}
    refused = {"said": said, "wrong": wrong, "typed": typed}
    return desk.page("tracking/cash.html", DOOR, store=store, status=status, **words, **refused)


def _said(made: HandIn) -> str:
    off = made.difference_cents
    how = "as it should be" if not off else f"{format_cents(abs(off))} too {'much' if off > 0 else 'little'}"
    return f"{format_cents(made.counted_cents)} from {made.driver} is in the drawer, {how}."


def _cents(typed: str) -> int:
    try:
        amount = Decimal(typed.strip().removeprefix("$").replace(",", "")) * 100
    except DecimalException:
        amount = Decimal(-1)
    if not amount.is_finite() or not 0 <= amount <= MOST_CENTS or amount != amount.to_integral_value():
        raise Refusal("bad_cash", "Please write what you counted, like 84.50.", field="counted")
    return int(amount)
