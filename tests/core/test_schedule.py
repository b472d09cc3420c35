from datetime import timedelta

import pytest
import time_machine
from structlog.testing import capture_logs

from app.core import schedule
from app.core.db import db
from app.core.schedule import Work
from tests.queries import counted
from tests.races import HANDS, race

START = "2026-07-03T12:00:00+00:00"


@pytest.fixture
def works(shop, monkeypatch):
    ran = []

    def plan(**named):
        monkeypatch.setitem(shop.extensions, "works", named)

    plan.ran = ran
    return plan


def tick():
    try:
        return schedule.run_due()
    finally:
        db.session.remove()


def test_work_runs_when_it_is_due_and_not_before(works):
    works(sweep=Work(lambda: works.ran.append("sweep"), timedelta(minutes=5)))
    with time_machine.travel(START, tick=False) as moment:
        assert tick() == ["sweep"]
        moment.shift(timedelta(minutes=4, seconds=59))
        assert tick() == []
        moment.shift(timedelta(seconds=1))
        assert tick() == ["sweep"]
    assert works.ran == ["sweep", "sweep"]


def test_what_may_wait_runs_for_the_first_time_after_its_time(works):
    works(sweep=Work(lambda: works.ran.append("sweep"), timedelta(hours=24), later=True))
    with time_machine.travel(START, tick=False) as moment:
        assert tick() == []
        moment.shift(timedelta(hours=23, minutes=59))
        assert tick() == []
        moment.shift(timedelta(minutes=1))
        assert tick() == ["sweep"]
    assert works.ran == ["sweep"]


def test_work_that_has_an_hour_comes_at_it_whenever_the_clock_was_started(works):
    works(compare=Work(lambda: works.ran.append("compare"), timedelta(hours=24), later=True, hour=9))
    with time_machine.travel(START, tick=False) as moment:
        assert tick() == []
        moment.move_to("2026-07-04T08:59:59+00:00")
        assert tick() == []
        for late in ("2026-07-04T09:00:00.4+00:00", "2026-07-05T21:07:00+00:00", "2026-07-06T09:00:00+00:00"):
            moment.move_to(late)
            assert (tick(), tick()) == (["compare"], [])


def test_slow_work_is_left_to_a_hand_of_its_own(works):
    works(
        compare=Work(lambda: works.ran.append("compare"), timedelta(minutes=5), slow=True),
        sweep=Work(lambda: works.ran.append("sweep"), timedelta(minutes=5)),
    )
    with time_machine.travel(START, tick=False):
        assert (tick(), tick()) == (["sweep"], [])
        assert (schedule.run_slow(), schedule.run_slow()) == (["compare"], [])
    assert works.ran == ["sweep", "compare"]


def test_a_clock_is_overdue_when_quick_work_waits_and_when_slow_work_waits_for_long(works):
    works(
        compare=Work(lambda: None, timedelta(hours=1), slow=True),
        sweep=Work(lambda: None, timedelta(minutes=1)),
    )
    with time_machine.travel(START, tick=False) as moment:
        assert schedule.overdue() == timedelta()
        tick()
        schedule.run_slow()
        moment.shift(timedelta(minutes=3))
        assert schedule.overdue() == timedelta(minutes=2)
        moment.shift(timedelta(hours=1, minutes=57))
        tick()
        assert schedule.overdue() == timedelta()  # another slow one may be at it
        moment.shift(timedelta(seconds=30))
        assert schedule.overdue() == timedelta(seconds=30)


def test_nothing_due_is_one_look_however_much_there_is(works):
    works(**{f"work {n}": Work(lambda: works.ran.append("ran"), timedelta(minutes=5)) for n in range(5)})
    with time_machine.travel(START, tick=False):
        tick()
        with counted() as sent:
            assert tick() == []
    assert (len(sent), len(works.ran)) == (1, 5)


def test_two_clocks_run_a_work_once(works, shop):
    works(sweep=Work(lambda: works.ran.append("sweep"), timedelta(minutes=5)))
    with time_machine.travel(START, tick=False) as moment:
        assert sorted(map(len, race(shop, *[schedule.run_due] * HANDS))) == [0] * (HANDS - 1) + [1]
        moment.shift(timedelta(minutes=6))
        assert sorted(map(len, race(shop, *[schedule.run_due] * HANDS))) == [0] * (HANDS - 1) + [1]
    assert works.ran == ["sweep", "sweep"]


def test_a_failing_work_hurts_neither_the_next_nor_its_own_next_turn(works):
    works(
        fail=Work(lambda: 1 // 0, timedelta(minutes=1)),
        sweep=Work(lambda: works.ran.append("sweep"), timedelta(minutes=1)),
    )
    with time_machine.travel(START, tick=False) as moment, capture_logs() as logs:
        assert tick() == ["fail", "sweep"]
        moment.shift(timedelta(minutes=1))
        assert tick() == ["fail", "sweep"]
    assert works.ran == ["sweep", "sweep"]
    assert [(entry["event"], entry["work"]) for entry in logs] == [("work_failed", "fail")] * 2


def test_a_clock_that_slept_does_not_make_up_for_lost_turns(works):
    works(sweep=Work(lambda: works.ran.append("sweep"), timedelta(minutes=1)))
    with time_machine.travel(START, tick=False) as moment:
        tick()
        moment.shift(timedelta(hours=8))
        assert tick() == ["sweep"]
        assert tick() == []


def test_an_idle_clock_writes_nothing(works):
    works(sweep=Work(lambda: works.ran.append("sweep"), timedelta(minutes=1)))
    with time_machine.travel(START, tick=False):
        tick()
        with counted() as sent:
            tick()
    assert [statement.split()[0] for statement in sent] == ["SELECT"]
