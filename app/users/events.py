"""What the users domain tells the others."""

from dataclasses import dataclass
from typing import ClassVar

from app.core.events import Event


@dataclass(frozen=True, slots=True)
class StaffInvited(Event):
    """Somebody is to get a link by mail."""

    kind: ClassVar[str] = "users.staff_invited"
    invitation_id: int
