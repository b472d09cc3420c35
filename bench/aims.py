"""What the shop wants to reach, measured against the yardstick in the same run."""

from collections.abc import Mapping
from dataclasses import dataclass

from bench.deals import Deals, Speed
from bench.rounds import Figure

SHARES = {"menu, first visit": 0.4, "menu with a cart of three lines": 0.4, "menu unchanged, 304": 0.7}
MOST_CPU_MS = {"builder piece": 6, "add to cart": 8}


@dataclass(frozen=True, slots=True)
class Aim:
    """One thing to reach: what is measured, how it reads, and what was found; `beside` is another way to see it."""

    words: str
    wanted: str
    found: str
    beside: str
    reached: bool


def of_requests(figures: Mapping[str, Figure], database: str) -> list[Aim]:
    """The aims of single requests on one database, those that were measured."""
    found = [
        *(_share(figures, f"{case} ({database})", least) for case, least in SHARES.items()),
        *(_cpu(figures, f"{case} ({database})", most) for case, most in MOST_CPU_MS.items()),
    ]
    return [aim for aim in found if aim]


def of_weight(rss_megabytes: float, pss_megabytes: float) -> Aim:
    """The aim of the whole of `make run`."""
    found = f"{pss_megabytes:.0f} MB PSS"  # what it really takes: a page that processes share counts once
    return Aim("make run, all processes", "< 400 MB", found, f"{rss_megabytes:.0f} MB RSS", pss_megabytes < 400)


def of_deals(found: Deals) -> list[Aim]:
    """The aims of the price engine."""
    (name, ordered), *groups = found.speeds.items()
    aims = [
        _deals_aim(f"deals, {name}, median", 0.5, ordered.median_ms, ordered),
        _deals_aim(f"deals, {name}, p99", 20, ordered.p99_ms, ordered),
    ]
    return [*aims, *(_deals_aim(f"deals, {group}, worst", 200, speed.worst_ms, speed) for group, speed in groups)]


def _deals_aim(words: str, most: float, found: float, speed: Speed) -> Aim:
    return Aim(words, f"< {most:g} ms CPU", f"{found:.2f} ms CPU", f"{speed.unproved} not proved", found < most)


def _share(figures: Mapping[str, Figure], key: str, least: float) -> Aim | None:
    if (of := figures.get(key)) is None:
        return None
    wanted, found = f"≥ {least:g} of hello", f"{of.cpu_ratio:.2f} by CPU"
    return Aim(key, wanted, found, f"{of.ratio:.2f} by rate", of.cpu_ratio >= least)


def _cpu(figures: Mapping[str, Figure], key: str, most: float) -> Aim | None:
    if (of := figures.get(key)) is None:
        return None
    return Aim(
        key, f"≤ {most:g} ms CPU", f"{of.cpu_ms:.2f} ms CPU", f"{of.p50_ms:.0f} ms to the answer", of.cpu_ms <= most
    )
