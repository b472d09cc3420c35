"""A report of 28 days of a chain with 1,000,000 order lines, held to the slow exact query to the cent.

The orders of eight stores are written by the verbs that take in older books and counted by the work that always counts
them; then every row is copied to more stores inside the database, until there are a million lines. Alone:
`python -m bench.reports`.
"""

import io
import json
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import redirect_stderr
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from random import Random
from statistics import quantiles
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Connection, Select, Table, func, insert, select, text

from app.core import clock
from app.core.db import Base, db, transaction
from app.core.periods import Period
from app.core.settings import Settings
from app.menu import service as menu
from app.orders import loading as orders
from app.orders.loading import PastOrder, PastUnit
from app.orders.service import Contact, Place
from app.payments import loading as payments
from app.payments import sales, sales_days
from app.payments.sales import Report
from app.stores import service as stores
from app.stores.service import Method, StoreInfo
from app.users import service as users
from app.users import totp
from app.users.service import Role
from bench import nearest, servers
from dev import postgres, redis
from wsgi import create_app

NAME = "report of 28 days"
LINES, DAYS, BEFORE, SAMPLES = 1_000_000, 28, 7, 40
BASE_ORDERS, AT_ONCE = 16_000, 500
MOST_MS = 300.0
PIZZAS = ("pepperoni", "margherita", "island", "four-cheese", "garden", "diavola", "tavern", "harvest", "bianca")
SIZES = ("s", "m", "l")
TABLES = ("carts", "orders", "order_units", "payments", "ledger", "sales_days", "sales_hours", "sales_shares")
REFERS = {"id": "", "cart_id": "carts", "order_id": "orders", "payment_id": "payments", "store_id": "stores"}
EXACT_DAYS = """
    SELECT CAST(timezone(s.timezone, l.at) - interval '4 hours' AS date) AS day, count(*), sum(l.cents)
    FROM ledger l JOIN payments p ON p.id = l.payment_id JOIN stores s ON s.id = p.store_id
    WHERE l.account = 'drawer' AND l.transfer LIKE 'capture-%' GROUP BY 1"""
EXACT_PRODUCTS = """
    SELECT CAST(u.product_id AS text), count(*), sum(u.list_cents - u.discount_cents)
    FROM order_units u JOIN payments p ON p.order_id = u.order_id JOIN stores s ON s.id = p.store_id
    JOIN ledger l ON l.payment_id = p.id AND l.account = 'drawer'
    WHERE CAST(timezone(s.timezone, l.at) - interval '4 hours' AS date) BETWEEN :first AND :last GROUP BY 1"""
PASSWORD = "of no use to anybody"  # noqa: S105 - in a database that lives for this run


@dataclass(frozen=True, slots=True)
class Reported:
    """Order lines of the 28 days (a quarter more lie before them) and stores; times in milliseconds of the report's
    figures and of the whole page, warm, and of the exact query; and whether all figures were its.
    """

    lines: int
    stores: int
    figures: float
    p50: float
    p95: float
    exact: float
    same: bool


def measure(environ: Mapping[str, str], folder: Path, *, quick: bool) -> Reported:
    """Grow a chain beside a PostgreSQL database, and read its report."""
    url = nearest.empty(environ["DATABASE_URL"], folder, "reports")
    mine = {**environ, "DATABASE_URL": url}
    servers.prepare(folder, mine)
    with redirect_stderr(io.StringIO()):  # the log is told where to write when the program is made
        app = create_app(settings=Settings.from_env(mine))
    with app.app_context():
        part = 20 if quick else 1
        wanted, base = LINES // part * (DAYS + BEFORE) // DAYS, BASE_ORDERS // part
        _sell(base)
        found = _measured(app, _grow(wanted))
        db.session.remove()
        db.engine.dispose()
    return found


def _sell(number: int) -> None:
    """Orders of five weeks at the stores that there are, counted by day."""
    infos = {info.id: info for info in stores.listed(most=1_000)}
    choices = {store_id: _choices(store_id) for store_id in infos}
    taxes = {store_id: info.taxes for store_id, info in infos.items()}
    dice = Random(7)
    for first in range(0, number, AT_ONCE):
        past = [_order(n, infos, choices, dice) for n in range(first, min(number, first + AT_ONCE))]
        with transaction():
            payments.take_in(orders.take_in("bench", past, taxes))
    sales_days.repair(clock.now() - timedelta(days=DAYS + BEFORE + 2))
    sum(sales_days.roll_all())


def _choices(store_id: int) -> list[PastUnit]:
    catalogue = menu.load(store_id)
    wishes = [menu.Selection(slug, size) for slug in PIZZAS for size in SIZES if slug in catalogue.products]
    return [PastUnit(menu.choose(catalogue, wish), 999 + 137 * n) for n, wish in enumerate(wishes)]


def _order(
    number: int, infos: Mapping[int, StoreInfo], choices: Mapping[int, list[PastUnit]], dice: Random
) -> PastOrder:
    store = infos[1 + number % len(infos)]
    day = store.hours.day_begins(
        store.hours.business_date(clock.now()) - timedelta(days=1 + dice.randrange(DAYS + BEFORE))
    )
    placed = day + timedelta(minutes=60 * 7 + dice.randrange(60 * 12))
    return PastOrder(
        number=number,
        place=Place(Method.CARRYOUT, store.id),
        contact=Contact("Guest", "+13125550100", "guest@bench.example"),
        units=tuple(dice.choice(choices[store.id]) for _ in range(dice.choice((1, 1, 2, 2, 3, 4, 5)))),
        fee_cents=0,
        placed_at=placed,
        promised_to=placed + timedelta(minutes=25),
        done_at=placed + timedelta(minutes=25),
    )


def _grow(lines: int) -> int:
    """Copy every row to more stores, `lines` order lines in all; gives how many stores there are then."""
    with db.engine.begin() as connection:
        connection.execute(text("SET LOCAL statement_timeout = 0"))
        there, shops = (
            _number(connection, select(func.count()).select_from(_table(name))) for name in ("order_units", "stores")
        )
        copies = -(-lines // there)
        _more_stores(connection, shops, copies)
        spans = {name: _number(connection, select(func.max(_table(name).c.id))) for name in TABLES[:5]}
        for name in TABLES:
            connection.execute(text(_copy(name, spans | {"stores": shops})), {"copies": copies - 1})
    with transaction():
        sales_days.CHAIN.note(Period(*_period()).with_before.calendar)
    sales_days.CHAIN.roll_all()
    with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("SET statement_timeout = 0"))
        connection.execute(text("VACUUM ANALYZE"))
    return shops * copies


def _table(name: str) -> Table:
    return Base.metadata.tables[name]


def _number(connection: Connection, query: Select[Any]) -> int:
    return int(connection.scalar(query) or 0)


def _more_stores(connection: Connection, shops: int, copies: int) -> None:
    table = _table("stores")
    rows = [dict(row) for row in connection.execute(table.select().order_by(table.c.id)).mappings()]
    made = [
        {**row, "id": row["id"] + k * shops, "slug": f"{row['slug']}-{k}"} for k in range(1, copies) for row in rows
    ]
    if made:
        connection.execute(insert(table), made)


def _copy(name: str, spans: Mapping[str, int]) -> str:
    """The statement that copies all rows of a table: each number moves by as many as there were."""
    columns = [column.key for column in _table(name).columns]

    def moved(column: str) -> str:
        if column == "transfer":
            return f"'capture-' || (t.payment_id + k * {spans['payments']})"
        span = spans.get(REFERS.get(column, "?") or name)
        return f"t.{column} + k * {span}" if span else f"t.{column}"

    names, values = ", ".join(f'"{each}"' for each in columns), ", ".join(map(moved, columns))
    return f"INSERT INTO {name} ({names}) SELECT {values} FROM {name} t, generate_series(1, :copies) k"  # noqa: S608 - names of tables


def _period() -> tuple[date, date]:
    last = stores.store(stores.first()).hours.business_date(clock.now()) - timedelta(days=1)
    return last - timedelta(days=DAYS - 1), last


def _measured(app: Flask, number: int) -> Reported:
    period = Period(*_period())
    browser = _signed_in(app)
    address = f"/manage/reports?from={period.first}&to={period.last}"
    pages = sorted(_times(lambda: _get(browser, address)))
    figures = sorted(_times(lambda: _report(period)))
    report = _report(period)
    exact, same = _exact(report, period)
    lines = sum(share.count for share in report.products)
    return Reported(
        lines, number, figures[len(figures) // 2], pages[len(pages) // 2], quantiles(pages, n=20)[18], exact, same
    )


def _report(period: Period) -> Report:
    found = sales.report(period)
    db.session.rollback()
    return found


def _times(work: Callable[[], object]) -> Iterator[float]:
    for n in range(SAMPLES + 5):
        started = time.perf_counter()
        work()
        if n >= 5:  # the first ones warm what a process and a database keep
            yield (time.perf_counter() - started) * 1000


def _exact(report: Report, period: Period) -> tuple[float, bool]:
    """Milliseconds of asking the ledger and the order lines themselves, and whether they say the same."""
    started = time.perf_counter()
    with db.engine.connect() as connection:
        connection.execute(text("SET LOCAL statement_timeout = 0"))
        days: dict[Any, Any] = {row[0]: (row[1], int(row[2])) for row in connection.execute(text(EXACT_DAYS))}
        words = {"first": period.first, "last": period.last}
        products = {row[0]: (row[1], int(row[2])) for row in connection.execute(text(EXACT_PRODUCTS), words)}
    took = (time.perf_counter() - started) * 1000
    ours = {day: (sums.orders, sums.taken_cents) for day, sums in report.course.days}
    mine = {share.key: (share.count, share.cents) for share in report.products}
    return took, {day: days.get(day, (0, 0)) for day in ours} == ours and products == mine


def _signed_in(app: Flask) -> FlaskClient:
    secret = users.new_secret()
    with transaction():
        users.add_staff("bench@hotcorner.example", "Ada", PASSWORD, Role.ADMIN, None, totp_secret=secret)
    browser = app.test_client()
    browser.environ_base["HTTP_ORIGIN"] = "http://localhost"
    browser.post("/session", data={"email": "bench@hotcorner.example", "password": PASSWORD})
    browser.post("/session/second-step", data={"code": totp.code(secret, totp.step_at(clock.now()))})
    return browser


def _get(browser: FlaskClient, path: str) -> None:
    response = browser.get(path)
    if response.status_code != 200:
        raise RuntimeError(f"{path}: {response.status}")


def main() -> None:
    """Measure only this, and print it."""
    with (
        tempfile.TemporaryDirectory(prefix="hotcorner-bench-") as name,
        redis.server() as queue,
        postgres.cluster() as url,
    ):
        folder = Path(name)
        found = measure(servers.environment(folder, url, queue), folder, quick=False)
    print(json.dumps({field: getattr(found, field) for field in Reported.__dataclass_fields__}, indent=2))


if __name__ == "__main__":
    main()
