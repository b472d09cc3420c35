"""Tables of the orders domain. Private to it."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.core import walls
from app.core.db import Base

# Prefixes are ranges: the order of letters must be that of their numbers, whatever language the database speaks.
PlainOrder = String(80).with_variant(String(80, collation="C"), "postgresql")


class Cart(Base):
    """A draft order. Its version goes up with every change, so a stale page is noticed.

    `codes` are what was typed or came with links, with blanks between them; `pinned_code` is the one that must be used;
    `deal_id` is a deal that was picked. `user_id` is the customer whose it is, if they were signed in;
    `guest` the session of the guest whom a program fills it for.
    """

    __tablename__ = "carts"

    id: Mapped[int] = mapped_column(primary_key=True)
    status: Mapped[str] = mapped_column(String(8), default="open")
    version: Mapped[int] = mapped_column(default=1)
    method: Mapped[str | None] = mapped_column(String(8))
    store_id: Mapped[int | None] = mapped_column(ForeignKey("stores.id"))
    street: Mapped[str] = mapped_column(String(120), default="")
    unit: Mapped[str] = mapped_column(String(40), default="")
    city: Mapped[str] = mapped_column(String(60), default="")
    zip: Mapped[str] = mapped_column(String(5), default="")
    wanted_at: Mapped[datetime | None]
    codes: Mapped[str] = mapped_column(String(80), default="")
    pinned_code: Mapped[str] = mapped_column(String(24), default="")
    deal_id: Mapped[int | None]
    user_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"), index=True)
    guest: Mapped[str | None] = mapped_column(String(64), index=True)
    touched_at: Mapped[datetime] = mapped_column(index=True)


class CartLine(Base):
    """Some of one thing. A removed line is kept until the order is placed, so that removing can be undone.

    `deal_id` and `slot` say for which place of which bundle it was chosen; what deals it is part of, prices decide.
    """

    __tablename__ = "cart_lines"

    id: Mapped[int] = mapped_column(primary_key=True)
    cart_id: Mapped[int] = mapped_column(ForeignKey("carts.id"), index=True)
    quantity: Mapped[int]
    selection: Mapped[dict[str, Any]] = mapped_column(JSON)
    removed: Mapped[bool] = mapped_column(default=False)
    idem: Mapped[str | None] = mapped_column(String(40))
    deal_id: Mapped[int | None]
    slot: Mapped[int | None]

    __table_args__ = (
        UniqueConstraint("cart_id", "idem"),
        CheckConstraint("quantity BETWEEN 1 AND 50", name="quantity_in_bounds"),
    )


class Favourite(Base):
    """Something that a customer likes just so, under a name of their own. `key` is the same for the same thing."""

    __tablename__ = "favourites"

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    key: Mapped[str] = mapped_column(String(64))
    name: Mapped[str] = mapped_column(String(60))
    selection: Mapped[dict[str, Any]] = mapped_column(JSON)
    kept_at: Mapped[datetime]

    __table_args__ = (UniqueConstraint("user_id", "key"),)


class Habit(Base):
    """What a customer says of what they usually have, which `key` is the same for: their own name for it, or that it
    is not to be offered.
    """

    __tablename__ = "habits"

    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"), primary_key=True)
    key: Mapped[str] = mapped_column(String(64), primary_key=True)
    name: Mapped[str] = mapped_column(String(40), default="")
    hidden: Mapped[bool] = mapped_column(default=False)


class Order(Base):
    """An order as it was agreed. Amounts are cents; nothing in it is ever worked out again.

    `account_id` is the signed-in customer's, `email_key` whom the address belongs to however it is written, `name_key`
    what the name is found by; `deals` are its discounts as [deal, version, name, cents off items, cents off the fee].
    Since `erased_at` nobody is named in it.
    """

    __tablename__ = "orders"

    id: Mapped[int] = mapped_column(primary_key=True)
    cart_id: Mapped[int] = mapped_column(ForeignKey("carts.id"), unique=True)
    store_id: Mapped[int] = mapped_column(ForeignKey("stores.id"))
    status: Mapped[str] = mapped_column(String(16))
    seq: Mapped[int] = mapped_column(default=0)
    account_id: Mapped[int | None] = mapped_column(index=True)
    method: Mapped[str] = mapped_column(String(8))
    name: Mapped[str] = mapped_column(String(80))
    name_key: Mapped[str] = mapped_column(PlainOrder, default="", server_default="", index=True)
    phone: Mapped[str] = mapped_column(String(16), index=True)
    email: Mapped[str] = mapped_column(String(254))
    email_key: Mapped[str] = mapped_column(String(260), index=True)
    street: Mapped[str] = mapped_column(String(120))
    unit: Mapped[str] = mapped_column(String(40))
    city: Mapped[str] = mapped_column(String(60))
    zip: Mapped[str] = mapped_column(String(5))
    note: Mapped[str] = mapped_column(String(200))
    slot_at: Mapped[datetime]
    places: Mapped[int]
    promised_from: Mapped[datetime]
    promised_to: Mapped[datetime]
    asap: Mapped[bool]
    items_cents: Mapped[int]
    discount_cents: Mapped[int]
    fee_cents: Mapped[int]
    fee_tax_cents: Mapped[int]
    tax_cents: Mapped[int]
    tip_cents: Mapped[int]
    total_cents: Mapped[int]
    deals: Mapped[list[list[int | str]]] = mapped_column(JSON)
    created_at: Mapped[datetime] = mapped_column(index=True)
    erased_at: Mapped[datetime | None]

    __table_args__ = (
        Index("ix_orders_to_erase", "erased_at", "promised_to"),
        CheckConstraint(
            "total_cents = items_cents - discount_cents + fee_cents + tax_cents + tip_cents", name="total_adds_up"
        ),
        CheckConstraint("total_cents >= 0 AND tip_cents >= 0", name="total_not_negative"),
        Index("ix_orders_store_id_created_at", "store_id", "created_at"),
        Index("ix_orders_status_created_at", "status", "created_at"),
    )


class OrderUnit(Base):
    """One physical item with its prices frozen (price law, section 7)."""

    __tablename__ = "order_units"

    id: Mapped[int] = mapped_column(primary_key=True)
    order_id: Mapped[int] = mapped_column(ForeignKey("orders.id"), index=True)
    line: Mapped[int]
    product_id: Mapped[int]
    variant_id: Mapped[int]
    name: Mapped[str] = mapped_column(String(100))
    base: Mapped[str] = mapped_column(String(240))
    sides: Mapped[list[list[str]]] = mapped_column(JSON)
    picture: Mapped[str] = mapped_column(String(320))
    pizza: Mapped[bool]
    note: Mapped[str] = mapped_column(String(80), default="")
    selection: Mapped[dict[str, Any]] = mapped_column(JSON)
    places: Mapped[int]
    list_cents: Mapped[int]
    parts: Mapped[list[tuple[str, int]]] = mapped_column(JSON, default=list)
    discounts: Mapped[list[list[int]]] = mapped_column(JSON)
    discount_cents: Mapped[int]
    tax_code: Mapped[str] = mapped_column(String(20))
    tax_cents: Mapped[int]


class OrderEvent(Base):
    """One move of an order's status: gapless numbers, never changed."""

    __tablename__ = "order_events"

    order_id: Mapped[int] = mapped_column(ForeignKey("orders.id"), primary_key=True)
    seq: Mapped[int] = mapped_column(primary_key=True)
    status: Mapped[str] = mapped_column(String(16))
    at: Mapped[datetime]
    by: Mapped[str] = mapped_column(String(40))
    reason: Mapped[str] = mapped_column(String(120), default="")


class LoadedOrder(Base):
    """An order that was taken in from older books, under its number there: each once."""

    __tablename__ = "loaded_orders"

    source: Mapped[str] = mapped_column(String(24), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    order_id: Mapped[int] = mapped_column(ForeignKey("orders.id"), unique=True)


class Remake(Base):
    """An order that was made again at no charge: which one, why, who bears it, what it was worth, and who said so."""

    __tablename__ = "remakes"

    order_id: Mapped[int] = mapped_column(ForeignKey("orders.id"), primary_key=True, autoincrement=False)
    of_id: Mapped[int] = mapped_column(ForeignKey("orders.id"), index=True)
    reason: Mapped[str] = mapped_column(String(12))
    bearer: Mapped[str] = mapped_column(String(12))
    worth_cents: Mapped[int]
    by: Mapped[str] = mapped_column(String(40))
    at: Mapped[datetime] = mapped_column(index=True)

    __table_args__ = (CheckConstraint("worth_cents >= 0 AND order_id <> of_id", name="another_order"),)


class TimeChange(Base):
    """One change of the time at which an order is wanted, each with a number: from when to when, who, and when."""

    __tablename__ = "time_changes"

    order_id: Mapped[int] = mapped_column(ForeignKey("orders.id"), primary_key=True, autoincrement=False)
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    was_from: Mapped[datetime]
    promised_from: Mapped[datetime]
    by: Mapped[str] = mapped_column(String(40))
    at: Mapped[datetime]


class OrderLetter(Base):
    """Something that was sent to the customer of an order: which (`order_in`, `ready:7`), how, how often it was tried,
    and when it went out. `to` is masked, and ends with the customer's data.
    """

    __tablename__ = "order_letters"

    order_id: Mapped[int] = mapped_column(ForeignKey("orders.id"), primary_key=True, autoincrement=False)
    what: Mapped[str] = mapped_column(String(40), primary_key=True)
    way: Mapped[str] = mapped_column(String(4))
    to: Mapped[str] = mapped_column(String(40))
    tries: Mapped[int]
    tried_at: Mapped[datetime]
    sent_at: Mapped[datetime | None]


class SavedSearch(Base):
    """A search of orders that somebody at the desk kept under a name: what stands behind the `?` of its address, but
    for typed words.
    """

    __tablename__ = "order_searches"

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    name: Mapped[str] = mapped_column(String(40))
    query: Mapped[str] = mapped_column(String(300))

    __table_args__ = (UniqueConstraint("user_id", "name"),)


walls.by_store(Order.__table__)
walls.by_parent(OrderUnit.__table__, "order_id", "orders")
walls.by_parent(OrderEvent.__table__, "order_id", "orders")
walls.by_parent(OrderLetter.__table__, "order_id", "orders")
walls.by_parent(TimeChange.__table__, "order_id", "orders")
