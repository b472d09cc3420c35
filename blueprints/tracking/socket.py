"""Live updates: the very pieces that the pages draw, pushed to whoever may see them. Runs in a process of its own.

Whatever can refuse a socket does so before the handshake. Afterwards no database connection is held while waiting, and
nothing that a client says is listened to.
"""

import signal
import threading
from _thread import start_new_thread
from collections.abc import Callable
from types import FrameType

import structlog
from flask import Blueprint, Flask, abort, current_app, g, request
from flask_sock import Sock
from simple_websocket import Server
from werkzeug.exceptions import HTTPException

from app.core import walls
from app.core.db import db, is_busy, transaction
from app.core.errors import Refusal
from app.core.settings import Settings
from app.stores import service as stores
from app.users import service as users
from app.users.service import Right
from blueprints import order_links, who
from blueprints.gateway import from_here, where_from
from blueprints.tracking import events
from blueprints.tracking.board_words import shown_column
from blueprints.tracking.hub import Hub
from blueprints.tracking.pieces import Piece, board_piece, track_piece
from blueprints.tracking.rooms import Feed
from blueprints.tracking.seats import Seats, as_many_as_files
from blueprints.tracking.wire import Bell, InPlace, Wire

log = structlog.get_logger()
sockets = Blueprint("sockets", __name__)
sock = Sock()

MOST_BYTES = 1024
PLAIN = {"Content-Type": "text/plain; charset=utf-8"}
TRACK_BEAT, BOARD_BEAT = 20.0, 10.0


def init_app(app: Flask) -> None:
    """Serve sockets from an application."""
    configured: Settings = app.extensions["settings"]
    app.config["SOCK_SERVER_OPTIONS"] = {
        "max_message_size": MOST_BYTES,
        "thread_class": InPlace,
        "event_class": Bell,
    }
    app.extensions["hub"] = hub = Hub(app)
    app.extensions["seats"] = Seats(as_many_as_files(configured.socket_limit))
    app.register_blueprint(sockets)
    # This process has no pages: it says no in one line.
    app.register_error_handler(Refusal, _refuse)
    app.register_error_handler(HTTPException, lambda error: (f"{error.name}\n", error.code or 500, PLAIN))
    app.register_error_handler(Exception, _fail)
    if threading.current_thread() is threading.main_thread():
        _on_farewell(hub.stop)


def _refuse(refusal: Refusal) -> tuple[str, int, dict[str, str]]:
    who.note_refusal(refusal)
    return f"{refusal.message}\n", refusal.status, PLAIN


def _fail(error: Exception) -> tuple[str, int, dict[str, str]]:
    busy = is_busy(error)  # or the database is away: no news to anybody who reads the log of the pages
    log.error("socket_failed", error=type(error).__name__, exc_info=None if busy else error)
    return "Please come again in a moment.\n", 503 if busy else 500, PLAIN


def _on_farewell(stop: Callable[[], None]) -> None:
    # The server waits for its sockets to end before it does, and tells nobody: so we hear the signal too.
    before = signal.getsignal(signal.SIGTERM)

    def farewell(number: int, frame: FrameType | None) -> None:
        start_new_thread(stop, ())  # a signal handler must not wait for a lock, nor for a thread to begin
        if callable(before):
            before(number, frame)
        else:
            raise SystemExit(0)

    signal.signal(signal.SIGTERM, farewell)


@sockets.before_request
def admit() -> None:
    """Only our own pages, only so many, and nothing compressed: a deflating socket costs three times the memory."""
    request.environ.pop("HTTP_SEC_WEBSOCKET_EXTENSIONS", None)
    if request.endpoint == "sockets.follow":
        _admit_program()
        return
    if not from_here(request.headers.get("Origin", "")):
        abort(403, "This connection did not come from our own pages.")
    view = request.view_args or {}
    if "address" in view:
        g.order_id = order_links.order_of(view["address"])
        _seat(f"address:{where_from()}")
    elif "store_id" in view:
        person = who.at_store(Right.SEE_BOARD, stores.store(view["store_id"]).id)
        _seat(f"address:{where_from()}", f"person:{person.user_id}")


def _admit_program() -> None:
    """A program is told why not by the code that its socket closes with; only a house that is full says so before."""
    _seat(f"address:{where_from()}")
    try:
        g.caller, g.order_id = events.admitted(request.args)
    except events.Closed as closed:
        g.refused = closed.code


def _seat(*names: str) -> None:
    seats: Seats = current_app.extensions["seats"]
    if not seats.take(*names):
        abort(503)
    g.seat = names


@sockets.teardown_request
def leave(_error: BaseException | None) -> None:
    """Give the seat back, however the socket ended."""
    if names := g.pop("seat", None):
        current_app.extensions["seats"].leave(*names)


@sock.route("/ws/track/<address>", bp=sockets)  # type: ignore[untyped-decorator] # flask-sock ships no types
def track(ws: Server, address: str) -> None:
    order_id: int = g.order_id
    feed = Feed(("track", address), f"order:{order_id}", lambda: track_piece(order_id, address))
    _hold(Wire(ws, beat=TRACK_BEAT), feed)


@sock.route("/tracking", bp=sockets)  # type: ignore[untyped-decorator] # flask-sock ships no types
def follow(ws: Server) -> None:
    if refused := g.get("refused"):
        ws.close(refused)
        return
    order_id, caller = g.order_id, g.caller
    wire = Wire(
        ws, beat=events.BEAT_SECONDS, allowed=lambda: events.still(caller, order_id), heard=events.heard(request.args)
    )
    _hold(wire, events.feed(order_id, request.args))


@sock.route("/ws/board/<row:store_id>", bp=sockets)  # type: ignore[untyped-decorator] # flask-sock ships no types
def board(ws: Server, store_id: int) -> None:
    token, shown = who.token() or "", shown_column(request.args.get("stage"))
    runs = who.staff().may(Right.RUN_STORE, store_id)

    def piece() -> Piece:
        walls.see_only((store_id,))
        return board_piece(store_id, shown, runs=runs)

    wire = Wire(ws, beat=BOARD_BEAT, allowed=lambda: _still_works_here(token, store_id))
    _hold(wire, Feed(("board", shown, runs), f"store:{store_id}", piece))


def _hold(wire: Wire, feed: Feed) -> None:
    hub: Hub = current_app.extensions["hub"]
    db.session.remove()  # nothing is held while waiting
    hub.hold(wire, feed)


def _still_works_here(token: str, store_id: int) -> bool:
    person = users.who(token)
    if person is None or not person.may(Right.SEE_BOARD, store_id):
        return False
    with transaction():  # a board that is on is in use: it must not sign itself out in a quiet hour
        users.seen(token)
    return True
