"""Tables of the promotions domain. Private to it."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, ForeignKeyConstraint, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.core.db import Base

WITHIN_LIMIT = '"limit" IS NULL OR reserved + redeemed <= "limit"'


class Deal(Base):
    """An offer: its state, the version that is on offer, and its counters. Limits that are null mean without limit.

    A `paused` one is live and off offer for a while. `listed` deals stand on the page of deals; the others are known
    only to whoever was given their code.
    """

    __tablename__ = "deals"

    id: Mapped[int] = mapped_column(primary_key=True)
    state: Mapped[str] = mapped_column(String(8), default="draft", index=True)
    paused: Mapped[bool] = mapped_column(default=False)
    version: Mapped[int] = mapped_column(default=1)
    listed: Mapped[bool] = mapped_column(default=True)
    limit: Mapped[int | None]
    limit_per_customer: Mapped[int | None]
    reserved: Mapped[int] = mapped_column(default=0)
    redeemed: Mapped[int] = mapped_column(default=0)

    __table_args__ = (
        CheckConstraint("reserved >= 0 AND redeemed >= 0", name="counters_not_negative"),
        CheckConstraint(WITHIN_LIMIT, name="used_within_limit"),
        CheckConstraint("state IN ('draft', 'live', 'ended')", name="state_known"),
    )


class DealVersion(Base):
    """What a deal said at one time. Never changed: who edits a deal writes the next version."""

    __tablename__ = "deal_versions"

    deal_id: Mapped[int] = mapped_column(ForeignKey("deals.id"), primary_key=True)
    version: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(80))
    terms: Mapped[dict[str, Any]] = mapped_column(JSON)
    made_at: Mapped[datetime]
    made_by: Mapped[int | None]


class DealCode(Base):
    """A code that asks for a deal. One with a limit of its own is a secret of whoever was given it."""

    __tablename__ = "deal_codes"

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(String(24), unique=True)
    deal_id: Mapped[int] = mapped_column(ForeignKey("deals.id"), index=True)
    limit: Mapped[int | None]
    reserved: Mapped[int] = mapped_column(default=0)
    redeemed: Mapped[int] = mapped_column(default=0)

    __table_args__ = (
        CheckConstraint("reserved >= 0 AND redeemed >= 0", name="counters_not_negative"),
        CheckConstraint(WITHIN_LIMIT, name="used_within_limit"),
    )


class Redemption(Base):
    """One use of a deal by an order, and the cents that it took off."""

    __tablename__ = "redemptions"

    id: Mapped[int] = mapped_column(primary_key=True)
    deal_id: Mapped[int]
    version: Mapped[int]
    order_id: Mapped[int] = mapped_column(index=True)
    code_id: Mapped[int | None] = mapped_column(ForeignKey("deal_codes.id"))
    off_cents: Mapped[int]
    state: Mapped[str] = mapped_column(String(8), default="reserved")
    at: Mapped[datetime]

    __table_args__ = (
        ForeignKeyConstraint(["deal_id", "version"], ["deal_versions.deal_id", "deal_versions.version"]),
        UniqueConstraint("deal_id", "order_id"),
        Index("ix_redemptions_taken_off", "deal_id", "state", "off_cents"),
    )


class DealClaim(Base):
    """One use of a deal under one of a customer's identities. They are numbered, so a limit is a unique key."""

    __tablename__ = "deal_claims"

    id: Mapped[int] = mapped_column(primary_key=True)
    redemption_id: Mapped[int] = mapped_column(ForeignKey("redemptions.id"), index=True)
    deal_id: Mapped[int] = mapped_column(ForeignKey("deals.id"))
    identity: Mapped[str] = mapped_column(String(270))
    n: Mapped[int]

    __table_args__ = (UniqueConstraint("deal_id", "identity", "n"),)


class DealEdition(Base):
    """The number of the deals as they are now, in one row: every change that a price could see raises it."""

    __tablename__ = "deal_editions"

    id: Mapped[int] = mapped_column(primary_key=True)
    version: Mapped[int] = mapped_column(default=1)
