"""The servers that are measured: the yardstick and the shop, each one gunicorn worker as in `make run`."""

import os
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from dev import memory, ports, processes, programs

HOST = "127.0.0.1"
THREADS = 8
ASK = b"GET /healthz HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n"


@dataclass(frozen=True, slots=True)
class Server:
    """A running server, and the processes it is made of."""

    name: str
    port: int
    pids: tuple[int, ...]

    @property
    def host(self) -> str:
        """As a browser says it."""
        return f"{HOST}:{self.port}"

    def cpu_seconds(self) -> float:
        """Processor time that its processes have used so far, to the nanosecond."""
        return sum(time.clock_gettime(_processor_clock(pid)) for pid in self.pids)


def _processor_clock(pid: int) -> int:
    """Linux's name for the processor-time clock of another process (clock_getcpuclockid(3))."""
    return (~pid << 3) | 2


def environment(folder: Path, database_url: str, redis_url: str) -> dict[str, str]:
    """What the shop is told: a place of its own, nobody to pay through. Limits are on, as for customers."""
    return {
        **os.environ,
        "HOTCORNER_ENV": "development",
        "SECRET_KEY": "of no use to anybody after this run",
        "DATABASE_URL": database_url,
        "REDIS_URL": redis_url,
        "STRIPE_SECRET_KEY": "sk_test_nobody",
        "STRIPE_PUBLISHABLE_KEY": "pk_test_nobody",
        "STRIPE_WEBHOOK_SECRET": "whsec_nobody",
        "STRIPE_API_BASE": "http://127.0.0.1:9",
        "STRIPE_JS_URL": "http://127.0.0.1:9/endive/stripe.js",
        "MAIL_URL": "console:",
        "MALLOC_ARENA_MAX": "1",
        "TMPDIR": str(folder),
    }


def prepare(folder: Path, environ: Mapping[str, str]) -> None:
    """Migrate and seed the database. Raises StartError."""
    log = folder / "prepare.log"
    process = processes.start(programs.flask("seed", "--migrate"), log, environ=environ)
    if process.wait():
        raise processes.StartError(f"flask seed failed.\n{processes.tail(log)}")


@contextmanager
def running(
    name: str, module: str, folder: Path, environ: Mapping[str, str], *more: str, threads: int = THREADS
) -> Iterator[Server]:
    """A server for the block: `create_app` of a module under gunicorn, with `more` options. Raises StartError."""
    port, log = ports.free_port(), folder / f"{name}.log"
    command = programs.gunicorn(HOST, port, "create_app()", threads=threads, module=module)
    process = processes.start([*command, *more], log, environ=environ)
    try:
        processes.wait_until(lambda: ports.answers(HOST, port, ASK, b"HTTP/1.1 "), process, name, log)
        yield Server(name, port, tuple(usage.pid for usage in memory.family(process.pid)))
    finally:
        processes.stop(process)
