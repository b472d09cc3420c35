"""Tables of the tracking domain. Private to it."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from app.core import walls
from app.core.db import Base


class TicketRow(Base):
    """An order on its store's board. `seq` counts its moves; `accepted_at` and `closed_at` are null until then."""

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


walls.by_store(TicketRow.__table__)
walls.by_parent(StageMove.__table__, "order_id", "tickets", "order_id")
