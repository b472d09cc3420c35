"""The record of what people did."""

from app.core import clock
from app.core.db import db
from app.users.models import AuditRow


def audit(user_id: int | None, deed: str, subject: str, **detail: object) -> None:
    """Record a deed, in its own transaction of the deed."""
    db.session.add(AuditRow(at=clock.now(), user_id=user_id, deed=deed, subject=subject, detail=detail))
