"""Which core a web process keeps to, under the gunicorn that really runs."""

import os
import runpy
import signal
import sys
from collections.abc import Collection
from pathlib import Path

import pytest

from dev import memory, ports, processes
from tests.dev.waiting import eventually

CONFIG = runpy.run_path(str(Path(__file__).parents[2] / "gunicorn.conf.py"))
HERE = os.sched_getaffinity(0)


@pytest.mark.parametrize(
    ("taken", "core"),
    [
        ([], 2),
        ([{2}], 3),
        ([{2}, {3}], 0),
        ([{0}, {1}, {2}, {3}, {3}], 2),
        ([{0, 1, 2, 3}, {2, 3}, ()], 2),
    ],
    ids=["nobody", "one", "two", "all, one twice", "only some that roam"],
)
def test_the_freest_core_is_taken_and_of_several_the_first(taken, core):
    assert CONFIG["freest"]([2, 3, 0, 1], taken) == core


def cores_of_workers(pid: int) -> dict[int, Collection[int]]:
    """Where the processes that a gunicorn started may run."""
    return {one.pid: os.sched_getaffinity(one.pid) for one in memory.family(pid) if one.pid != pid}


@pytest.fixture
def serve(tmp_path):
    """A gunicorn with two processes of a kind, both of which are there; gives its pid."""
    started = []

    def start(*options: str) -> int:
        port, log = ports.free_port(), tmp_path / "gunicorn.log"
        command = [sys.executable, "-m", "gunicorn", "bench.hello:create_app()", "--bind", f"127.0.0.1:{port}"]
        process = processes.start([*command, "--workers", "2", "--no-control-socket", *options], log)
        started.append(process)
        ask = f"GET / HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nConnection: close\r\n\r\n".encode()
        processes.wait_until(lambda: ports.answers("127.0.0.1", port, ask, b"HTTP/1.1 200"), process, "hello", log)
        eventually(lambda: len(cores_of_workers(process.pid)) == 2)
        return process.pid

    yield start
    for process in started:
        processes.stop(process)


def apart(pid: int, without: int = 0) -> bool:
    """Whether there are two processes that keep to one core each, and not to the same where there are more."""
    found = cores_of_workers(pid)
    cores = {core for each in found.values() for core in each}
    alone = all(len(each) == 1 for each in found.values())
    return len(found) == 2 and without not in found and alone and len(cores) == min(2, len(HERE))


def test_processes_of_threads_keep_to_different_cores_also_after_one_died(serve):
    pid = serve("--worker-class", "gthread", "--threads", "4")
    assert eventually(lambda: apart(pid))
    victim = next(iter(cores_of_workers(pid)))
    os.kill(victim, signal.SIGKILL)
    assert eventually(lambda: apart(pid, without=victim))


def test_processes_of_one_thread_roam(serve):
    pid = serve("--worker-class", "gevent")
    assert [set(cores) for cores in cores_of_workers(pid).values()] == [HERE, HERE]
