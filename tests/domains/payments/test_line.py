"""The line to Stripe: connections are kept, the environment's proxy is asked, and what breaks is said in its words."""

import contextlib
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
import stripe

from app.payments.line import Line


class Answering(BaseHTTPRequestHandler):
    """Answers everything, and notes who called and what for."""

    protocol_version = "HTTP/1.1"

    def setup(self):
        super().setup()
        self.server.calls.append("connected")

    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"])).decode()
        self.server.calls.append(f"{self.path} {body} {self.headers['Idempotency-Key']}")
        self.send_response(402)
        self.send_header("Content-Length", "2")
        self.send_header("Request-Id", "req_1")
        self.end_headers()
        self.wfile.write(b"{}")

    def log_message(self, *_args):
        """Say nothing."""


class HangingUp(Answering):
    """Hears everything and says nothing."""

    def do_POST(self):
        self.server.calls.append("heard")
        self.close_connection = True


@contextlib.contextmanager
def listening(kind):
    server = ThreadingHTTPServer(("127.0.0.1", 0), kind)
    server.calls, server.daemon_threads = [], True
    threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
    try:
        yield server, f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        server.server_close()


def test_two_calls_are_made_over_one_connection():
    with listening(Answering) as (server, base):
        line = Line(base)
        for key in ("a", "b"):
            body, status, head = line.request("post", f"{base}/v1/refunds", {"Idempotency-Key": key}, "amount=5")
            assert (body, status, head["request-id"]) == (b"{}", 402, "req_1")
        assert server.calls == ["connected", "/v1/refunds amount=5 a", "/v1/refunds amount=5 b"]
        line.close()


def test_what_is_broken_off_may_be_asked_again_by_the_library_and_is_not_by_the_line():
    with listening(HangingUp) as (server, base):
        with pytest.raises(stripe.APIConnectionError) as failure:
            Line(base).request("post", f"{base}/v1/refunds", {}, "amount=5")
        assert failure.value.should_retry
        assert server.calls == ["connected", "heard"]


def test_a_proxy_that_the_environment_names_is_asked_unless_it_says_for_whom_not(monkeypatch):
    with listening(Answering) as (server, base):
        monkeypatch.setenv("http_proxy", base)
        monkeypatch.setenv("no_proxy", "")
        line = Line("http://stripe.example")
        line.request("post", "http://stripe.example/v1/refunds", {}, "amount=5")
        assert server.calls == ["connected", "http://stripe.example/v1/refunds amount=5 None"]
        line.close()
        monkeypatch.setenv("no_proxy", "127.0.0.1")
        direct = Line(base)
        direct.request("post", f"{base}/v1/refunds", {}, "amount=6")
        assert server.calls[-1] == "/v1/refunds amount=6 None"
        direct.close()
