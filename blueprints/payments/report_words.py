"""A report as pages and files tell it: which days, what each plot shows, and the same figures as rows."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from app.core.money import format_cents
from app.menu import service as menu
from app.payments.sales import Course, Period, Report, Share, Sums
from app.payments.service import Bearer, Reason
from app.stores import service as stores
from blueprints.payments.plots import Bar, Columns, Value, bars, columns

MOST_DAYS, USUAL_DAYS = 366, 28
PRESETS = ((1, "Today"), (7, "7 days"), (28, "28 days"))
TOP = 10
EARLIEST = date(2000, 1, 1)
REASONS = {
    Reason.LATE: "Late",
    Reason.COLD: "Cold",
    Reason.WRONG: "Wrong item",
    Reason.MISSING: "Something missing",
    Reason.QUALITY: "Not good",
    Reason.NEVER_CAME: "Never came",
    Reason.OTHER: "Something else",
    Reason.CANCELLED: "Order cancelled",
}
BEARERS = {
    Bearer.STORE: "the store",
    Bearer.CHAIN: "the chain",
    Bearer.COURTESY: "as a courtesy",
    Bearer.NOBODY: "the sale undone",
}
SUMS = ("orders", "items", "deals", "delivery", "tax", "tips", "taken", "given back", "disputed", "net", "net before")
Row = Sequence[object]


@dataclass(frozen=True, slots=True)
class Asked:
    """The days that somebody asked for; `trouble` says why those in the address could not be had."""

    period: Period
    trouble: str = ""


@dataclass(frozen=True, slots=True)
class Tile:
    """One figure at the head of a report, and what it was before."""

    name: str
    amount: str
    before: str


@dataclass(frozen=True, slots=True)
class Drawn:
    """A report with its plots."""

    tiles: tuple[Tile, ...]
    days: Columns
    hours: Columns
    products: tuple[Bar, ...]
    toppings: tuple[Bar, ...]
    deals: tuple[Bar, ...]
    refunds: tuple[Bar, ...]


def asked(days: str, first: str, last: str, today: date) -> Asked:
    """Which days are meant: the last so many, or from one to another; the usual ones with a word where neither."""
    usual = Asked(_last(USUAL_DAYS, today))
    if not (first or last):
        number = int(days) if days.isascii() and days.isdecimal() and len(days) < 4 else 0
        return Asked(_last(number, today)) if 1 <= number <= MOST_DAYS else usual
    try:
        period = Period(date.fromisoformat(first), date.fromisoformat(last))
    except ValueError:
        return Asked(usual.period, "Enter both dates, as in 2026-07-03.")
    if period.first > period.last:
        return Asked(usual.period, "The first day comes after the last one.")
    if period.days > MOST_DAYS:
        return Asked(usual.period, f"A report covers {MOST_DAYS} days at most.")
    if period.first < EARLIEST or period.last > today:
        return Asked(usual.period, "These days have not come yet, or are too long ago.")
    return Asked(period)


def _last(number: int, today: date) -> Period:
    return Period(today - timedelta(days=number - 1), today)


def drawn(report: Report, before: Course) -> Drawn:
    """A report with its plots, against the period before."""
    course = report.course
    products, toppings = _names()
    return Drawn(
        tiles=_tiles(course.sums, before.sums),
        days=columns(_values(day_rows(course, before))),
        hours=columns(_values(hour_rows(course, before))),
        products=bars(_counted(report.products, products), most=TOP),
        toppings=bars(_counted(report.toppings, toppings), most=TOP, by_count=True),
        deals=bars(_counted(report.deals, {}), most=TOP),
        refunds=bars([(_why(share), share.count, share.cents) for share in report.refunds]),
    )


def _tiles(now: Sums, before: Sums) -> tuple[Tile, ...]:
    figures: tuple[tuple[str, Callable[[Sums], str]], ...] = (
        ("Sales, less what went back", lambda sums: format_cents(sums.net_cents)),
        ("Orders", lambda sums: f"{sums.orders:,}"),
        ("An order on average", lambda sums: format_cents(sums.average_cents)),
        ("Given back and disputed", lambda sums: format_cents(sums.back_cents + sums.disputed_cents)),
        ("Taken off items by deals", lambda sums: format_cents(sums.discount_cents)),
    )
    return tuple(Tile(name, say(now), say(before)) for name, say in figures)


def day_rows(course: Course, before: Course) -> list[tuple[str, Sums, Sums]]:
    """Every day in words, its sums, and those of the same day before."""
    pairs = zip(course.days, before.days, strict=True)
    return [(f"{day:%a, %b} {day.day}", sums, earlier) for (day, sums), (_, earlier) in pairs]


def hour_rows(course: Course, before: Course) -> list[tuple[str, Sums, Sums]]:
    """The same of hours, from the first to the last in which anything was booked."""
    pairs = list(zip(course.hours, before.hours, strict=True))
    busy = [n for n, ((_, sums), (_, earlier)) in enumerate(pairs) if sums != Sums() or earlier != Sums()]
    shown = pairs[busy[0] : busy[-1] + 1] if busy else []
    return [(hour_words(hour), sums, earlier) for (hour, sums), (_, earlier) in shown]


def hour_words(hour: int) -> str:
    """`7 pm`."""
    return f"{hour % 12 or 12} {'am' if hour < 12 else 'pm'}"


def _values(rows: list[tuple[str, Sums, Sums]]) -> list[Value]:
    return [
        Value(label, sums.net_cents, before.net_cents, f"{label}: {format_cents(sums.net_cents)}, {sums.orders} orders")
        for label, sums, before in rows
    ]


def _counted(shares: Sequence[Share], names: Mapping[str, str]) -> list[tuple[str, int, int]]:
    return [(names.get(share.key, share.name), share.count, share.cents) for share in shares]


def _why(share: Share) -> str:
    reason, _, bearer = share.key.partition(":")
    return f"{REASONS[Reason(reason)]}, {BEARERS[Bearer(bearer)]}"


def _names() -> tuple[dict[str, str], dict[str, str]]:
    """What products and toppings are called today, by their keys; the figures keep what they were called then."""
    known = menu.load(stores.first())
    products = {str(product.id): product.name for product in known.products.values()}
    return products, {key: topping.name for key, topping in known.toppings.items()}


def rows(plot: str, report: Report, before: Course) -> list[Row]:
    """A plot as the rows of a file, its head first, in whole cents. KeyError for a plot that there is not."""
    course = report.course
    made: dict[str, Callable[[], list[Row]]] = {
        "days": lambda: [("day", *SUMS), *_sums(course.days, before.days)],
        "hours": lambda: [("hour", *SUMS), *_sums(course.hours, before.hours)],
        "products": lambda: [("product", "sold", "cents"), *_counted(report.products, _names()[0])],
        "toppings": lambda: [("topping", "pizzas"), *(row[:2] for row in _counted(report.toppings, _names()[1]))],
        "deals": lambda: [("deal", "used", "cents"), *_counted(report.deals, {})],
        "refunds": lambda: [("reason", "borne by", "refunds", "cents"), *map(_refund, report.refunds)],
    }
    return made[plot]()


def _sums(now: Sequence[tuple[object, Sums]], before: Sequence[tuple[object, Sums]]) -> list[Row]:
    return [(key, *figures(sums, earlier)) for (key, sums), (_, earlier) in zip(now, before, strict=True)]


def figures(sums: Sums, before: Sums) -> tuple[int, ...]:
    """Sums in the order of SUMS."""
    return (
        *(sums.orders, sums.items_cents, sums.discount_cents, sums.fee_cents, sums.tax_cents, sums.tip_cents),
        *(sums.taken_cents, sums.back_cents, sums.disputed_cents, sums.net_cents, before.net_cents),
    )


def _refund(share: Share) -> Row:
    reason, _, bearer = share.key.partition(":")
    return (reason, bearer, share.count, share.cents)
