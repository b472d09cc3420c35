"""Tables of the tracking domain. Private to it."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from app.core.db import Base


class TicketRow(Base):
    """An order on its store's board. `seq` counts its moves; `accepted_at` and `closed_at` are null until then.

    `places` are its oven places. `message` is what the store lets its customer know, `late_told_at` when they were told
    that it is late.
    """

    __tablename__ = "tickets"

    order_id: Mapped[int] = mapped_column(ForeignKey("orders.id"), primary_key=True, autoincrement=False)
    store_id: Mapped[int] = mapped_column(ForeignKey("stores.id"))
    method: Mapped[str] = mapped_column(String(8))
    baked: Mapped[bool]
    asap: Mapped[bool]
    places: Mapped[int] = mapped_column(default=0)
    drive_minutes: Mapped[int]
    stage: Mapped[str] = mapped_column(String(20))
    seq: Mapped[int] = mapped_column(default=0)
    received_at: Mapped[datetime]
    begin_at: Mapped[datetime]
    promised_from: Mapped[datetime]
    promised_to: Mapped[datetime]
    expected_from: Mapped[datetime]
    expected_to: Mapped[datetime]
    stage_at: Mapped[datetime]
    accepted_at: Mapped[datetime | None]
    closed_at: Mapped[datetime | None]
    message: Mapped[str] = mapped_column(String(160), default="")
    late_told_at: Mapped[datetime | None]

    __table_args__ = (
        Index("ix_tickets_board", "store_id", "closed_at", "promised_to"),
        CheckConstraint("seq >= 0", name="seq_not_negative"),
    )


class StageMove(Base):
    """One tap: gapless numbers, never deleted. A reversal is a move of its own and marks the one that it took back."""

    __tablename__ = "stage_moves"

    order_id: Mapped[int] = mapped_column(ForeignKey("tickets.order_id"), primary_key=True)
    seq: Mapped[int] = mapped_column(primary_key=True)
    source: Mapped[str] = mapped_column(String(20))
    to: Mapped[str] = mapped_column(String(20))
    at: Mapped[datetime]
    by: Mapped[str] = mapped_column(String(40))
    undone: Mapped[bool] = mapped_column(default=False)
    reversal: Mapped[bool] = mapped_column(default=False)


class Estimate(Base):
    """What was known and told when an order came to a stage, and how it turned out once it was there: a lesson.

    `guess_seconds` and `took_seconds` count from there. `first_at` and `last_at` are the range; `learned` says whether
    it was told by earlier lessons, `right` whether it held, `late_seconds` how far past its first promise it came.
    """

    __tablename__ = "estimates"

    order_id: Mapped[int] = mapped_column(ForeignKey("tickets.order_id"), primary_key=True)
    stage: Mapped[str] = mapped_column(String(20), primary_key=True)
    store_id: Mapped[int] = mapped_column(ForeignKey("stores.id"))
    method: Mapped[str] = mapped_column(String(8))
    baked: Mapped[bool]
    asap: Mapped[bool]
    at: Mapped[datetime]
    ahead: Mapped[int]
    places: Mapped[int]
    drive_minutes: Mapped[int]
    hour: Mapped[int]
    guess_seconds: Mapped[int]
    first_at: Mapped[datetime]
    last_at: Mapped[datetime]
    learned: Mapped[bool]
    finished_at: Mapped[datetime | None]
    took_seconds: Mapped[int | None]
    right: Mapped[bool | None]
    late_seconds: Mapped[int | None]

    __table_args__ = (
        Index("ix_estimates_lessons", "store_id", "stage", "method", "baked", "finished_at"),
        Index("ix_estimates_finished", "stage", "finished_at"),
    )


class Rating(Base):
    """What a customer thought of an order that they got: one to five stars and a word, once."""

    __tablename__ = "ratings"

    order_id: Mapped[int] = mapped_column(ForeignKey("tickets.order_id"), primary_key=True, autoincrement=False)
    store_id: Mapped[int] = mapped_column(ForeignKey("stores.id"))
    stars: Mapped[int]
    words: Mapped[str] = mapped_column(String(200), default="")
    at: Mapped[datetime]

    __table_args__ = (
        Index("ix_ratings_of_store", "store_id", "at"),
        CheckConstraint("stars BETWEEN 1 AND 5", name="stars_in_bounds"),
    )
