"""A shop with guards taken out: what brings out that they are missing, and whether their invariants break."""

import time
from collections.abc import Collection, Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from itertools import count, islice
from pathlib import Path
from typing import Any

from tests.chaos import customers, invariants, storm
from tests.chaos import shop as shops
from tests.chaos.customers import Diary
from tests.chaos.invariants import Evidence
from tests.chaos.plan import Plan, visit
from tests.chaos.shop import Shop
from tests.chaos.weather import Weather

VISITS = 10
PATIENCE_SECONDS = 90.0
BETWEEN_SECONDS = 30.0  # longer than a case has to last: for workers who are always late, no relay is missed
CALM: Mapping[str, Any] = {"cancelled": 0.0, "slotted": 0.0, "couponed": 0.0, "faults": {}}


@dataclass(frozen=True)
class Provocation:
    """What brings out that a guard is missing, and the invariant that then breaks: one case that begins with `case`,
    for so many seconds.

    Customers are at work while we look, so that what is seen once may be half of a deed.
    """

    breaks: str
    plan: Mapping[str, Any] = field(default_factory=dict)
    stops: tuple[str, ...] = ()
    case: str = ""
    lasting: float = 0.5


PROVOKED = {
    # Payments wait for their customers; a fact waits for nobody who is not the relay.
    "relay": Provocation("anything stuck or undone", stops=("committed",) * 3, case="event ", lasting=15.0),
    "inbox": Provocation("an effect not exactly once", stops=("acted",) * 2),
    "kitchen": Provocation("cooked without authorisation", {"cancelled": 0.7}),
    "silence": Provocation(
        "an approved card in a failed order",
        {"faults": {"endpoints": {"payment_intents.retrieve": {"drop_after": 0.7}}}},
    ),
    "slots": Provocation("slot overbooked", {"slotted": 1.0}),
    "coupons": Provocation("redemptions over a limit or counter off", {"couponed": 1.0}),
}
_numbers = count()


@dataclass
class Street:
    """Who comes in: so many at a time, and after a while the next, when all of them have gone.

    Whoever comes later takes no place of a quarter: the first ones have it.
    """

    shop: Shop
    pool: ThreadPoolExecutor
    visits: list[Future[None]] = field(default_factory=list)
    next_at: float = 0.0

    def fill(self) -> None:
        """Let the next ones come, if it is their time and nobody is there."""
        if time.monotonic() >= self.next_at and all(each.done() for each in self.visits):
            self.next_at = time.monotonic() + BETWEEN_SECONDS
            self.visits = [self._send(number, first=not self.visits) for number in islice(_numbers, VISITS)]

    def _send(self, number: int, *, first: bool) -> Future[None]:
        told = visit(self.shop.plan, number)
        told = replace(told, pay="card", comes_back=True, slotted=told.slotted and first)
        return self.pool.submit(customers.come, self.shop, Diary(), told)


@contextmanager
def open_shop(folder: Path) -> Iterator[Shop]:
    """A shop with little room, all guards in."""
    with shops.open_for(Plan(seed=5, customers=VISITS, to_pay=30, capacity=9, faults={}), folder) as opened:
        yield opened


def unmissed(
    shop: Shop, *guards: str, without: Collection[str] | None = None, patience: float = PATIENCE_SECONDS
) -> set[str]:
    """Take guards out, all at once, and let customers and staff at it: those whose invariants did not break anew.

    `without` are those that are really taken out, if not all of them. Customers come as long as one is not missed:
    on a slow machine, ten orders may be too few for one that is cooked after it was called off.
    """
    told = {guard: PROVOKED[guard] for guard in guards}
    shop.plan = replace(shop.plan, **CALM)
    for provocation in told.values():
        shop.plan = replace(shop.plan, **provocation.plan)
    shop.rig(",".join(guards if without is None else without))
    before = {guard: _cases(shop, one) for guard, one in told.items()}
    shop.trouble(shop.plan.faults)
    with storm.staff_at_work(shop), ThreadPoolExecutor(VISITS) as pool:
        return _wait(Street(shop, pool), told, before, patience)


def _wait(street: Street, told: Mapping[str, Provocation], before: Mapping[str, set[str]], patience: float) -> set[str]:
    shop = street.shop
    weather, stops = Weather(shop), [stop for one in told.values() for stop in one.stops]
    deadline, left = time.monotonic() + patience, set(told)
    since: dict[str, dict[str, float]] = {guard: {} for guard in told}
    while left and time.monotonic() < deadline:
        weather.mend()
        street.fill()
        if stops and not (shop.failpoints / f"{stops[-1]}.die").exists():
            shop.stop_at(stops.pop(), "die")
        for guard in tuple(left):
            cases = set() if told[guard].stops and stops else _cases(shop, told[guard]) - before[guard]
            now = time.monotonic()
            since[guard] = {case: since[guard].get(case, now) for case in cases}
            if any(now - first >= told[guard].lasting for first in since[guard].values()):
                left.remove(guard)
        time.sleep(0.1)
    return left


def _cases(shop: Shop, told: Provocation) -> set[str]:
    found = invariants.ALL[told.breaks](Evidence(shop, Diary(), 0))
    return {case for case in found if case.startswith(told.case)}
