"""The shop speaks to hosts that its settings name, and to no others."""

import dataclasses
import smtplib
import socket
import urllib.request
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread

import pytest

from app.core import outbound
from app.core.outbound import UnlistedError
from app.core.settings import Settings
from tests.core.test_settings import PRODUCTION
from wsgi import create_app

ELSEWHERE = "elsewhere.example"


class Astray(BaseHTTPRequestHandler):
    """Sends whoever asks to another host."""

    def do_GET(self):
        self.send_response(302)
        self.send_header("Location", f"http://{ELSEWHERE}/")
        self.end_headers()

    def log_message(self, *_):
        """Say nothing."""


@pytest.fixture
def listed():
    """Only what production's settings name is looked up."""
    outbound.only(outbound.hosts(Settings.from_env(PRODUCTION)))
    yield
    outbound.only(None)


def test_the_list_is_what_settings_name():
    more = {
        "SMS_URL": "https://key@sms.example/send",
        "GEOCODER_URL": "maps.example",
        "OUTBOUND_HOSTS": "Proxy.example",
    }
    named = outbound.hosts(Settings.from_env(PRODUCTION | more))
    assert {"redis", "mail", "api.stripe.com", "sms.example", "maps.example", "proxy.example", "localhost"} <= named
    assert ELSEWHERE not in named


def test_another_host_is_not_even_looked_up(listed):
    for host in (ELSEWHERE, ELSEWHERE.encode(), "169.254.169.254", "mail.elsewhere.example"):
        with pytest.raises(UnlistedError, match="no setting names"):
            socket.getaddrinfo(host, 443)
    with pytest.raises(UnlistedError):
        smtplib.SMTP(ELSEWHERE, 25, timeout=1)
    assert socket.getaddrinfo("127.0.0.1", 80)


def test_nobody_is_followed_to_another_host(listed):
    with HTTPServer(("127.0.0.1", 0), Astray) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        with pytest.raises(OSError, match="no setting names") as told:
            urllib.request.urlopen(f"http://127.0.0.1:{server.server_port}/", timeout=5)
        server.shutdown()
    assert ELSEWHERE in str(told.value)


def test_production_has_the_list_and_a_laptop_none(environment):
    create_app("jobs", dataclasses.replace(Settings.from_env(PRODUCTION), database_url=environment["DATABASE_URL"]))
    assert outbound.Listed.hosts is not None
    with pytest.raises(UnlistedError):
        socket.getaddrinfo(ELSEWHERE, 443)
    outbound.only(None)
    create_app("jobs", Settings.from_env(environment))
    assert outbound.Listed.hosts is None
