"""What customers were told counts: a tracker that promises an order that is not there is missed by nothing."""

from types import SimpleNamespace

import pytest

from tests.chaos import customers, invariants
from tests.chaos.customers import Diary
from tests.chaos.invariants import Evidence

BROKEN = invariants.ALL["two orders for one cart, or an order shown that is not there"]
TRACKER = "<h1>{}</h1>"


class Pages:
    """A browser to which a shop says that the money is there, and then shows this tracker."""

    def __init__(self, tracker: str) -> None:
        self.diary, self.tracker = Diary(), tracker

    def get(self, path: str) -> SimpleNamespace:
        """The way to the tracker, or the tracker."""
        goes = {"Location": "/track/7-abc"} if path.startswith("/pay/return/") else {}
        return SimpleNamespace(headers=goes, text="" if goes else self.tracker)


class Shop:
    """A shop in whose books order 7 went through these statuses."""

    def __init__(self, *statuses: str) -> None:
        self.told = [SimpleNamespace(key=7, seq=n, status=status) for n, status in enumerate(statuses)]

    def rows(self, query: str) -> list[SimpleNamespace]:
        """The moves of its order; no cart has two."""
        return [] if "HAVING" in query else self.told


PAID = ("pending_payment", "placed", "accepted")
CHANGED = ("pending_payment", "cancelled")
TOLD = [
    ("Received", PAID, []),
    ("Cancelled", CHANGED, []),
    ("Cancelled", (*PAID, "cancelled"), []),
    ("Received", CHANGED, ["order 7 was called paid"]),
    ("Received", (), ["order 7 was called paid"]),
    ("We cannot find that", CHANGED, ["order 7 was called paid"]),
    ("Cancelled", PAID, ["order 7 was called off"]),
    ("Cancelled", (), ["order 7 was called off"]),
]


@pytest.mark.parametrize(("headline", "statuses", "cases"), TOLD)
def test_a_tracker_is_held_to_what_it_says(headline, statuses, cases):
    browser = Pages(TRACKER.format(headline))
    customers._come_back(browser, "7-abc")
    assert BROKEN(Evidence(Shop(*statuses), browser.diary, 0)) == cases
