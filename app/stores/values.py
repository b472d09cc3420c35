"""What the stores domain says to others: small frozen values."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from zoneinfo import ZoneInfo

from app.stores.geo import Point
from app.stores.hours import OpeningHours, Span, open_together
from app.stores.zones import FeeStep, fee_at


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
    delivery_hours: OpeningHours
    hours_words: tuple[tuple[str, str], ...]
    delivery_words: tuple[tuple[str, str], ...]
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
    def point(self) -> Point:
        """Where its door is."""
        return Point(self.lat, self.lon)

    @property
    def phone_words(self) -> str:
        """The phone number as people write it in the US; empty where we were told none."""
        return self.phone and f"({self.phone[2:5]}) {self.phone[5:8]}-{self.phone[8:]}"

    def hours_of(self, method: Method) -> OpeningHours:
        """When it takes orders of one way."""
        return self.delivery_hours if method is Method.DELIVERY else self.hours

    def staffed(self, since: datetime, until: datetime) -> tuple[Span, ...]:
        """When somebody is there from one moment to another, for the counter or for deliveries."""
        return open_together((self.hours, self.delivery_hours), since, until)


@dataclass(frozen=True, slots=True)
class Address:
    """Where somebody lives, as they wrote it. Where exactly that is, `places.find` says."""

    street: str = ""
    city: str = ""
    zip: str = ""


@dataclass(frozen=True, slots=True)
class Ask:
    """What a promise is asked for: a store, a way and where to, a moment (None: as soon as possible), oven places."""

    store_id: int
    method: Method
    zip: str | None = None
    at: datetime | None = None
    places: int = 1
    street: str = ""
    city: str = ""
    point: Point | None = None  # where it is, when that is all that is known

    @property
    def address(self) -> Address:
        """Where it is to be delivered."""
        return Address(self.street, self.city, self.zip or "")


@dataclass(frozen=True, slots=True)
class Promise:
    """One honest answer: when the food is there, what bringing it costs, and from which food value on.

    `slot_at` is the quarter of an hour in which the kitchen makes it, `places` the oven places it takes there;
    `steps` are what bringing it costs by food value, `fee_cents` what it costs for the smallest order.
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
    steps: tuple[FeeStep, ...] = ()

    def fee_for(self, food_cents: int) -> int:
        """What bringing food of this value costs, in cents."""
        return fee_at(self.steps, food_cents) if self.steps else self.fee_cents


@dataclass(frozen=True, slots=True)
class Opening:
    """Whether a store takes orders right now, and in words when not."""

    open: bool
    closes_at: datetime | None
    opens_at: datetime | None
    paused_reason: str | None


@dataclass(frozen=True, slots=True)
class Terms:
    """On what a store delivers to a place: the drive in minutes, fees by food value, and the least food value."""

    drive_minutes: int
    minimum_cents: int
    steps: tuple[FeeStep, ...]

    @property
    def fee_cents(self) -> int:
        """The fee of the smallest order."""
        return fee_at(self.steps, 0)


@dataclass(frozen=True, slots=True)
class Nearby:
    """A store, how far it is in miles (None when unknown), and on what terms it delivers there (None: it does not)."""

    store: StoreInfo
    opening: Opening
    miles: float | None
    terms: Terms | None

    @property
    def delivers(self) -> bool:
        """Whether it delivers to the place that was asked for."""
        return self.terms is not None
