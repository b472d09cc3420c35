"""Ranges put to the test: a kitchen bakes a pizzeria's real orders of a year, and what was told is held to what came.

When somebody ordered and how many pizzas are real (see `carts`). The kitchen is made up and knows nothing of the
guesses: cooks by the hour who are faster some days than others, an oven with ten places, a few drivers and streets
that are sometimes full. What is told before an order is made sees only what a board would show.
"""

import csv
import heapq
from collections import defaultdict, deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import Random
from statistics import fmean

from app.stores.values import Method
from app.tracking import conformal, eta, pace
from app.tracking.conformal import Outcome
from app.tracking.pace import Pace, Sight
from app.tracking.stages import Stage
from bench import carts
from bench.carts import SHARED

SEED = 20
FIRST = datetime(2015, 1, 1)  # noqa: DTZ001 - the wall clock of a pizzeria that did not move
OVEN_PLACES, DRIVERS = 10, 4
LEARN_EVERY = 10


@dataclass(frozen=True, slots=True)
class Order:
    """One order as the till took it: minutes since the year began, pizzas, minutes of the drive or none."""

    at: float
    pizzas: int
    drive: int

    @property
    def moment(self) -> datetime:
        """When that was on the wall."""
        return FIRST + timedelta(minutes=self.at)


@dataclass(frozen=True, slots=True)
class Told:
    """What was told of an order, in minutes, and how long it took."""

    order: Order
    first: int
    last: int
    took: float

    @property
    def right(self) -> bool:
        """Whether it came in its range."""
        return self.first <= self.took <= self.last


@dataclass(frozen=True, slots=True)
class Year:
    """What a year of ranges was worth: shares that were right, by month, and how wide they were beside fixed quotes."""

    orders: int
    months: dict[int, float]
    width: float
    fixed: float

    @property
    def worst(self) -> float:
        """The month that is the furthest from four in five, after the first one."""
        return max((share for month, share in self.months.items() if month > 1), key=lambda share: abs(share - 0.8))


def year() -> list[Order]:
    """The orders of a year: real ones, or made-up ones where those are not there."""
    return real_orders() if carts.found() else made_up_orders(365)


def real_orders() -> list[Order]:
    """Every order of the year, most of them to be driven. Raises FileNotFoundError."""
    pizzas: defaultdict[str, int] = defaultdict(int)
    with (SHARED / "order_details.csv").open(newline="") as file:
        for row in csv.DictReader(file):
            pizzas[row["order_id"]] += int(row["quantity"])
    dice = Random(SEED)
    with (SHARED / "orders.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    return [Order(_minutes(row), pizzas[row["order_id"]], _drive(dice)) for row in rows]


def made_up_orders(days: int) -> list[Order]:
    """Orders such as people make, where the real ones are not there: the same ones every time."""
    dice, found = Random(SEED), []
    for day in range(days):
        moments = sorted(dice.choice((720, 780, 1080, 1140)) + dice.gauss(30, 60) for _ in range(58))
        found += [Order(day * 1440 + at, min(15, 1 + int(dice.expovariate(0.8))), _drive(dice)) for at in moments]
    return found


def _minutes(row: dict[str, str]) -> float:
    moment = datetime.fromisoformat(f"{row['date']}T{row['time']}")
    return (moment - FIRST).total_seconds() / 60


def _drive(dice: Random) -> int:
    return dice.randint(4, 18) if dice.random() < 0.65 else 0


@dataclass
class Kitchen:
    """Makes one order after the other, and says for each what its board showed and how long it took."""

    dice: Random = field(default_factory=lambda: Random(SEED + 1))
    cooks: list[float] = field(default_factory=lambda: [0.0] * 4)
    oven: list[float] = field(default_factory=lambda: [0.0] * OVEN_PLACES)
    drivers: list[float] = field(default_factory=lambda: [0.0] * DRIVERS)
    baking: list[tuple[float, int]] = field(default_factory=list)
    day: int = -1
    mood: float = 1.0

    def make(self, order: Order) -> tuple[Sight, float]:
        """Make it."""
        sight = Sight(self._ahead(order.at), order.pizzas, order.drive, order.moment.hour)
        boxed = max(self._pizza(order) for _ in range(order.pizzas)) + self.dice.uniform(0.5, 2)
        heapq.heappush(self.baking, (boxed, order.pizzas))
        return sight, (self._driven(order, boxed) if order.drive else boxed) - order.at

    def _ahead(self, at: float) -> int:
        while self.baking and self.baking[0][0] <= at:
            heapq.heappop(self.baking)
        return sum(pizzas for _, pizzas in self.baking)

    def _pizza(self, order: Order) -> float:
        if order.moment.toordinal() != self.day:
            self.day = order.moment.toordinal()
            # Days differ, and over the year hands come and go.
            season = 1 + 0.15 * (order.moment.month % 4 - 1.5) / 1.5
            self.mood = season * self.dice.lognormvariate(0, 0.08)
        rush = order.moment.hour in {11, 12, 13, 17, 18, 19}
        cook = min(range(4 if rush else 2), key=lambda n: self.cooks[n])
        started = max(order.at + 1, self.cooks[cook])
        self.cooks[cook] = made = started + self.mood * self.dice.lognormvariate(0.9, 0.35)
        begun = max(made, heapq.heappop(self.oven))
        heapq.heappush(self.oven, done := begun + self.dice.gauss(7, 0.6))
        return done

    def _driven(self, order: Order, boxed: float) -> float:
        left = max(boxed, heapq.heappop(self.drivers))
        way = order.drive * self.dice.lognormvariate(0.1 if order.moment.hour in {17, 18} else 0, 0.15)
        heapq.heappush(self.drivers, left + 2 * way + 2)
        return left + way + 1.5


def tell(orders: Sequence[Order]) -> Iterator[Told]:
    """What is told of each order as it comes, from those alone that were finished before."""
    kitchen, minds, running = Kitchen(), {True: Mind(True), False: Mind(False)}, list[tuple[float, int, bool, Lesson]]()
    for n, order in enumerate(orders):
        while running and running[0][0] <= order.at:
            _, _, driven, lesson = heapq.heappop(running)
            minds[driven].hear(*lesson)
        driven = bool(order.drive)
        sight, took = kitchen.make(order)
        guess, span = minds[driven].say(sight)
        told = Told(order, *span, took) if span else None
        heapq.heappush(
            running, (order.at + took, n, driven, (sight, Outcome(guess, took, told.right if told else None)))
        )
        if told:
            yield told


Lesson = tuple[Sight, Outcome]


class Mind:
    """What a store has learned of one way of getting the food; the same as the shop keeps in its tables."""

    def __init__(self, driven: bool) -> None:
        self.prior = eta.prior(Stage.RECEIVED, Method.DELIVERY if driven else Method.CARRYOUT, baked=True)
        self.lessons: deque[Lesson] = deque(maxlen=eta.LOOKS_BACK)
        self.heard = 0
        self.pace: Pace = pace.learn((), self.prior)

    def hear(self, sight: Sight, outcome: Outcome) -> None:
        """One of them is finished."""
        self.lessons.append((sight, outcome))
        self.heard += 1
        if self.heard % LEARN_EVERY == 0:
            self.pace = pace.learn([(seen, done.took) for seen, done in self.lessons], self.prior)

    def say(self, sight: Sight) -> tuple[float, tuple[int, int] | None]:
        """A guess, and the range that is told: none before there is something to tell it from."""
        guess = self.pace.minutes(sight)
        if len(self.lessons) < eta.ENOUGH:
            return guess, None
        return guess, conformal.reach(guess, [outcome for _, outcome in self.lessons])


def measure(orders: Sequence[Order]) -> Year:
    """A year of ranges."""
    told = list(tell(orders))
    months: defaultdict[int, list[bool]] = defaultdict(list)
    for each in told:
        months[each.order.moment.month].append(each.right)
    judged = [each for each in told if each.order.moment.month > 1]
    return Year(
        len(orders),
        {month: fmean(rights) for month, rights in months.items()},
        fmean(each.last - each.first for each in judged),
        _fixed(judged),
    )


def _fixed(told: Sequence[Told]) -> float:
    """How wide one quote for all of a kind would have to be, the best there is, to be right as often."""
    wide = 0.0
    for driven in (True, False):
        took = sorted(each.took for each in told if bool(each.order.drive) is driven)
        rights = sum(each.right for each in told if bool(each.order.drive) is driven)
        wide += len(took) * min(took[n + rights - 1] - took[n] for n in range(len(took) - rights + 1))
    return wide / len(told)
