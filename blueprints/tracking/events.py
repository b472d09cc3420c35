"""Live events for programs: all that happened after `since`, then all that happens. A program that was away comes
back with the last number it heard, and misses nothing.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

from flask import request

from app.core.errors import Refusal
from app.core.settings import settings
from app.orders import service as orders
from app.tracking import service as tracking
from app.tracking.sequence import happened
from app.users.service import Right
from blueprints import order_links
from blueprints.api import callers
from blueprints.api.callers import Caller, Guard
from blueprints.tracking.pieces import Piece, track_piece
from blueprints.tracking.wire import Feed

UNKNOWN, FOREIGN, NOT_THERE = 4401, 4403, 4404
BEAT_SECONDS = 20.0


class Closed(Exception):
    """A program may not listen; `code` is what its socket closes with."""

    def __init__(self, code: int) -> None:
        super().__init__()
        self.code = code


@dataclass(frozen=True, slots=True)
class News(Piece):
    """The events that a program has not heard yet."""

    told: Sequence[str] = ()

    def frames(self) -> Sequence[str]:
        """One frame for each event."""
        return self.told


class Listener:
    """Remembers what one program has heard, so that each event is sent once and none is left out."""

    def __init__(self, order_id: int, since: int) -> None:
        self._order_id, self._heard = order_id, since

    def news(self) -> News:
        """What happened since the last time. Raises NotFound."""
        fresh = [one for one in happened(self._order_id) if one.seq > self._heard]
        if not fresh:
            return News(str(self._heard), str)
        from blueprints.api import tracking as shapes  # noqa: PLC0415 - a weight that only a process with programs bears

        view = tracking.follow(self._order_id)
        self._heard = fresh[-1].seq
        frames = tuple(shapes.event(one, view).model_dump_json(by_alias=True) for one in fresh)
        return News(str(self._heard), str, frames)


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
    here = {urlsplit(f"//{request.host}").hostname, *settings().trusted_hosts}
    if origin and urlsplit(origin).hostname not in here and origin not in settings().api_origins:
        raise Closed(FOREIGN)


def _may_see(caller: Caller, order_id: int) -> bool:
    try:
        caller.sees(order_id, orders.order(order_id).store_id, Right.SEE_BOARD)
    except Refusal:
        return False
    return True


def feed(order_id: int, caller: Caller, asked: Mapping[str, str]) -> Feed:
    """What a program's socket shows: events, or with `format=html` the tracker's own piece."""
    since = asked.get("since", "0")
    listener = Listener(order_id, int(since) if since.isascii() and since.isdigit() and len(since) < 10 else 0)
    address = order_links.order_address(order_id)
    piece = (lambda: track_piece(order_id, address)) if asked.get("format") == "html" else listener.news
    return Feed(f"order:{order_id}", piece, lambda: _still(caller, order_id), BEAT_SECONDS)


def _still(caller: Caller, order_id: int) -> bool:
    """Whether the session behind a socket still holds. Its access token may be over: its life is the socket's own."""
    if caller.sid is None:
        return True
    found = callers.of_session(caller.sid)
    return found is not None and _may_see(found, order_id)
