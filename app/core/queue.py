"""Redis as the doorbell: it may lose every ring, the database remembers what is to be done."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import cast

import structlog
from flask import Flask, current_app
from redis import Redis, RedisError
from rq import Queue, Worker
from rq.serializers import JSONSerializer

from app.core import clock
from app.core.failpoints import failpoint
from app.core.settings import settings

log = structlog.get_logger()

# Who works takes from the first of these that has something: what waits for nobody, then what asks other programs.
EVENTS, ERRANDS = "events", "errands"
JOB_SECONDS = 30
KEEP_FAILED_SECONDS = 86_400
REST = timedelta(seconds=5)


@dataclass(frozen=True, slots=True)
class QueueHealth:
    """What Redis knows of the work: rings that wait, those that failed in the last day, and workers that are there."""

    waiting: int
    failed: int
    workers: int


class Doorbell:
    """A Redis connection that gives up fast, and rests after a failure so that a dead Redis slows nobody down."""

    def __init__(self, url: str) -> None:
        self.redis = Redis.from_url(url, socket_connect_timeout=1, socket_timeout=1)
        self.resting_until: datetime | None = None

    @property
    def resting(self) -> bool:
        """Whether Redis failed so lately that it is not worth asking."""
        return self.resting_until is not None and clock.now() < self.resting_until

    def rest(self) -> None:
        """Leave Redis alone for a few seconds."""
        self.resting_until = clock.now() + REST


def init_app(app: Flask) -> None:
    """Give the program its connection to Redis; nothing is connected before it is used."""
    app.extensions["doorbell"] = Doorbell(app.extensions["settings"].redis_url)


def doorbell() -> Doorbell:
    """The running program's doorbell."""
    return cast("Doorbell", current_app.extensions["doorbell"])


def connection_for_worker() -> Redis:
    """A connection without the short time-outs, for the process that waits for jobs or messages."""
    return Redis.from_url(settings().redis_url)


def queues(connection: Redis) -> list[Queue]:
    """Where rings wait, the urgent ones first."""
    return [Queue(name, connection=connection, serializer=JSONSerializer) for name in (EVENTS, ERRANDS)]


def ring(event_id: int, *, errand: bool = False) -> bool:
    """Ask a worker to look at one outbox row. False when Redis did not hear: the relay will ring again."""
    failpoint("committed")
    return ask("app.core.events.deliver", event_id) if errand else ask("app.core.events.hear", event_id, EVENTS)


def ask(function: str, row_id: int, name: str = ERRANDS) -> bool:
    """Ask a worker to call a function with the number of a row. False when Redis did not hear."""
    bell = doorbell()
    if bell.resting:
        return False
    try:
        Queue(name, connection=bell.redis, serializer=JSONSerializer).enqueue(
            function,
            row_id,
            job_timeout=JOB_SECONDS,
            result_ttl=0,
            failure_ttl=KEEP_FAILED_SECONDS,
        )
    except RedisError as error:
        bell.rest()
        log.warning("doorbell_silent", error=type(error).__name__)
        return False
    return True


def hears() -> bool:
    """Whether a ring would be heard now; a Redis that is resting is not asked."""
    bell = doorbell()
    if bell.resting:
        return False
    if answers():
        return True
    bell.rest()
    return False


def waiting() -> int | None:
    """How many rings wait to be heard; None when Redis does not answer, or rests."""
    bell = doorbell()
    if bell.resting:
        return None
    try:
        return sum(queue.count for queue in queues(bell.redis))
    except RedisError:
        bell.rest()
        return None


def is_quiet() -> bool:
    """Whether no event waits; not while Redis does not answer, or rests."""
    bell = doorbell()
    if bell.resting:
        return False
    try:
        return queues(bell.redis)[0].is_empty()
    except RedisError:
        bell.rest()
        return False


def answers() -> bool:
    """Whether Redis answers right now."""
    try:
        return bool(doorbell().redis.ping())
    except RedisError:
        return False


def health() -> QueueHealth | None:
    """How the queue does right now; None while Redis does not answer."""
    bell = doorbell()
    if bell.resting:
        return None
    both = queues(bell.redis)
    try:
        failed = sum(len(queue.failed_job_registry) for queue in both)
        return QueueHealth(sum(queue.count for queue in both), failed, Worker.count(queue=both[0]))
    except RedisError:
        bell.rest()
        return None
