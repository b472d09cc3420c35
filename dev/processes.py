"""Programs that we start: they never outlive us, and they are asked politely before they are made to stop."""

import ctypes
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Collection, Mapping, Sequence
from contextlib import AbstractContextManager, suppress
from pathlib import Path

PR_SET_PDEATHSIG = 1
TAIL_BYTES, TAIL_LINES = 4000, 5


class StartError(RuntimeError):
    """A program did not come up; the message says which, and ends with its last words."""


def start(
    command: Sequence[str | Path],
    log: Path,
    *,
    environ: Mapping[str, str] | None = None,
    user: str | None = None,
    keep_open: Collection[int] = (),
    farewell: signal.Signals = signal.SIGTERM,
) -> subprocess.Popen[bytes]:
    """Start `command` in a process group of its own, writing to the end of `log`.

    When this process dies, however it dies, the kernel sends `farewell` to the program (Linux only). Call it from the
    main thread: the kernel watches the thread that forked. `keep_open` are file descriptors that it inherits.
    """
    with log.open("ab") as sink:
        return subprocess.Popen(
            [str(word) for word in command],
            stdin=subprocess.DEVNULL,
            stdout=sink,
            stderr=subprocess.STDOUT,
            env=environ,
            user=user,
            start_new_session=True,
            pass_fds=keep_open,
            preexec_fn=_tether(farewell),  # noqa: PLW1509 - we fork from our only thread
        )


def stop(process: subprocess.Popen[bytes], farewell: signal.Signals = signal.SIGTERM, grace: float = 5) -> None:
    """Send `farewell`, wait up to `grace` seconds, then kill what is left of the program's whole group."""
    if process.poll() is None:
        process.send_signal(farewell)
        with suppress(subprocess.TimeoutExpired):
            process.wait(grace)
    kill_group(process)


def kill_group(process: subprocess.Popen[bytes]) -> None:
    """Kill the program and whatever it left in its group, and take its exit code so that no zombie stays."""
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def wait_until(
    ready: Callable[[], bool], process: subprocess.Popen[bytes], name: str, log: Path, seconds: float = 60
) -> None:
    """Return once `ready()` is true; raise StartError when the program ends before that, or takes too long."""
    deadline = time.monotonic() + seconds
    while not ready():
        if process.poll() is not None:
            raise StartError(f"{name} ended with code {process.returncode}.\n{tail(log)}")
        if time.monotonic() > deadline:
            raise StartError(f"{name} did not answer within {seconds:.0f} seconds.\n{tail(log)}")
        time.sleep(0.05)


def tail(log: Path) -> str:
    """The last few lines of a log, for a message."""
    with suppress(OSError):
        words = log.read_bytes()[-TAIL_BYTES:].decode(errors="replace").strip()
        return "\n".join(words.splitlines()[-TAIL_LINES:])
    return ""


def beside(context: AbstractContextManager[str], name: str, arguments: Sequence[str]) -> int:
    """Run a command while `context` lasts, with its value in the environment as `name`; gives the exit code."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    with context as value:
        command = arguments[1:] if arguments[:1] == ["--"] else arguments
        return subprocess.run(command, env={**os.environ, name: value}, check=False).returncode


def _tether(farewell: signal.Signals) -> Callable[[], None] | None:
    if sys.platform != "linux":
        return None
    parent = os.getpid()
    prctl = ctypes.CDLL(None).prctl

    def tether() -> None:
        prctl(PR_SET_PDEATHSIG, farewell.value, 0, 0, 0)
        if os.getppid() != parent:  # it died between the fork and the line above
            os._exit(1)

    return tether
