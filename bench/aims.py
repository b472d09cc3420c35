"""What the shop wants to reach, measured against the yardstick in the same run."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from bench.rounds import Figure


@dataclass(frozen=True, slots=True)
class Aim:
    """One thing to reach: what is measured, how it reads, and by how much it was reached."""

    words: str
    wanted: str
    found: str
    reached: bool


def of_requests(figures: Mapping[str, Figure], database: str) -> list[Aim]:
    """The aims of single requests on one database."""

    def rate(case: str, least: float) -> Aim:
        return _aim(
            figures, f"{case} ({database})", f"≥ {least:g} of hello", lambda f: f.ratio, lambda got: got >= least
        )

    def cpu(case: str, most: float) -> Aim:
        return _aim(figures, f"{case} ({database})", f"≤ {most:g} ms CPU", lambda f: f.cpu_ms, lambda got: got <= most)

    return [
        rate("menu, first visit", 0.4),
        rate("menu with a cart of three lines", 0.4),
        rate("menu unchanged, 304", 0.7),
        cpu("builder piece", 6),
        cpu("add to cart", 8),
    ]


def of_weight(megabytes: float) -> Aim:
    """The aim of the whole of `make run`."""
    return Aim("make run, RSS of all processes", "< 400 MB", f"{megabytes:.0f} MB", megabytes < 400)


def _aim(
    figures: Mapping[str, Figure], key: str, wanted: str, of: Callable[[Figure], float], enough: Callable[[float], bool]
) -> Aim:
    got = of(figures[key])
    return Aim(key, wanted, f"{got:.2f}", enough(got))
