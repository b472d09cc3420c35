"""What push costs: how many sockets one process holds and how heavy each is, and how long a change takes to reach all
who follow an order, beside a bare asyncio server that sends frames of the same size in the same minute.
"""

import io
import json
import os
import resource
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager, redirect_stderr
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from statistics import median, quantiles
from typing import Any

from redis import Redis
from sqlalchemy import create_engine, text

from app.core import events
from app.core.db import after_commit, db, transaction
from app.core.settings import Settings
from app.orders.keys import tracking_key
from app.tracking import service as tracking
from bench import bare, bare_sockets, servers
from bench.programs import Program
from bench.servers import HOST
from dev import memory, ports, processes, programs
from dev.processes import StartError
from wsgi import create_app

FANS, MOST = (1_000, 5_000), 10_000
QUICK_FANS, QUICK_MOST = (20, 40), 60
OTHERS_AN_ORDER = 10
ROUNDS, QUICK_ROUNDS = 15, 2
READY_SECONDS = 0.05


@dataclass(frozen=True, slots=True)
class Fan:
    """One order with so many followers: milliseconds from the commit to each of them, and those of the bare server.

    Medians over the rounds.
    """

    followers: int
    frame_bytes: int
    p50: float
    p99: float
    bare_p50: float
    bare_p99: float

    @property
    def ratio(self) -> float:
        """By how much slower the slowest hear of it."""
        return self.p99 / self.bare_p99


@dataclass(frozen=True, slots=True)
class Push:
    """What one process held, and what stopped it; kB of each socket beyond the first few, and those of the bare one."""

    wanted: int
    held: int
    stopped_by: str
    files: int
    seconds: float
    kilobytes: float
    bare_kilobytes: float
    fans: tuple[Fan, ...]


class Crowd:
    """The followers, in a process of their own."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self._process = process

    def open(self, group: str, port: int, paths: list[str], number: int) -> dict[str, Any]:
        """Open so many more sockets."""
        self._say({"open": {"group": group, "port": port, "paths": paths, "number": number}})
        return self._answer()

    def hear(self, group: str, wanted: int, begin: Callable[[], float]) -> tuple[list[float], int]:
        """Milliseconds from what `begin` says until each of them heard, and the size of what they heard."""
        self._say({"hear": {"group": group, "wanted": wanted}})
        self._answer()
        time.sleep(READY_SECONDS)
        began = begin()
        answer = self._answer()
        if len(answer["times"]) < wanted:
            raise StartError(f"only {len(answer['times'])} of {wanted} followers heard; {answer['lost']} were lost")
        return [(heard - began) * 1000 for heard in answer["times"]], answer["size"]

    def _say(self, order: dict[str, Any]) -> None:
        if self._process.stdin is None:
            raise StartError("the followers have no ear")
        self._process.stdin.write(json.dumps(order) + "\n")
        self._process.stdin.flush()

    def _answer(self) -> dict[str, Any]:
        line = self._process.stdout.readline() if self._process.stdout else ""
        if not line:
            raise StartError("the followers are gone")
        answer: dict[str, Any] = json.loads(line)
        return answer


def measure(given: Mapping[str, str], folder: Path, *, quick: bool) -> Push:
    """Everything, on a prepared database. Raises StartError."""
    fans, most, rounds = (QUICK_FANS, QUICK_MOST, QUICK_ROUNDS) if quick else (FANS, MOST, ROUNDS)
    environ = {**given, "RATE_LIMITS": "off", "SOCKET_LIMIT": str(2 * most), "MAIL_URL": f"folder:{folder / 'mail'}"}
    (folder / "mail").mkdir(exist_ok=True)
    with redirect_stderr(io.StringIO()):  # the log is told where to write when the program is made
        app = create_app(settings=Settings.from_env(environ))
    with app.app_context(), _servers(environ, folder) as (ours, yardstick, crowd):
        order_id, others = _orders(environ, -(-(most - fans[-1]) // OTHERS_AN_ORDER))
        found, light, bare_light = [], 0.0, 0.0
        for followers in fans:
            _open(crowd, "shop", ours.port, [_path(order_id)], followers)
            _open(crowd, "bare", yardstick.port, ["/"], followers)
            light, bare_light = light or _weight(ours), bare_light or _weight(yardstick)
            found.append(_fan(crowd, environ["REDIS_URL"], order_id, followers, rounds))
        bare_heavy = _weight(yardstick)
        last = crowd.open("shop", ours.port, [_path(other) for other in others], most - fans[-1])
        heavy = _weight(ours)
        db.session.remove()
        db.engine.dispose()
    return Push(
        wanted=most,
        held=last["held"],
        stopped_by=last["error"],
        files=resource.getrlimit(resource.RLIMIT_NOFILE)[1],
        seconds=last["seconds"],
        kilobytes=(heavy - light) / (last["held"] - fans[0]),
        bare_kilobytes=(bare_heavy - bare_light) / (fans[-1] - fans[0]),
        fans=tuple(found),
    )


def _fan(crowd: Crowd, redis_url: str, order_id: int, followers: int, rounds: int) -> Fan:
    """The same change for both, turn by turn; the first turn does not count."""
    ours, bare_ones, size = [], [], 0
    with Redis.from_url(redis_url) as redis:
        for _ in range(rounds + 1):
            times, size = crowd.hear("shop", followers, partial(_write, order_id))
            ours.append(times)
            bare_ones.append(crowd.hear("bare", followers, partial(_publish, redis, size))[0])
    return Fan(followers, size, *_cuts(ours[1:]), *_cuts(bare_ones[1:]))


@contextmanager
def _servers(environ: Mapping[str, str], folder: Path) -> Iterator[tuple[servers.Server, servers.Server, Crowd]]:
    with ExitStack() as stack:
        started = []
        for name, command in (
            ("sockets", lambda port: programs.sockets(HOST, port)),
            ("bare", lambda port: [sys.executable, "-m", "bench.bare_sockets", str(port), environ["REDIS_URL"]]),
        ):
            port, log = ports.free_port(), folder / f"{name}.log"
            process = processes.start(command(port), log, environ=environ)
            stack.callback(processes.stop, process)
            processes.wait_until(lambda port=port: ports.answers(HOST, port), process, name, log)
            started.append(servers.Server(name, port, tuple(usage.pid for usage in memory.family(process.pid))))
        crowd = [sys.executable, "-m", "bench.followers"]
        followers = subprocess.Popen(crowd, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        stack.enter_context(followers)
        _apart([pid for server in started for pid in server.pids], followers.pid)
        yield started[0], started[1], Crowd(followers)


def _apart(server_pids: list[int], followers_pid: int) -> None:
    """A core for the followers alone, where there are two: elsewhere it is chance whether they wait for the server."""
    *others, last = sorted(os.sched_getaffinity(0))
    if others:
        os.sched_setaffinity(followers_pid, {last})
        for pid in server_pids:
            os.sched_setaffinity(pid, others)


def _open(crowd: Crowd, group: str, port: int, paths: list[str], wanted: int) -> None:
    """Open sockets until there are so many."""
    held = crowd.open(group, port, paths, 0)["held"]
    answer = crowd.open(group, port, paths, wanted - held)
    if answer["held"] < wanted:
        raise StartError(f"{group} held {answer['held']} sockets of {wanted}: {answer['error']}")


def _orders(environ: Mapping[str, str], others: int) -> tuple[int, list[int]]:
    """An order that hangs on a board, and so many more that only wait for one."""
    with redirect_stderr(io.StringIO()):
        Program(create_app(settings=Settings.from_env(environ))).checkout()
    engine = create_engine(environ["DATABASE_URL"])
    with engine.connect() as connection:
        order_id = connection.execute(text("SELECT max(id) FROM orders")).scalar_one()
        told = connection.execute(text("SELECT id FROM outbox WHERE done_at IS NULL")).scalars().all()
    for event_id in told:
        events.deliver(event_id)
    db.session.remove()
    rows = bare.rows_of(environ["DATABASE_URL"], order_id)
    for _ in range(others):
        bare.insert_for(environ["DATABASE_URL"], rows, 0)
    with engine.connect() as connection:
        after = {"order": order_id}
        more = list(connection.execute(text("SELECT id FROM orders WHERE id > :order"), after).scalars())
    engine.dispose()
    return order_id, more


def _path(order_id: int) -> str:
    return f"/ws/track/{order_id}-{tracking_key(order_id)}"


def _write(order_id: int) -> float:
    """Change what the tracker shows; the moment of the commit."""
    moments: list[float] = []
    with transaction():
        after_commit(lambda: moments.append(time.monotonic()))
        tracking.write_to_customer(order_id, f"It is {time.time_ns()} o’clock.", by="Bench")
    return moments[0]


def _publish(redis: Redis, size: int) -> float:
    moment = time.monotonic()
    redis.publish(bare_sockets.CHANNEL, str(size))
    return moment


def _cuts(rounds: list[list[float]]) -> tuple[float, float]:
    cuts = [quantiles(each, n=100, method="inclusive") for each in rounds]
    return median(each[49] for each in cuts), median(each[98] for each in cuts)


def _weight(server: servers.Server) -> float:
    """kB of the process that holds the sockets: the heaviest of the server's."""
    return max(usage.rss for usage in memory.family(server.pids[0]))
