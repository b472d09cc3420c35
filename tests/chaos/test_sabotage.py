"""The storm can fail: each guard that is taken out is missed by its invariant. Every program of the shop is real."""

import time
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from itertools import count
from typing import Any

import pytest

from tests.chaos import customers, invariants, storm
from tests.chaos import shop as shops
from tests.chaos.customers import Diary
from tests.chaos.invariants import Evidence
from tests.chaos.plan import Plan, visit
from tests.chaos.sabotage import GUARDS
from tests.chaos.shop import Shop
from tests.chaos.weather import Weather

VISITS = 10
PATIENCE_SECONDS = 90.0


@dataclass(frozen=True)
class Provocation:
    """What brings out that a guard is missing, and the invariant that then breaks, for at least so many seconds."""

    breaks: str
    plan: Mapping[str, Any] = field(default_factory=dict)
    stops: tuple[str, ...] = ()
    lasting: float = 0.0


PROVOKED = {
    "relay": Provocation("anything stuck or undone", stops=("committed",) * 3, lasting=8.0),
    "inbox": Provocation("an effect not exactly once", stops=("heard",) * 2),
    "kitchen": Provocation("cooked without authorisation", {"cancelled": 0.7}),
    "silence": Provocation(
        "an approved card in a failed order",
        {"faults": {"endpoints": {"payment_intents.retrieve": {"drop_after": 0.7}}}},
    ),
    "slots": Provocation("slot overbooked", {"slotted": 1.0}),
    "coupons": Provocation("redemptions over a limit or counter off", {"couponed": 1.0}),
}


@pytest.fixture(scope="module")
def besieged(tmp_path_factory) -> Iterator[Shop]:
    plan = Plan(seed=5, customers=VISITS, to_pay=30, capacity=9, faults={})
    with shops.open_for(plan, tmp_path_factory.mktemp("sabotage")) as opened:
        yield opened


def test_every_guard_is_provoked():
    assert PROVOKED.keys() == GUARDS.keys()


@pytest.mark.parametrize("guard", GUARDS)
def test_a_guard_that_is_taken_out_is_missed(besieged, guard):
    told = PROVOKED[guard]
    calm = {"cancelled": 0.0, "slotted": 0.0, "couponed": 0.0, "faults": {}}
    besieged.plan = replace(besieged.plan, **{**calm, **told.plan})
    besieged.rig(guard)
    before = _cases(besieged, told.breaks)
    besieged.trouble(besieged.plan.faults)
    assert _broken(besieged, told, before)


def _cases(shop: Shop, name: str) -> set[str]:
    return set(invariants.ALL[name](Evidence(shop, Diary(), 0)))


def _broken(shop: Shop, told: Provocation, before: set[str]) -> bool:
    """Whether the invariant broke anew, while customers and staff were at work."""
    weather, stops = Weather(shop), list(told.stops)
    first = next(_numbers) * VISITS
    with storm.staff_at_work(shop), ThreadPoolExecutor(VISITS) as street:
        for number in range(first, first + VISITS):
            street.submit(customers.come, shop, Diary(), replace(visit(shop.plan, number), pay="card", comes_back=True))
        deadline, since = time.monotonic() + PATIENCE_SECONDS, time.monotonic()
        while time.monotonic() < deadline:
            weather.mend()
            if stops and not (shop.failpoints / f"{stops[-1]}.die").exists():
                shop.stop_at(stops.pop(), "die")
            if stops or not _cases(shop, told.breaks) - before:
                since = time.monotonic()
            elif time.monotonic() - since >= told.lasting:
                return True
            time.sleep(0.1)
    return False


_numbers = count()
