"""Tables of the payments domain. Private to it. Amounts are cents of US dollars."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.core import walls
from app.core.db import Base


class Payment(Base):
    """The one payment of an order. `attempt` numbers our tries to begin it with the provider.

    `customer_id` is the provider's number of the customer `user_id`, whose card it keeps if `keeps_card`.
    """

    __tablename__ = "payments"

    id: Mapped[int] = mapped_column(primary_key=True)
    order_id: Mapped[int] = mapped_column(ForeignKey("orders.id"), unique=True)
    store_id: Mapped[int] = mapped_column(ForeignKey("stores.id"), index=True)
    method: Mapped[str] = mapped_column(String(8))
    status: Mapped[str] = mapped_column(String(16), index=True)
    seq: Mapped[int] = mapped_column(default=0)
    attempt: Mapped[int] = mapped_column(default=1)
    amount_cents: Mapped[int]
    authorised_cents: Mapped[int] = mapped_column(default=0)
    captured_cents: Mapped[int] = mapped_column(default=0)
    refund_reserved_cents: Mapped[int] = mapped_column(default=0)
    refunded_cents: Mapped[int] = mapped_column(default=0)
    intent_id: Mapped[str | None] = mapped_column(String(80), unique=True)
    session_id: Mapped[str | None] = mapped_column(String(120), unique=True)
    brand: Mapped[str] = mapped_column(String(20), default="")
    last4: Mapped[str] = mapped_column(String(4), default="")
    declines: Mapped[int] = mapped_column(default=0)
    decline_words: Mapped[str] = mapped_column(String(200), default="")
    last_try: Mapped[str] = mapped_column(String(80), default="")
    user_id: Mapped[int | None]
    customer_id: Mapped[str | None] = mapped_column(String(80))
    keeps_card: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[datetime] = mapped_column(index=True)
    asked_at: Mapped[datetime]

    __table_args__ = (
        CheckConstraint(
            "0 <= refunded_cents AND refunded_cents <= refund_reserved_cents"
            " AND refund_reserved_cents <= captured_cents AND captured_cents <= authorised_cents"
            " AND authorised_cents <= amount_cents",
            name="never_more_than_agreed",
        ),
    )


class PaymentEvent(Base):
    """One move of a payment's status: gapless numbers, never changed."""

    __tablename__ = "payment_events"

    payment_id: Mapped[int] = mapped_column(ForeignKey("payments.id"), primary_key=True)
    seq: Mapped[int] = mapped_column(primary_key=True)
    status: Mapped[str] = mapped_column(String(16))
    at: Mapped[datetime]
    detail: Mapped[str] = mapped_column(String(120), default="")


class PaymentSight(Base):
    """What the provider last said of a payment that stood still: its word or code, its sentence, and when."""

    __tablename__ = "payment_sights"

    payment_id: Mapped[int] = mapped_column(ForeignKey("payments.id"), primary_key=True, autoincrement=False)
    said: Mapped[str] = mapped_column(String(60))
    words: Mapped[str] = mapped_column(String(200))
    at: Mapped[datetime]


class Refund(Base):
    """Money that goes back. `key` names the deed once, so that asking twice refunds once.

    `parts` are [part, what it is called, cents] of the order that it is for; `why` is what the provider said when it
    could not; `user_id` and `by` are who asked, `decided_by` who approved or declined; who tried again what failed.
    """

    __tablename__ = "refunds"

    id: Mapped[int] = mapped_column(primary_key=True)
    payment_id: Mapped[int] = mapped_column(ForeignKey("payments.id"), index=True)
    key: Mapped[str] = mapped_column(String(80), unique=True)
    amount_cents: Mapped[int]
    reason: Mapped[str] = mapped_column(String(12))
    bearer: Mapped[str] = mapped_column(String(10))
    note: Mapped[str] = mapped_column(String(120), default="")
    parts: Mapped[list[list[Any]]] = mapped_column(JSON)
    user_id: Mapped[int | None]
    by: Mapped[str] = mapped_column(String(40))
    decided_by: Mapped[str] = mapped_column(String(40), default="")
    state: Mapped[str] = mapped_column(String(10), index=True)
    why: Mapped[str] = mapped_column(String(200), default="")
    attempt: Mapped[int] = mapped_column(default=1)
    provider_id: Mapped[str | None] = mapped_column(String(80), unique=True)
    created_at: Mapped[datetime]
    settled_at: Mapped[datetime | None]

    __table_args__ = (CheckConstraint("amount_cents > 0", name="gives_something"),)


class RefundClaim(Base):
    """A part of an order that went back or is about to: a unit, the fee, the tip, each once. Gone when it came back."""

    __tablename__ = "refund_claims"

    payment_id: Mapped[int] = mapped_column(ForeignKey("payments.id"), primary_key=True)
    part: Mapped[str] = mapped_column(String(24), primary_key=True)
    refund_id: Mapped[int] = mapped_column(ForeignKey("refunds.id"), index=True)


class Dispute(Base):
    """A customer's bank claims money back: what for, where it stands, and until when an answer counts."""

    __tablename__ = "disputes"

    id: Mapped[int] = mapped_column(primary_key=True)
    payment_id: Mapped[int] = mapped_column(ForeignKey("payments.id"), index=True)
    provider_id: Mapped[str] = mapped_column(String(80), unique=True)
    amount_cents: Mapped[int]
    reason: Mapped[str] = mapped_column(String(40))
    status: Mapped[str] = mapped_column(String(24))
    due_at: Mapped[datetime | None]
    seen_at: Mapped[datetime]


class Comparison(Base):
    """One nightly comparison of our payments with the provider's: what was looked at, and what did not agree."""

    __tablename__ = "comparisons"

    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime]
    since: Mapped[datetime]
    intents: Mapped[int]
    payments: Mapped[int]
    unheard: Mapped[int]
    differences: Mapped[list[list[str]]] = mapped_column(JSON)


class CardOwner(Base):
    """A customer of ours as the provider knows them, for whom it keeps cards."""

    __tablename__ = "card_owners"

    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"), primary_key=True)
    customer_id: Mapped[str] = mapped_column(String(80), unique=True)


class SavedCard(Base):
    """A card that the provider keeps for somebody: its number there, and what tells its owner which one it is."""

    __tablename__ = "saved_cards"

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"), index=True)
    method_id: Mapped[str] = mapped_column(String(80), unique=True)
    brand: Mapped[str] = mapped_column(String(20))
    last4: Mapped[str] = mapped_column(String(4))
    exp_month: Mapped[int]
    exp_year: Mapped[int]
    saved_at: Mapped[datetime]


class ProviderEvent(Base):
    """Something the provider told us. It is a hint to look, never believed, so only its subject is kept."""

    __tablename__ = "provider_events"

    id: Mapped[str] = mapped_column(String(80), primary_key=True)
    kind: Mapped[str] = mapped_column(String(80))
    payment_id: Mapped[int | None]
    heard_at: Mapped[datetime]


class LedgerEntry(Base):
    """One side of a transfer between two accounts; the entries of a transfer sum to zero."""

    __tablename__ = "ledger"

    id: Mapped[int] = mapped_column(primary_key=True)
    transfer: Mapped[str] = mapped_column(String(60))
    account: Mapped[str] = mapped_column(String(20))
    cents: Mapped[int]
    payment_id: Mapped[int] = mapped_column(ForeignKey("payments.id"), index=True)
    at: Mapped[datetime] = mapped_column(index=True)

    __table_args__ = (UniqueConstraint("transfer", "account"),)


walls.by_store(Payment.__table__)
walls.by_parent(Refund.__table__, "payment_id", "payments")
