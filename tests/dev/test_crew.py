"""The launcher's crew: watched, started again, stopped in order, and never left behind."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from dev import memory, processes
from dev.crew import Crew
from tests.dev.waiting import eventually, gone

ROOT = Path(__file__).parents[2]
PATIENT = "import signal; signal.pause()"
STUBBORN = "import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('ready', flush=True); signal.pause()"


def python(code):
    return [sys.executable, "-c", code]


@pytest.fixture
def said():
    return []


@pytest.fixture
def crew(tmp_path, said):
    crew = Crew(tmp_path, said.append)
    yield crew
    crew.stop((list(crew.members), 0))


def test_a_program_that_dies_is_started_again_and_said_so(crew, said):
    crew.start("worker", python(PATIENT), os.environ)
    first = crew.members["worker"].process.pid
    os.kill(first, signal.SIGKILL)

    def back():
        crew.look_after()
        return crew.members["worker"].process.poll() is None and crew.members["worker"].process.pid != first

    eventually(back)
    assert said == ["worker   was killed by SIGKILL; starts again in 0.5 s"]


def test_a_program_that_keeps_dying_is_given_longer_and_longer_pauses(crew, said):
    crew.start("clock", python("raise SystemExit(3)"), os.environ)

    def three():
        crew.look_after()
        return len(said) == 3

    eventually(three)
    assert [line.rpartition(" in ")[2] for line in said] == ["0.5 s", "1 s", "2 s"]
    assert all("ended with code 3" in line for line in said)


def test_warnings_reach_the_terminal_and_all_lines_the_log(crew, said, tmp_path):
    lines = [
        "all is well",
        '{"level": "info", "event": "order_placed"}',
        '{"level": "warning", "event": "doorbell_silent", "error": "ConnectionError", "timestamp": "now"}',
        "[2026-11-22 20:15:01] [7] [ERROR] Worker failed to boot",
        "{not json",
    ]
    crew.start("web", python(f"import signal; print(*{lines!r}, sep='\\n', flush=True); signal.pause()"), os.environ)

    def both():
        crew.look_after()
        return len(said) == 2

    eventually(both)
    assert said[0] == "web      doorbell_silent  error=ConnectionError"
    assert said[1].endswith("Worker failed to boot")
    assert (tmp_path / "web.log").read_text().splitlines() == lines


def test_waves_end_one_after_the_other(crew, tmp_path):
    note = "import signal, sys, pathlib\ndef end(*_):\n    open({path!r}, 'a').write({name!r})\n    sys.exit()\n"
    note += "signal.signal(signal.SIGTERM, end)\nprint('ready', flush=True)\nsignal.pause()"
    for name in "abc":
        crew.start(name, python(note.format(path=str(tmp_path / "order"), name=name)), os.environ)
        eventually(lambda log=tmp_path / f"{name}.log": "ready" in log.read_text())
    crew.stop(("b", 5), ("c", 5), ("a", 5))
    assert (tmp_path / "order").read_text() == "bca"


def test_a_program_that_will_not_end_is_made_to_with_all_its_children(crew, tmp_path):
    family = f"import subprocess, sys\nsubprocess.Popen([sys.executable, '-c', {STUBBORN!r}])\n{STUBBORN}"
    crew.start("web", python(family), os.environ)
    eventually(lambda: (tmp_path / "web.log").read_text().count("ready") == 2)
    pids = [usage.pid for usage in memory.family(crew.members["web"].process.pid)]
    assert len(pids) == 2
    crew.stop((["web"], 0.1))
    eventually(lambda: all(gone(pid) for pid in pids))


def test_a_program_that_does_not_come_up_tells_its_last_words(crew):
    crew.start("web", python("raise SystemExit('no such table: orders')"), os.environ)
    with pytest.raises(processes.StartError, match=r"web ended with code 1\.\nno such table: orders"):
        crew.wait_for("web", lambda: False)


def test_a_killed_launcher_takes_its_programs_with_it(tmp_path):
    code = (
        "import os, signal; from pathlib import Path; from dev.crew import Crew\n"
        f"crew = Crew(Path({str(tmp_path)!r}), print)\n"
        f"crew.start('web', {python(PATIENT)!r}, os.environ)\n"
        "print(crew.members['web'].process.pid, flush=True)\n"
        "signal.pause()"
    )
    with subprocess.Popen(python(code), cwd=ROOT, stdout=subprocess.PIPE, text=True) as launcher:
        pid = int(launcher.stdout.readline())
        assert not gone(pid)
        launcher.kill()
        eventually(lambda: gone(pid))


def test_memory_is_counted_for_a_program_and_its_children(tmp_path):
    process = processes.start(python(PATIENT), tmp_path / "log")
    try:
        usage = eventually(lambda: [one for one in memory.family(os.getpid()) if one.pid == process.pid])[0]
        assert 0 < usage.pss <= usage.rss
        assert "all" in memory.table([usage])
    finally:
        before = time.monotonic()
        processes.stop(process)
    assert time.monotonic() - before < 5
