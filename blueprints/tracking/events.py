"""Live events for programs: all that happened after `since`, then all that happens. A program that was away comes
back with the last number it heard, and misses nothing.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from flask import request

from app.core.errors import Refusal
from app.core.settings import settings
from app.orders import service as orders
from app.tracking import service as tracking
from app.tracking.sequence import Happened, happened
from app.tracking.service import TrackView
from app.users.service import Right
from blueprints import order_links
from blueprints.api import callers
from blueprints.api.callers import Caller, Guard
from blueprints.gateway import from_here
from blueprints.tracking.pieces import Piece, track_piece
from blueprints.tracking.rooms import Feed

UNKNOWN, FOREIGN, NOT_THERE = 4401, 4403, 4404
BEAT_SECONDS = 20.0


class Closed(Exception):
    """A program may not listen; `code` is what its socket closes with."""

    def __init__(self, code: int) -> None:
        super().__init__()
        self.code = code


@dataclass(frozen=True, slots=True, kw_only=True)
class News(Piece):
    """All events of an order by their numbers: each program is told those above the last that it heard."""

    view: TrackView
    known: Sequence[Happened]

    def frames(self, _number: int) -> Sequence[tuple[int, str]]:
        """One frame for each event, with the time that is expected now."""
        from blueprints.api import tracking as shapes  # noqa: PLC0415 - a weight that only a process with programs bears

        return [(one.seq, shapes.event(one, self.view).model_dump_json(by_alias=True)) for one in self.known]


def news(order_id: int) -> News:
    """What has happened to an order. Raises NotFound."""
    view, known = tracking.follow(order_id), happened(order_id)
    return News(view.tag, str, known[-1].seq if known else 0, view=view, known=known)


def admitted(asked: Mapping[str, str]) -> tuple[Caller, int]:
    """Who asks, and for which order: by a token, or by the order's address in the place of its number.

    Raises Closed.
    """
    _check_origin()
    address = asked.get("orderId", "")
    try:
        if "-" in address:
            return Caller(order_id=order_links.order_of(address)), order_links.order_of(address)
        caller = callers.caller(Guard.ORDER)
    except Refusal as refusal:
        raise Closed(UNKNOWN if refusal.status == 401 else NOT_THERE) from None
    if not (address.isascii() and address.isdigit() and len(address) < 10):
        raise Closed(NOT_THERE)
    if not _may_see(caller, int(address)):
        raise Closed(NOT_THERE)
    return caller, int(address)


def _check_origin() -> None:
    """A program sends no Origin; a page that does must be ours, or one that may call the API."""
    origin = request.headers.get("Origin")
    if origin and not from_here(origin) and origin not in settings().api_origins:
        raise Closed(FOREIGN)


def _may_see(caller: Caller, order_id: int) -> bool:
    try:
        caller.sees(order_id, orders.order(order_id).store_id, Right.SEE_BOARD)
    except Refusal:
        return False
    return True


def feed(order_id: int, asked: Mapping[str, str]) -> Feed:
    """What a program's socket shows: events, or with `format=html` the tracker's own piece."""
    topic = f"order:{order_id}"
    if asked.get("format") == "html":
        address = order_links.order_address(order_id)
        return Feed(("track", address), topic, lambda: track_piece(order_id, address))
    return Feed(("events", order_id), topic, lambda: news(order_id))


def heard(asked: Mapping[str, str]) -> int:
    """The number of the last event that a program has heard; 0 where it says none that can be one."""
    since = "" if asked.get("format") == "html" else asked.get("since", "")
    return int(since) if since.isascii() and since.isdigit() and len(since) < 10 else 0


def still(caller: Caller, order_id: int) -> bool:
    """Whether the session behind a socket still holds. Its access token may be over: its life is the socket's own."""
    if caller.sid is None:
        return True
    found = callers.of_session(caller.sid)
    return found is not None and _may_see(found, order_id)
