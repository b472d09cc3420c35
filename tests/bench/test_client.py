"""The load client against a server whose answers we know, and what is made of its outcomes."""

import socketserver
import threading
from http.server import BaseHTTPRequestHandler

import pytest

from bench import rounds, wire
from bench.client import Order, UnexpectedError, carry_out
from bench.rounds import Sample


class Baker(BaseHTTPRequestHandler):
    """Gives every new browser a cookie, and remembers who came."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def do_GET(self):
        self.server.seen.append(self.headers.get("Cookie"))
        self.send_response(304 if self.path == "/same" else 200)
        if self.headers.get("Cookie") is None:
            self.send_header("Set-Cookie", f"cart={len(self.server.seen)}; Path=/")
        body = b"" if self.path == "/same" else b"pizza"
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args):
        """Say nothing."""


class Bakery(socketserver.ThreadingTCPServer):
    daemon_threads = True
    allow_reuse_address = True

    def handle_error(self, request, client_address):
        """A browser that goes in the middle of a word is no news here."""


@pytest.fixture
def bakery():
    with Bakery(("127.0.0.1", 0), Baker) as server:
        server.seen = []
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
        yield server
        server.shutdown()


def order(bakery, path, *, visit=0, status=200, connections=2):
    port = bakery.server_address[1]
    head, body = wire.request(path, f"127.0.0.1:{port}")
    return Order(port, head.decode(), body.decode(), "", visit, status, 0.2, connections)


def test_every_answer_is_timed(bakery):
    outcome = carry_out(order(bakery, "/"))
    assert len(outcome.latencies_ms) == len(bakery.seen)
    assert min(outcome.latencies_ms) > 0


def test_an_answer_without_a_body_ends_with_its_head(bakery):
    assert carry_out(order(bakery, "/same", status=304)).latencies_ms


def test_a_visit_keeps_its_cookie_and_the_next_one_comes_without(bakery):
    carry_out(order(bakery, "/", visit=3, connections=1))
    assert bakery.seen[:7] == [None, "cart=1", "cart=1", None, "cart=4", "cart=4", None]


def test_an_answer_that_is_not_the_expected_one_ends_the_measuring(bakery):
    with pytest.raises(UnexpectedError, match="200 instead of 304"):
        carry_out(order(bakery, "/", status=304))


def test_an_answer_is_whole_only_with_its_last_byte():
    whole = b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\nSet-Cookie: cart=1; Path=/\r\n\r\npizza"
    assert all(wire.answer(whole[:n]) is None for n in range(len(whole)))
    assert wire.answer(whole) == wire.Answer(200, len(whole), b"cart=1")


def test_a_ratio_is_taken_within_a_round_so_that_a_slow_minute_does_not_count():
    hello = [Sample(rate, 1, 0, 1, 1, 1) for rate in (1000, 100, 1000)]
    page = [Sample(rate, 2, 0, 1, 1, 1) for rate in (500, 50, 500)]
    found = rounds.figure(page, hello)
    assert (found.ratio, found.steadiness, found.cpu_ratio) == (0.5, (0.5, 0.5), 0.5)
