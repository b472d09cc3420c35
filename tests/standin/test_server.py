"""Connections of the stand-in: kept for the next call as Stripe keeps them, and of no use once it was stopped."""

import http.client
from urllib.parse import urlsplit

import pytest

from dev.stripe.server import Server
from dev.stripe.world import Settings, World

KEY = {"Authorization": "Bearer sk_test_nobody", "Content-Type": "application/x-www-form-urlencoded"}


@pytest.fixture
def line():
    """The server, and one connection to it."""
    server = Server(World(Settings(seed=7)))
    server.start()
    made = http.client.HTTPConnection(urlsplit(server.url).netloc, timeout=10)
    made.connect()
    yield server, made
    made.close()
    server.stop()


def ask(line, method, path, body=None):
    line.request(method, path, body, KEY)
    answer = line.getresponse()
    answer.read()
    return answer.status


def test_one_connection_carries_call_after_call(line):
    _, made = line
    first = made.sock
    assert ask(made, "POST", "/v1/payment_intents", "amount=500&currency=usd") == 200
    assert ask(made, "GET", "/v1/payment_intents") == 200
    assert made.sock is first


def test_a_body_that_nobody_reads_is_not_the_next_call(line):
    _, made = line
    assert ask(made, "POST", "/nowhere", "GET /v1/payment_intents HTTP/1.1\r\n\r\n") == 404
    assert ask(made, "GET", "/v1/payment_intents") == 200


def test_a_stopped_one_answers_nobody_it_was_connected_to(line):
    server, made = line
    assert ask(made, "GET", "/v1/payment_intents") == 200
    server.stop()
    with pytest.raises(http.client.RemoteDisconnected):
        ask(made, "GET", "/v1/payment_intents")
