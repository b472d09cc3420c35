"""Redis as the doorbell: it may lose every ring, the database remembers what is to be done."""

import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import TypeVar, cast

import structlog
from flask import Flask, current_app
from redis import Redis, RedisError
from rq import Queue, Worker
from rq.serializers import JSONSerializer

from app.core import clock
from app.core.failpoints import failpoint
from app.core.settings import settings

log = structlog.get_logger()
Answer = TypeVar("Answer")

# Who works takes from the first of these that has something: what waits for nobody, then what asks other programs.
EVENTS, ERRANDS = "events", "errands"
# The job of each that sends a worker to all rings that wait there (docs/decisions/0100).
BELLS = {EVENTS: "app.core.outbox.hear_waiting", ERRANDS: "app.core.outbox.deliver_waiting"}
BELL_NAMES = tuple(function.rpartition(".")[2] for function in BELLS.values())
JOB_SECONDS = 30
KEEP_FAILED_SECONDS = 86_400
REST = timedelta(seconds=5)


@dataclass(frozen=True, slots=True)
class QueueHealth:
    """What Redis knows of the work: rings and jobs that wait, jobs that failed in the last day, and workers that are
    there.
    """

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
    """Ask a worker to look at outbox rows. False when Redis did not hear: the relay will ring again.

    They are laid by for whoever comes, and a bell is rung only where none waits: however many facts are told while
    workers are busy, they come once (docs/decisions/0100).
    """
    failpoint("committed")
    name = ERRANDS if errand else EVENTS
    return _unless_silent(lambda redis: _lay_by(redis, *event_ids, name=name), otherwise=False)


def take(name: str) -> int | None:
    """Take the oldest ring that waits for events or errands: the outbox row that it is for. None when none waits, or
    Redis does not answer.
    """
    taken = _unless_silent(lambda redis: redis.lpop(_rings(name)), otherwise=None)
    return None if taken is None else int(cast("bytes", taken))


def rouse() -> None:
    """Ring the bell where rings wait and no bell does: whoever heard the last one is gone, or had to leave some."""
    for name in BELLS:
        _unless_silent(partial(_lay_by, name=name), otherwise=False)


def _lay_by(redis: Redis, *event_ids: int, name: str) -> bool:
    queue, rings = Queue(name, connection=redis, serializer=JSONSerializer), _rings(name)
    with redis.pipeline(transaction=False) as asked:
        asked.rpush(rings, *event_ids) if event_ids else asked.llen(rings)
        asked.lrange(queue.key, 0, -1)
        waiting, jobs = asked.execute()
    if waiting and not any(_is_bell(job_id.decode()) for job_id in jobs):
        _enqueue(queue, BELLS[name])
    return True


def ask(function: str, *row_ids: int) -> bool:
    """Ask a worker to call a function with the numbers of rows. False when Redis did not hear."""

    def enqueue(redis: Redis) -> bool:
        _enqueue(Queue(ERRANDS, connection=redis, serializer=JSONSerializer), function, *row_ids)
        return True

    return _unless_silent(enqueue, otherwise=False)


def _enqueue(queue: Queue, function: str, *row_ids: int) -> None:
    queue.enqueue(
        function,
        *row_ids,
        # What for, which rows, and something that makes it the only one of its name.
        job_id="-".join([function.rpartition(".")[2], *map(str, row_ids), secrets.token_hex(4)]),
        job_timeout=JOB_SECONDS,
        result_ttl=0,
        failure_ttl=KEEP_FAILED_SECONDS,
    )


def _is_bell(job_id: str) -> bool:
    return job_id.startswith(BELL_NAMES)


def _rings(name: str) -> str:
    return f"rings:{name}"


def _unless_silent(ask_it: Callable[[Redis], Answer], otherwise: Answer) -> Answer:
    """What Redis answers, or what is so while it does not, or rests."""
    bell = doorbell()
    if bell.resting:
        return otherwise
    try:
        return ask_it(bell.redis)
    except RedisError as error:
        bell.rest()
        log.warning("doorbell_silent", error=type(error).__name__)
        return otherwise


def hears() -> bool:
    """Whether a ring would be heard now; a Redis that is resting is not asked."""
    return _unless_silent(lambda redis: bool(redis.ping()), otherwise=False)


def waiting() -> set[int] | None:
    """The outbox rows whose rings wait to be heard; None when Redis does not answer, or rests."""
    return _unless_silent(lambda redis: {int(row_id) for name in BELLS for row_id in _laid_by(redis, name)}, None)


def _laid_by(redis: Redis, name: str) -> list[bytes]:
    return cast("list[bytes]", redis.lrange(_rings(name), 0, -1))


def is_quiet() -> bool:
    """Whether no event waits; not while Redis does not answer, or rests."""
    return _unless_silent(lambda redis: redis.llen(_rings(EVENTS)) == 0, otherwise=False)


def answers() -> bool:
    """Whether Redis answers right now."""
    try:
        return bool(doorbell().redis.ping())
    except RedisError:
        return False


def health() -> QueueHealth | None:
    """How the queue does right now; None while Redis does not answer."""
    return _unless_silent(_health, otherwise=None)


def _health(redis: Redis) -> QueueHealth:
    both = queues(redis)
    jobs = sum(not _is_bell(job_id) for queue in both for job_id in queue.get_job_ids())
    rings = sum(len(_laid_by(redis, name)) for name in BELLS)
    failed = sum(len(queue.failed_job_registry) for queue in both)
    return QueueHealth(jobs + rings, failed, Worker.count(queue=both[0]))
