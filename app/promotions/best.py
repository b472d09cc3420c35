"""The cheapest combination of deals for a bill, pure (price law, sections 4 to 6; docs/deals.md)."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import lru_cache

from app.promotions.applying import Combination, Member, Settled, settle
from app.promotions.bounds import Seats, tighten, weigh
from app.promotions.courses import Course, courses
from app.promotions.layout import ROUGH, Layout
from app.promotions.scenarios import Scenario, scenarios
from app.promotions.search import Ahead, Found, Path, look_ahead, search, seated
from app.promotions.seating import Plan, Seating
from app.promotions.table import Known, Table, lay
from app.promotions.values import Bill, Certificate, Deal, Kind, Offer, Stage

MOST_STEPS = 100_000  # a step is one unit in one seat; the work that a bill may make, whatever the machine
FEW_UNITS = 7  # so few are searched through at once; before more, it pays to look ahead
MANY_UNITS = 10  # for so few, a tighter bound costs more than it saves
NARROW = 60  # steps for each unit of a first, narrow look, so that there is something to beat
ROUGHLY = 8  # what a rough search finds best is settled; the exact one comes after
REMEMBERED = 4096
ANY_TOTAL = 1 << 62


class Book:
    """Deals made ready for bills: which may stand together, and what fits what, as far as it has been asked."""

    def __init__(self, deals: Sequence[Deal]) -> None:
        self.deals = {deal.id: deal for deal in deals}
        self.items = tuple(sorted((deal for deal in deals if deal.stage is Stage.ITEM), key=lambda deal: deal.id))
        self.courses = courses(deals)
        self.fits: Known = {}

    def lay(self, bill: Bill) -> Table:
        """What fits where on a bill."""
        if len(self.fits) > REMEMBERED:
            self.fits.clear()
        return lay(bill, self.items, self.fits)

    def courses_with(self, deal: Deal) -> tuple[Course, ...]:
        """The courses that a deal is part of."""
        return tuple(each for each in self.courses if deal in (*each.items, *each.orders, *each.fees))


_book = lru_cache(maxsize=64)(Book)


def cheapest(bill: Bill, deals: Sequence[Deal], *, pinned: int | None = None) -> Offer:
    """The combination of these deals with the lowest total before tip; `pinned` is the id of one it must use.

    The deals are those that hold here and now (`eligibility.obstacle`); minimum spends are weighed in here. With a
    pinned deal that no valid combination uses, the best one without it.
    """
    steps = list(_steps(bill))
    lowest = _lowest(steps)
    free = _cheapest(lowest, deals, pinned)
    if not steps[1:] or (lowest.fee_cents == bill.fee_with(free) and (pinned is None or pinned in free.deal_ids)):
        return free  # at the lowest fee there is, which its food still reaches
    found = {step: _cheapest(step, deals, pinned) for step in steps}
    honest = [offer for step, offer in found.items() if step.fee_cents == bill.fee_with(offer)]
    best = min(honest, key=lambda offer: (pinned not in offer.deal_ids, *_rank(offer)))
    return replace(best, certificate=_certificate(found.values(), best)) if bill.fee_steps else best


def cheaper(bill: Bill, deals: Sequence[Deal], than_cents: int) -> Offer | None:
    """The cheapest combination when its total is below `than_cents`; else None, which is mostly known at once."""
    lowest = _lowest(list(_steps(bill)))
    bare = settle(lowest, Combination({}))
    if bare.total_cents >= than_cents and not _Hunt(lowest, _book(tuple(deals)), None, None, most=than_cents - 1).best:
        return None
    found = cheapest(bill, deals)
    return found if found.total_cents < than_cents else None


def _lowest(steps: Sequence[Bill]) -> Bill:
    """A bill at its lowest fee, whatever its food comes to: no total is below its best one."""
    return replace(steps[-1], minimum_cents=steps[0].minimum_cents)


def _steps(bill: Bill) -> Iterator[Bill]:
    """The bill at each of its fees, held to the food value that the fee asks for.

    What is found at a higher fee than it leads to is found again at its own, and cheaper.
    """
    listed = bill.listed_cents
    yield replace(bill, fee_steps=()) if bill.fee_steps else bill
    minimum = bill.minimum_cents if listed >= bill.minimum_cents else 0
    for food_cents, fee_cents in bill.fee_steps:
        if food_cents <= listed:
            yield replace(bill, fee_cents=fee_cents, minimum_cents=max(minimum, food_cents), fee_steps=())


def _rank(offer: Offer) -> tuple[int, int, tuple[int, ...]]:
    return offer.total_cents, len(offer.deal_ids), offer.deal_ids


def _certificate(found: Iterable[Offer], best: Offer) -> Certificate:
    certificates = [offer.certificate for offer in found]
    bound_cents = min(best.total_cents, *(each.bound_cents for each in certificates))
    return Certificate(bound_cents, best.total_cents - bound_cents, sum(each.steps for each in certificates))


def _cheapest(bill: Bill, deals: Sequence[Deal], pinned: int | None) -> Offer:
    book = _book(tuple(deals))
    bare = settle(bill, Combination({}))
    if not bill.units:
        return _offer(bare, 0, bare.total_cents)
    if pinned is not None:
        held = _Hunt(bill, book, None, book.deals.get(pinned))
        if held.best is not None:
            return held.offer()
    return _Hunt(bill, book, bare, None).offer()


class _Hunt:
    """The search through all scenarios of a bill, and the best that it has found."""

    def __init__(
        self, bill: Bill, book: Book, best: Settled | None, pinned: Deal | None, *, most: int = ANY_TOTAL
    ) -> None:
        self.bill, self.best, self.pinned, self.steps, self.most = bill, best, pinned, 0, most
        self.table, self.deals = book.lay(bill), book.deals
        self.lost: int | None = None
        ways = book.courses_with(pinned) if pinned else book.courses
        for scenario in scenarios(self.table, ways, pinned):
            if scenario.lowest > self.worst:
                break
            self._follow(scenario)

    @property
    def worst(self) -> int:
        """A total above this one is of no interest."""
        return self.best.total_cents if self.best else self.most

    def offer(self) -> Offer:
        """What was found, with its certificate."""
        best = self.best or settle(self.bill, Combination({}))
        return _offer(best, self.steps, best.total_cents if self.lost is None else self.lost)

    def _follow(self, scenario: Scenario) -> None:
        seating = scenario.seating
        plans = {number: seating.plans[number] for number in scenario.numbers}
        seats = _narrowed(seating, plans, scenario)
        limit = weigh(list(plans.values()), seats, seating.prices)
        if len(seats) > MANY_UNITS and self.steps:
            limit = tighten(list(plans.values()), seats, limit, self._goal(scenario))
        ahead = None
        if len(seats) > FEW_UNITS and limit.total >= self._goal(scenario):
            rough = Layout(plans, self.table.units, seats, limit, ROUGH)
            self._look(scenario, rough, seats, NARROW * len(seats))
            if len(seats) > MANY_UNITS:
                limit = tighten(list(plans.values()), seats, limit, self._goal(scenario))
                rough = Layout(plans, self.table.units, seats, limit, ROUGH)
            found = self._look(scenario, rough, seats, (MOST_STEPS - self.steps) // 2)
            self._lose(scenario, found.lost)
            ahead = look_ahead(rough, found.layers)
        if limit.total >= self._goal(scenario):
            layout = Layout(plans, self.table.units, seats, limit, scenario.aim)
            self._lose(scenario, self._look(scenario, layout, seats, MOST_STEPS - self.steps, ahead).lost)

    def _lose(self, scenario: Scenario, lost: int | None) -> None:
        """Remember what was given up: the certificate tells of it."""
        if lost is not None:
            total = scenario.objective.lowest(lost, scenario.slack)
            self.lost = total if self.lost is None else min(self.lost, total)

    def _goal(self, scenario: Scenario) -> int:
        return -1 if self.worst == ANY_TOTAL else scenario.objective.goal(self.worst, scenario.slack)

    def _look(self, scenario: Scenario, layout: Layout, seats: Seats, steps: int, ahead: Ahead | None = None) -> Found:
        found = search(layout, self._goal(scenario), steps, ahead)
        self.steps += found.steps
        for gained, path in found.seatings[:ROUGHLY] if layout.aim.rough else found.seatings:
            if scenario.objective.lowest(gained, scenario.slack) > self.worst:
                break
            self._settle(scenario, gained, self._members(scenario, seats, path))
        return found

    def _members(self, scenario: Scenario, seats: Seats, path: Path) -> dict[Deal, list[Member]]:
        members: dict[Deal, list[Member]] = {}
        for unit, number in seated(path):
            seat = seats[unit][number]
            plan = scenario.seating.plans[seat.plan]
            slot = 1 if plan.deal.kind is Kind.FREE_ITEM else seat.place - plan.first
            members.setdefault(plan.deal, []).append((self.table.units[unit], slot))
        return members

    def _settle(self, scenario: Scenario, gained: int, members: dict[Deal, list[Member]]) -> None:
        for ending in scenario.objective.endings(gained, scenario.slack, self.worst):
            settled = settle(self.bill, Combination(members, ending.order, ending.fee))
            if self._valid(settled) and (self.best is None or settled.rank < self.best.rank):
                self.best = settled

    def _valid(self, settled: Settled) -> bool:
        """Whether its minimums are met, and the pinned deal is used (price law, section 4)."""
        used = [self.deals[application.deal_id] for application in settled.applications]
        minimum = self.bill.minimum_cents if self.table.listed_cents >= self.bill.minimum_cents else 0
        least = max([minimum, *(deal.min_spend_cents for deal in used)])
        return settled.food_cents >= least and (self.pinned is None or self.pinned in used)


def _narrowed(seating: Seating, plans: Mapping[int, Plan], scenario: Scenario) -> Seats:
    """The seats of some plans; of those that depend on nothing else, the best of each unit."""
    if scenario.strict:
        return [[seat for seat in fitting if seat.plan in plans] for fitting in seating.seats]
    margin, found = scenario.aim.tolerance, []
    for fitting in seating.seats:
        free = [seat.gain - plans[seat.plan].price for seat in fitting if seat.plan in plans and plans[seat.plan].free]
        least = max(free, default=0) - margin
        found.append(
            [
                seat
                for seat in fitting
                if (plan := plans.get(seat.plan)) and (not plan.free or seat.gain - plan.price >= least)
            ]
        )
    return found


def _offer(settled: Settled, steps: int, bound_cents: int) -> Offer:
    bound_cents = min(bound_cents, settled.total_cents)
    certificate = Certificate(bound_cents, settled.total_cents - bound_cents, steps)
    return Offer(settled.applications, settled.total_cents, certificate)
