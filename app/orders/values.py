"""What the orders domain says to others: small frozen values. Amounts are cents."""

from dataclasses import dataclass
from datetime import datetime

from app.core.errors import Refusal
from app.menu.values import Choice, Look, Selection
from app.orders.pricing import Quote
from app.orders.status import OrderStatus
from app.promotions.service import Reckoning
from app.stores.values import Address, Method, Promise


@dataclass(frozen=True, slots=True)
class Place:
    """Where the food goes: carried out of a store, or delivered to an address from the store that delivers there."""

    method: Method
    store_id: int
    street: str = ""
    unit: str = ""
    city: str = ""
    zip: str = ""
    wanted_at: datetime | None = None

    @property
    def address(self) -> Address:
        """Where it is delivered to."""
        return Address(self.street, self.city, self.zip)


@dataclass(frozen=True, slots=True)
class CartHead:
    """What every page shows of a cart, from one query."""

    id: int
    version: int
    count: int
    store_id: int | None
    method: Method | None
    street: str
    zip: str
    wanted_at: datetime | None


@dataclass(frozen=True, slots=True)
class LineView:
    """A line of a cart: what it looks like, and what it costs or the refusal that stands in its way."""

    id: int
    quantity: int
    selection: Selection
    look: Look
    problem: Refusal | None = None

    @property
    def name(self) -> str:
        """What it is called."""
        return self.look.name

    @property
    def choice(self) -> Choice | None:
        """What is made of it and what that costs; None while the store cannot."""
        return self.look if isinstance(self.look, Choice) else None

    @property
    def changeable(self) -> bool:
        """Whether it may be had otherwise: in another size, with something else on it or beside it."""
        return self.look.asks and not (self.problem and self.problem.field == "product")

    @property
    def cents(self) -> int:
        """What the line costs at list price."""
        return self.choice.unit_cents * self.quantity if self.choice else 0


@dataclass(frozen=True, slots=True)
class Discount:
    """What one deal takes off items, and off the delivery fee."""

    name: str
    items_cents: int
    fee_cents: int

    @property
    def cents(self) -> int:
        """All of it."""
        return self.items_cents + self.fee_cents


@dataclass(frozen=True, slots=True)
class CartView:
    """A cart as its pages show it: a `promise`, or the `refusal` in its way; neither while no place is known.

    `pinned` is the code that must be used, if one must.
    """

    id: int
    version: int
    lines: tuple[LineView, ...]
    place: Place | None
    menu_store_id: int
    quote: Quote
    discounts: tuple[Discount, ...]
    deals: Reckoning
    pinned: str
    promise: Promise | None
    refusal: Refusal | None

    @property
    def count(self) -> int:
        """How many items are in it."""
        return sum(line.quantity for line in self.lines)

    @property
    def blocked(self) -> bool:
        """Whether a line stands in the way of checking out."""
        return any(line.problem for line in self.lines)

    @property
    def missing_cents(self) -> int:
        """How much food is missing to the delivery minimum (price law, section 4)."""
        return max(0, self.promise.minimum_cents - self.quote.food_cents) if self.promise else 0


@dataclass(frozen=True, slots=True)
class Contact:
    """Who ordered: for the store to call, and for the receipt."""

    name: str
    phone: str
    email: str


@dataclass(frozen=True, slots=True)
class Placing:
    """What a checkout says: the very cart and total that the customer saw, and who they are.

    `street` and `unit` say where in the cart's ZIP code the door is; empty, they stay as the cart has them. `account`
    is the customer's own, if they are signed in. `promised_to` is until when the page said that it would be there.
    """

    cart_id: int
    cart_version: int
    expected_total_cents: int
    contact: Contact
    note: str = ""
    tip_cents: int = 0
    street: str = ""
    unit: str = ""
    account: int | None = None
    promised_to: datetime | None = None


@dataclass(frozen=True, slots=True)
class OrderLine:
    """Equal units of an order, as people read them."""

    name: str
    base: str
    sides: tuple[tuple[str, str], ...]
    picture: str
    pizza: bool
    quantity: int
    cents: int
    note: str = ""


@dataclass(frozen=True, slots=True)
class OrderView:
    """An order as it was agreed. `slot_at` is the quarter of an hour in which its kitchen makes it."""

    id: int
    store_id: int
    status: OrderStatus
    seq: int
    method: Method
    contact: Contact
    street: str
    unit: str
    city: str
    zip: str
    note: str
    slot_at: datetime
    promised_from: datetime
    promised_to: datetime
    asap: bool
    lines: tuple[OrderLine, ...]
    quote: Quote
    discounts: tuple[Discount, ...]
    places: int
    created_at: datetime

    @property
    def baked(self) -> bool:
        """Whether anything in it goes through the oven."""
        return self.places > 0

    @property
    def picture(self) -> str | None:
        """The code of its first pizza's picture."""
        return next((line.picture for line in self.lines if line.pizza), None)


@dataclass(frozen=True, slots=True)
class OrderMove:
    """One move of an order: where it went, when, who moved it and why."""

    seq: int
    status: OrderStatus
    at: datetime
    by: str
    reason: str
