"""What gunicorn does here besides its options: a process of threads keeps to one core (docs/decisions/0096)."""

import os
from collections import Counter
from collections.abc import Collection, Iterable
from typing import Any

from gunicorn.workers.gthread import ThreadWorker


def post_fork(server: Any, worker: Any) -> None:
    """Keep a process of threads to the core that the fewest of its siblings have; where there is a choice, any.

    Only one of its threads runs Python at a time. Where they share a core, one hands over to the next without waking
    another core up for it, which costs more than most of them do in their turn.
    """
    if not isinstance(worker, ThreadWorker) or not hasattr(os, "sched_setaffinity"):
        return
    cores = sorted(os.sched_getaffinity(0))
    first = os.getpid() % len(cores)  # programs beside this one do not all begin with the same
    core = freest(cores[first:] + cores[:first], [_cores_of(pid) for pid in server.WORKERS])
    os.sched_setaffinity(0, {core})


def freest(cores: Iterable[int], taken: Iterable[Collection[int]]) -> int:
    """The core that the fewest processes keep to, the first one of several; one that roams over more keeps to none."""
    held = Counter(next(iter(each)) for each in taken if len(each) == 1)
    return min(cores, key=held.__getitem__)


def _cores_of(pid: int) -> Collection[int]:
    try:
        return os.sched_getaffinity(pid)
    except ProcessLookupError:  # it has just ended
        return ()
