"""A store's name, address and phone: a form, a page that shows what customers would read, and a word to keep it."""

from flask import Blueprint, request
from flask.typing import ResponseReturnValue
from wtforms import Form, StringField
from wtforms.validators import DataRequired, Length

from app.core.errors import Refusal
from app.stores import details
from app.stores import service as stores
from app.stores.details import Details
from app.stores.geo import Point, miles_between
from app.stores.service import Nearby, StoreInfo
from app.users import service as users
from app.users.service import Right
from blueprints import desk
from blueprints.forms import OneLine
from blueprints.htmx import own_transactions
from blueprints.stores import atlas

pages = Blueprint("store_details", __name__)
pages.register_error_handler(Refusal, desk.refuse)
PATH, DOOR = "/staff/address", "hours"
PLAIN = ("name", "street", "city", "state", "zip")  # kept as they are typed


class DetailsForm(Form):
    """A store as customers find it."""

    name = StringField("Name", [DataRequired("Please name the store."), Length(max=60), OneLine()])
    street = StringField("Street and number", [DataRequired("Please give the street."), Length(max=120), OneLine()])
    city = StringField("City", [DataRequired("Please give the city."), Length(max=60), OneLine()])
    state = StringField("State", [OneLine()], [lambda text: (text or "").strip().upper()])
    zip = StringField("ZIP code", [OneLine()])
    phone = StringField("Phone", [Length(max=40), OneLine()])
    door = StringField("Latitude and longitude of the door", [Length(max=60), OneLine()])


@pages.get(PATH)
def details_page() -> ResponseReturnValue:
    _, store = desk.at_store(Right.EDIT_STORE, DOOR)
    now = details.details_of(store.id)
    words = {name: getattr(now, name) for name in PLAIN}
    return _page(store, DetailsForm(data={**words, "phone": store.phone_words, "door": _written(now.door)}))


@pages.post(PATH)
@own_transactions
def check_details() -> ResponseReturnValue:
    _, store = desk.at_store(Right.EDIT_STORE, DOOR)
    form = DetailsForm(request.form)
    if not form.validate():
        return _page(store, form, status=422)
    try:
        told = details.check(_told(form, store.id))
        shown = details.look_up(store.id, told)  # it may ask somebody outside
    except Refusal as refusal:
        return _wrong(store, form, refusal)
    return _page(store, form, shown=shown)


@pages.post(f"{PATH}/confirmation")
def save_details() -> ResponseReturnValue:
    person, store = desk.at_store(Right.EDIT_STORE, DOOR)
    form = DetailsForm(request.form)
    if not form.validate():
        return _page(store, form, status=422)
    try:
        told = _told(form, store.id)
        before = details.save(store.id, told)
    except Refusal as refusal:
        return _wrong(store, form, refusal)
    desk.at_work(person)
    users.audit(person.user_id, "store.details", f"store:{store.id}", before=_audited(before), after=_audited(told))
    return desk.done(f"Customers read it from now on: {told.name}, {told.street}.", f"{PATH}?store={store.id}")


def _told(form: DetailsForm, store_id: int) -> Details:
    """What the form says. Raises Refusal `bad_details` about a door that is no place on the globe."""
    now, typed = details.details_of(store_id), form.door.data or ""
    words = {name: form[name].data or "" for name in PLAIN}
    return Details(
        **words, phone=form.phone.data or "", door=now.door if typed in {"", _written(now.door)} else _point(typed)
    )


def _point(text: str) -> Point:
    lat, _, lon = text.replace(",", " ").strip().partition(" ")
    try:
        return Point(float(lat), float(lon))
    except ValueError:
        words = "Write the door like 41.90330, -87.63000: latitude, then longitude."
        raise Refusal("bad_details", words, field="door") from None


def _written(door: Point) -> str:
    return f"{door.lat:.5f}, {door.lon:.5f}"


def _audited(told: Details) -> list[str]:
    return [told.name, told.street, told.city, told.state, told.zip, told.phone, _written(told.door)]


def _wrong(store: StoreInfo, form: DetailsForm, refusal: Refusal) -> ResponseReturnValue:
    if refusal.field is None or refusal.field not in form:
        raise refusal
    form[refusal.field].errors = [refusal.message]
    return _page(store, form, status=refusal.status)


def _page(store: StoreInfo, form: DetailsForm, status: int = 200, shown: Details | None = None) -> ResponseReturnValue:
    told = shown.shown(store) if shown else store
    zones = stores.shapes([store.id])
    near = Nearby(told, stores.opening(store), None, None)
    corners = [corner for zone in zones for corner in atlas.corners(told.point, zone)]
    return desk.page(
        "stores/details.html",
        DOOR,
        store=store,
        status=status,
        form=form,
        told=told,
        door=_written(told.point),
        checked=shown is not None,
        moved_miles=miles_between(store.point, told.point),
        elsewhere=(told.street, told.city, told.zip) != (store.street, store.city, store.zip),
        atlas=atlas.draw([near], None, zones, corners),
    )
