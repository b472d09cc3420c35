"""Another time for an order that nobody has begun: for whoever holds its address, and for the staff of its store."""

from dataclasses import dataclass
from datetime import date, datetime

from flask import Blueprint, flash, render_template, request
from flask.typing import ResponseReturnValue
from wtforms import Form

from app.core.db import db
from app.core.errors import Refusal
from app.orders import retiming
from app.orders import service as orders
from app.orders.retiming import Choice
from app.orders.service import OrderView
from app.stores import service as stores
from app.stores.service import StoreInfo
from app.users import service as users
from app.users.service import Right
from blueprints import desk, order_links
from blueprints.forms import TimeField, chosen_time
from blueprints.gateway import limiter
from blueprints.htmx import answer, go, wants_piece
from blueprints.time_words import day_offered, times_offered
from blueprints.tracking.board import ORDER
from blueprints.tracking.staff import order_here, signature, touched_here
from blueprints.tracking.track_words import coming_words

pages = Blueprint("times", __name__)
desk_pages = Blueprint("staff_times", __name__)
desk_pages.register_error_handler(Refusal, desk.refuse)
TOO_LATE = "It is too late to change the time of this order. Please call the store."


class TimeForm(Form):
    """A day, and a time of that day."""

    day = TimeField("Day", default="")
    time = TimeField("Time", default="")


@dataclass(frozen=True, slots=True)
class Place:
    """Where an order's time is changed, and where its reader goes back to; `desk` for staff."""

    here: str
    back: str
    desk: bool = False


@pages.get("/track/<address>/time")
def time_page(address: str) -> ResponseReturnValue:
    return _page(orders.order(order_links.order_of(address)), _of_customer(address))


@pages.post("/track/<address>/time")
@limiter.limit("10/minute")
def retime(address: str) -> ResponseReturnValue:
    order = orders.order(order_links.order_of(address))
    return _retime(order, _of_customer(address), by="customer")


@desk_pages.get(f"{ORDER}/time")
def desk_page(number: int) -> ResponseReturnValue:
    order, _ = order_here(number, Right.CANCEL_ORDERS)
    return _page(order, _of_staff(number))


@desk_pages.post(f"{ORDER}/time")
def retime_here(number: int) -> ResponseReturnValue:
    order, person = touched_here(number, Right.CANCEL_ORDERS)
    changed = _retime(order, _of_staff(number), by=signature(person))
    now = orders.order(number).promised_from
    if now != order.promised_from:
        users.audit(person.user_id, "order.time", f"order:{number}", order.store_id, to=now.isoformat())
    return changed


def _of_customer(address: str) -> Place:
    return Place(f"/track/{address}/time", f"/track/{address}")


def _of_staff(number: int) -> Place:
    return Place(f"/staff/orders/{number}/time", f"/staff/orders/{number}", desk=True)


def _retime(order: OrderView, place: Place, *, by: str) -> ResponseReturnValue:
    form = TimeForm(request.form)
    try:
        retiming.retime(order.id, _chosen(form, order.id), by=by)
    except Refusal as refusal:
        db.session.rollback()  # the lists are those of a kitchen that gave nothing back
        return _page(order, place, refusal)
    now = orders.order(order.id)
    flash(f"Order {order.id} is for {coming_words(now, stores.store(now.store_id))} now.")
    return go(place.back)


def _chosen(form: TimeForm, order_id: int) -> datetime:
    """The moment that was chosen. Raises Refusal for none, and for one of another day than the one that is chosen, too:
    without scripts the list is still that of the day before.
    """
    at, day = chosen_time(form.time.data), _day(form.day.data)
    if at is None:
        raise Refusal("bad_time", "Choose a time from the list.", field="time")
    if day is not None and at not in dict(retiming.choice(order_id, day).times):
        raise Refusal("bad_time", "These are the times of the day that you chose. Choose one of them.", field="time")
    return at


def _page(order: OrderView, place: Place, refusal: Refusal | None = None) -> ResponseReturnValue:
    """The times to choose from; back to the order, where it is too late for another one."""
    if not retiming.may_retime(order):
        flash(TOO_LATE)
        return go(place.back)
    form, info = TimeForm(request.values), stores.store(order.store_id)
    offered = retiming.choice(order.id, _day(form.day.data))
    form.day.offered = [day_offered(day, info) for day in offered.days]
    form.day.data = str(offered.day or "")
    form.time.offered = times_offered(offered.times, info)
    form.time.data = _alike(_wanted(form, order), offered, info)
    template = "tracking/_times.html" if wants_piece() else "tracking/times.html"
    words = {"order": order, "store": info, "place": place, "form": form, "why": offered.why, "refusal": refusal}
    page = render_template(template, now=coming_words(order, info), **words)
    return answer(page, refusal.status if refusal else 200, X_Robots_Tag="noindex")


def _wanted(form: TimeForm, order: OrderView) -> datetime:
    try:
        return chosen_time(form.time.data) or order.promised_from
    except Refusal:
        return order.promised_from


def _alike(wanted: datetime, offered: Choice, info: StoreInfo) -> str:
    """The moment that was chosen so far, or the one of the shown day at the same hour: whoever means the same time on
    Saturday is not sent to its first one.
    """
    hour = wanted.astimezone(info.zone).time()
    alike = [at for at, _ in offered.times if at.astimezone(info.zone).time() == hour]
    return "" if not alike else (wanted if wanted in alike else alike[0]).isoformat()


def _day(text: str | None) -> date | None:
    try:
        return date.fromisoformat(text or "")
    except ValueError:
        return None
