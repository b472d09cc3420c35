"""Live push: a hint that something moved, straight to Redis once it is committed.

Redis forgets what nobody heard, so a message carries no truth: who hears it reads the database.
"""

import json
from collections.abc import Iterator
from threading import Event
from time import monotonic

import structlog
from redis import Redis, RedisError
from redis import TimeoutError as RedisTimeout
from redis.backoff import NoBackoff
from redis.retry import Retry

from app.core.db import after_commit
from app.core.queue import doorbell

log = structlog.get_logger()
CHANNEL = "live"
DEAF_SECONDS = 3  # without a word: whoever lives answers a ping at once


def publish(topic: str, seq: int = 0) -> None:
    """Tell every socket process that `topic` (`order:12`, `store:3`) stands at `seq` now, after the commit."""
    after_commit(lambda: _send(topic, seq))


def _send(topic: str, seq: int) -> None:
    bell = doorbell()
    if bell.resting:
        return
    try:
        bell.redis.publish(CHANNEL, json.dumps({"topic": topic, "seq": seq}))
    except RedisError as error:
        bell.rest()
        log.warning("live_silent", topic=topic, error=type(error).__name__)


def heard(url: str, stop: Event, deaf: Event) -> Iterator[str | None]:
    """The topics that are published, as they come, until `stop` is set; None when some may have been missed.

    `deaf` is set while nothing can be heard. Survives a Redis that goes away, or stays and says nothing: it asks again
    every second, and says None once it listens anew.
    """
    while not stop.is_set():
        try:
            # No silent retries: a connection that was lost and made again has missed something.
            never, patience = Retry(NoBackoff(), 0), {"socket_connect_timeout": 2, "socket_timeout": DEAF_SECONDS}
            with Redis.from_url(url, retry=never, **patience) as redis:
                yield from _listen(redis, stop, deaf)
        except RedisError as error:
            deaf.set()
            log.warning("live_deaf", error=type(error).__name__)
            stop.wait(1)


def _listen(redis: Redis, stop: Event, deaf: Event) -> Iterator[str | None]:
    with redis.pubsub() as pubsub:  # type: ignore[no-untyped-call] # redis has no types here
        pubsub.subscribe(CHANNEL)
        heard_at = monotonic()
        while not stop.is_set():
            message = pubsub.get_message(timeout=1)
            if message is None:
                if monotonic() - heard_at > DEAF_SECONDS:
                    raise RedisTimeout("no answer to a ping")
                pubsub.ping()
                continue
            heard_at = monotonic()
            if message["type"] == "subscribe":
                deaf.clear()
                yield None
            elif message["type"] == "message":
                yield str(json.loads(message["data"])["topic"])
