"""What a store or the chain sold in some of its days: read from the figures of days, which are the ledger's."""

from collections.abc import Collection
from dataclasses import astuple, dataclass
from datetime import date, timedelta
from typing import TypeVar

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import InstrumentedAttribute

from app.core.db import db
from app.payments.models import SalesDay, SalesHour, SalesShare

HOURS = (*range(4, 24), *range(4))  # a business day runs from 4 am to 4 am


@dataclass(frozen=True, slots=True)
class Period:
    """Days from the first to the last, both of them in it."""

    first: date
    last: date

    @property
    def days(self) -> int:
        """How many."""
        return (self.last - self.first).days + 1

    @property
    def before(self) -> "Period":
        """As many days, right before."""
        return Period(self.first - timedelta(days=self.days), self.first - timedelta(days=1))


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
class Course:
    """The sales of a period by day and by hour of the day, every one of them, and all of them together."""

    period: Period
    sums: Sums
    days: tuple[tuple[date, Sums], ...]
    hours: tuple[tuple[int, Sums], ...]


@dataclass(frozen=True, slots=True)
class Report:
    """The sales of a period and what they were made of, the largest share first.

    `waiting` is how many days of stores are counted anew in this moment.
    """

    course: Course
    products: tuple[Share, ...]
    toppings: tuple[Share, ...]
    deals: tuple[Share, ...]
    refunds: tuple[Share, ...]
    waiting: int


_COLUMNS = (
    *(SalesHour.orders, SalesHour.items_cents, SalesHour.discount_cents, SalesHour.fee_cents, SalesHour.tax_cents),
    *(SalesHour.tip_cents, SalesHour.taken_cents, SalesHour.back_cents, SalesHour.disputed_cents),
)
Where = tuple[ColumnElement[bool], ...]
Model = type[SalesHour] | type[SalesShare] | type[SalesDay]
Key = TypeVar("Key")


def report(period: Period, store_ids: Collection[int] | None = None) -> Report:
    """The sales of some stores (None: of all) in a period, from four queries however long it is."""
    gone = course(period, store_ids)
    shares = _shares(_of(SalesShare, period, store_ids))
    waiting = select(func.count()).where(*_of(SalesDay, period, store_ids), SalesDay.rolled < SalesDay.noted)
    return Report(
        course=gone,
        products=shares.get("product", ()),
        toppings=shares.get("topping", ()),
        deals=shares.get("deal", ()),
        refunds=shares.get("refund", ()),
        waiting=db.session.scalar(waiting) or 0,
    )


def course(period: Period, store_ids: Collection[int] | None = None) -> Course:
    """Only the sums by day and by hour, from two queries: what another period is compared with."""
    days = dict(_by(SalesHour.day, _of(SalesHour, period, store_ids)))
    hours = dict(_by(SalesHour.hour, _of(SalesHour, period, store_ids)))
    calendar = (period.first + timedelta(days=n) for n in range(period.days))
    return Course(
        period=period,
        sums=Sums(*(sum(column) for column in zip(*map(astuple, days.values()), strict=True))),
        days=tuple((day, days.get(day, Sums())) for day in calendar),
        hours=tuple((hour, hours.get(hour, Sums())) for hour in HOURS),
    )


def _of(
    model: type[SalesHour] | type[SalesShare] | type[SalesDay], period: Period, ids: Collection[int] | None
) -> Where:
    within: Where = (model.day.between(period.first, period.last),)
    return within if ids is None else (*within, model.store_id.in_(ids))


def _by(column: InstrumentedAttribute[Key], where: Where) -> list[tuple[Key, Sums]]:
    query = select(column, *(func.sum(each) for each in _COLUMNS)).where(*where).group_by(column)
    return [(key, Sums(*(int(each) for each in found))) for key, *found in db.session.execute(query)]


def _shares(where: Where) -> dict[str, tuple[Share, ...]]:
    """Shares by kind, the largest first."""
    count, cents = func.sum(SalesShare.count), func.sum(SalesShare.cents)
    query = select(SalesShare.kind, SalesShare.key, func.max(SalesShare.name), count, cents).where(*where)
    found: dict[str, list[Share]] = {}
    for kind, key, name, times, sum_cents in db.session.execute(query.group_by(SalesShare.kind, SalesShare.key)):
        found.setdefault(kind, []).append(Share(key, name, int(times), int(sum_cents)))
    return {kind: tuple(sorted(of, key=lambda one: (-one.cents, -one.count, one.name))) for kind, of in found.items()}
