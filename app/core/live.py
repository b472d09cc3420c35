"""Live push: a hint that something moved, straight to Redis once it is committed.

Redis forgets what nobody heard, so a message carries no truth: who hears it reads the database.
"""

import json
from collections.abc import Iterator
from threading import Event

import structlog
from redis import Redis, RedisError
from redis.backoff import NoBackoff
from redis.retry import Retry

from app.core.db import after_commit
from app.core.queue import doorbell

log = structlog.get_logger()
CHANNEL = "live"


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


def heard(url: str, stop: Event) -> Iterator[str | None]:
    """The topics that are published, as they come, until `stop` is set; None when some may have been missed.

    Survives a Redis that goes away: it asks again every second, and says None once it listens anew.
    """
    while not stop.is_set():
        try:
            # No silent retries: a connection that was lost and made again has missed something.
            never = Retry(NoBackoff(), 0)
            with Redis.from_url(url, retry=never, socket_connect_timeout=2, health_check_interval=10) as redis:
                yield from _listen(redis, stop)
        except RedisError as error:
            log.warning("live_deaf", error=type(error).__name__)
            stop.wait(1)


def _listen(redis: Redis, stop: Event) -> Iterator[str | None]:
    with redis.pubsub(ignore_subscribe_messages=True) as pubsub:  # type: ignore[no-untyped-call] # redis has no types here
        pubsub.subscribe(CHANNEL)
        pubsub.get_message(timeout=2)  # the answer to the subscription
        yield None
        while not stop.is_set():
            message = pubsub.get_message(timeout=1)
            if message is not None:
                yield str(json.loads(message["data"])["topic"])
