"""The clock: what waits for others never keeps it from ringing. A worker: a silent Redis does not end it."""

import os
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

import pytest
from sqlalchemy import select

import worker
from app.core import outbox, queue, schedule
from app.core.db import db
from app.core.events import OutboxRow
from app.core.schedule import Work
from app.orders.events import OrderPlaced
from app.tracking import service as tracking
from dev import processes, programs
from tests.edges.sockets import until
from tests.factories.orders import placed
from tests.races import SECONDS


@pytest.fixture
def clock(app, monkeypatch):
    monkeypatch.setattr(worker, "TICK_SECONDS", 0.01)
    monkeypatch.setattr(worker.signal, "signal", lambda *_: None)
    return worker.Clock(app)


def run(clock):
    """The clock in a thread of its own, until it is stopped."""
    thread = threading.Thread(target=clock.run)
    thread.start()
    return thread


class Provider:
    """Somebody who is asked, and answers when all that is to be seen meanwhile was seen."""

    def __init__(self) -> None:
        self.asked, self.answered = threading.Event(), threading.Event()

    def ask(self) -> None:
        self.asked.set()
        self.answered.wait(SECONDS)

    @contextmanager
    def silent(self, clock) -> Iterator[None]:
        """For the block, a clock runs one of whose hands waits for the answer."""
        thread = run(clock)
        try:
            assert self.asked.wait(SECONDS)
            yield
        finally:
            self.answered.set()
            clock.stop(0, None)
            thread.join(SECONDS)
        assert not thread.is_alive()


@pytest.mark.parametrize("hand", ["run_due", "run_slow"])
def test_ringing_goes_on_while_recurring_work_waits_for_somebody(clock, monkeypatch, hand):
    provider, rung = Provider(), threading.Semaphore(0)
    for name in ("run_due", "run_slow"):
        monkeypatch.setattr(schedule, name, provider.ask if name == hand else lambda: None)
    monkeypatch.setattr(outbox, "relay", rung.release)
    with provider.silent(clock):
        assert all(rung.acquire(timeout=SECONDS) for _ in range(20))


def test_quick_work_goes_on_while_slow_work_waits_for_somebody(shop, clock, monkeypatch):
    provider, looked = Provider(), threading.Semaphore(0)
    works = {"compare": Work(provider.ask, timedelta(), slow=True), "escalate": Work(looked.release, timedelta())}
    monkeypatch.setitem(shop.extensions, "works", works)
    with provider.silent(clock):
        assert all(looked.acquire(timeout=SECONDS) for _ in range(5))


def test_a_tick_that_fails_is_followed_by_the_next(clock, monkeypatch):
    rung = threading.Semaphore(0)

    def fail():
        rung.release()
        raise OSError("no database")

    monkeypatch.setattr(outbox, "relay", fail)
    for name in ("run_due", "run_slow"):
        monkeypatch.setattr(schedule, name, fail)
    thread = run(clock)
    assert all(rung.acquire(timeout=SECONDS) for _ in range(10))
    clock.stop(0, None)
    thread.join(SECONDS)
    assert not thread.is_alive()


def has_ticket(order_id):
    found = tracking.stages([order_id])
    db.session.rollback()
    return order_id in found


@pytest.mark.one_database  # it is about Redis; an outage of it is told on both
def test_a_worker_gives_a_silent_redis_up_and_works_on_when_it_speaks(
    shop, environment, other_redis, monkeypatch, tmp_path
):
    url, start = other_redis
    redis, log = start(), tmp_path / "worker.log"
    bell = queue.Doorbell(url)
    monkeypatch.setitem(shop.extensions, "doorbell", bell)
    order_id = placed()
    bell.redis.flushdb()
    process = processes.start(
        programs.job_process("worker"), log, environ={**os.environ, **environment, "REDIS_URL": url}
    )
    try:
        until(lambda: any(client["cmd"] in {"blpop", "blmove"} for client in bell.redis.client_list()), 60)
        redis.send_signal(signal.SIGSTOP)
        until(lambda: "could not connect" in log.read_text(), 30)
        redis.send_signal(signal.SIGCONT)
        until(queue.answers)
        event_id = db.session.scalars(select(OutboxRow.id).where(OutboxRow.kind == OrderPlaced.kind)).one()
        db.session.rollback()
        assert queue.ring(event_id)
        until(lambda: has_ticket(order_id), 30)
        assert process.poll() is None
    finally:
        redis.send_signal(signal.SIGCONT)
        processes.stop(process)
        bell.redis.close()


def test_a_worker_says_that_it_lives_once_a_second_at_most(shop, monkeypatch):
    told = []
    monkeypatch.setattr(worker.SimpleWorker, "heartbeat", lambda _self, *_more: told.append("lives"))
    shop_queues = queue.queues(queue.doorbell().redis)
    one = worker.EventWorker(shop_queues, connection=queue.doorbell().redis)
    one.heartbeat()
    one.heartbeat()
    assert told == ["lives"]
    one.heard_of -= 2 * worker.HEARTBEAT_SECONDS
    one.heartbeat()
    assert told == ["lives"] * 2
