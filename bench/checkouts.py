"""What ordering costs on PostgreSQL, with every program there and a provider that answers in 50 ms."""

import io
import json
import multiprocessing
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Executor, ProcessPoolExecutor, ThreadPoolExecutor
from contextlib import contextmanager, redirect_stderr
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from statistics import median, quantiles

from sqlalchemy import create_engine, text

from app.core.db import db, transaction
from app.core.settings import Settings
from app.orders import service as orders
from app.payments import returns
from app.payments import service as payments
from app.payments.returns import Wish
from app.payments.service import Bearer, Reason
from app.users.service import Role, Who
from bench import bare, nearest, servers
from bench.guests import FORTY, Guest
from dev import ports, processes, programs
from dev.processes import StartError
from wsgi import create_app

CORES, THREADS, HANDS = 2, 16, 32  # as many guests as threads: with half of them the cores idle for a tenth
ANSWERS_IN_MS = 50
ROUNDS, EACH, VISITS, REFUNDS = 9, 400, 160, 30  # in a short round the cores wait for its ends
CALM, CALM_HANDS = 80, 2  # tickets are timed while there is room: in a crowd they measure how long the queue is
PATIENCE_SECONDS = 60.0
ADA = Who(1, "Ada", ((Role.ADMIN, None),))
ROOM = "UPDATE stores SET slot_capacity = 100000, hours = 'Mo-Su 00:00-24:00' WHERE id = 1"
WAITED = """
SELECT extract(epoch FROM t.received_at - e.at) * 1000 AS ms FROM order_events e
LEFT JOIN tickets t ON t.order_id = e.order_id WHERE e.status = 'placed' AND e.order_id > :after ORDER BY e.order_id
"""


@dataclass(frozen=True, slots=True)
class Spread:
    """Milliseconds of something that was done often."""

    p50: float
    p95: float
    p99: float

    @classmethod
    def of(cls, times: Sequence[float]) -> "Spread":
        """From each of them."""
        cuts = quantiles(times, n=100, method="inclusive")
        return cls(median(times), cuts[94], cuts[98])


@dataclass(frozen=True, slots=True)
class Checkouts:
    """Orders a second: placed over HTTP, inserted by bare ORM, by guests from an empty cart on, and by visitors who pay
    and follow them, too; `ratio` is that of the first two, round by round. Times in milliseconds; `place_cpu` is what
    the web servers take of a processor for one.
    """

    placed: float
    bare: float
    ratio: float
    place_cpu: float
    guests: float
    visits: float
    place: Spread
    settle: Spread
    ticket: Spread
    refund: Spread


def measure(given: Mapping[str, str], folder: Path, *, quick: bool) -> Checkouts:
    """Everything, on a database of its own beside the given one. Raises StartError."""
    share = 8 if quick else 1
    with _shop(given, folder) as (server, environ, provider), ThreadPoolExecutor(HANDS) as hands:
        host = server.host
        first = Guest(host, provider)
        first.order()
        _check_deal(environ["DATABASE_URL"], first.order_id)
        rows = bare.rows_of(environ["DATABASE_URL"], first.order_id)
        with ProcessPoolExecutor(CORES, multiprocessing.get_context("spawn")) as inserters:
            insert = partial(_insert, inserters, environ["DATABASE_URL"], rows)
            insert(0.1)
            rounds = [_round(server, provider, hands, insert, EACH // share) for _ in range(ROUNDS)]
        guests, visitors = ([Guest(host, provider) for _ in range(VISITS // share)] for _ in range(2))
        checking, visiting = _all(hands, guests, Guest.check_out), _all(hands, visitors, Guest.order)
        last = max(guest.order_id for guest in visitors)
        _tickets(environ["DATABASE_URL"], 0)
        with ThreadPoolExecutor(CALM_HANDS) as few:
            calm = [Guest(host, provider) for _ in range(CALM // share)]
            _all(few, calm, Guest.order)
        waited = _tickets(environ["DATABASE_URL"], last)
        refunds = _refunds(environ, Guest(host, provider), REFUNDS // min(share, 5))
    return Checkouts(
        placed=median(one.placed for one in rounds),
        bare=median(one.bare for one in rounds),
        ratio=median(one.placed / one.bare for one in rounds),
        place_cpu=median(one.cpu_ms for one in rounds),
        guests=len(guests) / checking,
        visits=len(visitors) / visiting,
        place=Spread.of([ms for one in rounds for ms in one.took]),
        settle=Spread.of([each.took["settle"] for each in calm]),
        ticket=Spread.of(waited),
        refund=Spread.of(refunds),
    )


@dataclass(frozen=True, slots=True)
class _Round:
    placed: float
    bare: float
    cpu_ms: float
    took: list[float]


def _round(
    server: servers.Server, provider: str, hands: Executor, insert: Callable[[float], float], number: int
) -> _Round:
    """As many carts, filled first; then their orders placed at once; then the same seconds of bare inserts."""
    guests = [Guest(server.host, provider) for _ in range(number)]
    _all(hands, guests, Guest.fill)
    cpu = server.cpu_seconds()
    seconds = _all(hands, guests, Guest.place)
    used = server.cpu_seconds() - cpu
    for guest in guests:
        guest.leave()
    return _Round(number / seconds, insert(seconds), used * 1000 / number, [each.took["place"] for each in guests])


def _all(hands: Executor, guests: Sequence[Guest], deed: Callable[[Guest], object]) -> float:
    """The seconds that it takes all of them; raises what any of them raised."""
    began = time.perf_counter()
    list(hands.map(deed, guests))
    return time.perf_counter() - began


def _insert(inserters: Executor, url: str, rows: dict[str, bare.Rows], seconds: float) -> float:
    """Bare inserts a second, on all cores."""
    each = [inserters.submit(bare.insert_for, url, rows, seconds) for _ in range(CORES)]
    return sum(done / took for done, took in (one.result() for one in each))


def _check_deal(url: str, order_id: int) -> None:
    engine = create_engine(url)
    with engine.connect() as connection:
        query = text("SELECT count(*) FROM redemptions WHERE order_id = :order")
        used: int = connection.execute(query, {"order": order_id}).scalar_one()
    engine.dispose()
    if used != 1:
        raise StartError(f"The cart that is measured has {used} deals, not one.")


def _tickets(url: str, after: int) -> list[float]:
    """How long each order after this one took to its board, once the last one is there. Raises StartError."""
    engine, deadline = create_engine(url), time.monotonic() + PATIENCE_SECONDS
    while True:
        with engine.connect() as connection:
            found = [row.ms for row in connection.execute(text(WAITED), {"after": after})]
        if found and None not in found:
            engine.dispose()
            return [float(ms) for ms in found]
        if time.monotonic() > deadline:
            raise StartError(f"{found.count(None)} orders never came to the board.")
        time.sleep(0.1)


def _refunds(environ: Mapping[str, str], guest: Guest, number: int) -> list[float]:
    """Giving back one unit after the other of an order of forty: what goes back, worked out and set aside."""
    guest.fill(FORTY)
    guest.pay(*guest.place())
    with redirect_stderr(io.StringIO()):  # the log is told where to write when the program is made
        app = create_app("jobs", Settings.from_env(environ))
    with app.app_context():
        with transaction():
            orders.accept(guest.order_id, by="store")
        payments.settle(payments.state(guest.order_id).id)
        units = [part for part in returns.sheet(guest.order_id).free if part.startswith("unit:")][:number]
        took = [_give(guest.order_id, unit) for unit in units]
        db.session.remove()
        db.engine.dispose()
    return took


def _give(order_id: int, unit: str) -> float:
    began = time.perf_counter()
    with transaction():
        returns.give_back(order_id, Wish(Reason.COLD, Bearer.STORE, parts=(unit,)), ADA, key=f"{order_id}-{unit}")
    return (time.perf_counter() - began) * 1000


@contextmanager
def _shop(given: Mapping[str, str], folder: Path) -> Iterator[tuple[servers.Server, dict[str, str], str]]:
    """Web servers for both cores, a worker, a clock and a slow provider, on a database of their own."""
    port = ports.free_port()
    provider = f"http://127.0.0.1:{port}"
    url = nearest.empty(given["DATABASE_URL"], folder, "checkouts")
    keys = {"STRIPE_API_BASE": provider, "STRIPE_JS_URL": f"{provider}/endive/stripe.js"}
    environ = {**given, **keys, "DATABASE_URL": url, "RATE_LIMITS": "off", "MAIL_URL": f"folder:{folder / 'mail'}"}
    (folder / "mail").mkdir(exist_ok=True)
    servers.prepare(folder, environ)
    engine = create_engine(url)
    with engine.begin() as connection:
        connection.execute(text(ROOM))
    engine.dispose()
    faults = json.dumps({"endpoints": {"*": {"delay_ms": ANSWERS_IN_MS}}})
    stand_in = [*programs.stand_in_bare(port), "--faults", faults]
    commands = [stand_in, programs.job_process("worker"), programs.job_process("clock")]
    started = [processes.start(command, folder / "checkouts.log", environ=environ) for command in commands]
    try:
        with servers.running("checkouts", "wsgi", folder, environ, "--workers", str(CORES), threads=THREADS) as server:
            yield server, environ, provider
    finally:
        for process in started:
            processes.stop(process)
