"""Tables of the stores domain. Private to it."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.core.db import Base


class Store(Base):
    """One kitchen with a counter. Times are minutes, `slot_capacity` is oven places in a quarter of an hour."""

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


class Hours(Base):
    """Opening hours of a weekday (Monday 0), in minutes after local midnight; past 1440 runs into the next day."""

    __tablename__ = "store_hours"

    id: Mapped[int] = mapped_column(primary_key=True)
    store_id: Mapped[int] = mapped_column(ForeignKey("stores.id"), index=True)
    weekday: Mapped[int]
    opens: Mapped[int]
    closes: Mapped[int]

    __table_args__ = (CheckConstraint("0 <= opens AND opens < closes AND closes <= 2880", name="opens_before_closing"),)


class Holiday(Base):
    """A date with its own hours; closed all day where both are null."""

    __tablename__ = "store_holidays"

    store_id: Mapped[int] = mapped_column(ForeignKey("stores.id"), primary_key=True)
    day: Mapped[date] = mapped_column(primary_key=True)
    opens: Mapped[int | None]
    closes: Mapped[int | None]
    name: Mapped[str] = mapped_column(String(60))


class Zone(Base):
    """A ZIP code that a store delivers to, what that costs, from which food value on, and the drive in minutes."""

    __tablename__ = "store_zones"

    store_id: Mapped[int] = mapped_column(ForeignKey("stores.id"), primary_key=True)
    zip: Mapped[str] = mapped_column(String(5), primary_key=True, index=True)
    fee_cents: Mapped[int]
    minimum_cents: Mapped[int]
    drive_minutes: Mapped[int]


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
