"""Where one run of the shop lives: its address, its folder, and the lock that keeps a second run out."""

import fcntl
import os
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from dev import ports

LAST_RUN_ENDS = 12.0
SIGN_INS = "sign-ins.json"


class NoPlaceError(RuntimeError):
    """The shop cannot open here; the message says why and what to do, for the person who typed `make run`."""


@dataclass(frozen=True, slots=True)
class Place:
    """Address of the shop, folder of its data, and the ports of its parts."""

    host: str
    port: int
    folder: Path
    sockets_port: int
    stripe_port: int
    redis_port: int

    @property
    def door(self) -> str:
        """The host at which this machine itself reaches the shop."""
        return "127.0.0.1" if self.host in {"0.0.0.0", "::"} else self.host  # noqa: S104 - compared, not bound

    @property
    def url(self) -> str:
        """The address to open in a browser on this machine."""
        host = self.door
        return f"http://{f'[{host}]' if ':' in host else host}:{self.port}"

    @property
    def database(self) -> Path:
        """The file of the embedded database."""
        return self.folder / "hotcorner.db"

    @property
    def database_url(self) -> str:
        """The same for SQLAlchemy."""
        return f"sqlite:///{self.database}"

    @property
    def sign_ins(self) -> Path:
        """The staff sign-ins of the embedded database."""
        return self.folder / SIGN_INS

    @property
    def mail(self) -> Path:
        """Where the mail goes that would go out."""
        return self.folder / "mail"

    @property
    def logs(self) -> Path:
        """Where each program writes its log."""
        return self.folder / "log"


def folder(environ: Mapping[str, str]) -> Path:
    """Where VAR wants the data to be."""
    return Path(environ.get("VAR") or "var").absolute()


def find(environ: Mapping[str, str]) -> Place:
    """The place that HOST, PORT, SOCKETS_PORT and VAR ask for; raises NoPlaceError when it cannot be had."""
    host, port = environ.get("HOST") or "127.0.0.1", _port(environ.get("PORT") or "8000")
    if why := ports.refusal(host, port):
        raise NoPlaceError(f"{why} Try PORT={ports.prefer(8080)} make run.")
    asked = environ.get("SOCKETS_PORT")
    return Place(
        host=host,
        port=port,
        folder=folder(environ),
        sockets_port=_port(asked) if asked else ports.prefer(port + 1, host),
        stripe_port=ports.prefer(port + 2),
        redis_port=ports.prefer(port + 3),
    )


def claim(spot: Path) -> int:
    """Make the folder and lock it; gives the lock's file descriptor.

    Every program of the run inherits it, so the folder stays claimed until the last of them is gone. Raises
    NoPlaceError when another run has it, or when we may not write there.
    """
    try:
        spot.mkdir(mode=0o700, parents=True, exist_ok=True)
        for name in ("log", "redis"):
            (spot / name).mkdir(exist_ok=True)
        lock = os.open(spot / "lock", os.O_RDWR | os.O_CREAT, 0o600)
    except OSError as error:
        why = (error.strerror or "no reason given").lower()
        raise NoPlaceError(f"{spot} cannot hold the data: {why}. Try VAR=/tmp/hotcorner make run.") from error
    deadline = time.monotonic() + LAST_RUN_ENDS
    while not _locked(lock):
        owner = os.pread(lock, 20, 0).decode().strip()
        if alive(owner) or time.monotonic() > deadline:
            os.close(lock)
            raise NoPlaceError(f"Another run (process {owner}) uses {spot}. Try VAR=var2 PORT=8080 make run.")
        time.sleep(0.1)  # that run was killed, and its programs are on their way out
    os.ftruncate(lock, 0)
    os.pwrite(lock, f"{os.getpid()}\n".encode(), 0)
    return lock


def alive(pid: str) -> bool:
    """Whether a process of this number is there."""
    try:
        os.kill(int(pid), 0)
    except (ValueError, ProcessLookupError):
        return False
    except PermissionError:
        return True
    return True


def _locked(lock: int) -> bool:
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _port(text: str) -> int:
    if not text.isascii() or not text.isdigit() or not 0 < int(text) < 65536:
        raise NoPlaceError(f"{text!r} is not a port: it is a number from 1 to 65535.")
    return int(text)


def main() -> int:
    """Check the place before the long work of installing; says what is wrong with it, if anything."""
    try:
        os.close(claim(folder(os.environ)))
        find(os.environ)
    except NoPlaceError as error:
        print(error, file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
