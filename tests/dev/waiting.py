"""Waiting for a condition, and for nothing else."""

import time


def eventually(condition, seconds=10):
    """Return what `condition()` gives once it is true; fails when that takes too long."""
    deadline = time.monotonic() + seconds
    while not (value := condition()):
        assert time.monotonic() < deadline, f"still not true after {seconds} s"
        time.sleep(0.02)
    return value
