"""What the menu domain says to others: small frozen values. Prices are cents, weights thousandths of a topping."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from app.menu.facts import Facts
from app.menu.windows import ALWAYS, Window


class Side(StrEnum):
    """Where a topping lies."""

    LEFT = "left"
    WHOLE = "whole"
    RIGHT = "right"


class Amount(StrEnum):
    """How much of a topping."""

    LIGHT = "light"
    NORMAL = "normal"
    EXTRA = "extra"
    DOUBLE = "double"


# What an amount of a topping counts as, in thousandths of a normal one, unless a store says otherwise.
AMOUNTS = {Amount.LIGHT: 1000, Amount.NORMAL: 1000, Amount.EXTRA: 1500, Amount.DOUBLE: 2000}


class Halves(StrEnum):
    """How a store counts toppings on halves."""

    SUM = "sum_of_halves"
    DEARER = "dearer_half"


SAUCE, CHEESE = "sauce", "base_cheese"
BASE_GROUPS = frozenset({SAUCE, CHEESE})  # what a pizza starts with; everything else is strewn on it
UNKNOWN = Facts()


@dataclass(frozen=True, slots=True, order=True)
class Placement:
    """A topping, where it lies, and how much of it."""

    topping: str
    side: Side = Side.WHOLE
    amount: Amount = Amount.NORMAL


@dataclass(frozen=True, slots=True)
class Topping:
    """Something that can lie on a pizza at this store. `word` is its name inside a sentence, `picture` what it is
    drawn as; its facts are those of a normal amount on a medium pizza.
    """

    key: str
    name: str
    word: str
    group: str
    weight: int
    amounts: tuple[Amount, ...]
    whole_only: bool
    tags: tuple[str, ...]
    sold_out: bool
    picture: str | None = None
    facts: Facts = UNKNOWN


@dataclass(frozen=True, slots=True)
class ToppingGroup:
    """Toppings that belong together; of an exclusive group a pizza has at most one, called by its `word`."""

    key: str
    name: str
    word: str
    exclusive: bool


@dataclass(frozen=True, slots=True)
class Size:
    """A size, what one topping costs on it, the pieces it comes in, and how much of a topping lies on it, in
    thousandths of what lies on a medium pizza.
    """

    key: str
    name: str
    note: str
    topping_cents: int
    pieces: int = 1
    piece: str = "serving"
    portion: int = 1000
    sold_out: bool = False


@dataclass(frozen=True, slots=True)
class Crust:
    """A crust, and the crust that it is drawn as."""

    key: str
    name: str
    note: str
    picture: str | None = None
    facts: Facts = UNKNOWN
    sold_out: bool = False


@dataclass(frozen=True, slots=True, order=True)
class Chosen:
    """One option of a group, as a customer chose it."""

    group: str
    option: str


@dataclass(frozen=True, slots=True)
class Option:
    """One answer of a group of options, and what it costs on top."""

    key: str
    name: str
    word: str
    price_cents: int
    facts: Facts = UNKNOWN
    sold_out: bool = False


@dataclass(frozen=True, slots=True)
class OptionGroup:
    """What may be asked about a product: from `least` to `most` of its options are chosen, none reads `if_none`."""

    key: str
    name: str
    if_none: str
    least: int
    most: int
    options: Mapping[str, Option]


@dataclass(frozen=True, slots=True)
class Variant:
    """A product in a size (a pizza also on a crust), its price at this store, and the calories of the whole of it, of
    a pizza without sauce, cheese and toppings.
    """

    id: int
    size: str
    crust: str | None
    price_cents: int
    default: bool
    calories: int | None = None
    sold_out: bool = False


@dataclass(frozen=True, slots=True)
class Product:
    """Something on this store's menu. `options` are the groups it is asked about, `comes_with` what is chosen of them
    unless somebody says otherwise; `served` is False outside of its hours. A pizza's facts are those of its parts.
    """

    id: int
    slug: str
    category: str
    name: str
    description: str
    picture: str | None
    tags: tuple[str, ...]
    places: int
    variants: tuple[Variant, ...]
    preset: tuple[Placement, ...]
    sold_out: bool
    facts: Facts = UNKNOWN
    options: tuple[str, ...] = ()
    comes_with: tuple[Chosen, ...] = ()
    window: Window = ALWAYS
    served: bool = True

    @property
    def pizza(self) -> bool:
        """Whether it is built on a crust."""
        return self.variants[0].crust is not None

    @property
    def specialty(self) -> bool:
        """Whether it is a pizza that comes with toppings of its own."""
        return self.pizza and len(self.preset) > len(BASE_GROUPS)

    @property
    def default(self) -> Variant:
        """The variant that one tap on Add orders: the usual one, or the next that there still is."""
        return min(self.variants, key=lambda variant: (variant.sold_out, not variant.default))

    def variant(self, size: str | None, crust: str | None) -> Variant | None:
        """The variant of a size and crust, if it is made."""
        return next((found for found in self.variants if found.size == size and found.crust == crust), None)


@dataclass(frozen=True, slots=True)
class Category:
    """A section of the menu."""

    slug: str
    name: str
    tax_code: str
    products: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Catalogue:
    """One store's whole menu at one version; everything that pricing and pages need, without a query.

    The version names this very content: by the number of changes by hand, and by `until`, the moment from which on it
    is another one by itself, because a price, an hour or something sold out begins or ends.
    """

    store_id: int
    version: tuple[int, int]
    halves: Halves
    most_per_side: int
    categories: tuple[Category, ...]
    products: Mapping[str, Product]
    toppings: Mapping[str, Topping]
    sizes: Mapping[str, Size]
    crusts: Mapping[str, Crust]
    groups: Mapping[str, ToppingGroup] = field(default_factory=dict)
    options: Mapping[str, OptionGroup] = field(default_factory=dict)
    amounts: Mapping[Amount, int] = field(default_factory=AMOUNTS.copy)
    most_of_a_line: int = 50
    most_units: int = 100
    until: datetime | None = None
    chosen: dict["Selection", "Choice"] = field(init=False, default_factory=dict, compare=False, repr=False)

    def tax_code(self, product: Product) -> str:
        """The tax code of a product's category."""
        return next(category.tax_code for category in self.categories if category.slug == product.category)


@dataclass(frozen=True, slots=True)
class Selection:
    """What a customer picked. Size and crust None stand for the product's default, `placements` None for its preset,
    `options` None for those that it comes with. `note` are words of the customer's own for the kitchen.
    """

    product: str
    size: str | None = None
    crust: str | None = None
    placements: tuple[Placement, ...] | None = None
    options: tuple[Chosen, ...] | None = None
    note: str = ""


@dataclass(frozen=True, slots=True)
class Look:
    """A selection as people see it: `base` and `sides` are its description in words, `picture` the code that draws it,
    `asks` is whether anything about it can be chosen otherwise.
    """

    name: str
    base: str
    sides: tuple[tuple[Side, str], ...]
    picture: str
    pizza: bool
    note: str
    asks: bool


@dataclass(frozen=True, slots=True)
class Choice(Look):
    """A selection that this store makes, with its price: the list price of one unit (price law, section 2).

    `changes` is what is unlike its preset, `places` its oven places; its facts are those of one unit. `beyond_cents`
    is what its toppings cost beyond the first n of them; a `specialty` comes with toppings of its own.
    """

    selection: Selection
    product_id: int
    variant_id: int
    unit_cents: int
    tax_code: str
    places: int
    category: str
    specialty: bool
    beyond_cents: tuple[int, ...]
    changes: tuple[str, ...] = ()
    facts: Facts = UNKNOWN
