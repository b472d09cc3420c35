"""Tables of the menu domain. Private to it."""

from datetime import date, datetime

from sqlalchemy import JSON, CheckConstraint, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.core.db import Base

EVER = date(2000, 1, 1)
Known = JSON(none_as_null=True)  # NULL says that nobody knows, an empty list that there are none


class Category(Base):
    """A section of the menu, and the tax code of what is in it."""

    __tablename__ = "categories"

    slug: Mapped[str] = mapped_column(String(20), primary_key=True)
    name: Mapped[str] = mapped_column(String(40))
    tax_code: Mapped[str] = mapped_column(String(20))
    position: Mapped[int]


class Size(Base):
    """A size, and what one topping of normal weight costs on it. It comes in `pieces`, each called a `piece`;
    `portion` is how much of a topping lies on it, in thousandths of what lies on a medium pizza.
    """

    __tablename__ = "sizes"

    key: Mapped[str] = mapped_column(String(12), primary_key=True)
    name: Mapped[str] = mapped_column(String(24))
    note: Mapped[str] = mapped_column(String(60))
    topping_cents: Mapped[int] = mapped_column(default=0)
    pieces: Mapped[int] = mapped_column(default=1)
    piece: Mapped[str] = mapped_column(String(16), default="serving")
    portion: Mapped[int] = mapped_column(default=1000)
    position: Mapped[int]

    __table_args__ = (
        CheckConstraint("topping_cents >= 0", name="topping_not_negative"),
        CheckConstraint("pieces > 0 AND portion >= 0", name="pieces_counted"),
    )


class Crust(Base):
    """A crust. `picture` is the crust that it is drawn as, its own key where null."""

    __tablename__ = "crusts"

    key: Mapped[str] = mapped_column(String(12), primary_key=True)
    name: Mapped[str] = mapped_column(String(24))
    note: Mapped[str] = mapped_column(String(60))
    picture: Mapped[str | None] = mapped_column(String(24))
    allergens: Mapped[list[str] | None] = mapped_column(Known)
    diet: Mapped[str] = mapped_column(String(12), default="unknown")
    position: Mapped[int]


class ToppingGroup(Base):
    """Toppings that belong together. Of an `exclusive` group a pizza has at most one; `word` is what one is called.

    The groups `sauce` and `base_cheese` are what a pizza starts with: they have controls and words of their own.
    """

    __tablename__ = "topping_groups"

    key: Mapped[str] = mapped_column(String(12), primary_key=True)
    name: Mapped[str] = mapped_column(String(40))
    word: Mapped[str] = mapped_column(String(40))
    exclusive: Mapped[bool] = mapped_column(default=False)
    position: Mapped[int]


class Topping(Base):
    """Sauce, cheese or topping. `weight` is in thousandths of a topping, `word` its name inside a sentence, `picture`
    the topping that it is drawn as (its own key where null), `calories` those of a normal amount on a medium pizza.
    """

    __tablename__ = "toppings"

    key: Mapped[str] = mapped_column(String(24), primary_key=True)
    name: Mapped[str] = mapped_column(String(40))
    word: Mapped[str] = mapped_column(String(40))
    group: Mapped[str] = mapped_column(ForeignKey("topping_groups.key"))
    weight: Mapped[int] = mapped_column(default=1000)
    amounts: Mapped[list[str]] = mapped_column(JSON)
    whole_only: Mapped[bool] = mapped_column(default=False)
    tags: Mapped[list[str]] = mapped_column(JSON)
    picture: Mapped[str | None] = mapped_column(String(24))
    allergens: Mapped[list[str] | None] = mapped_column(Known)
    diet: Mapped[str] = mapped_column(String(12), default="unknown")
    calories: Mapped[int | None]
    position: Mapped[int]


class Product(Base):
    """Something on the menu. `places` is how many oven places one takes, 0 where nothing is baked. It is sold
    `everywhere`, or where a store offers it (`StoreOffer`); from `first_day` to `last_day`, from the minute `opens`
    after midnight to `closes`, where these are told. A pizza's facts are those of its parts.
    """

    __tablename__ = "products"

    id: Mapped[int] = mapped_column(primary_key=True)
    slug: Mapped[str] = mapped_column(String(40), unique=True)
    category: Mapped[str] = mapped_column(ForeignKey("categories.slug"))
    name: Mapped[str] = mapped_column(String(60))
    description: Mapped[str] = mapped_column(String(200))
    picture: Mapped[str | None] = mapped_column(String(24))
    tags: Mapped[list[str]] = mapped_column(JSON)
    places: Mapped[int] = mapped_column(default=0)
    allergens: Mapped[list[str] | None] = mapped_column(Known)
    diet: Mapped[str] = mapped_column(String(12), default="unknown")
    everywhere: Mapped[bool] = mapped_column(default=True)
    first_day: Mapped[date | None]
    last_day: Mapped[date | None]
    opens: Mapped[int | None]
    closes: Mapped[int | None]
    position: Mapped[int]

    __table_args__ = (
        CheckConstraint("last_day >= first_day", name="days_in_order"),
        CheckConstraint("opens >= 0 AND closes > opens AND closes <= 2880", name="hours_in_order"),
    )


class Variant(Base):
    """What is really sold: a product in a size, a pizza also on a crust. Only the pairs that are made have a row.
    `calories` are those of the whole of it, of a pizza without sauce, cheese and toppings.
    """

    __tablename__ = "variants"

    id: Mapped[int] = mapped_column(primary_key=True)
    product_id: Mapped[int] = mapped_column(ForeignKey("products.id"), index=True)
    size: Mapped[str] = mapped_column(ForeignKey("sizes.key"))
    crust: Mapped[str | None] = mapped_column(ForeignKey("crusts.key"))
    price_cents: Mapped[int]
    calories: Mapped[int | None]
    default: Mapped[bool] = mapped_column(default=False)

    __table_args__ = (
        UniqueConstraint("product_id", "size", "crust"),
        CheckConstraint("price_cents >= 0", name="price_not_negative"),
    )


class Preset(Base):
    """What a pizza comes with before the customer changes anything."""

    __tablename__ = "presets"

    product_id: Mapped[int] = mapped_column(ForeignKey("products.id"), primary_key=True)
    topping: Mapped[str] = mapped_column(ForeignKey("toppings.key"), primary_key=True)
    side: Mapped[str] = mapped_column(String(5), primary_key=True, default="whole")
    amount: Mapped[str] = mapped_column(String(6), default="normal")


class OptionGroup(Base):
    """What may be asked about a product: its sauce, its dips, how it is baked and cut. From `least` to `most` options
    are chosen; choosing none of them reads `if_none`.
    """

    __tablename__ = "option_groups"

    key: Mapped[str] = mapped_column(String(12), primary_key=True)
    name: Mapped[str] = mapped_column(String(40))
    if_none: Mapped[str] = mapped_column(String(40), default="")
    least: Mapped[int] = mapped_column(default=0)
    most: Mapped[int] = mapped_column(default=1)
    position: Mapped[int]

    __table_args__ = (CheckConstraint("least >= 0 AND most >= least AND most > 0", name="least_and_most"),)


class Option(Base):
    """One answer of a group, and what it costs on top. `word` is its name inside a sentence."""

    __tablename__ = "options"

    group: Mapped[str] = mapped_column(ForeignKey("option_groups.key"), primary_key=True)
    key: Mapped[str] = mapped_column(String(24), primary_key=True)
    name: Mapped[str] = mapped_column(String(40))
    word: Mapped[str] = mapped_column(String(40))
    price_cents: Mapped[int] = mapped_column(default=0)
    allergens: Mapped[list[str] | None] = mapped_column(Known)
    diet: Mapped[str] = mapped_column(String(12), default="unknown")
    calories: Mapped[int | None]
    position: Mapped[int]

    __table_args__ = (CheckConstraint("price_cents >= 0", name="price_not_negative"),)


class ProductOption(Base):
    """A group of options that a product is asked about, and the keys of those that it comes with."""

    __tablename__ = "product_options"

    product_id: Mapped[int] = mapped_column(ForeignKey("products.id"), primary_key=True)
    group: Mapped[str] = mapped_column(ForeignKey("option_groups.key"), primary_key=True)
    comes_with: Mapped[list[str]] = mapped_column(JSON)


class VariantPrice(Base):
    """A price that a variant has from a day on, at every store without one of its own."""

    __tablename__ = "variant_prices"

    variant_id: Mapped[int] = mapped_column(ForeignKey("variants.id"), primary_key=True)
    starts: Mapped[date] = mapped_column(primary_key=True)
    price_cents: Mapped[int]

    __table_args__ = (CheckConstraint("price_cents >= 0", name="price_not_negative"),)


class StoreMenu(Base):
    """One store's edition of the menu: its version goes up with every change by hand, `halves` says how half toppings
    count, `*_counts` what an amount counts as in thousandths of a normal one, `timezone` on which clock days and hours
    are meant, and the rest how much is too much.
    """

    __tablename__ = "store_menus"

    store_id: Mapped[int] = mapped_column(ForeignKey("stores.id"), primary_key=True)
    version: Mapped[int] = mapped_column(default=1)
    halves: Mapped[str] = mapped_column(String(16), default="sum_of_halves")
    light_counts: Mapped[int] = mapped_column(default=1000)
    extra_counts: Mapped[int] = mapped_column(default=1500)
    double_counts: Mapped[int] = mapped_column(default=2000)
    timezone: Mapped[str] = mapped_column(String(40))
    most_per_side: Mapped[int] = mapped_column(default=10)
    most_of_a_line: Mapped[int] = mapped_column(default=50)
    most_units: Mapped[int] = mapped_column(default=100)

    __table_args__ = (
        CheckConstraint(
            "light_counts BETWEEN 0 AND 1000 AND extra_counts BETWEEN 1000 AND double_counts", name="amounts_in_order"
        ),
        CheckConstraint("most_per_side BETWEEN 0 AND 10", name="side_can_be_drawn"),
        CheckConstraint("most_of_a_line BETWEEN 1 AND 50 AND most_units >= 1", name="limits_in_bounds"),
    )


class StorePrice(Base):
    """A price that differs at one store, from a day on."""

    __tablename__ = "store_prices"

    store_id: Mapped[int] = mapped_column(ForeignKey("stores.id"), primary_key=True)
    variant_id: Mapped[int] = mapped_column(ForeignKey("variants.id"), primary_key=True)
    starts: Mapped[date] = mapped_column(primary_key=True, default=EVER)
    price_cents: Mapped[int]

    __table_args__ = (CheckConstraint("price_cents >= 0", name="price_not_negative"),)


class StoreOffer(Base):
    """What one store offers or does not, unlike the chain: a `product` (its slug), `topping`, `crust`, `size` or
    `option` (`group.key`).
    """

    __tablename__ = "store_offers"

    store_id: Mapped[int] = mapped_column(ForeignKey("stores.id"), primary_key=True)
    kind: Mapped[str] = mapped_column(String(8), primary_key=True)
    key: Mapped[str] = mapped_column(String(40), primary_key=True)
    offered: Mapped[bool]


class SoldOut(Base):
    """What a store ran out of until then, until further notice where null: of the kinds of `StoreOffer`."""

    __tablename__ = "sold_out"

    store_id: Mapped[int] = mapped_column(ForeignKey("stores.id"), primary_key=True)
    kind: Mapped[str] = mapped_column(String(8), primary_key=True)
    key: Mapped[str] = mapped_column(String(40), primary_key=True)
    until: Mapped[datetime | None]
