"""Tickets of orders that were taken in from older books: finished long ago, with the times that their loader gives."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import insert

from app.core.db import db
from app.stores.values import Method
from app.tracking.models import StageMove, TicketRow
from app.tracking.stages import Stage

BY = "history"
Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Cooked:
    """A finished order: its promise, and when it came to each stage after the first, the last of them its end."""

    order_id: int
    store_id: int
    method: Method
    baked: bool
    places: int
    received_at: datetime
    promised_from: datetime
    promised_to: datetime
    moves: tuple[tuple[Stage, datetime], ...]


def take_in(cooked: Sequence[Cooked]) -> None:
    """Write the tickets of loaded orders, in the open unit of work. Tells nobody, and teaches the tracker nothing."""
    if not cooked:
        return
    db.session.execute(insert(TicketRow), [_ticket(each) for each in cooked])
    db.session.execute(insert(StageMove), [move for each in cooked for move in _moves(each)])


def _ticket(cooked: Cooked) -> Row:
    (_, begun_at), (end, done_at) = cooked.moves[0], cooked.moves[-1]
    return {
        "order_id": cooked.order_id,
        "store_id": cooked.store_id,
        "method": cooked.method.value,
        "baked": cooked.baked,
        "asap": True,
        "places": cooked.places,
        "drive_minutes": 0,
        "stage": end,
        "seq": len(cooked.moves),
        "received_at": cooked.received_at,
        "begin_at": cooked.received_at,
        "promised_from": cooked.promised_from,
        "promised_to": cooked.promised_to,
        "expected_from": cooked.promised_from,
        "expected_to": cooked.promised_to,
        "stage_at": done_at,
        "accepted_at": cooked.received_at,
        "touched_at": begun_at,
        "closed_at": done_at,
    }


def _moves(cooked: Cooked) -> Iterator[Row]:
    source = Stage.RECEIVED
    for seq, (stage, at) in enumerate(cooked.moves, start=1):
        yield {"order_id": cooked.order_id, "seq": seq, "source": source, "to": stage, "at": at, "by": BY}
        source = stage
