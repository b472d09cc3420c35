"""What the tracking domain tells."""

from dataclasses import dataclass
from typing import ClassVar

from app.core.events import Event


@dataclass(frozen=True, slots=True)
class StageMoved(Event):
    """Staff moved a ticket."""

    kind: ClassVar[str] = "tracking.stage_moved"
    order_id: int
    seq: int
    stage: str
