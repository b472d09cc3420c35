"""`make run` itself: the real shop, opened, used for a moment, closed, and opened again on the same data."""

import http.client
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from dev import memory, ports
from tests.dev.waiting import eventually, gone

ROOT = Path(__file__).parents[2]
OURS = ("PORT", "VAR", "HOST", "SOCKETS_PORT", "REDIS_URL", "DATABASE_URL", "STRIPE_SECRET_KEY", "HOTCORNER_ENV")
MOST_MEMORY_KB = 400 * 1024


class Run:
    """One `python -m dev.up`, as a person at a terminal has it."""

    def __init__(self, folder, port):
        environ = {name: value for name, value in os.environ.items() if name not in OURS}
        environ |= {"PORT": str(port), "VAR": str(folder), **memory.without_tools(folder.with_suffix(".without"))}
        self.port, self.said = port, folder.with_suffix(".said")
        self.sink = self.said.open("w")
        self.process = subprocess.Popen(
            [sys.executable, "-m", "dev.up"], cwd=ROOT, env=environ, stdout=self.sink, stderr=subprocess.STDOUT
        )

    def is_open(self):
        assert self.process.poll() is None, self.said.read_text()
        return "Ctrl-C closes the shop" in self.said.read_text()

    def get(self, path):
        line = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
        try:
            line.request("GET", path)
            return line.getresponse().status
        except OSError:  # a program that dies hangs up on whoever it has just let in
            return None
        finally:
            line.close()

    def family(self):
        return memory.family(self.process.pid)


@pytest.fixture
def start(tmp_path):
    runs = []

    def start():
        run = Run(tmp_path / "var", ports.free_port())
        runs.append(run)
        eventually(run.is_open, seconds=60)
        return run

    yield start
    for run in runs:
        run.process.kill()
        run.process.wait()
        run.sink.close()


def test_the_shop_opens_fits_in_memory_closes_in_time_and_keeps_its_data_whatever_dies(start, tmp_path):
    first = start()
    assert first.get("/healthz") == 200
    people = json.loads((tmp_path / "var" / "sign-ins.json").read_text())
    assert all(person["password"] in first.said.read_text() for person in people)
    family = first.family()
    assert sum(one.pss for one in family) < MOST_MEMORY_KB, memory.table(family)

    asked = time.monotonic()
    first.process.send_signal(signal.SIGINT)
    assert first.process.wait(timeout=10) == 0
    assert time.monotonic() - asked < 10
    assert [one for one in family if not gone(one.pid)] == []

    second = start()
    assert json.loads((tmp_path / "var" / "sign-ins.json").read_text()) == people
    assert all(person["password"] in second.said.read_text() for person in people)
    a_killed_program_comes_back(second)
    a_killed_launcher_leaves_nothing_behind(second)


def a_killed_program_comes_back(run):
    web = next(one.pid for one in run.family() if "gunicorn" in one.name and str(run.port) in one.name)
    os.kill(web, signal.SIGKILL)
    eventually(lambda: "was killed by SIGKILL; starts again" in run.said.read_text())
    eventually(lambda: web not in {one.pid for one in run.family()})
    eventually(lambda: run.get("/healthz") == 200, seconds=30)


def a_killed_launcher_leaves_nothing_behind(run):
    family = run.family()
    run.process.kill()
    run.process.wait()
    eventually(lambda: all(gone(one.pid) for one in family), seconds=15)
