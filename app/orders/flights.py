"""A flight: past orders replayed against a deal, to know before it starts what it would cost (docs/decisions/0022)."""

import hashlib
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from app.core import clock, longwork
from app.core.day import business_date
from app.core.errors import Refusal
from app.core.longwork import Batch, Job, Owner, Wanted
from app.orders import replays
from app.orders.replays import Past, Span
from app.promotions import service as promotions
from app.promotions.service import Deal, Tried, Uses

KIND = "deal.flight"
MOST_DAYS, MOST_ORDERS = 365, 20_000
BATCH = 50


@dataclass
class Tally:
    """What came out so far. Amounts are cents; `eaten` is uses and cents that running deals lost, by deal.

    `customers` counts redeemed orders of whoever is limited, under a hash: nobody's address is kept here.
    """

    after: int = 0
    orders: int = 0
    redeemed: int = 0
    off_cents: int = 0
    without_cents: int = 0
    beside_cents: int = 0
    redeemed_without_cents: int = 0
    redeemed_beside_cents: int = 0
    unproved: int = 0
    eaten: dict[str, list[int]] = field(default_factory=dict)
    customers: dict[str, int] = field(default_factory=dict)
    days: dict[str, list[int]] = field(default_factory=dict)

    def take(self, order: Past, found: Tried) -> None:
        """Count one order in."""
        without, beside, used = found.without.total_cents, found.beside.total_cents, found.application
        self.after, self.orders = order.id, self.orders + 1
        self.without_cents += without
        self.beside_cents += beside
        self.unproved += not (found.without.certificate.proved and found.beside.certificate.proved)
        day = self.days.setdefault(str(business_date(order.context.at, order.context.zone)), [0, 0])
        day[0] += 1
        if used is None:
            return
        day[1] += 1
        self.redeemed += 1
        self.off_cents += used.off_cents
        self.redeemed_without_cents += without
        self.redeemed_beside_cents += beside
        for deal_id, cents in found.eaten.items():
            lost = self.eaten.setdefault(str(deal_id), [0, 0])
            lost[0] += 1
            lost[1] += cents
        if found.deal.limit_per_customer is not None:
            for known in map(_hashed, order.identities):
                self.customers[known] = self.customers.get(known, 0) + 1


def plan(deal: Deal, days: int, store_ids: Sequence[int], owner: Owner) -> Wanted:
    """A flight of a deal over the orders of the last days at some stores (none named: at all), ready to begin.

    The orders and the deals beside it are fixed here: the same flight always ends the same. Raises Refusal `bad_days`,
    `no_orders`.
    """
    if not 1 <= days <= MOST_DAYS:
        raise Refusal("bad_days", f"Choose between 1 and {MOST_DAYS} days.", field="days")
    until = clock.now()
    span = Span(until - timedelta(days=days), until, tuple(store_ids))
    total, last = replays.count(span)
    if not total:
        raise Refusal("no_orders", "There are no orders in that time. Choose more days.", field="days")
    wish = {
        "deal": [deal.id, deal.version],
        "others": [[other.id, other.version] for other in promotions.live().deals.values()],
        "since": span.since.isoformat(),
        "until": span.until.isoformat(),
        "stores": list(store_ids),
        "first": replays.nth_newest(span, MOST_ORDERS),
        "last": last,
        "days": days,
    }
    title = f"Flight of {deal.name} over {days} day{'s' if days > 1 else ''}"
    return Wanted(KIND, title, "orders", min(total, MOST_ORDERS), owner, wish)


def fly(job: Job) -> Batch:
    """The next orders of a flight."""
    tally = result(job)
    span = _span(job.wish)
    deal = promotions.version(*job.wish["deal"])
    others = [promotions.version(*known) for known in job.wish["others"]]
    orders = replays.past(span, max(tally.after, job.wish["first"]), BATCH)
    for order in orders:
        tally.take(order, _replayed(order, deal, others, tally))
    done = job.total if len(orders) < BATCH else min(job.total, job.done + len(orders))
    return Batch(done, vars(tally))


def result(job: Job) -> Tally:
    """What a flight found so far."""
    return Tally(**{**vars(Tally()), **job.carry})


def _span(wish: Mapping[str, Any]) -> Span:
    since, until = (datetime.fromisoformat(wish[name]) for name in ("since", "until"))
    return Span(since, until, tuple(wish["stores"]), wish["last"])


def _replayed(order: Past, deal: Deal, others: Sequence[Deal], tally: Tally) -> Tried:
    """One order: with every deal that adds itself, and of those by code the ones that it used."""
    known = [other for other in others if not other.by_code or other.id in order.used]
    mine = max((tally.customers.get(_hashed(known), 0) for known in order.identities), default=0)
    if deal.limit_per_customer is not None and mine >= deal.limit_per_customer:
        deal = replace(deal, limit=0)
    context = replace(order.context, uses={deal.id: Uses(total=tally.redeemed)})
    return promotions.tried(deal, order.bill, context, known)


def _hashed(identity: str) -> str:
    return hashlib.sha256(identity.encode()).hexdigest()[:16]


def flights(url: str) -> tuple[Job, ...]:
    """The latest flights that belong to a page."""
    return longwork.of_page(url, KIND)


def busiest(tally: Tally) -> Counter[int]:
    """Cents that running deals would lose, by deal."""
    return Counter({int(deal_id): cents for deal_id, (_, cents) in tally.eaten.items()})
