"""Redis as the doorbell: it may lose every ring, the database remembers what is to be done."""

import secrets
from collections.abc import Iterable
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


def ring(*event_ids: int, errand: bool = False) -> bool:
    """Ask a worker to look at outbox rows. False when Redis did not hear: the relay will ring again."""
    failpoint("committed")
    if errand:
        return ask("app.core.events.deliver", *event_ids)
    return ask("app.core.events.hear", *event_ids, name=EVENTS)


def ask(function: str, *row_ids: int, name: str = ERRANDS) -> bool:
    """Ask a worker to call a function with the numbers of rows. False when Redis did not hear."""
    bell = doorbell()
    if bell.resting:
        return False
    try:
        Queue(name, connection=bell.redis, serializer=JSONSerializer).enqueue(
            function,
            *row_ids,
            job_id=_named(function, row_ids),
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


def _named(function: str, row_ids: Iterable[int]) -> str:
    """A ring's name: what for, which rows, and something that makes it the only one of its name."""
    return "_".join([function.rpartition(".")[2], *map(str, row_ids), secrets.token_hex(4)])


def waiting() -> list[str] | None:
    """The names of all rings that wait to be heard; None when Redis does not answer, or rests."""
    bell = doorbell()
    if bell.resting:
        return None
    try:
        return [name for queue in queues(bell.redis) for name in queue.get_job_ids()]
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


def rung_for(names: Iterable[str]) -> set[int]:
    """The outbox rows that rings of these names are for."""
    rings = (name.split("_") for name in names)
    return {int(row_id) for what, *row_ids, _ in rings if what in {"hear", "deliver"} for row_id in row_ids}


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
