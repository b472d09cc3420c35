"""What happens in a storm, decided by its seed: who orders what and how, what becomes of it, how bad the weather is."""

from dataclasses import dataclass, field
from random import Random
from typing import Any

PRODUCTS = ("pepperoni", "margherita", "your-own", "cola")
CARDS = {"good": "4242424242424242", "declined": "4000000000000002", "asks": "4000002500003155"}

# Per call to the provider. The stand-in itself is never killed: it is what the shop is measured by.
FAULTS: dict[str, Any] = {
    "endpoints": {"*": {"drop_before": 0.03, "drop_after": 0.05, "error_500_after": 0.03, "delay_ms": 20}},
    "webhooks": {"off": 0.02, "duplicate": 0.2, "forge": 0.01, "reorder": 0.3, "delay_ms": 100},
}


@dataclass(frozen=True)
class Plan:
    """A storm. Times are seconds; `without` names the guard that is taken out, if any.

    `coupon` is a code that halves the price, once for each customer and `coupon_limit` times in all; `couponed` of the
    customers type it, and `twins` of all say that they are the same person.
    """

    database: str = "sqlite"
    seed: int = 1
    checkouts: int = 1000
    customers: int = 16
    to_pay: float = 40.0
    capacity: int = 40
    kill_every: tuple[float, float] = (0.4, 1.4)
    deaths_each: float = 0.3  # at most so many for each checkout: a program needs seconds to come up again
    longest_tail: float = 60.0  # after the last customer, until nearly every event is handled
    stop_every: tuple[float, float] = (0.3, 1.0)
    cancelled: float = 0.06
    declined: float = 0.04
    asked: float = 0.05
    slotted: float = 0.10
    couponed: float = 0.25
    twins: float = 0.05
    without: str = ""
    coupon: str = "STORM50"
    coupon_limit: int = 50
    faults: dict[str, Any] = field(default_factory=lambda: FAULTS)


@dataclass(frozen=True)
class Visit:
    """One customer's checkout. `pay` is card, hosted or cash; `cards` are tried in this order."""

    number: int
    product: str
    quantity: int
    slotted: bool
    coupon: bool
    twice: bool
    second_tab: bool
    pay: str
    cards: tuple[str, ...]
    answers_bank: bool
    regrets: bool
    comes_back: bool
    twin: bool

    @property
    def name(self) -> str:
        return f"Guest {self.number}"

    @property
    def contact(self) -> dict[str, str]:
        """Who they say they are: all twins have one phone and one address."""
        known = 0 if self.twin else self.number + 1
        return {"name": self.name, "phone": f"312 2{known:06}", "email": f"guest{known}@example.com"}


@dataclass(frozen=True)
class Fate:
    """What the staff do with an order: it is cancelled at once or rejected, else tapped on `taps` times."""

    cancelled: bool
    rejected: bool
    taps: int
    refunded: bool
    refund_twice: bool


def visit(plan: Plan, number: int) -> Visit:
    """What this customer does."""
    dice = Random(f"{plan.seed}/visit/{number}")
    cards = _cards(plan, dice.random())
    way = dice.random()
    return Visit(
        number=number,
        product=dice.choice(PRODUCTS),
        quantity=dice.randint(1, 3),
        slotted=dice.random() < plan.slotted,
        coupon=dice.random() < plan.couponed,
        twice=dice.random() < 0.30,
        second_tab=dice.random() < 0.10,
        pay="cash" if way < 0.05 else "hosted" if way < 0.15 else "card",
        cards=cards,
        answers_bank=dice.random() < 0.5,
        regrets=dice.random() < 0.03,
        comes_back=dice.random() < 0.9,
        twin=dice.random() < plan.twins,
    )


def _cards(plan: Plan, kind: float) -> tuple[str, ...]:
    if kind < plan.declined:
        return ("declined", "good")
    return ("asks",) if kind < plan.declined + plan.asked else ("good",)


def fate(plan: Plan, number: int) -> Fate:
    """What becomes of this customer's order."""
    dice = Random(f"{plan.seed}/fate/{number}")
    end = dice.random()
    return Fate(
        cancelled=end < plan.cancelled,
        rejected=plan.cancelled <= end < plan.cancelled + 0.05,
        taps=dice.choice((0, 1, 1, 2, 3, 6)),
        refunded=dice.random() < 0.05,
        refund_twice=dice.random() < 0.5,
    )
