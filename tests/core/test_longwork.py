"""Long work: counted in its row, batch by batch; killed, doubled or called off, nothing is done twice or half."""

from datetime import timedelta

import pytest
from sqlalchemy import func, select, update

from app.core import batches, clock, longwork, oldwork, queue
from app.core.db import db, transaction
from app.core.errors import Conflict, NotFound, Refusal
from app.core.longwork import Batch, Job, JobRow, JobState, Owner, Wanted
from app.core.schedule import ScheduleRow
from tests.factories.hands import Hands
from tests.factories.staff import lose, works_here
from tests.races import race

ANA = Owner(1, "edit_deals", "/somewhere/{id}")
EACH = 10


class KilledError(BaseException):
    """What a SIGKILL looks like from inside: nothing after it runs."""


def step(job: Job) -> Batch:
    """Writes a row for each number, ten a batch."""
    numbers = range(job.done, min(job.done + EACH, job.total))

    def write() -> None:
        for n in numbers:
            db.session.add(ScheduleRow(name=f"long {job.id} {n}", next_at=clock.now()))

    return Batch(numbers.stop, {"sum": job.carry.get("sum", 0) + sum(numbers)}, write)


@pytest.fixture
def kinds(shop, monkeypatch) -> dict:
    known = {"count": step}
    monkeypatch.setitem(shop.extensions, "long_work", known)
    works_here(ANA.user_id)
    return known


@pytest.fixture
def rung(monkeypatch) -> list[int]:
    heard: list[int] = []
    monkeypatch.setattr(queue, "ask", lambda _function, job_id: heard.append(job_id) or True)
    return heard


def begun(total: int = 35, kind: str = "count") -> int:
    with transaction():
        return longwork.begin(Wanted(kind, "Counting", "rows", total, ANA))


def written(job_id: int) -> int:
    db.session.rollback()
    return db.session.scalar(select(func.count()).where(ScheduleRow.name.startswith(f"long {job_id} "))) or 0


def fresh(job_id: int) -> Job:
    db.session.rollback()
    return longwork.job(job_id)


def test_it_is_done_batch_by_batch_and_carries_what_it_found(kinds, rung):
    made = begun()
    assert rung == [made]
    batches.work(made)
    job = fresh(made)
    assert (job.state, job.done, job.carry["sum"]) == (JobState.DONE, 35, sum(range(35)))
    assert written(made) == 35
    assert job.ended_at is not None


def test_work_with_nothing_in_it_is_over_at_once(kinds, rung):
    made = begun(0)
    batches.work(made)
    assert fresh(made).state is JobState.DONE


def test_it_gives_the_worker_back_after_a_second_and_rings_for_the_rest(kinds, rung, monkeypatch):
    monkeypatch.setattr(batches, "SLICE_SECONDS", -1)
    made = begun()
    for done in (10, 20, 30):
        batches.work(made)
        assert fresh(made).done == done
    assert rung == [made] * 4
    batches.work(made)
    assert (fresh(made).state, rung) == (JobState.DONE, [made] * 4)


def test_a_worker_that_dies_in_a_batch_leaves_none_of_it_and_the_next_one_goes_on(kinds, rung, monkeypatch):
    made = begun()

    def die(name: str) -> None:
        if name == "batch_written" and db.session.get_one(JobRow, made).done == 20:
            raise KilledError

    with monkeypatch.context() as patch:
        patch.setattr(batches, "failpoint", die)
        with pytest.raises(KilledError):
            batches.work(made)
    assert (fresh(made).done, written(made)) == (10, 10)
    batches.work(made)
    assert (fresh(made).state, written(made), fresh(made).carry["sum"]) == (JobState.DONE, 35, sum(range(35)))


def test_run_again_when_it_is_over_it_does_nothing(kinds, rung):
    made = begun()
    for _ in range(3):
        batches.work(made)
    assert written(made) == 35


def test_eight_workers_at_the_same_work_do_each_batch_once(shop, kinds, rung):
    made = begun(100)
    outcomes = race(shop, *[lambda: batches.work(made)] * 8)
    assert outcomes == [None] * 8
    batches.work(made)
    assert (fresh(made).state, written(made), fresh(made).carry["sum"]) == (JobState.DONE, 100, sum(range(100)))


def test_without_the_guard_two_workers_would_do_a_batch_twice(kinds, rung, monkeypatch):
    """The control of the race above: a batch that was taken up before another one counted is not counted."""
    made = begun()
    stale = fresh(made)
    batches.work(made)
    with transaction():
        assert batches._keep(stale, Batch(10)) is False
    with transaction():  # as if the row still stood where the slow one took it up
        db.session.execute(update(JobRow).where(JobRow.id == made).values(done=0, state=JobState.RUNNING))
    with transaction():
        assert batches._keep(stale, Batch(10)) is True


def test_called_off_it_stops_and_what_was_written_stays(kinds, rung, monkeypatch):
    monkeypatch.setattr(batches, "SLICE_SECONDS", -1)
    made = begun()
    batches.work(made)
    with transaction():
        longwork.cancel(made)
    batches.work(made)
    assert (fresh(made).state, fresh(made).done, written(made)) == (JobState.CANCELLED, 10, 10)
    with transaction():
        longwork.again(made)
    monkeypatch.setattr(batches, "SLICE_SECONDS", 1)
    batches.work(made)
    assert (fresh(made).state, written(made)) == (JobState.DONE, 35)


def test_a_batch_that_is_worked_out_while_it_is_called_off_is_not_written(kinds, rung):
    made = begun()

    def slow(job: Job) -> Batch:
        with transaction():
            longwork.cancel(job.id)
        return step(job)

    kinds["count"] = slow
    batches.work(made)
    assert (fresh(made).state, written(made)) == (JobState.CANCELLED, 0)


def test_what_fails_is_tried_five_times_and_then_says_how_far_it_came(kinds, rung):
    made = begun()

    def broken(job: Job) -> Batch:
        if job.done >= 10:
            raise RuntimeError("boom")
        return step(job)

    kinds["count"] = broken
    for _ in range(4):
        batches.work(made)
        assert fresh(made).state is JobState.RUNNING
    batches.work(made)
    job = fresh(made)
    assert (job.state, job.done, written(made)) == (JobState.FAILED, 10, 10)
    assert job.why == "It failed 5 times at the same place, after 10 rows."
    kinds["count"] = step
    with transaction():
        longwork.again(made)
    batches.work(made)
    assert (fresh(made).state, written(made)) == (JobState.DONE, 35)


def test_a_refusal_ends_it_in_its_own_words(kinds, rung):
    kinds["count"] = refuse
    made = begun()
    batches.work(made)
    assert (fresh(made).state, fresh(made).why) == (JobState.FAILED, "That deal is gone.")


def test_what_waits_for_a_word_begins_once(kinds, rung):
    with transaction():
        made = longwork.prepare(Wanted("count", "Counting", "rows", 5, ANA, sheet="a,b"))
    batches.work(made)
    assert (fresh(made).state, written(made), longwork.sheet(made)) == (JobState.CHECKED, 0, "a,b")
    with transaction():
        assert longwork.start(made)
    with transaction():
        assert not longwork.start(made)
    assert rung == [made]
    batches.work(made)
    assert (fresh(made).state, longwork.sheet(made)) == (JobState.DONE, "")


def sheet_begun(monkeypatch) -> int:
    """Work at a sheet, one batch of it done."""
    monkeypatch.setattr(batches, "SLICE_SECONDS", -1)
    with transaction():
        made = longwork.prepare(Wanted("count", "Counting", "rows", 35, ANA, sheet="Rosa,rosa@example.com"))
    with transaction():
        longwork.start(made)
    batches.work(made)
    return made


def test_a_sheet_that_is_put_aside_unstarted_is_dropped_at_once_and_cannot_begin(kinds, rung):
    with transaction():
        made = longwork.prepare(Wanted("count", "Counting", "rows", 5, ANA, sheet="a,b"))
    with transaction():
        longwork.cancel(made)
    assert (fresh(made).state, longwork.sheet(made), longwork.goes_on(made)) == (JobState.CANCELLED, "", False)
    db.session.rollback()
    with pytest.raises(Conflict), transaction():
        longwork.again(made)


def test_the_sheet_of_work_that_stopped_is_kept_for_a_day_to_go_on(kinds, rung, monkeypatch):
    hands = Hands(monkeypatch)
    called_off, failed, running = (sheet_begun(monkeypatch) for _ in range(3))
    with transaction():
        longwork.cancel(called_off)
    kinds["count"] = refuse
    batches.work(failed)
    hands.now += timedelta(hours=23)
    oldwork.forget_sheets()
    assert [longwork.sheet(made) != "" for made in (called_off, failed, running)] == [True] * 3
    assert longwork.goes_on(failed)
    hands.now += timedelta(hours=2)
    db.session.rollback()
    oldwork.forget_sheets()
    assert [longwork.sheet(made) != "" for made in (called_off, failed, running)] == [False, False, True]
    for made in (called_off, failed):
        db.session.rollback()
        assert not longwork.goes_on(made)
        db.session.rollback()
        with pytest.raises(Conflict), transaction():
            longwork.again(made)
    assert (fresh(failed).why, fresh(failed).done) == ("That deal is gone.", 10)


def refuse(job: Job) -> Batch:
    raise Refusal("no", "That deal is gone.")


def test_work_whose_starter_lost_the_right_to_it_ends_before_its_next_batch_counts(kinds, rung, monkeypatch):
    made = sheet_begun(monkeypatch)
    lose("Milo")
    batches.work(made)
    job = fresh(made)
    assert (job.state, job.done, written(made)) == (JobState.FAILED, 10, 10)
    assert job.why == "Whoever began this lost the right to it: write deals and give out codes."


def test_what_is_done_cannot_go_on(kinds, rung):
    made = begun()
    batches.work(made)
    with pytest.raises(Conflict), transaction():
        longwork.again(made)
    with transaction():
        longwork.cancel(made)
    assert fresh(made).state is JobState.DONE


def test_work_that_nobody_moves_is_rung_for_again(kinds, rung, monkeypatch):
    hands = Hands(monkeypatch)
    monkeypatch.setattr(queue, "hears", lambda: True)
    made = begun()
    assert batches.relay() == 0
    hands.move(seconds=6)
    assert batches.relay() == 1
    assert batches.relay() == 0
    assert rung == [made, made]
    batches.work(made)
    hands.move(minutes=5)
    assert batches.relay() == 0


def test_without_redis_it_waits_for_the_next_look(kinds, rung, monkeypatch):
    hands = Hands(monkeypatch)
    monkeypatch.setattr(queue, "hears", lambda: False)
    begun()
    hands.move(seconds=6)
    assert batches.relay() == 0


def test_the_pace_so_far_says_how_long_it_will_take(kinds, rung, monkeypatch):
    hands = Hands(monkeypatch)
    monkeypatch.setattr(batches, "SLICE_SECONDS", -1)
    made = begun(40)
    assert fresh(made).seconds_left is None
    hands.move(seconds=10)
    batches.work(made)
    assert fresh(made).seconds_left == 30
    assert fresh(made).href == f"/somewhere/{made}"


def test_news_is_what_runs_or_ended_unseen(kinds, rung):
    assert longwork.unseen(1) is None
    made = begun()
    assert longwork.unseen(1).id == made
    assert longwork.unseen(2) is None
    batches.work(made)
    assert longwork.unseen(1).over
    longwork.look_at(made)
    assert longwork.unseen(1) is None


def test_old_work_is_forgotten(kinds, rung, monkeypatch):
    hands = Hands(monkeypatch)
    with transaction():
        waiting = longwork.prepare(Wanted("count", "Counting", "rows", 5, ANA))
    over, running = begun(), begun()
    batches.work(over)
    hands.now += timedelta(days=2)
    oldwork.forget_sheets()
    oldwork.forget_old()
    with pytest.raises(NotFound):
        longwork.job(waiting)
    assert longwork.job(over).over
    hands.now += timedelta(days=90)
    oldwork.forget_old()
    with pytest.raises(NotFound):
        longwork.job(over)
    assert longwork.job(running).state is JobState.RUNNING


def test_a_ring_goes_to_the_function_that_works(shop, kinds, rung, redis_url):
    assert f"{batches.work.__module__}.{batches.work.__name__}" == longwork.CALL
