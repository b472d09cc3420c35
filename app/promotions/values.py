"""What the promotions domain says and hears: small frozen values. Amounts are cents, rates parts per million."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import IntEnum, StrEnum
from functools import cached_property

from app.core.day import DAY_TURNS

MINUTES_OF_A_DAY = 1440


class Kind(StrEnum):
    """What a deal does. The set is closed (price law, section 3)."""

    PERCENT_ITEMS = "percent_items"
    AMOUNT_ITEMS = "amount_items"
    FIXED_EACH = "fixed_each"
    BUNDLE_PRICE = "bundle_price"
    BUY_X_GET_Y = "buy_x_get_y"
    FREE_ITEM = "free_item"
    PERCENT_ORDER = "percent_order"
    AMOUNT_ORDER = "amount_order"
    DELIVERY = "delivery"
    TIERED_PERCENT = "tiered_percent"

    @property
    def stage(self) -> "Stage":
        """The stage of the price law at which it takes something off."""
        return _STAGES.get(self, Stage.ITEM)


class Stage(IntEnum):
    """When something is taken off: from items, then from the order, then from the delivery fee."""

    ITEM = 1
    ORDER = 2
    FEE = 3


_STAGES = {Kind.PERCENT_ORDER: Stage.ORDER, Kind.AMOUNT_ORDER: Stage.ORDER, Kind.DELIVERY: Stage.FEE}


class Combine(StrEnum):
    """What a deal may stand beside: nothing but add-ons, other deals, or (an add-on) even an exclusive one."""

    EXCLUSIVE = "exclusive"
    NORMAL = "normal"
    COMPLEMENTARY = "complementary"


@dataclass(frozen=True, slots=True)
class Slot:
    """Which units fit, and how many. An empty list asks for nothing.

    `most_toppings` is how many toppings are included; those beyond are paid at list price. None includes all of them.
    """

    categories: tuple[str, ...] = ()
    products: tuple[str, ...] = ()
    sizes: tuple[str, ...] = ()
    crusts: tuple[str, ...] = ()
    most_toppings: int | None = None
    no_specialties: bool = False
    count: int = 1


@dataclass(frozen=True, slots=True)
class Tier:
    """From `count` units on, `rate_ppm` is taken off."""

    count: int
    rate_ppm: int


@dataclass(frozen=True, slots=True)
class Window:
    """When a deal holds, on business dates of the store: first and last day, weekdays (Monday 0; none is all), hours.

    Hours are minutes after midnight, half open; they may run past 1440, to the turn of the day at 04:00 (1680).
    """

    first: date | None = None
    last: date | None = None
    weekdays: tuple[int, ...] = ()
    opens: int = DAY_TURNS
    closes: int = DAY_TURNS + MINUTES_OF_A_DAY


@dataclass(frozen=True, slots=True)
class Deal:
    """One version of a deal. Once used, a version never changes.

    `slots` are what the kind is about: one for deals on single items; all that a bundle holds; what is bought and what
    is got; what a free item comes with, and the free item (one); nothing or what counts for a discount on the order.
    `rate_ppm`, `off_cents`, `price_cents` are the percentage, amount or fixed price of its kind. `max_per_order` is how
    often a bundle, buy-x-get-y or free item repeats, and how many units any other deal on items takes.
    """

    id: int
    version: int
    name: str
    kind: Kind
    slots: tuple[Slot, ...] = ()
    rate_ppm: int = 0
    off_cents: int = 0
    price_cents: int | None = None
    cap_cents: int | None = None
    min_count: int = 1
    tiers: tuple[Tier, ...] = ()
    combine: Combine = Combine.NORMAL
    stackable: bool = False
    min_spend_cents: int = 0
    max_per_order: int | None = None
    by_code: bool = False
    window: Window = Window()
    stores: tuple[int, ...] = ()
    methods: tuple[str, ...] = ()
    first_order: bool = False
    limit: int | None = None
    limit_per_customer: int | None = None

    def __hash__(self) -> int:
        return hash((self.id, self.version))

    @property
    def stage(self) -> Stage:
        """The stage at which it takes something off."""
        return self.kind.stage

    @property
    def most_per_customer(self) -> int | None:
        """How often one customer may use it; None for as often as they like. For a first order that is once."""
        return 1 if self.first_order and self.limit_per_customer is None else self.limit_per_customer

    @property
    def alone(self) -> bool:
        """Whether nothing but add-ons may stand beside it on items and order (price law, section 4)."""
        if self.combine is Combine.NORMAL:
            return self.stage is Stage.ORDER and not self.stackable
        return self.combine is Combine.EXCLUSIVE


@dataclass(frozen=True, slots=True)
class Unit:
    """One physical item of a cart, as deals see it.

    `beyond_cents[n]` is what its toppings cost beyond the first n of them, for as long as that is anything: of three
    toppings at 1.50, (450, 300, 150). `specialty` is a pizza with a name of its own rather than built from scratch.
    """

    id: int
    product: str
    size: str | None
    crust: str | None
    list_cents: int
    category: str = ""
    specialty: bool = False
    beyond_cents: tuple[int, ...] = ()
    rate_ppm: int = 0


@dataclass(frozen=True, slots=True)
class Bill:
    """What deals are to make cheapest: units, the delivery fee and its tax rate, and the delivery minimum.

    `fee_steps` are (food value, lower fee) pairs, rising: from that much food after deals on items, that is the fee.
    """

    units: tuple[Unit, ...]
    fee_cents: int = 0
    fee_rate_ppm: int = 0
    minimum_cents: int = 0
    fee_steps: tuple[tuple[int, int], ...] = ()

    @property
    def listed_cents(self) -> int:
        """All units at list price."""
        return sum(unit.list_cents for unit in self.units)

    def fee_with(self, offer: "Offer") -> int:
        """The delivery fee before deals on it, by the food that an offer leaves."""
        food_cents = self.listed_cents - offer.off_at(Stage.ITEM)
        return [self.fee_cents, *(fee for least, fee in self.fee_steps if food_cents >= least)][-1]


@dataclass(frozen=True, slots=True)
class Application:
    """One deal put to use, `times` over: what it takes off each unit, or off the delivery fee."""

    deal_id: int
    version: int
    name: str
    shares: Mapping[int, int]
    stage: Stage = Stage.ITEM
    times: int = 1
    fee_cents: int = 0

    @property
    def off_cents(self) -> int:
        """All that it takes off, before tax."""
        return sum(self.shares.values()) + self.fee_cents


@dataclass(frozen=True, slots=True)
class Certificate:
    """How sure it is that nothing is cheaper: proved when `gap_cents` is 0, else best found within `steps`.

    `bound_cents` is a total that no valid combination goes below; the total found lies `gap_cents` above it.
    """

    bound_cents: int = 0
    gap_cents: int = 0
    steps: int = 0

    @property
    def proved(self) -> bool:
        """Whether no valid combination is cheaper."""
        return self.gap_cents == 0


@dataclass(frozen=True)
class Offer:
    """The best combination of deals for a bill, in the order of their stages. `total_cents` is before the tip."""

    applications: tuple[Application, ...] = ()
    total_cents: int = 0
    certificate: Certificate = field(default=Certificate(), compare=False)

    @cached_property
    def deal_ids(self) -> tuple[int, ...]:
        """The deals that it uses, by id."""
        return tuple(sorted(application.deal_id for application in self.applications))

    @property
    def off_cents(self) -> int:
        """All that comes off, before tax."""
        return sum(application.off_cents for application in self.applications)

    @property
    def fee_off_cents(self) -> int:
        """What comes off the delivery fee."""
        return sum(application.fee_cents for application in self.applications)

    def off(self, unit_id: int) -> int:
        """Everything that comes off one unit."""
        return sum(application.shares.get(unit_id, 0) for application in self.applications)

    def off_at(self, stage: Stage) -> int:
        """What comes off at one stage."""
        return sum(application.off_cents for application in self.applications if application.stage is stage)


@dataclass(frozen=True, slots=True)
class Trial:
    """A combination that was tried: a row of "Why?". `why_not` is empty for the one that was taken."""

    deal_ids: tuple[int, ...]
    names: tuple[str, ...]
    saves_cents: int
    total_cents: int
    why_not: str


@dataclass(frozen=True, slots=True)
class Nudge:
    """One more unit that lowers the total: "add a 2.49 dip and pay 1.20 less"."""

    unit: Unit
    less_cents: int


@dataclass(frozen=True, slots=True)
class NearMiss:
    """What a deal that takes nothing off yet still waits for: units of a slot, or cents up to its minimum spend."""

    deal_id: int
    name: str
    slot: Slot | None
    missing: int
    missing_cents: int
