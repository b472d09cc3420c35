"""A list of stores from a CSV file: checked whole, each fault by row and column; only what has none is ever written."""

import csv
import io
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache, partial
from typing import Any

from sqlalchemy import insert, select

from app.core import longwork
from app.core.db import after_commit, db
from app.core.errors import Conflict
from app.core.longwork import Batch, Job, Owner, Wanted
from app.core.sheets import Fault, bad
from app.stores.addresses import STATE, phone_of
from app.stores.clocks import known_zones, time_zone
from app.stores.details import ASTRAY_MILES
from app.stores.directory import forget
from app.stores.geo import Point, miles_between
from app.stores.hours_text import HoursTextError
from app.stores.hours_text import read as hours_of
from app.stores.hours_words import standard
from app.stores.models import DeliveryZone, Store, TaxRate, ZipArea
from app.stores.nearest import reaches

KIND, BATCH = "stores.import", 250
MOST_ROWS, MOST_BYTES, CHUNK = 10_000, 2_000_000, 1_000
NEEDED = ("city", "state", "zip", "lat", "lon")
OPTIONAL = ("number", "name", "address", "phone", "timezone", "hours", "miles", "tax")
USUAL_HOURS = "Mo-Su 11:00-22:00"
FEE, MINIMUM, DRIVE, A_MILE = 299, 1200, 6, 3
OpenMenus = Callable[[Mapping[int, str]], None]  # by store, its time zone


@dataclass(frozen=True, slots=True)
class Listed:
    """A store of the list that can be opened. `miles` is how far it delivers all around, `tax_ppm` its tax."""

    row: int
    columns: Mapping[str, Any]
    miles: float | None
    tax_ppm: int


@dataclass(frozen=True, slots=True)
class Checked:
    """What a list holds: stores that can be opened, the faults of the rows that cannot, and columns of no use here."""

    stores: tuple[Listed, ...]
    faults: tuple[Fault, ...]
    strange: tuple[str, ...] = ()

    @property
    def bad_rows(self) -> int:
        """How many rows are left out."""
        return len({fault.row for fault in self.faults})


def wanted(name: str, text: str, owner: Owner) -> Wanted:
    """The stores of a list, to be prepared and looked at before anything is written. Raises Refusal `bad_file`."""
    return Wanted(KIND, f"New stores from {name}", "stores", len(read(text).stores), owner, sheet=text)


def check(job: Job) -> Checked:
    """A prepared list as it could be opened now: a fault for each store that is there already."""
    listed = read(longwork.sheet(job.id))
    taken = _taken(listed.stores)
    there = [_there(one) for one in listed.stores if one.columns["slug"] in taken]
    left = tuple(one for one in listed.stores if one.columns["slug"] not in taken)
    return replace(listed, stores=left, faults=tuple(sorted([*listed.faults, *there])))


def start(job: Job) -> Checked:
    """Let a list be opened, in the open unit of work. Raises Conflict `list_done` when nothing is left of it."""
    checked = check(job)
    if not checked.stores:
        words = "Nothing was written: every store of this list is open already, or has a mistake in its row."
        raise Conflict("list_done", words)
    longwork.start(job.id)
    return checked


def take_in(job: Job, open_menus: OpenMenus) -> Batch:
    """The next stores of a list, each with a menu. One that is there meanwhile is left out and named, as are rows with
    mistakes.
    """
    listed = _read(longwork.sheet(job.id))
    part = listed.stores[job.done : job.done + BATCH]
    taken = _taken(part)
    faults = () if job.done else listed.faults
    left_out = [_named(fault) for fault in (*faults, *(_there(one) for one in part if one.columns["slug"] in taken))]
    fresh = [one for one in part if one.columns["slug"] not in taken]
    done = job.total if len(part) < BATCH else job.done + len(part)
    return Batch(done, longwork.left_out(job, left_out), partial(_open, fresh, open_menus))


def _there(one: Listed) -> Fault:
    return Fault(one.row, "number", f"There is a store {one.columns['slug']} already.")


def _named(fault: Fault) -> str:
    return f"row {fault.row}, {fault.column}: {fault.words}"


def _taken(stores: Sequence[Listed]) -> set[str]:
    """Which of these stores are there already, by the name in their address."""
    found: set[str] = set()
    wanted = [one.columns["slug"] for one in stores]
    for n in range(0, len(wanted), CHUNK):
        found |= set(db.session.scalars(select(Store.slug).where(Store.slug.in_(wanted[n : n + CHUNK]))))
    return found


def _open(stores: Sequence[Listed], open_menus: OpenMenus) -> None:
    made = open_stores(stores)
    open_menus({store_id: one.columns["timezone"] for store_id, one in zip(made, stores, strict=True)})


def read(text: str) -> Checked:
    """What a list holds, whatever is open already. Raises Refusal `bad_file` for what is no list of stores at all."""
    reader = _reader(text)
    rows = list(_rows(reader))
    middles = _middles({row.get("zip", "").strip().zfill(5) for _, row in rows})
    stores: dict[str, Listed] = {}
    faults: list[Fault] = []
    for number, row in rows:
        wrong: list[Fault] = []
        found = _of_row(number, row, middles, wrong)
        slug = _slug(row, number)
        if slug in stores:
            wrong.append(Fault(number, "number", f"Row {stores[slug].row} is the store {slug} already."))
        if wrong or found is None:
            faults += wrong
            continue
        stores[slug] = Listed(number, {**found.columns, "slug": slug}, found.miles, found.tax_ppm)
    strange = (name for name in reader.fieldnames or () if name and name not in {*NEEDED, *OPTIONAL})
    return Checked(tuple(stores.values()), tuple(faults), tuple(dict.fromkeys(strange)))


_read = lru_cache(maxsize=1)(read)  # the list that this process is at, read once and not once a batch


def _reader(text: str) -> "csv.DictReader[str]":
    reader = csv.DictReader(io.StringIO(text), restkey="")
    names = [name.strip().lower() for name in reader.fieldnames or ()]
    missing = [name for name in NEEDED if name not in names]
    if missing:
        raise bad(f"The first row must name the columns; missing: {', '.join(missing)}.")
    reader.fieldnames = names
    return reader


def _rows(reader: "csv.DictReader[str]") -> Iterator[tuple[int, dict[str, str]]]:
    try:
        for number, row in enumerate(reader, start=2):
            if number > MOST_ROWS + 1:
                raise bad(f"A list has {MOST_ROWS:,} stores at most.")
            yield number, {name: (row.get(name) or "").strip() for name in (*NEEDED, *OPTIONAL)}
    except csv.Error as error:
        raise bad("This is no CSV file.") from error


def _middles(codes: set[str]) -> dict[str, Point]:
    found: dict[str, Point] = {}
    wanted = sorted(code for code in codes if re.fullmatch(r"[0-9]{5}", code, re.ASCII))
    for n in range(0, len(wanted), CHUNK):
        query = select(ZipArea.zip, ZipArea.lat, ZipArea.lon).where(ZipArea.zip.in_(wanted[n : n + CHUNK]))
        found |= {row.zip: Point(row.lat, row.lon) for row in db.session.execute(query)}
    return found


def _of_row(number: int, row: Mapping[str, str], middles: Mapping[str, Point], wrong: list[Fault]) -> Listed | None:
    code = row["zip"].zfill(5)
    place = _place(number, row, middles.get(code), wrong)
    for column, fault in (
        ("city", "" if 0 < len(row["city"]) <= 60 else "A city has 1 to 60 letters."),
        ("state", "" if STATE.fullmatch(row["state"]) else "A state has two capital letters, like IL."),
        ("zip", "" if re.fullmatch(r"[0-9]{5}", code, re.ASCII) else "A ZIP code has five digits."),
        ("address", "" if len(row["address"]) <= 120 else "An address has 120 letters at most."),
        ("phone", "" if phone_of(row["phone"]) is not None else "A phone number has ten digits, like (312) 555-0100."),
    ):
        if fault:
            wrong.append(Fault(number, column, fault))
    hours, zone = _hours(number, row, wrong), _zone(number, row, place, wrong)
    miles, tax = _number(number, row, "miles", 60, wrong), _number(number, row, "tax", 25, wrong)
    if wrong or place is None:
        return None
    words = {"city": row["city"], "state": row["state"], "zip": code, "street": row["address"] or row["city"]}
    columns = {**words, "name": _name(row), "phone": phone_of(row["phone"]), "timezone": zone, "hours": hours}
    return Listed(number, {**columns, "lat": place.lat, "lon": place.lon}, miles, round((tax or 0) * 10_000))


def _place(number: int, row: Mapping[str, str], middle: Point | None, wrong: list[Fault]) -> Point | None:
    try:
        place = Point(float(row["lat"]), float(row["lon"]))
    except ValueError:
        wrong.append(
            Fault(number, "lat", f"\u201c{row['lat'][:12]}, {row['lon'][:12]}\u201d is no place on the globe.")
        )
        return None
    if middle is not None and (far := miles_between(place, middle)) > ASTRAY_MILES:
        wrong.append(Fault(number, "lat", f"This lies {far:,.0f} miles from ZIP code {row['zip'].zfill(5)}."))
        return None
    return place


def _hours(number: int, row: Mapping[str, str], wrong: list[Fault]) -> str:
    try:
        return standard(hours_of(row["hours"])) if row["hours"] else USUAL_HOURS
    except HoursTextError as error:
        wrong.append(Fault(number, "hours", str(error)))
        return ""


def _zone(number: int, row: Mapping[str, str], place: Point | None, wrong: list[Fault]) -> str:
    """The time zone that the row names; else that of its ZIP code."""
    if row["timezone"]:
        if row["timezone"] not in known_zones():
            wrong.append(Fault(number, "timezone", "Write time zones like America/Chicago."))
        return row["timezone"]
    zone = time_zone(row["zip"].zfill(5))
    if not zone and place is not None:
        wrong.append(Fault(number, "timezone", "We do not know this ZIP code: name the time zone."))
    return zone


def _number(number: int, row: Mapping[str, str], column: str, most: float, wrong: list[Fault]) -> float | None:
    if not row[column]:
        return None
    try:
        found = float(row[column])
    except ValueError:
        found = -1
    if not 0 < found <= most and not (column == "tax" and found == 0):
        wrong.append(Fault(number, column, f"This is a number up to {most:g}."))
    return found


def _name(row: Mapping[str, str]) -> str:
    return (row["name"] or f"{row['city']}, {row['address']}".strip(", "))[:60]


def _slug(row: Mapping[str, str], number: int) -> str:
    plain = re.sub(r"[^a-z0-9]+", "-", (row["name"] or row["city"]).lower()).strip("-")[:30] or "store"
    told = re.sub(r"[^a-z0-9]", "", row["number"].lower())[:8]
    return f"{plain}-{told or number}"


def open_stores(stores: Sequence[Listed]) -> list[int]:
    """Write checked stores, in the open unit of work; their ids. Who delivers has one zone all around."""
    made: list[int] = []
    for n in range(0, len(stores), CHUNK):
        part = stores[n : n + CHUNK]
        rows = [{**one.columns, "reach_miles": one.miles or 0.0} for one in part]
        ids = list(db.session.scalars(insert(Store).returning(Store.id, sort_by_parameter_order=True), rows))
        rates = [(store_id, one.tax_ppm) for store_id, one in zip(ids, part, strict=True)]
        codes = ("food", "drinks", "delivery")
        taxes = [{"store_id": n, "code": code, "rate_ppm": rate} for n, rate in rates for code in codes]
        db.session.execute(insert(TaxRate), taxes)
        zones = [_around(store_id, one.miles) for store_id, one in zip(ids, part, strict=True) if one.miles]
        if zones:
            db.session.execute(insert(DeliveryZone), zones)
        made += ids
    after_commit(forget)
    after_commit(reaches.clear)
    return made


def _around(store_id: int, miles: float) -> dict[str, Any]:
    terms = {"minimum_cents": MINIMUM, "drive_minutes": DRIVE, "minutes_a_mile": A_MILE, "steps": [[0, FEE]]}
    return {"store_id": store_id, "name": "Around the store", "kind": "radius", "miles": miles, **terms}
