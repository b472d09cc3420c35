"""Tables of the tracking domain. Private to it."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from app.core import walls
from app.core.db import Base

_WAITING: dict[str, Any] = {f"{dialect}_where": text("rolled < noted") for dialect in ("postgresql", "sqlite")}


class TicketRow(Base):
    """An order on its store's board. `seq` counts its moves; `accepted_at` and `closed_at` are null until then.

    `touched_at` is when somebody of the kitchen laid a hand on it first; `told` how far its silence was told.
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
    touched_at: Mapped[datetime | None]
    told: Mapped[int] = mapped_column(default=0, server_default="0")
    closed_at: Mapped[datetime | None]
    message: Mapped[str] = mapped_column(String(160), default="")
    late_told_at: Mapped[datetime | None]

    __table_args__ = (
        Index("ix_tickets_board", "store_id", "closed_at", "promised_to"),
        Index(
            "ix_tickets_open",
            "promised_to",
            sqlite_where=text("closed_at IS NULL"),
            postgresql_where=text("closed_at IS NULL"),
        ),
        Index("ix_tickets_untouched", "closed_at", "touched_at"),
        CheckConstraint("seq >= 0", name="seq_not_negative"),
    )


class StageMove(Base):
    """One tap: gapless numbers, never deleted. A reversal is a move of its own and marks the one that it took back.

    `reason` says why a delivery failed; it ends with the customer's data.
    """

    __tablename__ = "stage_moves"

    order_id: Mapped[int] = mapped_column(ForeignKey("tickets.order_id"), primary_key=True)
    seq: Mapped[int] = mapped_column(primary_key=True)
    source: Mapped[str] = mapped_column(String(20))
    to: Mapped[str] = mapped_column(String(20))
    at: Mapped[datetime]
    by: Mapped[str] = mapped_column(String(40))
    reason: Mapped[str] = mapped_column(String(60), default="")
    undone: Mapped[bool] = mapped_column(default=False)
    reversal: Mapped[bool] = mapped_column(default=False)


class TicketPrint(Base):
    """One time that a ticket went to paper, claimed by one screen before it did: the first is the ticket, all after it
    are reprints. `printed_at` is null until the screen says that its printer took it.
    """

    __tablename__ = "ticket_prints"

    order_id: Mapped[int] = mapped_column(ForeignKey("tickets.order_id"), primary_key=True)
    copy: Mapped[int] = mapped_column(primary_key=True)
    by: Mapped[str] = mapped_column(String(40))
    claimed_at: Mapped[datetime]
    printed_at: Mapped[datetime | None]

    __table_args__ = (CheckConstraint("copy >= 1", name="copy_counts_from_one"),)


class TicketMessage(Base):
    """Something that a store wrote to the customer of an order; its words end with the customer's data."""

    __tablename__ = "ticket_messages"

    order_id: Mapped[int] = mapped_column(ForeignKey("tickets.order_id"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    words: Mapped[str] = mapped_column(String(160))
    by: Mapped[str] = mapped_column(String(40))
    at: Mapped[datetime]


class DriverRun(Base):
    """One drive of one driver: over, when none of its stops is open any more."""

    __tablename__ = "driver_runs"

    id: Mapped[int] = mapped_column(primary_key=True)
    store_id: Mapped[int] = mapped_column(ForeignKey("stores.id"), index=True)
    driver_id: Mapped[int] = mapped_column(ForeignKey("users.id"), index=True)
    driver: Mapped[str] = mapped_column(String(40))
    began_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]


class RunStop(Base):
    """An order that a driver took along. `due_cents` is the cash to be taken at the door; `handin_id` is null until it
    lies in the drawer. An order is on one open stop at most.
    """

    __tablename__ = "run_stops"

    run_id: Mapped[int] = mapped_column(ForeignKey("driver_runs.id"), primary_key=True)
    order_id: Mapped[int] = mapped_column(ForeignKey("tickets.order_id"), primary_key=True)
    due_cents: Mapped[int]
    outcome: Mapped[str] = mapped_column(String(10), default="")
    at: Mapped[datetime | None]
    handin_id: Mapped[int | None] = mapped_column(ForeignKey("cash_handins.id"), index=True)

    __table_args__ = (
        Index("ix_run_stops_order_id", "order_id"),
        CheckConstraint("due_cents >= 0", name="due_not_negative"),
    )


class CashHandIn(Base):
    """A driver's cash that came into the drawer: what it should have been, and what was counted."""

    __tablename__ = "cash_handins"

    id: Mapped[int] = mapped_column(primary_key=True)
    store_id: Mapped[int] = mapped_column(ForeignKey("stores.id"))
    driver_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    driver: Mapped[str] = mapped_column(String(40))
    expected_cents: Mapped[int]
    counted_cents: Mapped[int]
    at: Mapped[datetime]
    by: Mapped[str] = mapped_column(String(40))

    __table_args__ = (
        Index("ix_cash_handins_day", "store_id", "at"),
        CheckConstraint("expected_cents > 0 AND counted_cents >= 0", name="cash_not_negative"),
    )


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


class SpeedDay(Base):
    """A business day of a store, and whether its speeds are those of its tickets (app/core/rolling.py).

    `tickets` is how many finished ones they were made from.
    """

    __tablename__ = "speed_days"

    store_id: Mapped[int] = mapped_column(ForeignKey("stores.id"), primary_key=True, autoincrement=False)
    day: Mapped[date] = mapped_column(primary_key=True)
    noted: Mapped[int] = mapped_column(default=1)
    rolled: Mapped[int] = mapped_column(default=0)
    tickets: Mapped[int] = mapped_column(default=0)

    __table_args__ = (
        CheckConstraint("0 <= rolled AND rolled <= noted", name="rolled_what_was_noted"),
        Index("ix_speed_days_waiting", "day", "store_id", **_WAITING),
    )


class Speed(Base):
    """How many orders of an hour of a store's day took so many minutes of something (app/tracking/speeds.py)."""

    __tablename__ = "speeds"

    store_id: Mapped[int] = mapped_column(ForeignKey("stores.id"), primary_key=True, autoincrement=False)
    day: Mapped[date] = mapped_column(primary_key=True)
    measure: Mapped[str] = mapped_column(String(8), primary_key=True)
    hour: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    minutes: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    count: Mapped[int]

    __table_args__ = (Index("ix_speeds_day", "day"),)


class ChainSpeedDay(Base):
    """A day of the whole chain, and whether its speeds are the sum of its stores'."""

    __tablename__ = "speed_chain_days"

    day: Mapped[date] = mapped_column(primary_key=True)
    noted: Mapped[int] = mapped_column(default=1)
    rolled: Mapped[int] = mapped_column(default=0)

    __table_args__ = (
        CheckConstraint("0 <= rolled AND rolled <= noted", name="rolled_what_was_noted"),
        Index("ix_speed_chain_days_waiting", "day", **_WAITING),
    )


class ChainSpeed(Base):
    """The same of all stores together: the sum of their Speed."""

    __tablename__ = "speed_chain"

    day: Mapped[date] = mapped_column(primary_key=True)
    measure: Mapped[str] = mapped_column(String(8), primary_key=True)
    hour: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    minutes: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    count: Mapped[int] = mapped_column(BigInteger)


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


walls.by_store(TicketRow.__table__)
walls.by_parent(StageMove.__table__, "order_id", "tickets", "order_id")
