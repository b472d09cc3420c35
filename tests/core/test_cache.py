import contextlib
from datetime import timedelta

import time_machine

from app.core.cache import Memory

START = "2026-07-03T12:00:00+00:00"


def test_an_answer_is_worked_out_once_while_it_is_young():
    memory, made = Memory(most=2, age=timedelta(seconds=5)), []

    def make():
        made.append(1)
        return len(made)

    with time_machine.travel(START, tick=False) as moment:
        assert [memory.get("a", make), memory.get("a", make)] == [1, 1]
        moment.shift(timedelta(seconds=5))
        assert memory.get("a", make) == 2


def test_a_clock_that_was_set_back_makes_nothing_last_for_ever():
    memory = Memory(most=2, age=timedelta(seconds=5))
    with time_machine.travel(START, tick=False) as moment:
        memory.get("a", lambda: "future")
        moment.shift(-timedelta(hours=1))
        assert memory.get("a", lambda: "now") == "now"


def test_the_longest_kept_goes_first():
    memory = Memory(most=2, age=timedelta(hours=1))
    for key in ("a", "b", "a", "c"):
        memory.put(key, key)
    assert [memory.recall(key) for key in ("a", "b", "c")] == [("a",), None, ("c",)]


def test_a_failure_is_not_remembered():
    memory = Memory(most=2, age=timedelta(hours=1))
    with contextlib.suppress(ZeroDivisionError):
        memory.get("a", lambda: 1 // 0)
    assert memory.get("a", lambda: 1) == 1


def test_everything_can_be_forgotten():
    memory = Memory(most=2, age=timedelta(hours=1))
    memory.get("a", lambda: 1)
    memory.clear()
    assert memory.get("a", lambda: 2) == 2
