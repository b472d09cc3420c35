"""The searches that a bill asks for: one for each way in which deals may stand together and reach their steps."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import product

from app.core.money import PPM
from app.promotions.applying import counts, fee_off
from app.promotions.courses import Course
from app.promotions.layout import Aim
from app.promotions.objectives import Ending, Mixed, Objective, Plain
from app.promotions.seating import Seating
from app.promotions.table import Table
from app.promotions.values import Deal

NOTHING = Ending(None, None, 0)


@dataclass(frozen=True, slots=True)
class Scenario:
    """Some plans of a seating that may be used together; `strict` where the least food may not let it gain the most.

    `lowest` is a total that nothing in it goes below.
    """

    seating: Seating
    objective: Objective
    numbers: tuple[int, ...]
    strict: bool
    slack: int
    lowest: int

    @property
    def aim(self) -> Aim:
        """What a search of it is after."""
        tolerance = self.objective.tolerance(self.slack) + self.seating.spread
        return Aim(tolerance, exact=self.objective.mixed, strict=self.strict)


def scenarios(table: Table, courses: Sequence[Course], pinned: Deal | None) -> list[Scenario]:
    """Every scenario of a bill, the most promising first."""
    deals = tuple(table.at_hand)
    usual = Seating(table, deals, Plain(table.bill, [NOTHING], strict=False), pinned)
    found = []
    for course in courses:
        for items, objective, strict in _levels(usual, course, pinned):
            seating = Seating(table, items, objective, pinned) if objective.mixed else usual
            for numbers in _steps(seating, items, pinned):
                slack = sum(seating.slack[number] for number in numbers)
                lowest = objective.lowest(seating.most_gain(numbers), slack)
                found.append(Scenario(seating, objective, numbers, strict, slack, lowest))
    return sorted(found, key=lambda each: each.lowest)


def _levels(seating: Seating, course: Course, pinned: Deal | None) -> Iterator[tuple[list[Deal], Objective, bool]]:
    """Deals on items and what may follow, by the least food that they ask for; strict where that may be in the way."""
    table = seating.table
    items = [deal for deal in course.items if deal in seating.numbers and deal.min_spend_cents <= table.listed_cents]
    if pinned in course.items and pinned not in items:
        return
    endings = _endings(table, course, pinned)
    floors = sorted({ending.floor_cents for ending in endings} | {deal.min_spend_cents for deal in items})
    if not endings:
        return
    for level in reversed(floors):
        within = [deal for deal in items if deal.min_spend_cents <= level]
        reached = [Ending(each.order, each.fee, level) for each in endings if each.floor_cents <= level]
        strict = level > 0 and table.listed_cents - _most_off(seating, within) < level
        if reached and (pinned not in items or pinned in within):
            chosen = reached if strict else _fullest(table, reached)
            yield from ((within, each, strict) for each in _objectives(table, chosen, strict=strict))
        if not strict:
            return  # whatever asks for less food is part of this


def _fullest(table: Table, endings: Sequence[Ending]) -> list[Ending]:
    """Where no minimum is in the way, more taken off is always cheaper: some deal on the order, the best on the fee."""

    def fee(ending: Ending) -> int:
        return fee_off(ending.fee, table.bill.fee_cents) if ending.fee else 0

    most = max(fee(ending) for ending in endings)
    full = [ending for ending in endings if fee(ending) == most]
    return [ending for ending in full if ending.order] or full


def _most_off(seating: Seating, items: Sequence[Deal]) -> int:
    """Cents that deals on items take off at the most."""
    numbers = [number for deal in items for number in seating.numbers[deal]]
    return seating.most_gain(numbers) // PPM + len(numbers)


def _objectives(table: Table, endings: Sequence[Ending], *, strict: bool) -> list[Objective]:
    """One plain objective for all endings that allow it, and a mixed one for each other."""
    plain = [each for each in endings if table.even and _about_all(each.order, table)]
    found: list[Objective] = [Plain(table.bill, plain, strict=strict)] if plain else []
    return [*found, *(Mixed(table.bill, each, strict=strict) for each in endings if each not in plain)]


def _about_all(order: Deal | None, table: Table) -> bool:
    return order is None or not order.slots or all(counts(order, unit) for unit in table.units)


def _endings(table: Table, course: Course, pinned: Deal | None) -> list[Ending]:
    bill, listed = table.bill, table.listed_cents
    orders = [deal for deal in course.orders if deal is None or _counts_here(deal, table)]
    fees = _fees(table, course)
    if pinned in course.orders and pinned:
        orders = [deal for deal in orders if deal is pinned]
    if pinned in course.fees and pinned:
        fees = [pinned] if pinned.min_spend_cents <= listed else []
    minimum = bill.minimum_cents if listed >= bill.minimum_cents else 0
    return [
        Ending(order, fee, max([minimum, *(deal.min_spend_cents for deal in (order, fee) if deal)]))
        for order, fee in product(orders, fees)
    ]


def _counts_here(deal: Deal, table: Table) -> bool:
    return deal.min_spend_cents <= table.listed_cents and (
        not deal.slots or any(counts(deal, unit) for unit in table.units)
    )


def _fees(table: Table, course: Course) -> list[Deal | None]:
    """Deals on the fee that take off more than any at no higher minimum spend; of equal ones also that of lower id."""
    fee_cents = table.bill.fee_cents
    kept: list[Deal | None] = [None]
    if len(course.fees) == 1 or not fee_cents:
        return kept
    offs = [(fee_off(deal, fee_cents), -deal.id, deal) for deal in course.fees if deal]
    best = (0, 0)
    for off, rank, deal in sorted(offs, key=lambda each: (each[2].min_spend_cents, -each[0], -each[1])):
        if off and deal.min_spend_cents <= table.listed_cents and (off, rank) > best:
            best = (off, rank)
            kept.append(deal)
    return kept[1:] if len(kept) > 1 and kept[1] and kept[1].min_spend_cents == 0 else kept


def _steps(seating: Seating, items: Sequence[Deal], pinned: Deal | None) -> Iterator[tuple[int, ...]]:
    """The plans to use: of each deal with steps one of them, or none; of every other deal the one that it has."""
    always, ways = [], []
    for deal in items:
        numbers = seating.numbers[deal]
        if seating.plans[numbers[0]].tier is None:
            always += numbers
        else:
            ways.append(numbers if deal is pinned else [*numbers, None])
    for chosen in product(*ways):
        yield (*always, *(number for number in chosen if number is not None))
