"""How a store runs: a pause with its reason, the minutes that it quotes, its hours, special days and oven places."""

from collections.abc import Callable
from datetime import date, timedelta

from flask import Blueprint, request
from flask.typing import ResponseReturnValue
from wtforms import BooleanField, Form, IntegerField, StringField
from wtforms.validators import DataRequired, InputRequired, Length, NumberRange

from app.core import clock
from app.core.errors import Refusal
from app.stores import editing
from app.stores import service as stores
from app.stores.editing import Written, WrittenDay
from app.stores.service import StoreInfo
from app.users import service as users
from app.users.service import Right, Who
from blueprints import desk, pausing
from blueprints.forms import OneLine, own_path
from blueprints.frame import at_store
from blueprints.pausing import PauseForm

pages = Blueprint("store_running", __name__)
pages.register_error_handler(Refusal, desk.refuse)
PATH, DOOR = "/staff/hours", "hours"


class HoursForm(Form):
    """A week as people write it."""

    hours = StringField("Open", [DataRequired("Please write when the store is open."), Length(max=400), OneLine()])
    delivery_hours = StringField("Delivery, if it differs", [Length(max=400), OneLine()])
    last_order_minutes = IntegerField("Last order, minutes before closing", [NumberRange(0, 240)], default=0)


class DayForm(Form):
    """A date with hours of its own."""

    day = StringField("Date", [DataRequired("Please choose the date.")])
    name = StringField("What it is", [DataRequired("Please say what day it is."), Length(max=60), OneLine()])
    day_hours = StringField("Open", [DataRequired("Write hours, or closed."), Length(max=200), OneLine()])
    day_delivery = StringField("Delivery, if it differs", [Length(max=200), OneLine()])


class KitchenForm(Form):
    """What the oven holds, and whether somebody looks at each order before it is taken on."""

    slot_capacity = IntegerField("Pizzas in a quarter of an hour", [InputRequired(), NumberRange(1, 1000)])
    auto_accept = BooleanField("Accept orders by themselves")


@pages.get(PATH)
def hours_page() -> ResponseReturnValue:
    _, store = desk.at_store(Right.RUN_STORE, DOOR)
    return _page(store)


@pages.post(f"{PATH}/week")
def save_week() -> ResponseReturnValue:
    form = HoursForm(request.form)

    def save(store: StoreInfo) -> str:
        told = Written(form.hours.data or "", form.delivery_hours.data or "", form.last_order_minutes.data or 0)
        editing.save_hours(store.id, told)
        return f"Hours: {editing.hours_of(store.id).hours}."

    return _saved(Right.EDIT_STORE, form, "store.hours", save)


@pages.post(f"{PATH}/days")
def save_day() -> ResponseReturnValue:
    form = DayForm(request.form)

    def save(store: StoreInfo) -> str:
        told = WrittenDay(
            _day(form.day.data), form.name.data or "", form.day_hours.data or "", form.day_delivery.data or ""
        )
        editing.save_day(store.id, told)
        return f"{told.name}: {told.hours}."

    return _saved(Right.EDIT_STORE, form, "store.day", save)


@pages.post(f"{PATH}/days/<day>/removal")
def drop_day(day: str) -> ResponseReturnValue:
    def save(store: StoreInfo) -> str:
        editing.drop_day(store.id, _day(day))
        return f"{day} has the hours of its weekday again."

    return _saved(Right.EDIT_STORE, Form(), "store.day", save)


@pages.post(f"{PATH}/kitchen")
def save_kitchen() -> ResponseReturnValue:
    form = KitchenForm(request.form)

    def save(store: StoreInfo) -> str:
        by_itself = bool(form.auto_accept.data)
        editing.save_kitchen(store.id, form.slot_capacity.data or 0, auto_accept=by_itself)
        how = "Orders are accepted by themselves." if by_itself else "Somebody accepts each order within five minutes."
        return f"{form.slot_capacity.data} pizzas in a quarter of an hour, from now on. {how}"

    return _saved(Right.EDIT_STORE, form, "store.kitchen", save)


@pages.post(f"{PATH}/pause")
def pause() -> ResponseReturnValue:
    form = PauseForm(request.form)

    def save(store: StoreInfo) -> str:
        until = store.hours.day_ends(clock.now())
        if (form.minutes.data or "").isdigit():
            until = clock.now() + timedelta(minutes=int(form.minutes.data))
        stores.pause(store.id, until, form.reason.data or "")
        return f"No new orders until {at_store(until, store)}."

    return _saved(Right.RUN_STORE, form, "store.pause", save)


@pages.post(f"{PATH}/pause/end")
def resume() -> ResponseReturnValue:
    def save(store: StoreInfo) -> str:
        stores.resume(store.id)
        return "Orders are taken again."

    return _saved(Right.RUN_STORE, Form(), "store.resume", save)


@pages.post(f"{PATH}/quote")
def requote() -> ResponseReturnValue:
    def save(store: StoreInfo) -> str:
        more = {"more": 5, "less": -5}.get(request.form.get("change", ""))
        if more is None:
            raise Refusal("bad_quote", "Please press the button again.")
        return f"Customers are told {stores.requote(store.id, more)} minutes."

    return _saved(Right.RUN_STORE, Form(), "store.quote", save)


def _day(text: str | None) -> date:
    try:
        return date.fromisoformat(text or "")
    except ValueError:
        raise Refusal("bad_day", "Write the date like 2026-11-26.", field="day") from None


def _saved(right: Right, form: Form, deed: str, save: Callable[[StoreInfo], str]) -> ResponseReturnValue:
    """Check a form, keep what it says, write it down, and go back to where one was; else the page with the mistake."""
    person, store = desk.at_store(right, DOOR)
    if not form.validate():
        return _page(store, form, status=422)
    try:
        said = save(store)
    except Refusal as refusal:
        if refusal.field is None or refusal.field not in form:
            raise
        form[refusal.field].errors = [refusal.message]
        return _page(store, form, status=refusal.status)
    _note(person, deed, store, form)
    return desk.done(said, own_path(request.form.get("back", "")) or f"{PATH}?store={store.id}")


def _note(person: Who, deed: str, store: StoreInfo, form: Form) -> None:
    desk.at_work(person)
    users.audit(person.user_id, deed, f"store:{store.id}", **{name: field.data for name, field in form._fields.items()})


def _page(store: StoreInfo, wrong: Form | None = None, status: int = 200) -> ResponseReturnValue:
    told, paused = editing.hours_of(store.id), stores.paused_until(store.id)
    forms: list[Form] = [HoursForm(obj=told), DayForm(), KitchenForm(obj=store), pausing.asked_anew()]
    week, day, kitchen, rest = (wrong if type(form) is type(wrong) else form for form in forms)
    words = {"week": week, "day": day, "kitchen": kitchen, **pausing.words(rest)}
    return desk.page(
        "stores/hours.html", DOOR, store=store, status=status, days=editing.days_of(store.id), paused=paused, **words
    )
