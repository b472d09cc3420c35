"""What the tracking domain knows about somebody: when their orders moved. No name is in it, so nothing is erased."""

from collections.abc import Mapping
from typing import Any

from app.orders.personal import of_account
from app.tracking.following import timeline


def export(user_id: int) -> Mapping[str, Any]:
    """Every step of somebody's orders, with its time."""
    steps = {number: timeline(number) for number in of_account(user_id)}
    return {
        "steps": [{"order": number, "to": tap.to, "at": tap.at} for number, taps in steps.items() for tap in taps],
    }
