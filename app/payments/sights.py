"""What the provider last said of a payment that had stood still, as the reconciler saw it: for whoever has to look."""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select, update

from app.core import clock
from app.core.db import atomically, db, insert_new
from app.payments.models import PaymentSight

SILENT, UNLIKE, NEVER_BEGUN = "silent", "unlike_ours", "never_begun"
REFUND = "refund_"


@dataclass(frozen=True, slots=True)
class Sight:
    """What the provider said: its word for a state or its code for a no, and its own sentence where it had one."""

    said: str
    words: str = ""


@dataclass(frozen=True, slots=True)
class SeenAt:
    """A sight, and when that was."""

    said: str
    words: str
    at: datetime


Watch = Callable[[Sight], None]


def unwatched(_sight: Sight) -> None:
    """Nobody wants to know."""


def note(payment_id: int, sight: Sight) -> None:
    """Keep what was last seen of a payment, in a unit of work of its own."""
    seen = {"said": sight.said[:60], "words": sight.words[:200], "at": clock.now()}

    def write() -> None:
        if not insert_new(PaymentSight, payment_id=payment_id, **seen):
            known = update(PaymentSight).where(PaymentSight.payment_id == payment_id)
            db.session.execute(known.values(**seen).execution_options(synchronize_session=False))

    atomically(write)


def of(payment_ids: Collection[int]) -> dict[int, SeenAt]:
    """What was last seen of some payments; those that never stood still are left out."""
    row = PaymentSight
    query = select(row.payment_id, row.said, row.words, row.at).where(row.payment_id.in_(payment_ids))
    return {each.payment_id: SeenAt(each.said, each.words, each.at) for each in db.session.execute(query)}
