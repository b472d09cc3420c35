"""Where a store delivers: its zones on a drawn map, and a form for each kind; GeoJSON comes by upload or as text."""

import json
import re
from collections.abc import Iterator
from typing import Any

from flask import Blueprint, request
from flask.typing import ResponseReturnValue
from wtforms import Form, IntegerField, RadioField, StringField, TextAreaField
from wtforms.fields import DecimalField
from wtforms.validators import DataRequired, InputRequired, Length, NumberRange, Optional

from app.core.errors import NotFound, Refusal
from app.core.money import format_cents
from app.stores import editing
from app.stores.editing import Draft
from app.stores.service import Nearby, StoreInfo
from app.stores.service import opening as opening_of
from app.stores.zones import FeeStep, Polygon, ShapeError, Zone, ZoneKind, drawn, read_area
from app.users import service as users
from app.users.service import Right
from blueprints import desk
from blueprints.forms import OneLine
from blueprints.stores import atlas

pages = Blueprint("store_zones", __name__)
pages.register_error_handler(Refusal, desk.refuse)
PATH, DOOR = "/staff/zones", "zones"
KINDS = {"radius": "Around the store", "zips": "ZIP codes", "area": "Drawn"}
KIND_KEYS: Any = list(KINDS)  # plain words, which the field's types do not know of
MONEY = re.compile(r"\$?\s*(\d{1,4})(?:\.(\d{2}))?\s*\Z", re.ASCII)
LONGEST_DRAWING = 60_000


class ZoneForm(Form):
    """A zone: where, for how much, how long the drive is."""

    name = StringField("Name", [DataRequired("Please name the zone."), Length(max=60), OneLine()])
    kind = RadioField("Where", choices=KIND_KEYS, default="radius")
    miles = DecimalField("Miles around the store", [Optional(), NumberRange(0.1, 60)])
    zips = TextAreaField("ZIP codes", [Length(max=20_000)])
    area = TextAreaField("GeoJSON, or corners as latitude and longitude", [Length(max=LONGEST_DRAWING)])
    minimum = StringField("Least food value", [DataRequired("Please give an amount, 0 if none.")], default="12.00")
    fees = StringField("Fees", [DataRequired("Please give the fee, 0 if none."), Length(max=200)], default="2.99")
    drive_minutes = IntegerField("Drive, minutes", [InputRequired(), NumberRange(0, 240)], default=6)
    minutes_a_mile = IntegerField("And for each mile", [InputRequired(), NumberRange(0, 60)], default=3)


@pages.get(PATH)
def zones_page() -> ResponseReturnValue:
    _, store = desk.at_store(Right.EDIT_STORE, DOOR)
    number = request.args.get("zone", type=int)
    return _page(store, ZoneForm(data=_told(_zone(store, number))) if number else ZoneForm(), number)


@pages.post(PATH)
def save_zone() -> ResponseReturnValue:
    person, store = desk.at_store(Right.EDIT_STORE, DOOR)
    form, number = ZoneForm(request.form), request.form.get("zone", type=int)
    if not form.validate():
        return _page(store, form, number, 422)
    try:
        zone_id = editing.save_zone(store.id, _draft(form), number)
    except Refusal as refusal:
        if refusal.field is None or refusal.field not in form:
            raise
        form[refusal.field].errors = [refusal.message]
        return _page(store, form, number, refusal.status)
    desk.at_work(person)
    users.audit(
        person.user_id, "store.zone", f"store:{store.id}", zone=zone_id, name=form.name.data, fees=form.fees.data
    )
    return desk.done(f"Zone {form.name.data} is kept.", f"{PATH}?store={store.id}")


@pages.post(f"{PATH}/<row:number>/removal")
def drop_zone(number: int) -> ResponseReturnValue:
    person, store = desk.at_store(Right.EDIT_STORE, DOOR)
    name = editing.drop_zone(store.id, number)
    desk.at_work(person)
    users.audit(person.user_id, "store.zone.drop", f"store:{store.id}", zone=number, name=name)
    return desk.done(f"{name} is no longer delivered to.", f"{PATH}?store={store.id}")


def _zone(store: StoreInfo, number: int) -> Zone:
    found = next((zone for zone in editing.zones_of(store.id) if zone.id == number), None)
    if found is None:
        raise NotFound("That zone is not there any more.")
    return found


def _told(zone: Zone) -> dict[str, object]:
    """A zone as its form shows it."""
    shape = {"zips": " ".join(sorted(zone.zips)), "area": json.dumps(drawn(zone.area)) if zone.area else ""}
    terms = {"minimum": _plain(zone.minimum_cents), "fees": fees_written(zone.steps)}
    drive = {"drive_minutes": zone.drive_minutes, "minutes_a_mile": zone.minutes_a_mile}
    return {"name": zone.name, "kind": zone.kind.value, "miles": zone.miles, **shape, **terms, **drive}


def _draft(form: ZoneForm) -> Draft:
    kind = ZoneKind(form.kind.data)
    return Draft(
        name=form.name.data or "",
        kind=kind,
        minimum_cents=_cents(form.minimum.data or "", "minimum"),
        drive_minutes=form.drive_minutes.data or 0,
        minutes_a_mile=form.minutes_a_mile.data or 0,
        steps=_steps(form.fees.data or ""),
        miles=float(form.miles.data) if form.miles.data else None,
        zips=_zips(form.zips.data or "") if kind is ZoneKind.ZIPS else (),
        area=_area(form.area.data or "") if kind is ZoneKind.AREA else (),
    )


def _zips(text: str) -> tuple[str, ...]:
    codes = tuple(re.split(r"[\s,;]+", text.strip()))
    wrong = next((code for code in codes if not re.fullmatch(r"[0-9]{5}", code, re.ASCII)), None)
    if wrong is not None:
        raise Refusal("bad_zone", f"\u201c{wrong[:12]}\u201d is no ZIP code of five digits.", field="zips")
    return codes


def _area(text: str) -> tuple[Polygon, ...]:
    """The drawing: an uploaded file before the text; corners, one on a line, are closed by us."""
    upload = request.files.get("file")
    text = upload.stream.read(LONGEST_DRAWING + 1).decode(errors="replace") if upload and upload.filename else text
    if len(text) > LONGEST_DRAWING:
        raise Refusal("bad_zone", "This drawing is larger than 60 kB. Please leave out corners.", field="area")
    try:
        return read_area(json.loads(text) if text.lstrip().startswith("{") else _corners(text))
    except ShapeError as error:
        raise Refusal("bad_zone", str(error), field="area") from error
    except (ValueError, RecursionError) as error:
        raise Refusal("bad_zone", "This is not GeoJSON.", field="area") from error


def _corners(text: str) -> dict[str, object]:
    ring: list[list[float]] = []
    for line in text.splitlines():
        if line.strip():
            lat, _, lon = line.replace(",", " ").strip().partition(" ")
            ring.append([float(lon), float(lat)])
    return {"type": "Polygon", "coordinates": [ring + ring[:1]]}


def _steps(text: str) -> tuple[FeeStep, ...]:
    """Fees as people write them: `2.99`, or `3.99; from 25: 1.99; from 40: 0`."""
    return tuple(_fee_parts(text))


def _fee_parts(text: str) -> Iterator[FeeStep]:
    for n, part in enumerate(text.split(";")):
        from_text, colon, fee = part.partition(":")
        since = from_text.strip().removeprefix("from").strip() if colon else "0"
        if n and not colon:
            raise Refusal("bad_zone", "Write further fees like: 3.99; from 25: 1.99; from 40: 0", field="fees")
        yield FeeStep(_cents(since, "fees"), _cents(fee if colon else from_text, "fees"))


def fees_written(steps: tuple[FeeStep, ...]) -> str:
    """Fees as their field shows them."""
    first, *more = steps
    return "; ".join([_plain(first.fee_cents), *(f"from {_plain(s.from_cents)}: {_plain(s.fee_cents)}" for s in more)])


def _cents(text: str, field: str) -> int:
    found = MONEY.match(text.strip())
    if found is None:
        raise Refusal("bad_zone", "Write amounts like 2.99.", field=field)
    return int(found[1]) * 100 + int(found[2] or 0)


def _plain(cents: int) -> str:
    return f"{cents // 100}.{cents % 100:02d}"


def _page(store: StoreInfo, form: ZoneForm, number: int | None, status: int = 200) -> ResponseReturnValue:
    zones = editing.zones_of(store.id)
    own = Nearby(store, opening_of(store), None, None)
    corners = [corner for zone in zones for corner in atlas.corners(store.point, zone)]
    return desk.page(
        "stores/zones.html",
        DOOR,
        store=store,
        status=status,
        zones=[(zone, KINDS[zone.kind], _terms(zone)) for zone in zones],
        form=form,
        number=number,
        kinds=KINDS.items(),
        atlas=atlas.draw([own], None, [zone for zone in zones if zone.kind is not ZoneKind.ZIPS], corners),
    )


def _terms(zone: Zone) -> str:
    fees = ", ".join(map(_step_in_words, zone.steps))
    drive = f"{zone.drive_minutes} min and {zone.minutes_a_mile} a mile"
    return f"{fees}; at least {format_cents(zone.minimum_cents)}; {drive}"


def _step_in_words(step: FeeStep) -> str:
    since = f" from {format_cents(step.from_cents)}" if step.from_cents else ""
    return f"{format_cents(step.fee_cents) if step.fee_cents else 'free'}{since}"
