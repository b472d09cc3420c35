"""The other end of a live page: a client that opens sockets, waits for frames, and hears how they end."""

import time
from collections.abc import Callable
from contextlib import closing, suppress
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPResponse

from simple_websocket import Client, ConnectionClosed
from werkzeug.serving import WSGIRequestHandler
from wsproto.events import Ping
from wsproto.utilities import LocalProtocolError

from app.orders.keys import tracking_key

HANDSHAKE = {
    "Connection": "Upgrade",
    "Upgrade": "websocket",
    "Sec-WebSocket-Version": "13",
    "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==",
}
ORIGIN = {"Origin": "http://127.0.0.1:8000"}


class Silent(WSGIRequestHandler):
    """Serves without a word."""

    def log(self, *_args: object) -> None:
        """Keep quiet."""


@dataclass
class Sockets:
    """A socket process that listens on a port of this machine."""

    port: int

    def open(self, path: str, **headers: str) -> Client:
        client = Client(f"ws://127.0.0.1:{self.port}{path}", headers={**ORIGIN, **headers})
        with suppress(OSError, LocalProtocolError):  # its answer shakes loose what came together with the handshake
            client.sock.send(client.ws.send(Ping()))
        return client

    def shake_hands(self, path: str, **headers: str) -> HTTPResponse:
        """The answer to a handshake, whatever it is; nothing stays open."""
        with closing(HTTPConnection("127.0.0.1", self.port, timeout=5)) as line:
            line.request("GET", path, headers={**HANDSHAKE, **ORIGIN, **headers})
            return line.getresponse()

    def track(self, order_id: int, **headers: str) -> Client:
        return self.open(f"/ws/track/{address(order_id)}", **headers)


def address(order_id: int) -> str:
    return f"{order_id}-{tracking_key(order_id)}"


def until(ready: Callable[[], bool], seconds: float = 10) -> None:
    end = time.monotonic() + seconds
    while not ready():
        assert time.monotonic() < end, "it did not happen in time"
        time.sleep(0.01)


def frame_with(client: Client, words: str, seconds: float = 5) -> str:
    """The first frame that says these words."""
    end = time.monotonic() + seconds
    while (left := end - time.monotonic()) > 0:
        frame = client.receive(timeout=left)
        if frame and words in frame:
            return frame
    raise AssertionError(f"no frame said {words!r}")


def ended_with(client: Client, seconds: float = 5) -> int:
    """The code with which the other side closed."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        try:
            client.receive(timeout=0.1)
        except ConnectionClosed as closed:
            return int(closed.reason)
    raise AssertionError("it was not closed")


def refused(sockets: Sockets, path: str, **headers: str) -> int:
    """The status with which the handshake was turned down."""
    answer = sockets.shake_hands(path, **headers)
    assert answer.status != 101
    return answer.status
