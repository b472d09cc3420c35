"""How the whole chain does at a moment, gathered from every domain: headquarters look at it, monitors count it."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from app.core import clock, outbox, queue, schedule
from app.core.outbox import Health
from app.core.queue import QueueHealth
from app.orders.pace import Pace, pace
from app.stores.service import Headcount, headcount
from app.tracking.service import KitchenPulse, kitchen_pulse


@dataclass(frozen=True, slots=True)
class Pulse:
    """The chain at a moment. `queue` is None while Redis does not answer; `overdue` is how long no clock has run."""

    at: datetime
    stores: Headcount
    orders: Pace
    kitchens: KitchenPulse
    outbox: Health
    queue: QueueHealth | None
    overdue: timedelta


def pulse() -> Pulse:
    """How the chain does right now: nine queries however many stores and orders there are."""
    return Pulse(clock.now(), headcount(), pace(), kitchen_pulse(), outbox.health(), queue.health(), schedule.overdue())
