"""Live push: a hint that something moved, straight to Redis once it is committed.

Redis forgets what nobody heard, so a message carries no truth: who hears it reads the database.
"""

import json

import structlog
from redis import RedisError

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
