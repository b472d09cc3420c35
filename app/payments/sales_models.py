"""Tables of the payments domain for its reports: figures of days, beside the ledger that they are made from."""

from datetime import date
from typing import Any

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from app.core.db import Base

_WAITING: dict[str, Any] = {f"{dialect}_where": text("rolled < noted") for dialect in ("postgresql", "sqlite")}


class SalesDay(Base):
    """A business day of a store, and whether its figures are those of the ledger.

    `noted` goes up when something was booked on it, `rolled` is the `noted` that its figures were made from, `lines`
    how many lines of the ledger that were.
    """

    __tablename__ = "sales_days"

    store_id: Mapped[int] = mapped_column(ForeignKey("stores.id"), primary_key=True, autoincrement=False)
    day: Mapped[date] = mapped_column(primary_key=True, index=True)
    noted: Mapped[int] = mapped_column(default=1)
    rolled: Mapped[int] = mapped_column(default=0)
    lines: Mapped[int] = mapped_column(default=0)

    __table_args__ = (
        CheckConstraint("0 <= rolled AND rolled <= noted", name="rolled_what_was_noted"),
        Index("ix_sales_days_waiting", "day", "store_id", **_WAITING),
    )


class SalesHour(Base):
    """What a store took in one hour of a business day, what of it was which, and what went back. Cents of the ledger.

    `taken_cents` is items less deals, plus fee, tax and tip; `back_cents` and `disputed_cents` left in that hour.
    """

    __tablename__ = "sales_hours"

    store_id: Mapped[int] = mapped_column(ForeignKey("stores.id"), primary_key=True, autoincrement=False)
    day: Mapped[date] = mapped_column(primary_key=True, index=True)
    hour: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    orders: Mapped[int]
    items_cents: Mapped[int]
    discount_cents: Mapped[int]
    fee_cents: Mapped[int]
    tax_cents: Mapped[int]
    tip_cents: Mapped[int]
    taken_cents: Mapped[int]
    back_cents: Mapped[int]
    disputed_cents: Mapped[int]

    __table_args__ = (
        CheckConstraint(
            "taken_cents = items_cents - discount_cents + fee_cents + tax_cents + tip_cents", name="taken_adds_up"
        ),
    )


class SalesShare(Base):
    """How often a product, topping, deal or kind of refund came on a business day of a store, and its cents."""

    __tablename__ = "sales_shares"

    store_id: Mapped[int] = mapped_column(ForeignKey("stores.id"), primary_key=True, autoincrement=False)
    day: Mapped[date] = mapped_column(primary_key=True, index=True)
    kind: Mapped[str] = mapped_column(String(8), primary_key=True)
    key: Mapped[str] = mapped_column(String(40), primary_key=True)
    name: Mapped[str] = mapped_column(String(100))
    count: Mapped[int]
    cents: Mapped[int]


class ChainDay(Base):
    """A day of the whole chain, and whether its figures are the sum of its stores' (see SalesDay)."""

    __tablename__ = "sales_chain_days"

    day: Mapped[date] = mapped_column(primary_key=True)
    noted: Mapped[int] = mapped_column(default=1)
    rolled: Mapped[int] = mapped_column(default=0)

    __table_args__ = (
        CheckConstraint("0 <= rolled AND rolled <= noted", name="rolled_what_was_noted"),
        Index("ix_sales_chain_days_waiting", "day", **_WAITING),
    )


class ChainHour(Base):
    """What all stores together took in one hour of a day, and what went back: the sum of their SalesHour."""

    __tablename__ = "sales_chain_hours"

    day: Mapped[date] = mapped_column(primary_key=True)
    hour: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    orders: Mapped[int] = mapped_column(BigInteger)
    items_cents: Mapped[int] = mapped_column(BigInteger)
    discount_cents: Mapped[int] = mapped_column(BigInteger)
    fee_cents: Mapped[int] = mapped_column(BigInteger)
    tax_cents: Mapped[int] = mapped_column(BigInteger)
    tip_cents: Mapped[int] = mapped_column(BigInteger)
    taken_cents: Mapped[int] = mapped_column(BigInteger)
    back_cents: Mapped[int] = mapped_column(BigInteger)
    disputed_cents: Mapped[int] = mapped_column(BigInteger)


class ChainShare(Base):
    """The same of products, toppings, deals and refunds: the sum of the stores' SalesShare."""

    __tablename__ = "sales_chain_shares"

    day: Mapped[date] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(8), primary_key=True)
    key: Mapped[str] = mapped_column(String(40), primary_key=True)
    name: Mapped[str] = mapped_column(String(100))
    count: Mapped[int] = mapped_column(BigInteger)
    cents: Mapped[int] = mapped_column(BigInteger)
