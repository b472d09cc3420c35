import signal
import sys
from subprocess import PIPE, Popen
from threading import Thread

import pytest

from app.core import turns
from app.core.db import db, transaction
from app.core.schedule import ScheduleRow
from app.core.turns import Turns
from tests import databases

NEIGHBOUR = """
import sys
from app.core.turns import Turns
line = Turns(sys.argv[1])
print("here", flush=True)
for n in range({turns}):
    end = line.take()
    print(n, flush=True)
    {meanwhile}
    end()
"""


@pytest.fixture
def path(tmp_path):
    return str(tmp_path / "shop.db")


@pytest.fixture
def neighbour(path):
    """Another process in the same line."""
    started = []

    def start(meanwhile, turns=1):
        code = NEIGHBOUR.format(meanwhile=meanwhile, turns=turns)
        started.append(Popen([sys.executable, "-c", code, path], stdin=PIPE, stdout=PIPE, text=True))
        assert started[-1].stdout.readline() == "here\n"
        return started[-1]

    yield start
    for process in started:
        process.kill()
        process.communicate()


def test_another_process_waits_until_the_turn_is_over(path, neighbour):
    line = Turns(path)
    end = line.take()
    other = neighbour("pass")
    said = []
    reader = Thread(target=lambda: said.append(other.stdout.readline()))
    reader.start()
    reader.join(0.5)
    assert said == []
    end()
    reader.join()
    assert said == ["0\n"]


def test_whoever_waits_comes_between_the_turns_of_one_who_comes_back_at_once(path, neighbour):
    busy = neighbour("import time; time.sleep(0.05)", turns=400)
    busy.stdout.readline()
    Turns(path).take()
    busy.kill()
    assert len(busy.stdout.readlines()) < 40


def test_the_turn_of_a_process_that_was_killed_is_over(path, neighbour):
    other, taken = neighbour("sys.stdin.read()"), []
    other.stdout.readline()
    waits = Thread(target=lambda: taken.append(Turns(path).take()), daemon=True)
    waits.start()
    waits.join(0.2)
    assert taken == []
    other.send_signal(signal.SIGKILL)
    waits.join(30)
    assert len(taken) == 1
    taken[0]()


def test_one_thread_of_a_process_has_the_turn(path):
    line, taken = Turns(path), []
    end = line.take()
    thread = Thread(target=lambda: taken.append(line.take()))
    thread.start()
    thread.join(0.2)
    assert taken == []
    end()
    thread.join()
    assert len(taken) == 1


def test_whoever_waits_in_vain_goes_on_and_takes_nobodys_turn(path, monkeypatch):
    monkeypatch.setattr(turns, "PATIENCE_SECONDS", 0.01)
    line = Turns(path)
    end = line.take()
    line.take()()
    line.take()()
    assert line._here.locked()
    end()
    assert not line._here.locked()


@pytest.fixture
def ended(monkeypatch):
    """What a line was asked, in order."""
    told, take = [], Turns.take

    def note(line):
        told.append("taken")
        end = take(line)

        def noted():
            told.append("over")
            end()

        return noted

    monkeypatch.setattr(Turns, "take", note)
    return told


def test_a_unit_of_work_has_a_turn_from_its_first_statement_to_its_end(shop, ended):
    lines = int(databases.KIND == "sqlite")  # PostgreSQL has a lock for each row
    with transaction():
        assert ended == []
        db.session.get(ScheduleRow, "bake")
        db.session.get(ScheduleRow, "fry")
        assert ended == ["taken"] * lines
    assert ended == ["taken", "over"] * lines
    with pytest.raises(LookupError), transaction():
        db.session.get(ScheduleRow, "bake")
        raise LookupError
    assert ended == ["taken", "over"] * 2 * lines
    db.session.get(ScheduleRow, "bake")
    assert ended == ["taken", "over"] * 2 * lines


def test_a_unit_of_work_that_asks_nothing_takes_no_turn(shop, ended):
    with transaction():
        pass
    assert ended == []
