"""Everything that ever happened to an order, numbered without a gap: moves of the order, taps on its ticket and changes
of its time as one row of events, so that whoever was away is told what they missed (docs/decisions/0052, 0087).
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from app.orders import retiming
from app.orders import service as orders
from app.orders.service import OrderStatus
from app.tracking.following import timeline
from app.tracking.stages import Stage

MOVE, TAP, TIME = range(3)


@dataclass(frozen=True, slots=True)
class Happened:
    """One event: its number from 1 on, when it was, and in one word where the order stood after it."""

    seq: int
    at: datetime
    status: str


def happened(order_id: int) -> tuple[Happened, ...]:
    """All events of an order so far, in their order; none of an order that there is not."""
    return tuple(_numbered(order_id))


def _numbered(order_id: int) -> Iterator[Happened]:
    moves = [(move.at, MOVE, move.seq, move.status.value) for move in orders.history(order_id)]
    taps = [(tap.at, TAP, tap.seq, tap.to.value) for tap in timeline(order_id)]
    times = [(change.at, TIME, change.number, "") for change in retiming.changes(order_id)]
    status, stage = OrderStatus.PENDING_PAYMENT, Stage.RECEIVED
    for seq, (at, what, _, to) in enumerate(sorted([*moves, *taps, *times]), start=1):
        if what == MOVE:
            status = OrderStatus(to)
        elif what == TAP:
            stage = Stage(to)
        yield Happened(seq, at, in_one_word(status, stage))


BEFORE_BOARD = frozenset({OrderStatus.PENDING_PAYMENT, OrderStatus.ACCEPTED, *orders.DEAD})
WORDS = [*(status.value for status in OrderStatus if status in BEFORE_BOARD), *(stage.value for stage in Stage)]


def in_one_word(status: OrderStatus, stage: Stage) -> str:
    """Where an order stands: by its store's board once it is on it, by itself before that and when it is over."""
    if status is OrderStatus.ACCEPTED and stage is Stage.RECEIVED:
        return status.value
    on_board = status in orders.IN_KITCHEN or status is OrderStatus.PLACED
    return stage.value if on_board else status.value
