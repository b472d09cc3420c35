"""What the shop wants to reach, measured against the yardstick in the same run."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from bench.cases import BARE_PAGE, CHAIN
from bench.checkouts import Checkouts
from bench.deals import Deals, Speed
from bench.kitchen import Year
from bench.menus import Reading
from bench.nearest import Near
from bench.programs import Beside
from bench.reports import MOST_MS, Reported
from bench.rounds import Figure
from bench.sockets import Push
from dev.memory import Usage

SHARES = {"menu, first visit": 0.4, "menu with a cart of three lines": 0.4, "menu unchanged, 304": 0.7}
IN_CHAIN, MOST_OF_CHAIN = ("menu, first visit", "menu with a cart of three lines"), 1.3
MOST_CPU_MS = {"builder piece": 6, "add to cart": 8}
MOST_OF_BARE_PAGE = 1.5
MOST_BARE_BOXES = 3.0
MOST_KILOBYTES, MOST_OF_BARE_PUSH = 30, 1.5
LEAST_OF_BARE, PLACED, GUESTS = 0.35, 100, 40


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
        _beside_bare_page(figures, f"builder piece ({database})"),
    ]
    return [aim for aim in found if aim]


def of_chain(figures: Mapping[str, Figure], read: Reading) -> list[Aim]:
    """The aims of one store's menu in a large chain, beside the same menu in a small one."""
    found = [
        Aim(
            "menu of a store just changed, 7,000 stores beside 8",
            f"≤ {MOST_OF_CHAIN:g} times, same statements",
            f"{read.ratio:.2f} times, {read.large_queries} and {read.small_queries} statements",
            f"{read.large_ms:.1f} and {read.small_ms:.1f} ms",
            read.ratio <= MOST_OF_CHAIN and read.large_queries == read.small_queries,
        )
    ]
    for case in IN_CHAIN:
        small, large = figures.get(f"{case} (SQLite)"), figures.get(f"{case} ({CHAIN})")
        if small and large:
            times = large.cpu_ms / small.cpu_ms
            words = (f"{case}, 7,000 stores beside 8", f"≤ {MOST_OF_CHAIN:g} times CPU", f"{times:.2f} times")
            found.append(Aim(*words, f"{large.cpu_ms:.2f} and {small.cpu_ms:.2f} ms", times <= MOST_OF_CHAIN))
    return found


def of_weight(usages: Iterable[Usage]) -> Aim:
    """The aim of the whole of `make run`."""
    rss_megabytes, pss_megabytes = (
        sum(each) / 1024 for each in zip(*((one.rss, one.pss) for one in usages), strict=True)
    )
    found = f"{pss_megabytes:.0f} MB PSS"  # what it really takes: a page that processes share counts once
    return Aim("make run, all processes", "< 400 MB", found, f"{rss_megabytes:.0f} MB RSS", pss_megabytes < 400)


def of_programs(found: Iterable[Beside]) -> list[Aim]:
    """The aim of calls by JSON: never dearer than the page of the same."""
    return [
        Aim(
            f"{one.name} by JSON",
            "≤ the page's CPU",
            f"{one.cpu_ratio:.2f} of it",
            f"{one.json_p50:.1f} and {one.page_p50:.1f} ms p50",
            one.cpu_ratio <= 1,
        )
        for one in found
    ]


def of_nearest(found: Iterable[Near]) -> list[Aim]:
    """The aim of finding the nearest stores: a few times what a bare look into the same box takes, at the slowest."""
    return [
        Aim(
            f"nearest of {near.stores:,} stores ({near.database})",
            f"≤ {MOST_BARE_BOXES:g} × a bare box",
            f"{near.ratio:.2f} × by p99",
            f"{near.p99:.2f} ms",
            near.ratio <= MOST_BARE_BOXES,
        )
        for near in found
    ]


def of_deals(found: Deals) -> list[Aim]:
    """The aims of the price engine."""
    (name, ordered), *groups = found.speeds.items()
    aims = [
        _deals_aim(f"deals, {name}, median", 0.5, ordered.median_ms, ordered),
        _deals_aim(f"deals, {name}, p99", 20, ordered.p99_ms, ordered),
    ]
    return [*aims, *(_deals_aim(f"deals, {group}, worst", 200, speed.worst_ms, speed) for group, speed in groups)]


def of_checkouts(found: Checkouts) -> list[Aim]:
    """The aims of ordering on PostgreSQL while the provider answers in 50 ms."""
    placed, guests = f"{found.placed:.0f}/s", f"{found.guests:.0f}/s"
    with_card = f"{found.visits:.0f}/s with card and tracker"
    seconds, slowest = f"{found.ticket.p95 / 1000:.2f} s", f"{found.ticket.p99 / 1000:.2f} s p99"
    beside_bare = (f"{found.ratio:.2f}", f"{found.bare:.0f}/s bare", found.ratio >= LEAST_OF_BARE)
    return [
        Aim("orders placed over HTTP", f"≥ {LEAST_OF_BARE:g} of bare ORM inserts", *beside_bare),
        Aim("the same", f"≥ {PLACED:g}/s", placed, f"{found.place_cpu:.1f} ms CPU", found.placed >= PLACED),
        Aim("whole guest checkouts", f"≥ {GUESTS:g}/s", guests, with_card, found.guests >= GUESTS),
        Aim("placed to ticket on the board, p95", "< 1 s", seconds, slowest, found.ticket.p95 < 1000),
    ]


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


def _beside_bare_page(figures: Mapping[str, Figure], key: str) -> Aim | None:
    if (of := figures.get(key)) is None or (bare := figures.get(BARE_PAGE)) is None:
        return None
    times = of.cpu_ms / bare.cpu_ms
    sizes = f"{of.kilobytes:.0f} kB beside {bare.kilobytes:.0f} kB"
    wanted = f"≤ {MOST_OF_BARE_PAGE:g} × bare Flask and Jinja"
    return Aim(key, wanted, f"{times:.2f} × by CPU", sizes, times <= MOST_OF_BARE_PAGE)


def of_reports(found: Reported) -> list[Aim]:
    """The aim of the chain's report: quick, and the same as the slow exact query says."""
    words = f"report of 28 days, {found.lines:,} order lines of {found.stores} stores, warm, p95"
    exact = f"{'the same as' if found.same else 'NOT what'} the exact query in {found.exact / 1000:.1f} s"
    reached = found.same and found.p95 < MOST_MS
    return [Aim(words, f"< {MOST_MS:g} ms and exact", f"{found.p95:.1f} ms", exact, reached)]


def of_push(found: Push) -> list[Aim]:
    """The aims of push: how many one process holds, how heavy they are, and how soon they hear."""
    limits, weight = f"{found.files:,} files a process", f"{found.kilobytes:.1f} kB"
    beside = f"{found.bare_kilobytes:.1f} kB bare"
    return [
        Aim("sockets of one process", f"{found.wanted:,}", f"{found.held:,}", limits, found.held >= found.wanted),
        Aim("each beyond the first", f"≤ {MOST_KILOBYTES} kB", weight, beside, found.kilobytes <= MOST_KILOBYTES),
        *(
            Aim(
                f"commit to each of {fan.followers:,} followers",
                f"≤ {MOST_OF_BARE_PUSH:g} × bare asyncio by p99",
                f"{fan.ratio:.2f} ×",
                f"{fan.p99:.0f} and {fan.bare_p99:.0f} ms",
                fan.ratio <= MOST_OF_BARE_PUSH,
            )
            for fan in found.fans
        ),
    ]


def of_ranges(found: Year) -> list[Aim]:
    """The aims of the tracker's ranges."""
    worst, narrower = 100 * found.worst, found.width / found.fixed
    return [
        Aim(
            f"ranges, {found.orders:,} orders of a year",
            "78–82 of 100 right, each month but the first",
            f"{worst:.1f} in the worst",
            f"{len(found.months)} months",
            78 <= worst <= 82,
        ),
        Aim(
            "ranges beside the best fixed quote that is right as often",
            "narrower",
            f"{found.width:.1f} min",
            f"{found.fixed:.1f} min",
            narrower < 1,
        ),
    ]
