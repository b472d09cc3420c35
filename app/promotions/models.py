"""Tables of the promotions domain. Private to it."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.core.db import Base


class Deal(Base):
    """An offer and its counters. `limit` and `limit_per_customer` null mean without limit."""

    __tablename__ = "deals"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(80))
    limit: Mapped[int | None]
    limit_per_customer: Mapped[int | None]
    reserved: Mapped[int] = mapped_column(default=0)
    redeemed: Mapped[int] = mapped_column(default=0)

    __table_args__ = (
        CheckConstraint("reserved >= 0 AND redeemed >= 0", name="counters_not_negative"),
        CheckConstraint('"limit" IS NULL OR reserved + redeemed <= "limit"', name="used_within_limit"),
    )


class Redemption(Base):
    """One use of a deal by an order. Per customer the uses are numbered, so a limit is a unique key."""

    __tablename__ = "redemptions"

    id: Mapped[int] = mapped_column(primary_key=True)
    deal_id: Mapped[int] = mapped_column(ForeignKey("deals.id"))
    order_id: Mapped[int] = mapped_column(index=True)
    identity: Mapped[str] = mapped_column(String(255))
    n: Mapped[int | None]
    state: Mapped[str] = mapped_column(String(8), default="reserved")
    at: Mapped[datetime]

    __table_args__ = (
        UniqueConstraint("deal_id", "identity", "n"),
        UniqueConstraint("deal_id", "order_id"),
    )
