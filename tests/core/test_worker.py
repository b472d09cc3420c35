"""The clock: what waits for others never keeps it from ringing."""

import threading

import pytest

import worker
from app.core import outbox, schedule
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


def test_ringing_goes_on_while_recurring_work_waits_for_somebody(clock, monkeypatch):
    begun, answered, rung = threading.Event(), threading.Event(), threading.Semaphore(0)

    def ask_the_provider():
        begun.set()
        answered.wait(SECONDS)

    monkeypatch.setattr(schedule, "run_due", ask_the_provider)
    monkeypatch.setattr(outbox, "relay", rung.release)
    thread = run(clock)
    try:
        assert begun.wait(SECONDS)
        assert all(rung.acquire(timeout=SECONDS) for _ in range(20))
    finally:
        answered.set()
        clock.stop(0, None)
        thread.join(SECONDS)
    assert not thread.is_alive()


def test_a_tick_that_fails_is_followed_by_the_next(clock, monkeypatch):
    rung = threading.Semaphore(0)

    def fail():
        rung.release()
        raise OSError("no database")

    monkeypatch.setattr(outbox, "relay", fail)
    monkeypatch.setattr(schedule, "run_due", fail)
    thread = run(clock)
    assert all(rung.acquire(timeout=SECONDS) for _ in range(10))
    clock.stop(0, None)
    thread.join(SECONDS)
    assert not thread.is_alive()
