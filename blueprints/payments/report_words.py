"""A report of sales as pages and files tell it: what each plot shows, and the same figures as rows."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import zip_longest

from app.core.money import format_cents
from app.menu import service as menu
from app.orders.remade import Remade
from app.payments.sales import Course, Lift, Report, Share, Sums
from app.payments.service import Bearer, Reason
from app.stores import service as stores
from blueprints.plots import Bar, Columns, Counted, Value, bars, columns, hour_words

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
DEALS = ("deal", "used", "cents", "orders", "average order", "beside those without", "used before", "cents before")
SUMS = ("orders", "items", "deals", "delivery", "tax", "tips", "taken", "given back", "disputed", "net", "net before")
BEFORE = {what: (f"{what} before", "cents before") for what in ("sold", "refunds", "orders")}
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
    """What came in by card or in cash, what left, what stayed, and what had stayed before, in cents."""

    name: str
    taken: int
    back: int
    disputed: int
    before: int

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
    deals: tuple[tuple[Bar, Lift | None], ...]
    refunds: tuple[Bar, ...]
    remakes: tuple[Bar, ...]
    hands: tuple[tuple[Bar, Hand], ...]


def drawn(report: Report, remade: Sequence[Remade], earlier: Sequence[Remade]) -> Drawn:
    """A report with its plots, against the period before; `remade` and `earlier` are what was made again in both."""
    course, before, hands = report.course, report.before, _hands(report)
    products, toppings = _names()
    return Drawn(
        tiles=_tiles(course.sums, before.sums),
        days=columns(_values(day_rows(course, before))),
        hours=columns(_values(hour_rows(course, before))),
        products=bars(_beside(report, "product", products), most=TOP),
        toppings=bars(_beside(report, "topping", toppings), most=TOP, by_count=True),
        deals=_deals(report),
        refunds=bars(_in_words(_beside(report, "refund"))),
        remakes=bars(_in_words(_remakes(remade, earlier))),
        hands=tuple(zip(bars([Counted(one.name, 0, one.net, 0, one.before) for one in hands]), hands, strict=True)),
    )


def _beside(report: Report, kind: str, names: Mapping[str, str] | None = None) -> list[Counted]:
    """The shares of a kind with those of before, the largest first; at the end what there was only before.

    Called by their present names, else by those of then; refunds by their keys.
    """
    was = {share.key: share for share in report.earlier.get(kind, ())}
    now = {"product": report.products, "topping": report.toppings, "deal": report.deals, "refund": report.refunds}[kind]
    gone = [Share(key, share.name, 0, 0) for key, share in was.items() if key not in {share.key for share in now}]
    return [_with(share, was.get(share.key), (names or {}).get(share.key, share.name)) for share in (*now, *gone)]


def _with(share: Share, was: Share | None, name: str) -> Counted:
    return Counted(name or share.key, share.count, share.cents, was.count if was else 0, was.cents if was else 0)


def _deals(report: Report) -> tuple[tuple[Bar, Lift | None], ...]:
    """Deals with how their orders stand; None for those that were used only before."""
    lifts = {lift.key: lift for lift in report.lifts}
    keys = [share.key for share in report.deals]
    return tuple(zip_longest(bars(_beside(report, "deal")), [lifts.get(key) for key in keys]))


def _remakes(remade: Sequence[Remade], earlier: Sequence[Remade]) -> list[Counted]:
    was = {(each.reason, each.bearer): each for each in earlier}
    now = {(each.reason, each.bearer): each for each in remade}
    found = []
    for why in dict.fromkeys((*now, *was)):
        figures = [(each.count, each.worth_cents) if each else (0, 0) for each in (now.get(why), was.get(why))]
        found.append(Counted(":".join(why), *figures[0], *figures[1]))
    return found


def _in_words(reasons: Sequence[Counted]) -> list[Counted]:
    return [replace(one, label=_why(*one.label.split(":"))) for one in reasons]


def _hands(report: Report) -> tuple[Hand, ...]:
    cents = {share.key: share.cents for share in report.hands}
    before = {share.key: share.cents for share in report.earlier.get("hand", ())}
    kinds = ("capture", "refund", "dispute")
    found = []
    for name, words in HANDS.items():
        taken, back, disputed = (cents.get(f"{name}:{kind}", 0) for kind in kinds)
        stayed = sum(before.get(f"{name}:{kind}", 0) for kind in kinds)
        found.append(Hand(words, taken, -back, -disputed, stayed))
    return tuple(found)


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


def _why(reason: str, bearer: str) -> str:
    return f"{REASONS[Reason(reason)]}, {BEARERS[Bearer(bearer)]}"


def _names() -> tuple[dict[str, str], dict[str, str]]:
    """What products and toppings are called today, by their keys; the figures keep what they were called then."""
    known = menu.load(stores.first())
    products = {str(product.id): product.name for product in known.products.values()}
    return products, {key: topping.name for key, topping in known.toppings.items()}


def rows(plot: str, report: Report, remade: Sequence[Remade], earlier: Sequence[Remade]) -> list[Row]:
    """A plot as the rows of a file, its head first, in whole cents. KeyError for a plot that there is not."""
    course, before = report.course, report.before
    made: dict[str, Callable[[], list[Row]]] = {
        "days": lambda: [("day", *SUMS), *_sums(course.days, before.days)],
        "hours": lambda: [("hour", *SUMS), *_sums(course.hours, before.hours)],
        "products": lambda: [
            ("product", "sold", "cents", *BEFORE["sold"]),
            *((one.label, *one.figures) for one in _beside(report, "product", _names()[0])),
        ],
        "toppings": lambda: [
            ("topping", "pizzas", "pizzas before"),
            *((one.label, one.count, one.count_before) for one in _beside(report, "topping", _names()[1])),
        ],
        "deals": lambda: [DEALS, *(_deal(bar.share, lift) for bar, lift in _deals(report))],
        "refunds": lambda: [
            ("reason", "borne by", "refunds", "cents", *BEFORE["refunds"]),
            *((*one.label.split(":"), *one.figures) for one in _beside(report, "refund")),
        ],
        "remakes": lambda: [
            ("reason", "borne by", "orders", "cents", *BEFORE["orders"]),
            *((*one.label.split(":"), *one.figures) for one in _remakes(remade, earlier)),
        ],
        "hands": lambda: [("by", "taken", "given back", "disputed", "net", "net before"), *map(_hand, _hands(report))],
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


def _deal(share: Counted, lift: Lift | None) -> Row:
    told = (lift.orders, lift.average_cents, lift.lift_cents) if lift else (0, None, None)
    figures = ("" if figure is None else figure for figure in told)
    return (share.label, share.count, share.cents, *figures, share.count_before, share.cents_before)


def _hand(hand: Hand) -> Row:
    return (hand.name, hand.taken, hand.back, hand.disputed, hand.net, hand.before)
