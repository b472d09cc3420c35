"""The load: a process of its own with one thread and a few kept connections, so that it costs little beside a server.

`python -m bench.client` reads one JSON order a line (see Order) and answers each with one JSON line (see Outcome).
"""

import dataclasses
import json
import selectors
import socket
import sys
import time
from contextlib import ExitStack
from dataclasses import dataclass, field

from bench import wire

TIMEOUT = 10.0


class UnexpectedError(Exception):
    """The server did not answer as the case says; measuring on would measure something else."""


@dataclass(frozen=True, slots=True)
class Order:
    """What to ask for, how often, and how it must be answered. With `visit`, every so many requests come from a new
    browser, which keeps the cookies it is given."""

    port: int
    head: str
    body: str
    cookie: str
    visit: int
    status: int
    seconds: float
    connections: int


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of an order: times of each answer in ms, the time over all, and what the client itself needed."""

    seconds: float
    cpu_seconds: float
    latencies_ms: list[float]
    body_bytes: int


@dataclass(slots=True)
class Browser:
    """One kept connection with at most one request on its way."""

    line: socket.socket
    order: Order
    cookie: bytes = b""
    asked: int = 0
    since: float = 0.0
    received: bytearray = field(default_factory=bytearray)

    def ask(self) -> None:
        """Send the next request."""
        if self.order.visit and self.asked % self.order.visit == 0:
            self.cookie = b""
        cookie = b"\r\nCookie: " + self.cookie if self.cookie else b""
        self.asked += 1
        self.since = time.perf_counter()
        self.line.sendall(self.order.head.encode() + cookie + wire.HEAD_ENDS + self.order.body.encode())

    def listen(self) -> wire.Answer | None:
        """Take what has come; gives the answer once it is whole. Raises UnexpectedError."""
        chunk = self.line.recv(262_144)
        self.received += chunk
        found = wire.answer(self.received)
        if found is None:
            if not chunk:
                raise UnexpectedError("the server hung up")
            return None
        if found.status != self.order.status:
            raise UnexpectedError(f"{found.status} instead of {self.order.status}: {bytes(self.received[:600])!r}")
        self.cookie = found.cookie or self.cookie
        self.received.clear()
        return found


def carry_out(order: Order) -> Outcome:
    """Keep every connection busy for the order's time. Raises UnexpectedError, OSError."""
    with selectors.DefaultSelector() as ready, ExitStack() as lines:
        browsers = [_open(order, lines) for _ in range(order.connections)]
        cpu, began = time.process_time(), time.perf_counter()
        for browser in browsers:
            ready.register(browser.line, selectors.EVENT_READ, browser)
            browser.ask()
        latencies, size = _work(ready, began + order.seconds)
        took, used = time.perf_counter() - began, time.process_time() - cpu
    return Outcome(took, used, latencies, size)


def _open(order: Order, lines: ExitStack) -> Browser:
    line = lines.enter_context(socket.create_connection(("127.0.0.1", order.port), TIMEOUT))
    line.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return Browser(line, order, order.cookie.encode())


def _work(ready: selectors.BaseSelector, until: float) -> tuple[list[float], int]:
    latencies: list[float] = []
    size = 0
    while ready.get_map():
        events = ready.select(TIMEOUT)
        if not events:
            raise UnexpectedError(f"no answer within {TIMEOUT:.0f} s")
        for key, _ in events:
            browser: Browser = key.data
            if (found := browser.listen()) is None:
                continue
            now, size = time.perf_counter(), found.size
            latencies.append((now - browser.since) * 1000)
            if now < until:
                browser.ask()
            else:
                ready.unregister(browser.line)
    return latencies, size


def main() -> int:
    """Work through the orders on standard input."""
    for line in sys.stdin:
        try:
            answer: dict[str, object] = dataclasses.asdict(carry_out(Order(**json.loads(line))))
        except (UnexpectedError, OSError) as error:
            answer = {"error": f"{type(error).__name__}: {error}"}
        print(json.dumps(answer), flush=True)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
