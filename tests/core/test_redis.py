"""Redis as the doorbell and the crier: told after the commit, never waited for."""

import json
import socket
import time

import pytest
import time_machine
from redis import Redis
from structlog.testing import capture_logs

from app.core import live, queue
from app.core.db import transaction

START = "2026-07-03T12:00:00+00:00"


@pytest.fixture
def heard(redis_url):
    """What a socket process hears."""
    with Redis.from_url(redis_url) as redis, redis.pubsub(ignore_subscribe_messages=True) as crier:
        crier.subscribe(live.CHANNEL)
        crier.get_message(timeout=5)

        def next_words():
            message = crier.get_message(timeout=0.5)
            return json.loads(message["data"]) if message else None

        yield next_words


@pytest.fixture
def deaf(shop, monkeypatch):
    monkeypatch.setitem(shop.extensions, "doorbell", queue.Doorbell("redis://127.0.0.1:9/0"))
    return shop.extensions["doorbell"]


def test_a_move_is_cried_after_the_commit(shop, heard):
    with transaction():
        live.publish("order:12", 3)
        assert heard() is None
    assert heard() == {"topic": "order:12", "seq": 3}


def test_nothing_is_cried_after_a_rollback(shop, heard):
    with pytest.raises(ZeroDivisionError), transaction():
        live.publish("order:12", 3)
        raise ZeroDivisionError
    assert heard() is None


def test_a_dead_redis_is_asked_once_and_then_left_alone_for_a_while(deaf):
    with time_machine.travel(START, tick=False) as moment, capture_logs() as logs:
        assert not queue.ring(1)
        assert deaf.resting
        live.publish("order:1", 1)
        assert not queue.ring(2)
        moment.shift(queue.REST)
        assert not deaf.resting
        live.publish("order:1", 2)
        assert deaf.resting
    assert [entry["event"] for entry in logs] == ["doorbell_silent", "live_silent"]


def test_a_hanging_redis_costs_a_second_at_most(shop, monkeypatch):
    with socket.create_server(("127.0.0.1", 0)) as silent:  # takes the call and never says a word
        bell = queue.Doorbell(f"redis://127.0.0.1:{silent.getsockname()[1]}/0")
        monkeypatch.setitem(shop.extensions, "doorbell", bell)
        started = time.perf_counter()
        assert not queue.ring(1)
        assert not queue.ring(2)
        assert time.perf_counter() - started < 4
        bell.redis.close()


def test_redis_is_asked_how_it_is(shop, deaf, monkeypatch):
    assert not queue.answers()
    monkeypatch.undo()
    assert queue.answers()
