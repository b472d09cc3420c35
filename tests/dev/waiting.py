"""Waiting for a condition, and for nothing else."""

import time
from pathlib import Path


def eventually(condition, seconds=10):
    """Return what `condition()` gives once it is true; fails when that takes too long."""
    deadline = time.monotonic() + seconds
    while not (value := condition()):
        assert time.monotonic() < deadline, f"still not true after {seconds} s"
        time.sleep(0.02)
    return value


def gone(pid):
    """Whether a process has ended; one that only waits to be buried counts as gone."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "Z"
    except OSError:
        return True
