"""`make bench`: measure the shop beside a bare Flask hello, and write the figures down. A few minutes.

`python -m bench --quick` measures little and writes nothing: enough to see that everything runs. `--only sockets`
measures push and nothing else, `--only ordering` what orders cost.
"""

import argparse
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from bench import (
    aims,
    cases,
    chain,
    checkouts,
    deals,
    drawing,
    kitchen,
    menus,
    nearest,
    programs,
    queries,
    report,
    reports,
    rounds,
    servers,
    sockets,
    weight,
)
from bench.report import Run
from dev import postgres, redis
from dev.processes import StartError

SHORTEST, LONGEST = (2, 0.2), (9, 0.6)
ORDERED_ON = "PostgreSQL"
READINGS = 6  # of a menu for each round of requests


def main() -> int:
    """Measure and write; 1 when something did not come up."""
    words = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    words.add_argument("--quick", action="store_true", help="measure little, write nothing")
    words.add_argument("--only", default="", help="only cases with this in their name, or sockets; writes nothing")
    asked = words.parse_args()
    number, seconds = SHORTEST if asked.quick else LONGEST
    try:
        with tempfile.TemporaryDirectory(prefix="hotcorner-bench-") as name:
            if (alone := ALONE.get(asked.only)) is not None:
                print("\n".join(alone(Path(name), quick=asked.quick)))
                return 0
            run = measure(Path(name), number, seconds, lambda case: asked.only in case, quick=asked.quick)
    except StartError as error:
        print(error, file=sys.stderr)
        return 1
    print(report.page(run))
    if not (asked.quick or asked.only):
        report.write(run)
    return 0


def measure(folder: Path, number: int, seconds: float, wanted: Callable[[str], bool], *, quick: bool) -> Run:
    """Everything there is to know. Raises StartError."""
    say("Pricing carts ...")
    priced = deals.measure(quick=quick)
    say("Telling times for a year ...")
    told = kitchen.measure(kitchen.year())
    say("Weighing make run ...")
    usages = weight.weigh(folder)
    with shops(folder) as (hello, environs, shop_servers, grown):
        yardsticks = [*cases.hello(hello), cases.bare_page(hello, shop_servers[0])]
        found = yardsticks + [case for shop in shop_servers for case in cases.of_shop(shop)] + cases.of_chain(grown)
        samples = _ask([case for case in found if case.server is hello or wanted(case.key)], number, seconds)
        counted = queries.count(environs["SQLite"])
        read = menus.measure("SQLite", environs["SQLite"], environs[cases.CHAIN], number * READINGS)
        say("Looking for the nearest stores ...")
        databases = {shop.name: environs[shop.name] for shop in shop_servers}
        near = nearest.measure(databases, folder, nearest.SAMPLES if number == LONGEST[0] else nearest.SAMPLES // 10)
        say("Asking by JSON, ordering, pushing ...")
        asked = programs.measure(environs["SQLite"], quick=quick)
        reported = None
        if ORDERED_ON in environs and wanted(reports.NAME):
            say("A chain sells a million things and asks how it went ...")
            reported = reports.measure(environs[ORDERED_ON], folder, quick=quick)
        ordered = checkouts.measure(environs[ORDERED_ON], folder, quick=quick) if ORDERED_ON in environs else None
        pushed = sockets.measure(environs["SQLite"], folder, quick=quick)
    figures = {key: rounds.figure(of, samples["hello"]) for key, of in samples.items()}
    reached = [aim for shop in shop_servers for aim in aims.of_requests(figures, shop.name)]
    reached += [drawing.warm(), aims.of_weight(usages)]
    reached += [
        *aims.of_deals(priced),
        *aims.of_chain(figures, read),
        *aims.of_nearest(near),
        *(aims.of_checkouts(ordered) if ordered else ()),
        *aims.of_ranges(told),
        *aims.of_programs(asked),
        *(aims.of_reports(reported) if reported else ()),
        *aims.of_push(pushed),
    ]
    parts = (read, near, priced, ordered, told, asked, reported, pushed)
    return Run(number, seconds, figures, counted, usages, reached, *parts)


def _ask(chosen: list[cases.Case], number: int, seconds: float) -> dict[str, list[rounds.Sample]]:
    say(f"{len(chosen)} cases, {number} rounds, about {len(chosen) * (number + 0.5) * seconds:.0f} s ...")
    with rounds.client() as client:
        return rounds.run(client, chosen, number, seconds)


def _only_push(folder: Path, *, quick: bool) -> list[str]:
    with redis.server() as redis_url:
        environ = servers.environment(folder, f"sqlite:///{folder / 'bench.db'}", redis_url)
        servers.prepare(folder, environ)
        return report.push(sockets.measure(environ, folder, quick=quick))


def _only_ordering(folder: Path, *, quick: bool) -> list[str]:
    with redis.server() as redis_url, postgres.cluster() as url:
        found = checkouts.measure(servers.environment(folder, url, redis_url), folder, quick=quick)
    return [*report.aims(aims.of_checkouts(found)), "", *report.checkouts(found)]


ALONE = {"sockets": _only_push, "ordering": _only_ordering}


@contextmanager
def shops(
    folder: Path,
) -> Iterator[tuple[servers.Server, dict[str, dict[str, str]], list[servers.Server], servers.Server]]:
    """The yardstick, the settings of each shop by name, one for each database that this machine has, and the one that
    grew into a chain.
    """
    with ExitStack() as stack:
        redis_url = stack.enter_context(redis.server())
        urls = {"SQLite": f"sqlite:///{folder / 'bench.db'}"}
        try:
            urls["PostgreSQL"] = stack.enter_context(postgres.cluster())
        except postgres.MissingError as error:
            say(f"{error} Only SQLite is measured.")
        environs = {name: servers.environment(folder, url, redis_url) for name, url in urls.items()}
        hello = stack.enter_context(servers.running("hello", "bench.hello", folder, environs["SQLite"]))
        started = []
        for name, environ in environs.items():
            servers.prepare(folder, environ)
            started.append(stack.enter_context(servers.running(name, "wsgi", folder, environ)))
        large = servers.environment(folder, f"sqlite:///{folder / 'chain.db'}", redis_url)
        servers.prepare(folder, large)
        say(f"A chain of {chain.STORES:,} stores and {chain.PRODUCTS:,} products grows ...")
        chain.seed(large)
        grown = stack.enter_context(servers.running(cases.CHAIN, "wsgi", folder, large))
        yield hello, environs | {cases.CHAIN: large}, started, grown


def say(words: str) -> None:
    """Tell the person at the terminal, at once."""
    print(words, flush=True)


if __name__ == "__main__":
    raise SystemExit(main())
