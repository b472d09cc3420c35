"""The form of place and time: an address or a store, a day and a quarter of an hour, read and filled."""

from dataclasses import dataclass, replace

from flask import request
from wtforms import RadioField, StringField
from wtforms.validators import Length

from app.core.errors import NotFound, Refusal
from app.orders.cart import ask
from app.orders.values import Place
from app.stores import service as stores
from app.stores.service import Ask, Method, Nearby, StoreInfo
from blueprints.forms import ASAP, AddressForm, OneLine, TimeField, chosen_time
from blueprints.frame import Frame
from blueprints.promised import words
from blueprints.time_words import Choice, day_offered, times_offered

NEAR = 5
SOONEST: Choice = (ASAP, "As soon as possible")


class PlaceForm(AddressForm):
    """An address to deliver to, or a store to pick up at, and when."""

    method = RadioField("How would you like it?", choices=list(Method), default=Method.DELIVERY.value)
    near = StringField("ZIP code or city", [Length(max=120), OneLine()])
    store = RadioField("Pick up at", coerce=int, validate_choice=False, default=0)
    day = TimeField("Day", default="")
    time = TimeField("Time", default=ASAP)

    @property
    def delivery(self) -> bool:
        """Whether it is to be brought."""
        return bool(self.method.data != Method.CARRYOUT.value)


@dataclass(frozen=True, slots=True)
class Drawn:
    """What the page shows beside the form: the stores to choose from, and what is promised so far."""

    nearby: tuple[Nearby, ...]
    promised: str
    problem: str


def known() -> dict[str, object]:
    """What the cart knows, and on top of it what the link says."""
    asked: dict[str, object] = {n: request.args[n] for n in ("method", "zip", "near", "day") if n in request.args}
    if store := request.args.get("store", type=int):
        asked["store"] = store
    view = Frame().cart
    if view is None or view.place is None:
        return asked
    place, time = view.place, ASAP
    if place.wanted_at and not asked:
        info = stores.store(place.store_id)
        time, asked["day"] = place.wanted_at.isoformat(), str(info.hours.business_date(place.wanted_at))
    told = {"street": place.street, "unit": place.unit, "city": place.city, "zip": place.zip}
    return {**told, "method": place.method.value, "store": place.store_id, "time": time, **asked}


def place_of(form: PlaceForm) -> Place:
    """The place that a form names. Raises Refusal about the field that is missing, and what `store_for` raises."""
    at = chosen_time(form.time.data)
    if not form.delivery:
        if not _there(form.store.data):
            raise Refusal("no_store", "Please choose the store to pick up at.", field="store")
        return Place(Method.CARRYOUT, form.store.data, wanted_at=at)
    if not form.street.data:
        raise Refusal("no_address", "Please give the street and number.", field="street")
    if not form.zip.data:
        raise Refusal("no_address", "Please give the ZIP code.", field="zip")
    return replace(_delivered(form), wanted_at=at)


def _delivered(form: PlaceForm) -> Place:
    to = form.address
    return Place(Method.DELIVERY, stores.store_for(to), to.street, form.unit.data or "", to.city, to.zip)


def _there(store_id: int | None) -> bool:
    try:
        return bool(store_id) and 0 < (store_id or 0) < 10**9 and bool(stores.store(store_id or 0))
    except NotFound:
        return False


def filled(form: PlaceForm) -> Drawn:
    """Give a form its choices: stores near to what was typed, the days and times of the store that it leads to."""
    nearby = _stores(form)
    form.store.choices = [(near.store.id, near.store.name) for near in nearby]
    form.time.offered = [SOONEST]
    wanted = _ask(form)
    if wanted is None:
        return Drawn(nearby, "", "")
    info = stores.store(wanted.store_id)
    try:
        _times(form, info, wanted)
        promised = words(info, stores.accepts(replace(wanted, at=None)))
    except Refusal as refusal:
        return Drawn(nearby, "", refusal.message)
    return Drawn(nearby, promised, "")


def _stores(form: PlaceForm) -> tuple[Nearby, ...]:
    """Stores to choose from: near to what was searched for, else near to the address; the chosen one is among them."""
    look = form.near.data or form.zip.data or ""
    found = stores.in_reach(stores.nearby(stores.search(look) if look else None, NEAR))
    if not form.near.data and _there(form.store.data) and form.store.data not in {near.store.id for near in found}:
        info = stores.store(form.store.data)
        found = (Nearby(info, stores.opening(info), None, None), *found[: NEAR - 1])
    return found


def _ask(form: PlaceForm) -> Ask | None:
    """What a promise is asked for, as far as the form tells; with the cart's oven places."""
    view = Frame().cart
    lines = view.lines if view else ()
    try:
        if not form.delivery:
            place = Place(Method.CARRYOUT, form.store.data) if _there(form.store.data) else None
        else:
            place = _delivered(form) if form.zip.data and not form.zip.errors else None
    except Refusal:
        return None
    if place is None:
        return None
    asked = ask(place, lines)
    return asked if lines else replace(asked, places=1)  # a time that is free has room for something


def _times(form: PlaceForm, info: StoreInfo, wanted: Ask) -> None:
    days = stores.days(wanted)
    form.day.offered = [day_offered(day, info) for day in days]
    chosen = next((day for day in days if str(day) == form.day.data), days[0] if days else None)
    form.day.data = str(chosen) if chosen else ""
    times = stores.later_times(wanted, chosen) if chosen else ()
    soonest = [SOONEST] if chosen == (days[0] if days else None) else []
    form.time.offered = soonest + times_offered(times, info)
