"""What the stores domain says to others: small frozen values."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from zoneinfo import ZoneInfo

from app.stores.hours import OpeningHours


class Method(StrEnum):
    """How the food gets to the customer."""

    DELIVERY = "delivery"
    CARRYOUT = "carryout"


@dataclass(frozen=True, slots=True)
class StoreInfo:
    """A store as others may know it. `taxes` maps a tax code to parts per million; minutes and cents as named."""

    id: int
    slug: str
    name: str
    street: str
    city: str
    state: str
    zip: str
    lat: float
    lon: float
    phone: str
    hours: OpeningHours
    hours_words: tuple[tuple[str, str], ...]
    taxes: Mapping[str, int]
    pickup_minutes: int
    slot_capacity: int
    auto_accept: bool
    cash_limit_cents: int

    @property
    def zone(self) -> ZoneInfo:
        """The store's time zone."""
        return self.hours.zone

    @property
    def phone_words(self) -> str:
        """The phone number as people write it in the US."""
        return f"({self.phone[2:5]}) {self.phone[5:8]}-{self.phone[8:]}"


@dataclass(frozen=True, slots=True)
class Ask:
    """What a promise is asked for: a store, a way and ZIP code, a moment (None: as soon as possible), oven places."""

    store_id: int
    method: Method
    zip: str | None = None
    at: datetime | None = None
    places: int = 1


@dataclass(frozen=True, slots=True)
class Promise:
    """One honest answer: when the food is there, what bringing it costs, and from which food value on.

    `slot_at` is the quarter of an hour in which the kitchen makes it, `places` the oven places it takes there.
    """

    store_id: int
    method: Method
    slot_at: datetime
    places: int
    ready_from: datetime
    ready_to: datetime
    asap: bool
    fee_cents: int
    minimum_cents: int


@dataclass(frozen=True, slots=True)
class Opening:
    """Whether a store takes orders right now, and in words when not."""

    open: bool
    closes_at: datetime | None
    opens_at: datetime | None
    paused_reason: str | None


@dataclass(frozen=True, slots=True)
class Nearby:
    """A store, how far it is in miles (None when unknown), and whether it delivers to the ZIP code asked for."""

    store: StoreInfo
    opening: Opening
    miles: float | None
    delivers: bool
