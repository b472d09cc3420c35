"""Orders that a kitchen makes from beginning to end, each stage in its time."""

from collections.abc import Callable, Sequence

from app.core.db import transaction
from app.tracking import service as tracking
from app.tracking.service import Stage
from app.tracking.stages import course
from tests.factories.hands import Hands
from tests.factories.orders import placed


def tap(order_id: int, stage: Stage, to: Stage | None = None) -> tracking.Moved:
    """Beppe's tap on a ticket that shows this stage."""
    with transaction():
        return tracking.advance(order_id, stage, by="Beppe", to=to)


def finish(order_id: int, hands: Hands, minutes: Sequence[float]) -> None:
    """Tap an order through, after so many minutes in each of its stages."""
    view = tracking.follow(order_id)
    stages = course(view.method, baked=view.picture is not None)
    for stage, waited in zip(stages[:-1], minutes, strict=True):
        hands.move(minutes=waited)
        tap(order_id, stage)


def lived(
    hands: Hands, work_off: Callable[[], int], count: int, minutes: Sequence[float] = (4, 6, 8, 3, 12)
) -> list[int]:
    """So many deliveries, one after the other, each brought before the next one came in."""
    made = []
    for _ in range(count):
        made.append(placed())
        work_off()
        finish(made[-1], hands, minutes)
        work_off()
    return made
