"""A report of sales as pages and files tell it: what each plot shows, and the same figures as rows."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from app.core.money import format_cents
from app.menu import service as menu
from app.orders.remade import Remade
from app.payments.sales import Course, Lift, Report, Share, Sums
from app.payments.service import Bearer, Reason
from app.stores import service as stores
from blueprints.plots import Bar, Columns, Value, bars, columns, hour_words

TOP = 10
PLOTS = frozenset({"days", "hours", "products", "toppings", "deals", "refunds", "remakes", "hands"})
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
DEALS = ("deal", "used", "cents", "orders", "average order", "beside those without")
SUMS = ("orders", "items", "deals", "delivery", "tax", "tips", "taken", "given back", "disputed", "net", "net before")
HANDS = {"provider": "Cards", "drawer": "Cash"}
Row = Sequence[object]


@dataclass(frozen=True, slots=True)
class Tile:
    """One figure at the head of a report, and what it was before."""

    name: str
    amount: str
    before: str


@dataclass(frozen=True, slots=True)
class Hand:
    """What came in by card or in cash, what left, and what stayed, in cents."""

    name: str
    taken: int
    back: int
    disputed: int

    @property
    def net(self) -> int:
        """What stayed."""
        return self.taken - self.back - self.disputed


@dataclass(frozen=True, slots=True)
class Drawn:
    """A report with its plots."""

    tiles: tuple[Tile, ...]
    days: Columns
    hours: Columns
    products: tuple[Bar, ...]
    toppings: tuple[Bar, ...]
    deals: tuple[tuple[Bar, Lift], ...]
    refunds: tuple[Bar, ...]
    remakes: tuple[Bar, ...]
    hands: tuple[Hand, ...]


def drawn(report: Report, remade: Sequence[Remade]) -> Drawn:
    """A report with its plots, against the period before."""
    course, before = report.course, report.before
    products, toppings = _names()
    return Drawn(
        tiles=_tiles(course.sums, before.sums),
        days=columns(_values(day_rows(course, before))),
        hours=columns(_values(hour_rows(course, before))),
        products=bars(_counted(report.products, products), most=TOP),
        toppings=bars(_counted(report.toppings, toppings), most=TOP, by_count=True),
        deals=tuple(
            zip(bars([(lift.name, lift.count, lift.cents) for lift in report.lifts]), report.lifts, strict=True)
        ),
        refunds=bars([(_why(*share.key.split(":")), share.count, share.cents) for share in report.refunds]),
        remakes=bars([(_why(each.reason, each.bearer), each.count, each.worth_cents) for each in remade]),
        hands=_hands(report.hands),
    )


def _hands(shares: Sequence[Share]) -> tuple[Hand, ...]:
    cents = {share.key: share.cents for share in shares}
    return tuple(
        Hand(words, cents.get(f"{name}:capture", 0), -cents.get(f"{name}:refund", 0), -cents.get(f"{name}:dispute", 0))
        for name, words in HANDS.items()
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


def _values(rows: list[tuple[str, Sums, Sums]]) -> list[Value]:
    return [
        Value(label, sums.net_cents, before.net_cents, f"{label}: {format_cents(sums.net_cents)}, {sums.orders} orders")
        for label, sums, before in rows
    ]


def _counted(shares: Sequence[Share], names: Mapping[str, str]) -> list[tuple[str, int, int]]:
    return [(names.get(share.key, share.name), share.count, share.cents) for share in shares]


def _why(reason: str, bearer: str) -> str:
    return f"{REASONS[Reason(reason)]}, {BEARERS[Bearer(bearer)]}"


def _names() -> tuple[dict[str, str], dict[str, str]]:
    """What products and toppings are called today, by their keys; the figures keep what they were called then."""
    known = menu.load(stores.first())
    products = {str(product.id): product.name for product in known.products.values()}
    return products, {key: topping.name for key, topping in known.toppings.items()}


def rows(plot: str, report: Report, remade: Sequence[Remade]) -> list[Row]:
    """A plot as the rows of a file, its head first, in whole cents. KeyError for a plot that there is not."""
    course, before = report.course, report.before
    made: dict[str, Callable[[], list[Row]]] = {
        "days": lambda: [("day", *SUMS), *_sums(course.days, before.days)],
        "hours": lambda: [("hour", *SUMS), *_sums(course.hours, before.hours)],
        "products": lambda: [("product", "sold", "cents"), *_counted(report.products, _names()[0])],
        "toppings": lambda: [("topping", "pizzas"), *(row[:2] for row in _counted(report.toppings, _names()[1]))],
        "deals": lambda: [DEALS, *map(_lift, report.lifts)],
        "refunds": lambda: [("reason", "borne by", "refunds", "cents"), *map(_refund, report.refunds)],
        "remakes": lambda: [("reason", "borne by", "orders", "cents"), *map(_remade, remade)],
        "hands": lambda: [("by", "taken", "given back", "disputed", "net"), *map(_hand, _hands(report.hands))],
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


def _remade(each: Remade) -> Row:
    return (each.reason, each.bearer, each.count, each.worth_cents)


def _lift(lift: Lift) -> Row:
    beside = "" if lift.lift_cents is None else lift.lift_cents
    return (lift.name, lift.count, lift.cents, lift.orders, lift.average_cents, beside)


def _hand(hand: Hand) -> Row:
    return (hand.name, hand.taken, hand.back, hand.disputed, hand.net)
