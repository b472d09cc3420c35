"""Tables of the tracking domain. Private to it."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from app.core.db import Base


class TicketRow(Base):
    """An order on its store's board. `seq` counts its moves; `accepted_at` and `closed_at` are null until then.

    `touched_at` is when somebody of the kitchen laid a hand on it first; `told` how far its silence was told.
    """

    __tablename__ = "tickets"

    order_id: Mapped[int] = mapped_column(ForeignKey("orders.id"), primary_key=True, autoincrement=False)
    store_id: Mapped[int] = mapped_column(ForeignKey("stores.id"))
    method: Mapped[str] = mapped_column(String(8))
    baked: Mapped[bool]
    asap: Mapped[bool]
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
