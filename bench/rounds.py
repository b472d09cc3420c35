"""Measuring: every case once a round, one after the other, so that a busy minute of the machine falls on all alike."""

import dataclasses
import json
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from statistics import median, quantiles
from typing import Any

from bench.cases import Case
from bench.client import Order

CONNECTIONS = 16


class Client:
    """The load client in its own process."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self._process = process

    def carry_out(self, order: Order) -> dict[str, Any]:
        """What came of an order (client.Outcome). Raises RuntimeError with the client's words."""
        orders, outcomes = self._process.stdin, self._process.stdout
        if orders is None or outcomes is None:
            raise RuntimeError("the client has no pipes")
        orders.write(json.dumps(dataclasses.asdict(order)) + "\n")
        orders.flush()
        outcome: dict[str, Any] = json.loads(outcomes.readline() or '{"error": "the client is gone"}')
        if "error" in outcome:
            raise RuntimeError(outcome["error"])
        return outcome


@contextmanager
def client() -> Iterator[Client]:
    """A client for the block; it ends with its standard input."""
    command = [sys.executable, "-m", "bench.client"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        yield Client(process)


@dataclass(frozen=True, slots=True)
class Sample:
    """One case in one round. Times in milliseconds, CPU for each request on the server's and the client's side."""

    rate: float
    cpu_ms: float
    client_cpu_ms: float
    p50_ms: float
    p99_ms: float
    kilobytes: float


def run(client: Client, cases: Sequence[Case], rounds: int, seconds: float) -> dict[str, list[Sample]]:
    """The samples of every case by its key. One round more is run first, and thrown away: caches fill, code warms."""
    samples: dict[str, list[Sample]] = {case.key: [] for case in cases}
    for number in range(rounds + 1):
        for case in cases:
            sample = _sample(client, case, seconds if number else seconds / 2)
            if number:
                samples[case.key].append(sample)
    return samples


def _sample(client: Client, case: Case, seconds: float) -> Sample:
    order = case.order(seconds, CONNECTIONS)
    before = case.server.cpu_seconds()
    outcome = client.carry_out(order)
    used = case.server.cpu_seconds() - before
    latencies = outcome["latencies_ms"]
    cuts = quantiles(latencies, n=100)
    return Sample(
        rate=len(latencies) / outcome["seconds"],
        cpu_ms=used * 1000 / len(latencies),
        client_cpu_ms=outcome["cpu_seconds"] * 1000 / len(latencies),
        p50_ms=cuts[49],
        p99_ms=cuts[98],
        kilobytes=outcome["body_bytes"] / 1000,
    )


@dataclass(frozen=True, slots=True)
class Figure:
    """A case over all rounds: medians. `ratio` is its rate over that of the yardstick in the same round, `steadiness`
    the middle half of those ratios; `cpu_ratio` the yardstick's processor time for a request over its own."""

    ratio: float
    steadiness: tuple[float, float]
    rate: float
    cpu_ms: float
    cpu_ratio: float
    client_cpu_ms: float
    p50_ms: float
    p99_ms: float
    kilobytes: float


def figure(samples: Sequence[Sample], yardstick: Sequence[Sample]) -> Figure:
    """Medians of the samples, and medians of their ratios to the yardstick, round by round."""
    ratios = [one.rate / hello.rate for one, hello in zip(samples, yardstick, strict=True)]
    low, _, high = quantiles(ratios, n=4, method="inclusive")
    return Figure(
        ratio=median(ratios),
        steadiness=(low, high),
        rate=median(one.rate for one in samples),
        cpu_ms=median(one.cpu_ms for one in samples),
        cpu_ratio=median(hello.cpu_ms / one.cpu_ms for one, hello in zip(samples, yardstick, strict=True)),
        client_cpu_ms=median(one.client_cpu_ms for one in samples),
        p50_ms=median(one.p50_ms for one in samples),
        p99_ms=median(one.p99_ms for one in samples),
        kilobytes=median(one.kilobytes for one in samples),
    )
