"""Stores, their zones and prices, made for a test."""

from typing import Any

from sqlalchemy import select, update

from app.core.db import db, transaction
from app.menu.catalogue import latest
from app.menu.models import Product, StoreMenu, StorePrice, Variant
from app.stores.geo import Point
from app.stores.models import DeliveryZone, Store, ZoneZip
from app.stores.nearest import reaches
from app.stores.zones import ZoneKind, reach, read_area


def store(name: str, lat: float, lon: float, **changes: Any) -> int:
    """A store that is open around the clock and delivers nowhere yet; its id."""
    columns = {
        "slug": name.lower().replace(" ", "-"),
        "street": "1 Main Street",
        "city": "Springfield",
        "state": "IL",
        "zip": "62701",
        "phone": "+12175550100",
        "timezone": "America/Chicago",
        "hours": "Mo-Su 00:00-24:00",
    }
    made = Store(name=name, lat=lat, lon=lon, **{**columns, **changes})
    with transaction():
        db.session.add(made)
    return made.id


def zone(
    store_id: int,
    *,
    zips: tuple[str, ...] = (),
    miles: float | None = None,
    area: dict[str, Any] | None = None,
    fee: int = 299,
    steps: list[list[int]] | None = None,
    minimum: int = 1200,
    drive: int = 6,
    minutes_a_mile: int = 0,
) -> int:
    """A zone by ZIP codes, by radius or by drawing; its id."""
    kind = ZoneKind.AREA if area else ZoneKind.RADIUS if miles else ZoneKind.ZIPS
    made = DeliveryZone(
        store_id=store_id,
        name="Around",
        kind=kind.value,
        miles=miles,
        area=area,
        minimum_cents=minimum,
        drive_minutes=drive,
        minutes_a_mile=minutes_a_mile,
        steps=steps or [[0, fee]],
    )
    with transaction():
        db.session.add(made)
        db.session.flush()
        db.session.add_all(ZoneZip(zone_id=made.id, zip=code) for code in zips)
        home = db.session.get_one(Store, store_id)
        far = reach(Point(home.lat, home.lon), kind, miles, read_area(area) if area else ())
        home.reach_miles = max(home.reach_miles, far)
    reaches.clear()
    return made.id


def price_at(store_id: int, slug: str, cents: int) -> None:
    """What every size of a product costs at a store."""
    with transaction() as session:
        size = select(Variant.id).join(Product).where(Product.slug == slug)
        session.add_all(StorePrice(store_id=store_id, variant_id=n, price_cents=cents) for n in session.scalars(size))
        session.execute(update(StoreMenu).where(StoreMenu.store_id == store_id).values(version=StoreMenu.version + 1))
    latest.clear()
