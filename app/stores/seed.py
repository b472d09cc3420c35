"""The seeded chain of stores: read from seed.toml, with real ZIP codes around each."""

import tomllib
from collections import defaultdict
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any

import zipcodes
from sqlalchemy import insert, select

from app.core.db import db
from app.stores.directory import forget
from app.stores.geo import Point, miles_between
from app.stores.hours_text import read
from app.stores.hours_words import standard
from app.stores.models import DeliveryZone, SpecialDay, Store, TaxRate, ZipArea, ZoneZip
from app.stores.nearest import reaches
from app.stores.open_now import feasts
from app.stores.zones import ZoneKind, drawn, reach, read_area

FILE = Path(__file__).with_name("seed.toml")
FREE_WITHIN_MILES = 1.0
FEE_CENTS, FAR_FEE_CENTS, FAR_MILES = 299, 399, 2.5
MINIMUM_CENTS, FAR_MINIMUM_CENTS = 1200, 1500
DRIVE_MINUTES, MINUTES_A_MILE = 6, 3
HOLIDAYS = ((11, 26, "Thanksgiving", "closed"), (12, 25, "Christmas Day", "12:00-20:00"))
ALWAYS = "Mo-Su 00:00-24:00"


def load() -> None:
    """Write the chain, in the open unit of work, unless it is there."""
    if db.session.scalar(select(Store.id).limit(1)) is not None:
        return
    areas = _areas()
    db.session.execute(insert(ZipArea), areas)
    for entry in tomllib.loads(FILE.read_text())["store"]:
        _add(entry, areas)
    db.session.flush()
    forget()
    reaches.clear()
    feasts.clear()


def _areas() -> list[dict[str, Any]]:
    return [
        {
            "zip": row["zip_code"],
            "city": row["city"],
            "state": row["state"],
            "lat": float(row["lat"]),
            "lon": float(row["long"]),
        }
        for row in zipcodes.list_all()  # type: ignore[no-untyped-call]  # the library has no types
        if row["zip_code_type"] == "STANDARD" and row["active"] and row["lat"]
    ]


def _add(entry: dict[str, Any], areas: list[dict[str, Any]]) -> None:
    columns = {name: entry[name] for name in ("slug", "name", "street", "city", "state", "zip", "phone", "timezone")}
    home = next(area for area in areas if area["zip"] == entry["zip"])
    store = Store(**columns, lat=home["lat"], lon=home["lon"], hours=standard(read(entry["hours"])))
    db.session.add(store)
    db.session.flush()
    db.session.add_all(
        TaxRate(store_id=store.id, code=code, rate_ppm=entry["tax"]) for code in ("food", "drinks", "delivery")
    )
    if "miles" in entry:
        _add_rings(store, areas, entry)
    else:
        _add_shape(store, entry)
    if store.hours != ALWAYS:
        db.session.add_all(_holidays(store.id))


def _add_rings(store: Store, areas: list[dict[str, Any]], entry: dict[str, Any]) -> None:
    """Zones by ZIP code: next door, near, and far."""
    door = Point(store.lat, store.lon)
    rings: dict[tuple[str, int, int], list[str]] = defaultdict(list)
    for area in (area for area in areas if area["state"] == store.state):
        miles = miles_between(door, Point(area["lat"], area["lon"]))
        if miles <= entry["miles"]:
            rings[_ring(miles, own=area["zip"] == store.zip)].append(area["zip"])
    for (name, fee, minimum), codes in sorted(rings.items(), key=lambda ring: ring[0][1]):
        zone = _zone(store, name, ZoneKind.ZIPS, [[0, fee]], minimum)
        db.session.add_all(ZoneZip(zone_id=zone.id, zip=code) for code in codes)


def _ring(miles: float, *, own: bool) -> tuple[str, int, int]:
    if miles > FAR_MILES:
        return ("Further out", FAR_FEE_CENTS, FAR_MINIMUM_CENTS)
    if miles < FREE_WITHIN_MILES and not own:
        return ("Next door", 0, MINIMUM_CENTS)
    return ("Near", FEE_CENTS, MINIMUM_CENTS)


def _add_shape(store: Store, entry: dict[str, Any]) -> None:
    """One zone all around, or drawn; large orders come free."""
    area = read_area({"type": "Polygon", "coordinates": entry["area"]}) if "area" in entry else ()
    kind, miles = (ZoneKind.AREA, None) if area else (ZoneKind.RADIUS, entry["round"])
    steps = [[0, FEE_CENTS], [entry["free_from"], 0]]
    shape = {"miles": miles, "area": drawn(area) if area else None}
    _zone(store, "Around the store", kind, steps, MINIMUM_CENTS, **shape)
    store.reach_miles = reach(Point(store.lat, store.lon), kind, miles, area)


def _zone(
    store: Store, name: str, kind: ZoneKind, steps: Sequence[list[int]], minimum: int, **shape: Any
) -> DeliveryZone:
    zone = DeliveryZone(
        store_id=store.id,
        name=name,
        kind=kind.value,
        minimum_cents=minimum,
        drive_minutes=DRIVE_MINUTES,
        minutes_a_mile=MINUTES_A_MILE,
        steps=list(steps),
        **shape,
    )
    db.session.add(zone)
    db.session.flush()
    return zone


def _holidays(store_id: int) -> list[SpecialDay]:
    return [
        SpecialDay(store_id=store_id, day=date(year, month, day), name=name, hours=hours)
        for year in (2026, 2027)
        for month, day, name, hours in HOLIDAYS
    ]
