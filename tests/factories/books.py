"""The books of a test, all of them."""

from datetime import UTC, datetime

from app.payments import ledger


def uneven() -> tuple[str, ...]:
    """Transfers that do not sum to zero, whenever they were booked."""
    return ledger.unbalanced(datetime(2000, 1, 1, tzinfo=UTC))
