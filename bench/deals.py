"""The price engine's own figures: how long a cart takes, and how often a simpler rule would let a customer pay more."""

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from statistics import median

from app.promotions.applying import to_pay
from app.promotions.best import cheapest
from app.promotions.values import Application, Bill, Deal, Stage
from bench import carts

GROUPS = 20
RUNS = 2  # of each cart the better one: a busy machine is no fault of the engine

Pick = Callable[[Sequence[Application]], Application]


@dataclass(frozen=True, slots=True)
class Speed:
    """How long carts of one kind took, in milliseconds of processor time, and how many are not proved cheapest."""

    carts: int
    median_ms: float
    p99_ms: float
    worst_ms: float
    unproved: int


@dataclass(frozen=True, slots=True)
class Deals:
    """All of it: speeds by kind of cart, and by rule for how many carts in a hundred it misses the cheapest."""

    real: bool
    speeds: Mapping[str, Speed]
    missed: Mapping[str, float]


def measure(*, quick: bool) -> Deals:
    """Price every cart; with `quick`, a few."""
    real = carts.found()
    ordered = carts.real(2, 9) if real else carts.made_up(3000, 6)
    if quick:
        ordered = dict(list(ordered.items())[:100])
    groups = range(2 if quick else GROUPS)
    name = f"{'real' if real else 'made-up'} carts of 2 to 9 pizzas"
    speeds = {
        name: _speed({carts.bill(cart): count for cart, count in ordered.items()}),
        "group orders of 40": _speed({carts.group_order(n, 40, one_rate=True): 1 for n in groups}),
        "the same with two tax rates": _speed({carts.group_order(n, 40, one_rate=False): 1 for n in groups}),
    }
    return Deals(real, speeds, _missed({carts.bill(cart): count for cart, count in ordered.items()}))


def _speed(bills: Mapping[Bill, int]) -> Speed:
    taken: list[float] = []
    unproved = 0
    for bill, count in bills.items():
        unproved += not cheapest(bill, carts.TWELVE).certificate.proved
        taken += [min(_timed(bill) for _ in range(RUNS))] * count
    taken.sort()
    return Speed(len(taken), median(taken), taken[len(taken) * 99 // 100], taken[-1], unproved)


def _timed(bill: Bill) -> float:
    before = time.process_time_ns()
    cheapest(bill, carts.TWELVE)
    return (time.process_time_ns() - before) / 1_000_000


def _missed(bills: Mapping[Bill, int]) -> dict[str, float]:
    rules: dict[str, Callable[[Bill], int]] = {
        "the largest saving first": lambda bill: greedy(bill, carts.SIX, lambda ways: max(ways, key=_saving)),
        "the smallest saving first": lambda bill: greedy(bill, carts.SIX, lambda ways: min(ways, key=_saving)),
        "the one best deal": lambda bill: min(cheapest(bill, [deal]).total_cents for deal in carts.SIX),
    }
    best = {bill: cheapest(bill, carts.SIX).total_cents for bill in bills}
    whole = sum(bills.values())
    return {
        name: 100 * sum(count for bill, count in bills.items() if rule(bill) > best[bill]) / whole
        for name, rule in rules.items()
    }


def _saving(application: Application) -> int:
    return application.off_cents


def greedy(bill: Bill, deals: Sequence[Deal], pick: Pick) -> int:
    """The total of using one deal after the other as `pick` says, each as well as it can on what the others left."""
    due = {unit.id: unit.list_cents for unit in bill.units}
    touched: set[int] = set()
    used: list[Deal] = []
    while ways := dict(_ways(bill, deals, used, due, touched)):
        application = pick(list(ways.values()))
        used.append(next(deal for deal, way in ways.items() if way is application))
        for unit_id, share in application.shares.items():
            due[unit_id] -= share
        if application.stage is Stage.ITEM:
            touched |= set(application.shares)
    return to_pay(bill, due, bill.fee_cents)


def _ways(
    bill: Bill, deals: Sequence[Deal], used: Sequence[Deal], due: Mapping[int, int], touched: set[int]
) -> Iterator[tuple[Deal, Application]]:
    """What each deal that may still be used would take off."""
    left = replace(bill, units=tuple(unit for unit in bill.units if unit.id not in touched), fee_cents=0)
    whole = replace(bill, units=tuple(replace(unit, list_cents=due[unit.id]) for unit in bill.units), fee_cents=0)
    for deal in deals:
        if deal in used or (used and (deal.alone or any(each.alone for each in used))):
            continue
        found = cheapest(whole if deal.stage is Stage.ORDER else left, [deal]).applications
        yield from ((deal, application) for application in found)
