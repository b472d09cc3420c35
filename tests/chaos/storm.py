"""One storm: open the shop, let customers, staff and weather at it, wait until it is quiet, look at what is there."""

import time
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.chaos import customers, invariants
from tests.chaos import shop as shops
from tests.chaos.customers import Diary
from tests.chaos.deeds import Hands
from tests.chaos.invariants import Evidence
from tests.chaos.plan import Plan, visit
from tests.chaos.shop import Shop
from tests.chaos.staff import Staff
from tests.chaos.weather import Weather

HANDLED = 0.95
QUIET_SECONDS = 120.0
LATER_SECONDS = 180.0
LATE = "anything stuck or undone"
TICK_SECONDS = 0.05


@dataclass(frozen=True)
class Outcome:
    """What a storm came to: figures in words, and every invariant with what breaks it."""

    plan: Plan
    figures: Mapping[str, object]
    broken: Mapping[str, list[str]]

    @property
    def held(self) -> bool:
        return not any(self.broken.values())

    def __str__(self) -> str:
        """One line."""
        words = ", ".join(f"{name} {value}" for name, value in self.figures.items())
        return f"{self.plan.database} seed {self.plan.seed}: {words}"


def run(plan: Plan, folder: Path, *, quiet: float = QUIET_SECONDS) -> Outcome:
    """Blow once over a shop in an empty folder."""
    with shops.open_for(plan, folder) as shop:
        return _blow(shop, quiet)


def _blow(shop: Shop, quiet: float) -> Outcome:
    plan, diary, weather = shop.plan, Diary(), Weather(shop)
    began = time.monotonic()
    shop.trouble(plan.faults)
    with staff_at_work(shop) as staff:
        with ThreadPoolExecutor(plan.customers) as street:
            visits = [
                street.submit(customers.come, shop, diary, visit(plan, number)) for number in range(plan.checkouts)
            ]
            while (finished := sum(each.done() for each in visits)) < len(visits):
                weather.blow(finished)
                time.sleep(TICK_SECONDS)
            for each in visits:
                each.result()
        _until_handled(shop, weather)
        stormed = time.monotonic() - began
        waited = _until_quiet(shop, weather, staff, quiet)
        late = invariants.stuck(Evidence(shop, Diary(), 0))
        if late:  # which counts; all else is looked at when nothing is half done any more
            waited += _until_quiet(shop, weather, staff, LATER_SECONDS)
    evidence = Evidence(shop, diary, weather.deaths)
    figures = _figures(shop, diary, staff, weather) | {"storm s": round(stormed), "quiet s": round(waited)}
    broken = {name: check(evidence) for name, check in invariants.ALL.items()}
    return Outcome(plan, figures, broken | {LATE: late or broken[LATE]})


@contextmanager
def staff_at_work(shop: Shop) -> Iterator[Staff]:
    """Staff for the block, each in a thread of their own."""
    hands = Hands(shop.house.crew.members["clock"].environ, shop.house.place.logs / "deeds.log")
    staff = Staff(shop, hands)
    staff.come()
    try:
        yield staff
    finally:
        staff.go_home()
        hands.close()


def _until_handled(shop: Shop, weather: Weather) -> None:
    deadline = time.monotonic() + shop.plan.longest_tail
    while time.monotonic() < deadline:
        total, done = shop.rows("SELECT count(*), count(done_at) FROM outbox")[0]
        if done >= HANDLED * total:
            return
        weather.blow(shop.plan.checkouts)
        time.sleep(TICK_SECONDS)


def _until_quiet(shop: Shop, weather: Weather, staff: Staff, patience: float) -> float:
    """Wait until nothing is stuck or undone and the staff have nothing left to do; gives the seconds that it took."""
    weather.calm()
    began = time.monotonic()
    while time.monotonic() < began + patience:
        weather.mend()
        if staff.idle and not invariants.stuck(Evidence(shop, Diary(), 0)):
            break
        time.sleep(TICK_SECONDS * 4)
    return time.monotonic() - began


_COUPONS = "SELECT count(*) FROM redemptions WHERE code_id IS NOT NULL AND state <> 'released'"


def _figures(shop: Shop, diary: Diary, staff: Staff, weather: Weather) -> dict[str, object]:
    orders, events = shop.rows("SELECT (SELECT count(*) FROM orders), (SELECT count(*) FROM outbox)")[0]
    placed = shop.rows("SELECT count(DISTINCT order_id) FROM order_events WHERE status = 'placed'")[0][0]
    return {
        "checkouts": shop.plan.checkouts,
        "orders": orders,
        "placed": placed,
        "coupons": shop.rows(_COUPONS)[0][0],
        "gave up": len(diary.left),
        "answers 500": len(diary.broken),
        "events": events,
        "taps": staff.taps,
        "refunds": staff.refunds,
        "kills": sum(weather.kills.values()),
        "stops": weather.stops,
    }
