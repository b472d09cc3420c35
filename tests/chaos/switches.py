"""What the storm changes in the programs that it starts: shorter waits, every event rung for twice, effects counted.

Nothing here is known to the shop; `tests.chaos.rigged` puts it in before a program begins.
"""

import dataclasses
import os
from collections.abc import Callable
from contextvars import ContextVar
from datetime import timedelta
from functools import partial

from sqlalchemy import text

import wsgi
from app.core import events
from app.core.db import db
from app.core.events import Handler
from app.payments import reconciling, stripe, values
from app.tracking import service as tracking
from tests.chaos import sabotage

# One row for each time that an event took effect; nothing but the inbox keeps a second one out.
EFFECTS = "CREATE TABLE storm_effects (event_id integer NOT NULL)"

_event_id: ContextVar[int] = ContextVar("event_id")


def install() -> None:
    """Change this process as the environment says."""
    shorten(timedelta(seconds=float(os.environ["STORM_TO_PAY"])))
    hand_out_twice()
    count_effects()
    for guard in filter(None, os.environ.get("STORM_WITHOUT", "").split(",")):
        sabotage.GUARDS[guard]()


def shorten(to_pay: timedelta) -> None:
    """Everything that waits for minutes waits for seconds: a storm does not last a quarter of an hour."""
    for module in (values, stripe, reconciling):
        module.TO_PAY = to_pay
    reconciling.ASK_AGAIN = reconciling.REFUND_WAITS = timedelta(seconds=4)
    reconciling.DEAD_ORDER = reconciling.IN_MAKING = timedelta(seconds=2)
    tracking.SILENCE = to_pay
    events.LONGEST_TURN = timedelta(seconds=10)  # longer than a busy machine keeps a program waiting
    for name in ("reconcile_payments", "reject_silent"):
        wsgi.WORKS[name] = dataclasses.replace(wsgi.WORKS[name], every=timedelta(seconds=3))


def hand_out_twice() -> None:
    """Ring twice for each event that is told; the storm runs two workers, so both often act at the same moment.

    Each of the two that hear it leaves an errand, so errands are handed out twice as well.
    """
    ring = events.ring

    def twice(event_id: int, kind: str) -> None:
        ring(event_id, kind)
        ring(event_id, kind)

    events.ring = twice


def count_effects() -> None:
    """Give every kind of event one more hearer, with an effect that is not safe to repeat."""
    for name in ("_hear", "_deliver"):
        setattr(events, name, partial(_noting, getattr(events, name)))
    for kind, handlers in wsgi.HEARS.items():
        wsgi.HEARS[kind] = (Handler(count), *handlers)


def _noting(act: Callable[..., None], event_id: int, **how: bool) -> None:
    _event_id.set(event_id)
    act(event_id, **how)


def count(_event: events.Event) -> None:
    """Note that the event took effect."""
    db.session.execute(text("INSERT INTO storm_effects (event_id) VALUES (:id)"), {"id": _event_id.get()})
