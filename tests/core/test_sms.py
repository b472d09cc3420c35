"""Text messages leave as one POST, where there is a provider."""

import dataclasses
import json
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread

import pytest
from structlog.testing import capture_logs

from app.core import sms
from app.core.db import transaction


class Provider(HTTPServer):
    """The smallest provider: keeps what it was told, and answers with a status."""

    def __init__(self, status=202):
        super().__init__(("127.0.0.1", 0), Desk)
        self.status, self.told = status, []


class Desk(BaseHTTPRequestHandler):
    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.told.append((self.path, self.headers["Authorization"], json.loads(body)))
        self.send_response(self.server.status)
        self.end_headers()

    def log_message(self, *_):
        """Say nothing."""


@pytest.fixture
def at(shop, monkeypatch):
    """Sets where text messages go."""

    def go_to(url):
        changed = dataclasses.replace(shop.extensions["settings"], sms_url=url)
        monkeypatch.setitem(shop.extensions, "settings", changed)

    return go_to


@pytest.fixture
def provider():
    with Provider() as server:
        Thread(target=server.serve_forever, daemon=True).start()
        yield server
        server.shutdown()


def test_without_a_provider_there_are_none(shop):
    assert not sms.offered()


def test_a_provider_gets_number_words_and_its_key(at, provider):
    at(f"http://key%2F1@127.0.0.1:{provider.server_port}/texts")
    assert sms.offered()
    sms.send("+13125550142", "Order 12 is ready")
    assert provider.told == [("/texts", "Bearer key/1", {"to": "+13125550142", "text": "Order 12 is ready"})]


def test_a_refusal_is_an_error_so_that_it_is_tried_again(at, provider):
    provider.status = 503
    at(f"http://key@127.0.0.1:{provider.server_port}/texts")
    with pytest.raises(OSError, match="503"):
        sms.send("+13125550142", "Order 12 is ready")


def test_the_log_takes_them_in_development(at):
    at("console:")
    with capture_logs() as logs:
        sms.send("+13125550142", "Order 12 is ready")
    assert logs[0]["text"] == "Order 12 is ready"


def test_nothing_is_sent_inside_a_unit_of_work(at):
    at("console:")
    with transaction(), pytest.raises(RuntimeError):
        sms.send("+13125550142", "Order 12 is ready")
