"""Drivers' cash: who has how much of it, counted and taken into the drawer by somebody of the till."""

from decimal import Decimal, InvalidOperation

from flask import Blueprint, flash, request
from flask.typing import ResponseReturnValue

from app.core.errors import Refusal
from app.core.money import format_cents
from app.payments import till
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
    handed = runs.handed_in(store, till.today(store))
    return desk.page("tracking/cash.html", DOOR, store=store, owed=runs.owed(store.id), handed=handed, key=desk.key())


@pages.post(f"{PATH}/<row:driver_id>")
def hand_in(driver_id: int) -> ResponseReturnValue:
    person, store = desk.at_store(Right.REFUND, DOOR)
    desk.at_work(person)
    counted, seen = _cents(request.form.get("counted", "")), request.form.get("seen", 0, type=int)

    def act() -> str:
        made = runs.hand_in(store.id, driver_id, counted, seen_cents=seen, by=signature(person))
        detail = {"counted_cents": made.counted_cents, "expected_cents": made.expected_cents}
        users.audit(person.user_id, "cash.hand_in", f"user:{driver_id}", store.id, **detail)
        flash(_said(made))
        return f"{PATH}?store={store.id}"

    return desk.once("cash.hand_in", act)


def _said(made: HandIn) -> str:
    off = made.difference_cents
    how = "as it should be" if not off else f"{format_cents(abs(off))} too {'much' if off > 0 else 'little'}"
    return f"{format_cents(made.counted_cents)} from {made.driver} is in the drawer, {how}."


def _cents(typed: str) -> int:
    try:
        amount = Decimal(typed.strip().removeprefix("$").replace(",", "")) * 100
    except InvalidOperation:
        amount = Decimal(-1)
    if not amount.is_finite() or not 0 <= amount <= MOST_CENTS or amount != amount.to_integral_value():
        raise Refusal("bad_cash", "Please write what you counted, like 84.50.", field="counted")
    return int(amount)
