"""A throw-away PostgreSQL: an own cluster in a temporary folder, on a socket that nobody else sees.

`python -m dev.postgres -- command ...` runs a command with one, at TEST_POSTGRES_URL.
"""

import os
import pwd
import re
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from dev import processes

# Durability is of no use to a cluster that lives for one test run.
SETTINGS = {
    "listen_addresses": "",
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "max_connections": "200",
    "shared_buffers": "64MB",
    "timezone": "UTC",
}


class MissingError(RuntimeError):
    """PostgreSQL's server programs are not on this machine."""


def binaries() -> Path:
    """The folder with `initdb` and `postgres`, newest version first; raises MissingError."""
    installed = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=_version, reverse=True)
    on_path = shutil.which("initdb")
    if not installed and not on_path:
        raise MissingError("PostgreSQL's server is not installed: apt-get install postgresql")
    return installed[0].parent if installed else Path(str(on_path)).resolve().parent


@contextmanager
def cluster() -> Iterator[str]:
    """A fresh cluster, stopped and deleted after the block; gives the URL of its maintenance database."""
    programs, user = binaries(), _user()
    with tempfile.TemporaryDirectory(prefix="hotcorner-pg-", ignore_cleanup_errors=True) as name:
        folder = Path(name)
        if user:
            shutil.chown(folder, user)
        log = folder / "log"
        _initialize(programs, folder, user)
        options = [word for key, value in SETTINGS.items() for word in ("-c", f"{key}={value}")]
        process = processes.start(
            [programs / "postgres", "-D", folder / "data", "-k", folder, *options],
            log,
            user=user,
            farewell=signal.SIGINT,  # the fast shutdown: it waits for nobody
        )
        try:
            processes.wait_until(lambda: _answers(programs, folder), process, "PostgreSQL", log, seconds=30)
            yield f"postgresql+psycopg://hotcorner@/postgres?host={folder}"
        finally:
            processes.stop(process, farewell=signal.SIGINT)


def _version(path: Path) -> int:
    found = re.search(r"/postgresql/(\d+)", str(path))
    return int(found[1]) if found else 0


def _user() -> str | None:
    """PostgreSQL refuses to run as root, so root lends it a name."""
    if os.geteuid():
        return None
    names = {entry.pw_name for entry in pwd.getpwall()}
    return "postgres" if "postgres" in names else "nobody"


def _initialize(programs: Path, folder: Path, user: str | None) -> None:
    options = ["--username=hotcorner", "--auth=trust", "--encoding=UTF8", "--locale=C", "--no-sync"]
    command = [str(programs / "initdb"), f"--pgdata={folder / 'data'}", *options]
    done = subprocess.run(command, cwd=folder, user=user, capture_output=True, text=True, check=False)
    if done.returncode:
        raise processes.StartError(f"PostgreSQL could not make a cluster.\n{done.stdout}{done.stderr}")


def _answers(programs: Path, folder: Path) -> bool:
    ask = [str(programs / "pg_isready"), f"--host={folder}", "--quiet"]
    return subprocess.run(ask, check=False).returncode == 0


if __name__ == "__main__":
    raise SystemExit(processes.beside(cluster(), "TEST_POSTGRES_URL", sys.argv[1:]))
