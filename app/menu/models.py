"""Tables of the menu domain. Private to it."""

from datetime import datetime

from sqlalchemy import JSON, CheckConstraint, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.core.db import Base


class Category(Base):
    """A section of the menu, and the tax code of what is in it."""

    __tablename__ = "categories"

    slug: Mapped[str] = mapped_column(String(20), primary_key=True)
    name: Mapped[str] = mapped_column(String(40))
    tax_code: Mapped[str] = mapped_column(String(20))
    position: Mapped[int]


class Size(Base):
    """A size, and what one topping of normal weight costs on it."""

    __tablename__ = "sizes"

    key: Mapped[str] = mapped_column(String(12), primary_key=True)
    name: Mapped[str] = mapped_column(String(24))
    note: Mapped[str] = mapped_column(String(60))
    topping_cents: Mapped[int] = mapped_column(default=0)
    position: Mapped[int]


class Crust(Base):
    """A crust."""

    __tablename__ = "crusts"

    key: Mapped[str] = mapped_column(String(12), primary_key=True)
    name: Mapped[str] = mapped_column(String(24))
    note: Mapped[str] = mapped_column(String(60))
    position: Mapped[int]


class Topping(Base):
    """Sauce, cheese or topping. Of an exclusive group a pizza has at most one. `weight` is in thousandths of a
    topping, `word` its name inside a sentence.
    """

    __tablename__ = "toppings"

    key: Mapped[str] = mapped_column(String(24), primary_key=True)
    name: Mapped[str] = mapped_column(String(40))
    word: Mapped[str] = mapped_column(String(40))
    group: Mapped[str] = mapped_column(String(12))
    weight: Mapped[int] = mapped_column(default=1000)
    amounts: Mapped[list[str]] = mapped_column(JSON)
    whole_only: Mapped[bool] = mapped_column(default=False)
    tags: Mapped[list[str]] = mapped_column(JSON)
    position: Mapped[int]


class Product(Base):
    """Something on the menu. `places` is how many oven places one takes, 0 where nothing is baked."""

    __tablename__ = "products"

    id: Mapped[int] = mapped_column(primary_key=True)
    slug: Mapped[str] = mapped_column(String(40), unique=True)
    category: Mapped[str] = mapped_column(ForeignKey("categories.slug"))
    name: Mapped[str] = mapped_column(String(60))
    description: Mapped[str] = mapped_column(String(200))
    picture: Mapped[str | None] = mapped_column(String(24))
    tags: Mapped[list[str]] = mapped_column(JSON)
    places: Mapped[int] = mapped_column(default=0)
    position: Mapped[int]


class Variant(Base):
    """What is really sold: a product in a size, a pizza also on a crust. Only the pairs that are made have a row."""

    __tablename__ = "variants"

    id: Mapped[int] = mapped_column(primary_key=True)
    product_id: Mapped[int] = mapped_column(ForeignKey("products.id"), index=True)
    size: Mapped[str] = mapped_column(ForeignKey("sizes.key"))
    crust: Mapped[str | None] = mapped_column(ForeignKey("crusts.key"))
    price_cents: Mapped[int]
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


class StoreMenu(Base):
    """One store's edition of the menu: its version goes up with every change, `halves` says how half toppings count."""

    __tablename__ = "store_menus"

    store_id: Mapped[int] = mapped_column(ForeignKey("stores.id"), primary_key=True)
    version: Mapped[int] = mapped_column(default=1)
    halves: Mapped[str] = mapped_column(String(16), default="sum_of_halves")


class StorePrice(Base):
    """A price that differs at one store."""

    __tablename__ = "store_prices"

    store_id: Mapped[int] = mapped_column(ForeignKey("stores.id"), primary_key=True)
    variant_id: Mapped[int] = mapped_column(ForeignKey("variants.id"), primary_key=True)
    price_cents: Mapped[int]


class SoldOut(Base):
    """A product or a topping that a store does not have until then; until further notice where null."""

    __tablename__ = "sold_out"

    store_id: Mapped[int] = mapped_column(ForeignKey("stores.id"), primary_key=True)
    kind: Mapped[str] = mapped_column(String(8), primary_key=True)
    key: Mapped[str] = mapped_column(String(40), primary_key=True)
    until: Mapped[datetime | None]
