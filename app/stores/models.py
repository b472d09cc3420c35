"""Tables of the stores domain. Private to it."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.core.db import Base


class Store(Base):
    """One kitchen with a counter. Times are minutes, `slot_capacity` is oven places in a quarter of an hour.

    `hours` are a week in schema.org's form, `delivery_hours` those of delivery where they differ, else empty;
    `reach_miles` is how far its round and drawn zones go, so that a search knows in which box to look.
    """

    __tablename__ = "stores"

    id: Mapped[int] = mapped_column(primary_key=True)
    slug: Mapped[str] = mapped_column(String(40), unique=True)
    name: Mapped[str] = mapped_column(String(60))
    street: Mapped[str] = mapped_column(String(120))
    city: Mapped[str] = mapped_column(String(60))
    state: Mapped[str] = mapped_column(String(2))
    zip: Mapped[str] = mapped_column(String(5))
    lat: Mapped[float]
    lon: Mapped[float]
    phone: Mapped[str] = mapped_column(String(16))
    timezone: Mapped[str] = mapped_column(String(40))
    pickup_minutes: Mapped[int] = mapped_column(default=15)
    slot_capacity: Mapped[int] = mapped_column(default=24)
    auto_accept: Mapped[bool] = mapped_column(default=True)
    cash_limit_cents: Mapped[int] = mapped_column(default=10_000)
    hours: Mapped[str] = mapped_column(String(400), default="", server_default="")
    delivery_hours: Mapped[str] = mapped_column(String(400), default="", server_default="")
    last_order_minutes: Mapped[int] = mapped_column(default=0, server_default="0")
    reach_miles: Mapped[float] = mapped_column(default=0.0, server_default="0", index=True)

    __table_args__ = (
        Index("ix_stores_lat_lon", "lat", "lon", "reach_miles"),
        Index("ix_stores_name_id", "name", "id"),
    )


class SpecialDay(Base):
    """A date with hours of its own, kept like a store's; `closed` all day, or other hours for delivery alone."""

    __tablename__ = "store_holidays"

    store_id: Mapped[int] = mapped_column(ForeignKey("stores.id"), primary_key=True)
    day: Mapped[date] = mapped_column(primary_key=True, index=True)
    name: Mapped[str] = mapped_column(String(60))
    hours: Mapped[str] = mapped_column(String(200), default="closed", server_default="closed")
    delivery_hours: Mapped[str] = mapped_column(String(200), default="", server_default="")


class DeliveryZone(Base):
    """Where a store delivers: within `miles`, to ZIP codes, or into a drawn `area` (GeoJSON).

    `steps` are pairs of a food value and the fee from it on, in cents; a drive takes `drive_minutes` and
    `minutes_a_mile` for each mile.
    """

    __tablename__ = "delivery_zones"

    id: Mapped[int] = mapped_column(primary_key=True)
    store_id: Mapped[int] = mapped_column(ForeignKey("stores.id"), index=True)
    name: Mapped[str] = mapped_column(String(60))
    kind: Mapped[str] = mapped_column(String(8))
    miles: Mapped[float | None]
    area: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    minimum_cents: Mapped[int]
    drive_minutes: Mapped[int]
    minutes_a_mile: Mapped[int] = mapped_column(default=0)
    steps: Mapped[list[list[int]]] = mapped_column(JSON)

    __table_args__ = (
        CheckConstraint("minimum_cents >= 0 AND drive_minutes >= 0 AND minutes_a_mile >= 0", name="not_negative"),
        CheckConstraint(
            "(kind = 'radius' AND miles > 0 AND area IS NULL) OR (kind = 'zips' AND miles IS NULL AND area IS NULL)"
            " OR (kind = 'area' AND miles IS NULL AND area IS NOT NULL)",
            name="shaped_as_its_kind",
        ),
    )


class ZoneZip(Base):
    """A ZIP code of a zone by ZIP."""

    __tablename__ = "delivery_zone_zips"

    zone_id: Mapped[int] = mapped_column(ForeignKey("delivery_zones.id"), primary_key=True)
    zip: Mapped[str] = mapped_column(String(5), primary_key=True, index=True)


class TaxRate(Base):
    """What a store charges for a tax code, in parts per million."""

    __tablename__ = "store_tax_rates"

    store_id: Mapped[int] = mapped_column(ForeignKey("stores.id"), primary_key=True)
    code: Mapped[str] = mapped_column(String(20), primary_key=True)
    rate_ppm: Mapped[int]


class Pause(Base):
    """A store takes no new orders until then, and says why."""

    __tablename__ = "store_pauses"

    store_id: Mapped[int] = mapped_column(ForeignKey("stores.id"), primary_key=True)
    until: Mapped[datetime]
    reason: Mapped[str] = mapped_column(String(120))


class Slot(Base):
    """A quarter of an hour at a store, and how many of its oven places are taken."""

    __tablename__ = "store_slots"

    id: Mapped[int] = mapped_column(primary_key=True)
    store_id: Mapped[int] = mapped_column(ForeignKey("stores.id"))
    starts_at: Mapped[datetime]
    capacity: Mapped[int]
    booked: Mapped[int] = mapped_column(default=0)

    __table_args__ = (
        UniqueConstraint("store_id", "starts_at"),
        CheckConstraint("0 <= booked AND booked <= capacity", name="booked_within_capacity"),
    )


class ZipArea(Base):
    """A ZIP code and its middle, so that the nearest store can be named without asking anybody."""

    __tablename__ = "zip_areas"

    zip: Mapped[str] = mapped_column(String(5), primary_key=True)
    city: Mapped[str] = mapped_column(String(60))
    state: Mapped[str] = mapped_column(String(2))
    lat: Mapped[float]
    lon: Mapped[float]


class Located(Base):
    """Where a provider found an address, under a hash of it, since an address is nobody's business; null: not found."""

    __tablename__ = "located_addresses"

    key: Mapped[str] = mapped_column(String(64), primary_key=True)
    lat: Mapped[float | None]
    lon: Mapped[float | None]
    asked_at: Mapped[datetime] = mapped_column(index=True)
