"""The seeded chain of stores: read from seed.toml, with real ZIP codes around each."""

import tomllib
from datetime import date
from pathlib import Path
from typing import Any

import zipcodes
from sqlalchemy import insert, select

from app.core.db import db
from app.stores.directory import known, miles_between
from app.stores.models import Holiday, Hours, Store, TaxRate, ZipArea, Zone

FILE = Path(__file__).with_name("seed.toml")
WEEKEND = (4, 5)  # Friday and Saturday nights
FREE_WITHIN_MILES = 1.0
FEE_CENTS, FAR_FEE_CENTS, FAR_MILES = 299, 399, 2.5
MINIMUM_CENTS, FAR_MINIMUM_CENTS = 1200, 1500
DRIVE_MINUTES, MINUTES_A_MILE = 6, 3
HOLIDAYS = ((11, 26, "Thanksgiving", None), (12, 25, "Christmas Day", (720, 1200)))


def load() -> None:
    """Write the chain, in the open unit of work, unless it is there."""
    if db.session.scalar(select(Store.id).limit(1)) is not None:
        return
    areas = _areas()
    db.session.execute(insert(ZipArea), areas)
    for entry in tomllib.loads(FILE.read_text())["store"]:
        _add(entry, areas)
    db.session.flush()
    known.clear()


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
    store = Store(**columns, lat=home["lat"], lon=home["lon"])
    db.session.add(store)
    db.session.flush()
    week = entry["hours"]
    for weekday in range(7):
        spans = week.get("weekend", week["everyday"]) if weekday in WEEKEND else week["everyday"]
        db.session.add_all(Hours(store_id=store.id, weekday=weekday, opens=a, closes=b) for a, b in spans)
    db.session.add_all(
        TaxRate(store_id=store.id, code=code, rate_ppm=entry["tax"]) for code in ("food", "drinks", "delivery")
    )
    db.session.add_all(zone for area in areas if (zone := _zone(store, area, entry["miles"])))
    if week["everyday"] != [[0, 1440]]:
        db.session.add_all(_holidays(store.id))


def _zone(store: Store, area: dict[str, Any], reach: float) -> Zone | None:
    if area["state"] != store.state:
        return None
    miles = miles_between(store.lat, store.lon, area["lat"], area["lon"])
    if miles > reach:
        return None
    far = miles > FAR_MILES
    return Zone(
        store_id=store.id,
        zip=area["zip"],
        fee_cents=0 if miles < FREE_WITHIN_MILES and area["zip"] != store.zip else FAR_FEE_CENTS if far else FEE_CENTS,
        minimum_cents=FAR_MINIMUM_CENTS if far else MINIMUM_CENTS,
        drive_minutes=DRIVE_MINUTES + round(miles * MINUTES_A_MILE),
    )


def _holidays(store_id: int) -> list[Holiday]:
    return [
        Holiday(
            store_id=store_id, day=date(year, month, day), name=name, opens=span and span[0], closes=span and span[1]
        )
        for year in (2026, 2027)
        for month, day, name, span in HOLIDAYS
    ]
