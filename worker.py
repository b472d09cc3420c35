"""Processes without an edge: `worker` acts on events, `clock` rings for what is undone and starts recurring work."""

import signal
import sys
import threading
import time
from collections.abc import Callable
from types import FrameType

import structlog
from flask import Flask
from redis.client import Pipeline
from rq import Queue, SimpleWorker
from rq.executions import Execution
from rq.job import Job
from rq.serializers import JSONSerializer

from app.core import batches, outbox, schedule
from app.core.db import db
from app.core.log import belongs_to
from app.core.queue import connection_for_worker, queues
from wsgi import create_app

log = structlog.get_logger()
TICK_SECONDS = 0.5
HEARTBEAT_SECONDS = 1.0


class EventWorker(SimpleWorker):
    """Acts on one event at a time in this very process; the program is imported once, not once a job."""

    max_connection_wait_time = 2.0  # seconds between tries while Redis is away; RQ's minute leaves a kitchen idle

    told = False  # to stop
    heard_of = 0.0  # when it last said that it lives

    def heartbeat(self, timeout: int | None = None, pipeline: Pipeline | None = None) -> None:
        """Say that it lives, for a minute and more: not four times a job, or it would say little else."""
        if pipeline is not None or time.monotonic() - self.heard_of > HEARTBEAT_SECONDS:
            self.heard_of = time.monotonic()
            super().heartbeat(timeout, pipeline)

    def handle_warm_shutdown_request(self) -> None:
        """Remember that this is meant."""
        self.told = True

    @property
    def connection_timeout(self) -> int:
        """Seconds after which a Redis that says nothing is gone: little more than the longest it may wait."""
        return self.dequeue_timeout + 2

    def perform_job(self, job: Job, queue: Queue, execution: Execution) -> bool:
        """Act in a fresh database session, with the job's id in every log line."""
        belongs_to(job_id=job.id)
        try:
            return super().perform_job(job, queue, execution)
        finally:
            db.session.remove()
            belongs_to()


def work() -> None:
    """Act on events until told to stop. Ends as a failure, to be started anew, when Redis goes in the middle of one."""
    connection = connection_for_worker()
    worker = EventWorker(
        queues(connection),
        connection=connection,
        serializer=JSONSerializer,
        worker_ttl=20,
        maintenance_interval=10,
        job_monitoring_interval=5,
    )
    worker.work(logging_level="WARNING")
    if not worker.told:
        raise SystemExit(1)


class Clock:
    """Ticks twice a second until it is told to stop; a failing tick is logged and the next one comes.

    Recurring work has a hand of its own: it may wait for others, and ringing for what is undone must not. What is slow
    has another one: an order that waits for its store's answer must not wait for the night's comparison.
    """

    def __init__(self, app: Flask) -> None:
        self.app = app
        self.stopped = threading.Event()

    def stop(self, _signal: int, _frame: FrameType | None) -> None:
        """Stop after this tick."""
        self.stopped.set()

    def run(self) -> None:
        """Ring again for undone events and long work, and start what is due."""
        signal.signal(signal.SIGTERM, self.stop)
        signal.signal(signal.SIGINT, self.stop)
        hands = [threading.Thread(target=self.go, args=(deed,)) for deed in (schedule.run_due, schedule.run_slow)]
        for hand in hands:
            hand.start()
        self.go(outbox.relay, batches.relay)
        for hand in hands:
            hand.join()

    def go(self, *deeds: Callable[[], object]) -> None:
        """Do all of them at each tick, in a context of their own."""
        with self.app.app_context():
            while not self.stopped.wait(TICK_SECONDS):
                try:
                    for deed in deeds:
                        deed()
                except Exception:
                    log.exception("tick_failed")
                finally:
                    db.session.remove()


def main(argument: str) -> None:
    """Run as `worker` or `clock`."""
    if argument not in {"worker", "clock"}:
        raise SystemExit("usage: python worker.py worker|clock")
    app = create_app("jobs")
    if argument == "clock":
        Clock(app).run()
    else:
        with app.app_context():
            work()


if __name__ == "__main__":
    main(sys.argv[1] if len(sys.argv) == 2 else "")
