"""Rings for facts, and the bell that sends a worker to all of them at once."""

from datetime import timedelta

import pytest

from app.core import events, outbox, queue
from app.core.queue import ERRANDS, EVENTS
from tests.races import race


@pytest.fixture
def heard(monkeypatch):
    """The facts that were heard, instead of hearing them; one of them fails."""
    acted = []

    def act(event_id):
        acted.append(event_id)
        if event_id == 13:
            raise OSError("too hot")

    monkeypatch.setattr(outbox, "hear", act)
    monkeypatch.setattr(outbox, "deliver", act)
    return acted


def jobs(quiet):
    """The functions that wait to be called: for events, and for errands."""
    return tuple([job.func_name for job in each.jobs] for each in queue.queues(quiet))


def test_a_bell_carries_nothing_but_its_limits(quiet):
    assert queue.ring(42)
    ((job,), nothing) = (each.jobs for each in queue.queues(quiet))
    assert nothing == []
    assert (job.func_name, list(job.args), job.timeout) == (queue.BELLS[EVENTS], [], queue.JOB_SECONDS)
    assert (job.result_ttl, job.failure_ttl) == (0, timedelta(days=1).total_seconds())


def test_one_bell_is_enough_for_all_that_is_told_before_a_worker_comes(quiet, heard):
    assert queue.ring(3)
    assert queue.ring(5, 4)
    assert queue.ring(7, errand=True)
    assert jobs(quiet) == ([queue.BELLS[EVENTS]], [queue.BELLS[ERRANDS]])
    assert queue.waiting() == {3, 4, 5, 7}
    outbox.hear_waiting()
    assert (heard, queue.waiting()) == ([3, 5, 4], {7})


def test_what_is_told_once_a_worker_has_heard_the_bell_rings_it_anew(quiet):
    queue.ring(3)
    for each in queue.queues(quiet):
        each.empty()  # a worker takes the bell
    queue.ring(4)
    assert jobs(quiet) == ([queue.BELLS[EVENTS]], [])
    assert [queue.take(EVENTS), queue.take(EVENTS), queue.take(EVENTS)] == [3, 4, None]


def test_long_work_that_waits_is_no_bell(quiet):
    queue.ask("app.core.batches.work", 99)
    queue.ring(7, errand=True)
    assert jobs(quiet) == ([], ["app.core.batches.work", queue.BELLS[ERRANDS]])
    assert queue.waiting() == {7}
    assert queue.health().waiting == 2  # the work and the ring; what calls to a ring is not counted beside it


def test_each_ring_is_taken_by_one_worker(quiet, shop):
    queue.ring(*range(100))
    taken = []

    def work():
        while (event_id := queue.take(EVENTS)) is not None:
            taken.append(event_id)

    assert race(shop, *[work] * 4) == [None] * 4
    assert sorted(taken) == list(range(100))


def test_what_fails_keeps_no_other_ring_waiting(quiet, heard):
    queue.ring(12, 13, 14)
    with pytest.raises(OSError, match="too hot"):
        outbox.hear_waiting()
    assert (heard, queue.waiting()) == ([12, 13, 14], set())


def test_an_errand_at_a_time_while_events_wait_and_all_of_them_when_none_does(quiet, heard):
    queue.ring(1, 2, 3, errand=True)
    queue.ring(9)
    queue.queues(quiet)[1].empty()  # a worker took that bell
    outbox.deliver_waiting()
    assert (heard, queue.is_quiet()) == ([1], False)
    assert jobs(quiet) == ([queue.BELLS[EVENTS]], [queue.BELLS[ERRANDS]])  # somebody will come for the others
    outbox.hear_waiting()
    outbox.deliver_waiting()
    assert (heard, queue.waiting()) == ([1, 9, 2, 3], set())


def test_after_a_shift_the_next_job_has_its_turn(quiet, heard, monkeypatch):
    monkeypatch.setattr(outbox, "SHIFT_SECONDS", -1)
    queue.ring(1, 2)
    queue.queues(quiet)[0].empty()
    outbox.hear_waiting()
    assert (heard, queue.waiting(), jobs(quiet)) == ([1], {2}, ([queue.BELLS[EVENTS]], []))


def test_nothing_is_rung_where_nothing_waits(quiet):
    queue.rouse()
    assert jobs(quiet) == ([], [])


def test_rings_whose_worker_died_are_heard_of_by_the_relay(quiet, shop, monkeypatch):
    """Its bell is gone with it, and what it did not come to waits on."""
    queue.ring(4711)
    queue.queues(quiet)[0].empty()
    monkeypatch.setattr(outbox, "glance", lambda *_: object())  # a fact is due
    outbox.relay()
    assert (queue.waiting(), jobs(quiet)) == ({4711}, ([queue.BELLS[EVENTS]], []))


def test_a_version_ago_a_ring_was_a_job_with_its_facts(quiet, shop):
    """Such jobs wait while a new version comes in: they are heard."""
    for function in ("hear", "deliver"):
        assert getattr(events, function)(4711) is None
