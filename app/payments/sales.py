"""What a store or the chain sold in some of its days: read from the figures of days, which are the ledger's."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from operator import add
from typing import Any

from sqlalchemy import ColumnElement, func, select

from app.core.db import db
from app.core.periods import Period
from app.payments.sales_models import ChainDay, ChainHour, ChainShare, SalesDay, SalesHour, SalesShare

HOURS = (*range(4, 24), *range(4))  # a business day runs from 4 am to 4 am


@dataclass(frozen=True, slots=True)
class Sums:
    """What was taken, what it was made of, and what left again, in cents."""

    orders: int = 0
    items_cents: int = 0
    discount_cents: int = 0
    fee_cents: int = 0
    tax_cents: int = 0
    tip_cents: int = 0
    taken_cents: int = 0
    back_cents: int = 0
    disputed_cents: int = 0

    @property
    def net_cents(self) -> int:
        """What stayed: what was taken less what went back or is disputed."""
        return self.taken_cents - self.back_cents - self.disputed_cents

    @property
    def average_cents(self) -> int:
        """What an order came to; zero without one."""
        return self.taken_cents // self.orders if self.orders else 0


@dataclass(frozen=True, slots=True)
class Share:
    """How often something came, and its cents. For a refund the key is `reason:bearer`."""

    key: str
    name: str
    count: int
    cents: int


@dataclass(frozen=True, slots=True)
class Lift:
    """A deal: how often it was used, what it took off, and what the orders with it brought in on average, in cents:
    `lift_cents` more than those without any deal; None where there are none of those.
    """

    key: str
    name: str
    count: int
    cents: int
    orders: int
    average_cents: int
    lift_cents: int | None


@dataclass(frozen=True, slots=True)
class Course:
    """The sales of a period by day and by hour of the day, every one of them, and all of them together."""

    period: Period
    sums: Sums
    days: tuple[tuple[date, Sums], ...]
    hours: tuple[tuple[int, Sums], ...]


@dataclass(frozen=True, slots=True)
class Report:
    """The sales of a period and what they were made of, the largest share first, and the sales of the period before.

    `hands` are what came in and left by `account:kind`, so that their sum is the net. `earlier` has the shares of the
    period before by their kind. `waiting` is how many days are counted anew in this moment.
    """

    course: Course
    before: Course
    products: tuple[Share, ...]
    toppings: tuple[Share, ...]
    deals: tuple[Share, ...]
    refunds: tuple[Share, ...]
    lifts: tuple[Lift, ...]
    hands: tuple[Share, ...]
    earlier: Mapping[str, tuple[Share, ...]]
    waiting: int


SUMS = tuple(Sums.__dataclass_fields__)
Row = Sequence[int]  # the columns of Sums


def report(period: Period, store_ids: Collection[int] | None = None) -> Report:
    """The sales of some stores (None: of all) in a period, beside the one before: three queries, however long it is."""
    rows = _rows(period, store_ids)
    day, share = (ChainDay, ChainShare) if store_ids is None else (SalesDay, SalesShare)
    shares, earlier = _shares(share, period, store_ids)
    waiting = select(func.count()).where(*_of(day, period, store_ids), day.rolled < day.noted)
    course = _course(period, rows)
    return Report(
        course=course,
        before=_course(period.before, rows),
        products=shares.get("product", ()),
        toppings=shares.get("topping", ()),
        deals=shares.get("deal", ()),
        refunds=shares.get("refund", ()),
        lifts=_lifts(shares, course.sums),
        hands=shares.get("hand", ()),
        earlier=earlier,
        waiting=db.session.scalar(waiting) or 0,
    )


def _rows(period: Period, ids: Collection[int] | None) -> list[tuple[date, int, Row]]:
    """Day, hour and sums of a period and of the one before it: a row each."""
    both = period.with_before
    if ids is None:
        query = select(ChainHour.day, ChainHour.hour, *(getattr(ChainHour, name) for name in SUMS))
        query = query.where(*_of(ChainHour, both, None))
    else:
        sums = (func.sum(getattr(SalesHour, name)) for name in SUMS)
        query = select(SalesHour.day, SalesHour.hour, *sums).where(*_of(SalesHour, both, ids))
        query = query.group_by(SalesHour.day, SalesHour.hour)
    return [(day, hour, [int(each) for each in sums]) for day, hour, *sums in db.session.execute(query)]


def _course(period: Period, rows: Iterable[tuple[date, int, Row]]) -> Course:
    days: defaultdict[date, Row] = defaultdict(lambda: [0] * len(SUMS))
    hours: defaultdict[int, Row] = defaultdict(lambda: [0] * len(SUMS))
    for day, hour, sums in rows:
        if period.first <= day <= period.last:
            days[day] = list(map(add, days[day], sums))
            hours[hour] = list(map(add, hours[hour], sums))
    return Course(
        period=period,
        sums=Sums(*(sum(column) for column in zip(*days.values(), strict=True))),
        days=tuple((day, Sums(*days[day]) if day in days else Sums()) for day in period.calendar),
        hours=tuple((hour, Sums(*hours[hour]) if hour in hours else Sums()) for hour in HOURS),
    )


def _lifts(shares: dict[str, tuple[Share, ...]], sums: Sums) -> tuple[Lift, ...]:
    dealt = next(iter(shares.get("dealt", ())), Share("any", "", 0, 0))
    plain = sums.orders - dealt.count
    usual = (sums.items_cents - sums.discount_cents - dealt.cents) // plain if plain else None
    brought = {share.key: share for share in shares.get("with", ())}
    return tuple(_lift(deal, brought[deal.key], usual) for deal in shares.get("deal", ()) if deal.key in brought)


def _lift(deal: Share, brought: Share, usual: int | None) -> Lift:
    average = brought.cents // brought.count
    lift = None if usual is None else average - usual
    return Lift(deal.key, deal.name, deal.count, deal.cents, brought.count, average, lift)


def _of(model: Any, period: Period, ids: Collection[int] | None) -> tuple[ColumnElement[bool], ...]:
    """Rows of a period; those of stores where there are any to choose."""
    within: tuple[ColumnElement[bool], ...] = (model.day.between(period.first, period.last),)
    return within if ids is None else (*within, model.store_id.in_(ids))


Shares = dict[str, tuple[Share, ...]]


def _shares(model: Any, period: Period, ids: Collection[int] | None) -> tuple[Shares, Shares]:
    """Shares by kind, the largest first: those of a period, and those of the one before it."""
    counted = (func.max(model.name), func.sum(model.count), func.sum(model.cents))
    during = (model.day >= period.first).label("during")
    query = select(during, model.kind, model.key, *counted).where(*_of(model, period.with_before, ids))
    found: dict[bool, defaultdict[str, list[Share]]] = {True: defaultdict(list), False: defaultdict(list)}
    for now, kind, key, name, times, cents in db.session.execute(query.group_by(during, model.kind, model.key)):
        found[bool(now)][kind].append(Share(key, name, int(times), int(cents)))
    return _sorted(found[True]), _sorted(found[False])


def _sorted(found: Mapping[str, list[Share]]) -> Shares:
    return {kind: tuple(sorted(of, key=lambda one: (-one.cents, -one.count, one.name))) for kind, of in found.items()}
