"""What the stores domain tells."""

from dataclasses import dataclass
from typing import ClassVar

from app.core.events import Event


@dataclass(frozen=True, slots=True)
class StorePaused(Event):
    """A store takes no new orders until a moment (ISO 8601, UTC), and why; None: it takes them again."""

    kind: ClassVar[str] = "stores.paused"
    store_id: int
    until: str | None
    reason: str
