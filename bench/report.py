"""The figures as a page for people (docs/figures.md) and as JSON for programs (bench/figures.json)."""

import dataclasses
import json
import os
import platform
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from bench.aims import Aim
from bench.checkouts import ANSWERS_IN_MS, CALM_HANDS, CORES, HANDS, Checkouts
from bench.deals import Deals
from bench.kitchen import Year
from bench.menus import Reading
from bench.nearest import Near
from bench.programs import Beside
from bench.queries import Count
from bench.reports import Reported
from bench.rounds import CONNECTIONS, Figure
from bench.servers import THREADS
from bench.sockets import OTHERS_AN_ORDER, Push
from dev.memory import Usage

ROOT = Path(__file__).parents[1]
JSON, PAGE = ROOT / "bench" / "figures.json", ROOT / "docs" / "figures.md"

INTRODUCTION = """\
# Figures

Written by `make bench` on {machine}. {rounds} rounds of {seconds:g} s a case, every case once a round, {connections}
kept connections, one gunicorn worker of {threads} threads for each server, medians over the rounds.

The machine is small and shared, so ratios inside one run count and absolute rates do not. *CPU* is processor time of
the server's process for each request: the steadiest figure, and the one that the aims are held to. A server of one
process answers as many requests as its processor time allows, so *by CPU* is what *by rate* is on a machine that does
nothing else."""

MENUS = """\
Read from its tables, turn by turn: of the small seed, and of a chain of 7,000 stores and 2,000 products in which the
store has as many products as there. Middle half of the ratios {low:.2f}–{high:.2f}."""

ORDERING = """\
On PostgreSQL, two web processes of the same program, a worker, a clock, and a provider that answers in {ms} ms, all of
them and the guests on {cores} cores. {hands} guests at once place orders of three lines with a deal; settling and
tickets are timed with {calm}. The yardstick inserts the rows of one such order by the ORM, on both cores. A whole guest
checkout is three adds, the place, the checkout page and the button."""

RANGES = """\
{orders:,} orders of a year through a made-up kitchen that knows nothing of the guesses. On average {width:.1f} minutes
wide; the best fixed quote that is right as often would have to be {fixed:.1f}."""

PUSHING = """\
One socket process and a bare asyncio server that sends frames of the same size are told of a change through Redis, turn
by turn, while all of them follow one order; in milliseconds from the commit, read by one thread that has a core for
itself where there are two, so that it is no matter of chance which of the two servers it competes with. Then more come
who follow other orders, {each} to an order, until one process holds {held:,} of {wanted:,} {stopped}. A process may
open {files:,} files here. Each socket beyond the first {first:,} takes {kilobytes:.1f} kB, of the bare server
{bare:.1f} kB."""
REPORTS = """\
28 days of {stores} stores with {lines:,} order lines between them, on PostgreSQL, as the whole page and as its figures
alone; the exact query asks the ledger and the lines themselves. In milliseconds."""

NEAR_COLUMNS = ("Stores", "Bare box p50", "p99", "Nearest p50", "p99", "by p99")
PROGRAM_COLUMNS = ("Asked for", "Page p50", "p99", "JSON p50", "p99", "of the page's CPU")
DEALS_MISSED = """\
With six of them, this is how many of the carts of 2 to 9 pizzas would cost more by simpler rules, each deal being used
as well as it can on what the deals before it left:"""


@dataclass(frozen=True, slots=True)
class Run:
    """Everything that one `make bench` found."""

    rounds: int
    seconds: float
    requests: Mapping[str, Figure]
    queries: Mapping[str, Count]
    weight: Sequence[Usage]
    aims: Sequence[Aim]
    menus: Reading
    nearest: Sequence[Near] = ()
    deals: Deals | None = None
    checkouts: Checkouts | None = None
    ranges: Year | None = None
    programs: Sequence[Beside] = ()
    reports: Reported | None = None
    push: Push | None = None


def write(run: Run) -> None:
    """Write both files."""
    JSON.write_text(json.dumps({"machine": machine(), **dataclasses.asdict(run)}, indent=2, ensure_ascii=False) + "\n")
    PAGE.parent.mkdir(exist_ok=True)
    PAGE.write_text(page(run))


def machine() -> str:
    """What it ran on, in a few words."""
    return f"{os.cpu_count()} cores, Python {platform.python_version()}, {platform.system()} {platform.machine()}"


def page(run: Run) -> str:
    """The page for people."""
    introduction = INTRODUCTION.format(
        machine=machine(), rounds=run.rounds, seconds=run.seconds, connections=CONNECTIONS, threads=THREADS
    )
    columns = ("Request", "of hello by CPU", "by rate", "middle half", "CPU ms", "p50 ms", "p99 ms", "kB sent")
    counts = [(name, str(count.cold), str(count.warm)) for name, count in run.queries.items()]
    return "\n".join(
        [
            introduction,
            "",
            *aims(run.aims),
            "",
            "## Requests",
            "",
            *_table(columns, [_row(key, figure) for key, figure in run.requests.items()]),
            "",
            "kB sent is one answer with its head, as our own server sends it; a proxy in front would pack pages.",
            "",
            "## Statements sent to the database",
            "",
            *_table(("Page", "First in a process", "Warm"), counts),
            "",
            *_sections(run),
            "## Memory of `make run`",
            "",
            "After its first twenty customers. RSS counts shared pages in every process that has them, PSS once.",
            "",
            *_table(("Process", "RSS MB", "PSS MB"), _weights(run.weight)),
            "",
        ]
    )


def _sections(run: Run) -> list[str]:
    return [
        "## The nearest stores",
        "",
        "Five that deliver to a place and are open, beside all stores in the same box. In milliseconds.",
        "",
        *_table(NEAR_COLUMNS, [_near(near) for near in run.nearest]),
        "",
        "## By JSON beside the pages",
        "",
        "The same done by a call of the API and by the page, turn by turn in one process. In milliseconds.",
        "",
        *_table(PROGRAM_COLUMNS, [_program(one) for one in run.programs]),
        "",
        "## A menu that has just changed",
        "",
        MENUS.format(low=run.menus.steadiness[0], high=run.menus.steadiness[1]),
        "",
        *_table(("Chain", "Products on the menu", "Statements", "ms"), _menus(run.menus)),
        "",
        *(_deals(run.deals) if run.deals else ()),
        *(checkouts(run.checkouts) if run.checkouts else ()),
        *(_ranges(run.ranges) if run.ranges else ()),
        *(_reports(run.reports) if run.reports else ()),
        *(push(run.push) if run.push else ()),
    ]


def aims(reached: Sequence[Aim]) -> list[str]:
    """The table of what was to be reached."""
    rows = [(aim.words, aim.wanted, aim.found, aim.beside, _verdict(aim)) for aim in reached]
    return _table(("Aim", "Wanted", "Found", "Beside", ""), rows)


def _menus(read: Reading) -> list[tuple[str, ...]]:
    return [
        ("8 stores", str(read.small_products), str(read.small_queries), f"{read.small_ms:.1f}"),
        ("7,000 stores", str(read.large_products), str(read.large_queries), f"{read.large_ms:.1f}"),
    ]


def _deals(found: Deals) -> list[str]:
    times = []
    for name, speed in found.speeds.items():
        took = (f"{ms:.2f}" for ms in (speed.median_ms, speed.p99_ms, speed.worst_ms))
        times.append((name, str(speed.carts), *took, str(speed.unproved)))
    missed = [(name, f"{part:.1f} %") for name, part in found.missed.items()]
    return [
        "## The cheapest combination of deals",
        "",
        "Twelve deals that vie for a cart; processor time of the engine alone, with nothing kept of the cart before.",
        "",
        *_table(("Carts", "How many", "median ms", "p99 ms", "worst ms", "not proved"), times),
        "",
        DEALS_MISSED,
        "",
        *_table(("Rule", "Misses the cheapest"), missed),
        "",
    ]


def checkouts(found: Checkouts) -> list[str]:
    """The section about ordering."""
    steps = {
        "placing an order, to the secret of its intent": found.place,
        "coming back from paying: settled, to the tracker's address": found.settle,
        "placed to ticket on the board": found.ticket,
        "giving back one unit of an order of forty": found.refund,
    }
    rows = [(name, *(f"{ms:.0f}" for ms in (each.p50, each.p95, each.p99))) for name, each in steps.items()]
    words = {"cores": CORES, "hands": HANDS, "ms": ANSWERS_IN_MS, "calm": CALM_HANDS}
    return [
        "## Ordering",
        "",
        ORDERING.format(**words),
        "",
        *_table(("In milliseconds", "p50", "p95", "p99"), rows),
        "",
    ]


def _ranges(found: Year) -> list[str]:
    months = [(str(month), f"{100 * share:.1f}") for month, share in found.months.items()]
    return [
        "## Ranges that the tracker tells",
        "",
        RANGES.format(orders=found.orders, width=found.width, fixed=found.fixed),
        "",
        *_table(("Month", "of 100 right"), months),
        "",
    ]


def _reports(found: Reported) -> list[str]:
    row = [f"{ms:.1f}" for ms in (found.figures, found.p50, found.p95, found.exact)]
    return [
        "## The chain's report",
        "",
        REPORTS.format(lines=found.lines, stores=found.stores),
        "",
        *_table(("Figures p50", "Page p50", "p95", "Exact query"), [row]),
        "",
    ]


def push(found: Push) -> list[str]:
    """The section about sockets."""
    rows = [
        (
            f"{fan.followers:,}",
            *(f"{ms:.1f}" for ms in (fan.p50, fan.p99, fan.bare_p50, fan.bare_p99)),
            f"{fan.ratio:.2f}",
        )
        for fan in found.fans
    ]
    words = PUSHING.format(
        each=OTHERS_AN_ORDER,
        held=found.held,
        wanted=found.wanted,
        stopped=f"({found.stopped_by})" if found.stopped_by else "sockets",
        files=found.files,
        first=found.fans[0].followers,
        kilobytes=found.kilobytes,
        bare=found.bare_kilobytes,
    )
    return ["## Push", "", words, "", *_table(("Followers", "p50", "p99", "Bare p50", "p99", "by p99"), rows), ""]


def _verdict(aim: Aim) -> str:
    return "pass" if aim.reached else "short of"


def _row(key: str, figure: Figure) -> tuple[str, ...]:
    low, high = figure.steadiness
    numbers = (figure.cpu_ms, figure.p50_ms, figure.p99_ms, figure.kilobytes)
    ratios = (f"{figure.cpu_ratio:.2f}", f"{figure.ratio:.2f}", f"{low:.2f}–{high:.2f}")
    return (key, *ratios, *(f"{number:.2f}" for number in numbers))


def _program(one: Beside) -> tuple[str, ...]:
    numbers = (one.page_p50, one.page_p99, one.json_p50, one.json_p99, one.cpu_ratio)
    return (one.name, *(f"{number:.2f}" for number in numbers))


def _near(near: Near) -> tuple[str, ...]:
    numbers = (near.bare_p50, near.bare_p99, near.p50, near.p99, near.ratio)
    return (f"{near.stores:,} ({near.database})", *(f"{number:.2f}" for number in numbers))


def _weights(usages: Sequence[Usage]) -> list[tuple[str, ...]]:
    rows = [(usage.name.replace("|", " "), usage.rss, usage.pss) for usage in usages]
    rows.append(("**all**", sum(usage.rss for usage in usages), sum(usage.pss for usage in usages)))
    return [(name, f"{rss / 1024:.1f}", f"{pss / 1024:.1f}") for name, rss, pss in rows]


def _table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> list[str]:
    lines = (head, ["---", *["---:"] * (len(head) - 1)], *rows)
    return [f"| {' | '.join(line)} |" for line in lines]
