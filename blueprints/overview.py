"""The whole chain at a glance, for headquarters: a page that renews itself every few seconds."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from app.core.errors import Refusal
from app.stores import service as stores
from app.users.service import Right
from blueprints import desk, who
from blueprints.htmx import answer, piece_only
from blueprints.pulse import Pulse, pulse

pages = Blueprint("overview", __name__)
pages.register_error_handler(Refusal, desk.refuse)
PATH, DOOR = "/manage/overview", "overview"
MOST_SHOWN = 12
SLOW, IDLE = timedelta(minutes=1), timedelta(minutes=2)  # docs/operations.md says what to do then
MINUTE = timedelta(minutes=1)


@pages.get(PATH)
def overview_page() -> ResponseReturnValue:
    who.of_chain(Right.SEE_OVERVIEW)
    return desk.page("desk/overview.html", DOOR, **_words())


@pages.get("/x/overview")
def overview_piece() -> ResponseReturnValue:
    piece_only()
    person = who.of_chain(Right.SEE_OVERVIEW)
    return answer(render_template("desk/_overview.html", desk=desk.Desk(person, DOOR, None), **_words()))


def _words() -> dict[str, Any]:
    seen = pulse()
    late, paused = seen.kitchens.late[:MOST_SHOWN], seen.stores.paused[:MOST_SHOWN]
    named = {one.store_id for one in late} | {one.store_id for one in paused}
    named |= {ticket.store_id for ticket in seen.kitchens.untouched}
    return {
        "pulse": seen,
        "late": late,
        "paused": paused,
        "places": stores.several(named),
        "troubles": list(_troubles(seen)),
        "waited": lambda since: in_minutes(seen.at - since),
    }


def _troubles(seen: Pulse) -> Iterator[str]:
    """What should be mended: each line is also in docs/operations.md, under what to watch."""
    if seen.outbox.parked:
        yield f"Parked events: {seen.outbox.parked:,}. Each failed ten times and waits for somebody to look."
    if seen.queue is None:
        yield "Redis does not answer. Orders reach kitchens, boards look every two seconds; mails and captures wait."
    elif not seen.queue.workers:
        yield "No worker is at work: orders are taken, and nothing happens to them."
    if seen.overdue > IDLE:
        yield f"No clock runs: recurring work has waited for {in_minutes(seen.overdue)}."
    if seen.outbox.since and seen.at - seen.outbox.since > SLOW:
        yield (f"Events wait: {seen.outbox.waiting:,}, the oldest for {in_minutes(seen.at - seen.outbox.since)}.")


def in_minutes(span: timedelta) -> str:
    """`less than a minute`, `4 min`, `2 h 05 min`."""
    hours, minutes = divmod(max(span, timedelta()) // MINUTE, 60)
    if hours:
        return f"{hours:,} h {minutes:02d} min"
    return f"{minutes} min" if minutes else "less than a minute"
