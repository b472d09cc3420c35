"""The socket process as it really runs: gunicorn, gevent, signals."""

import os
import signal
from collections.abc import Callable, Iterator
from contextlib import closing
from http.client import HTTPConnection
from subprocess import Popen

import pytest

from app.core.db import transaction
from app.tracking import service as tracking
from app.tracking.service import Stage
from dev import ports, processes, programs
from tests.edges.sockets import Sockets, address, ended_with, frame_with, refused
from tests.factories.orders import placed

LIMIT = 6


@pytest.fixture
def start(shop, environment, tmp_path) -> Iterator[Callable[[int], Popen[bytes]]]:
    """Starts the real socket process on a port."""
    running = []
    settings = {**os.environ, **environment, "SOCKET_LIMIT": str(LIMIT)}

    def run(port: int) -> Popen[bytes]:
        log = tmp_path / f"sockets-{len(running)}.log"
        process = processes.start(programs.sockets("127.0.0.1", port), log, environ=settings)
        running.append(process)
        processes.wait_until(lambda: ports.answers("127.0.0.1", port), process, "sockets", log)
        return process

    yield run
    for process in running:
        processes.stop(process)


def healthy(port: int) -> bool:
    with closing(HTTPConnection("127.0.0.1", port, timeout=2)) as line:
        line.request("GET", "/healthz")
        return line.getresponse().status == 200


def tap(order_id: int, expected: Stage) -> None:
    with transaction():
        tracking.advance(order_id, expected, by="Beppe")


@pytest.mark.one_database  # the rush on PostgreSQL restarts the same process
def test_a_restart_says_good_bye_fast_and_the_page_comes_back_to_the_truth(start, work_off):
    order_id = placed()
    work_off()
    sockets = Sockets(ports.free_port())
    process = start(sockets.port)
    clients = [sockets.track(order_id) for _ in range(LIMIT // 2)]
    for client in clients:
        frame_with(client, "<h1>Order in</h1>")
    assert refused(sockets, f"/ws/track/{address(order_id)}") == 503
    assert healthy(sockets.port)  # a full room does not stop the process
    tap(order_id, Stage.RECEIVED)
    for client in clients:
        frame_with(client, "<h1>Making</h1>")

    process.send_signal(signal.SIGTERM)
    assert [ended_with(client) for client in clients] == [1001] * len(clients)
    assert process.wait(10) == 0

    tap(order_id, Stage.PREP)  # while nobody pushes
    start(sockets.port)
    client = sockets.track(order_id)
    frame_with(client, "<h1>In the oven</h1>")
    client.close()
