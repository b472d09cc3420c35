"""What the menu domain says to others: small frozen values. Prices are cents, weights thousandths of a topping."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum


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


class Halves(StrEnum):
    """How a store counts toppings on halves."""

    SUM = "sum_of_halves"
    DEARER = "dearer_half"


SAUCE, CHEESE = "sauce", "base_cheese"
EXCLUSIVE_GROUPS = {SAUCE: "sauce", CHEESE: "cheese"}


@dataclass(frozen=True, slots=True, order=True)
class Placement:
    """A topping, where it lies, and how much of it."""

    topping: str
    side: Side = Side.WHOLE
    amount: Amount = Amount.NORMAL


@dataclass(frozen=True, slots=True)
class Topping:
    """Something that can lie on a pizza at this store. `word` is its name inside a sentence."""

    key: str
    name: str
    word: str
    group: str
    weight: int
    amounts: tuple[Amount, ...]
    whole_only: bool
    tags: tuple[str, ...]
    sold_out: bool


@dataclass(frozen=True, slots=True)
class Size:
    """A size, and what one topping costs on it."""

    key: str
    name: str
    note: str
    topping_cents: int


@dataclass(frozen=True, slots=True)
class Crust:
    """A crust."""

    key: str
    name: str
    note: str


@dataclass(frozen=True, slots=True)
class Variant:
    """A product in a size (a pizza also on a crust), and its price at this store."""

    id: int
    size: str
    crust: str | None
    price_cents: int
    default: bool


@dataclass(frozen=True, slots=True)
class Product:
    """Something on this store's menu."""

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

    @property
    def pizza(self) -> bool:
        """Whether it is built on a crust."""
        return self.variants[0].crust is not None

    @property
    def specialty(self) -> bool:
        """Whether it is a pizza that comes with toppings of its own."""
        return self.pizza and len(self.preset) > len(EXCLUSIVE_GROUPS)

    @property
    def default(self) -> Variant:
        """The variant that one tap on Add orders."""
        return next((variant for variant in self.variants if variant.default), self.variants[0])

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
    """One store's whole menu at one version; everything that pricing and pages need, without a query."""

    store_id: int
    version: int
    halves: Halves
    most_per_side: int
    categories: tuple[Category, ...]
    products: Mapping[str, Product]
    toppings: Mapping[str, Topping]
    sizes: Mapping[str, Size]
    crusts: Mapping[str, Crust]

    def tax_code(self, product: Product) -> str:
        """The tax code of a product's category."""
        return next(category.tax_code for category in self.categories if category.slug == product.category)


@dataclass(frozen=True, slots=True)
class Selection:
    """What a customer picked. Size and crust None stand for the product's default; `placements` None for its preset."""

    product: str
    size: str | None = None
    crust: str | None = None
    placements: tuple[Placement, ...] | None = None


@dataclass(frozen=True, slots=True)
class Choice:
    """A selection that this store makes, with its price: the list price of one unit (price law, section 2).

    `base` and `sides` are its description in words, `picture` the code that draws it, `places` its oven places.
    `beyond_cents` is what its toppings cost beyond the first n of them; a `specialty` comes with toppings of its own.
    """

    selection: Selection
    product_id: int
    variant_id: int
    name: str
    base: str
    sides: tuple[tuple[Side, str], ...]
    picture: str
    pizza: bool
    unit_cents: int
    tax_code: str
    places: int
    category: str
    specialty: bool
    beyond_cents: tuple[int, ...]
