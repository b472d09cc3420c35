"""Figures of days, kept beside the ledger and made from it: a day is rolled anew when something was booked on it.

An event notes the day, a job rolls what was noted, and a nightly look finds what nobody noted (docs/reports.md).
"""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import bindparam, delete, insert, select, update

from app.core import clock
from app.core.db import atomically, db, sent_one
from app.core.rolling import Chain, StoreDays
from app.orders import sold
from app.payments.events import MoneyBooked
from app.payments.ledger import BOUNCED, HANDS
from app.payments.models import LedgerEntry, Payment, Refund
from app.payments.sales_models import ChainDay, ChainHour, ChainShare, SalesDay, SalesHour, SalesShare
from app.stores import service as stores
from app.stores.service import StoreInfo

CHAIN = Chain(ChainDay, ((SalesHour, ChainHour), (SalesShare, ChainShare)), frozenset({"day", "hour", "kind", "key"}))
DAYS = StoreDays(SalesDay, CHAIN, lambda store_id, noted: _roll(stores.store(store_id), noted))
mark, roll_noted, roll_soon, roll_all = DAYS.mark, DAYS.roll, DAYS.roll_soon, DAYS.roll_all
LOOKED_BACK = timedelta(days=35)
_entries, _payments = LedgerEntry.__table__, Payment.__table__
BOOKED = (
    select(_payments.c.store_id, _entries.c.at)
    .join_from(_entries, _payments, _payments.c.id == _entries.c.payment_id)
    .where(_entries.c.transfer == bindparam("transfer"))
    .limit(1)
)
Row = dict[str, Any]
Key = tuple[date, str, str]


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the ledger that came into our hands or left them: its order, what for, and its signed cents."""

    order_id: int
    at: datetime
    transfer: str
    account: str
    cents: int

    @property
    def kind(self) -> str:
        """`capture`, `refund` or `dispute`. What a bank sent back makes a refund undone."""
        word = self.transfer.partition("-")[0]
        return "refund" if word == BOUNCED else word


def note(event: MoneyBooked) -> None:
    """Note the day on which something was booked; it is rolled soon. Hears MoneyBooked."""
    booked = sent_one(BOOKED, {"transfer": event.transfer})
    day = stores.store(booked.store_id).hours.business_date(booked.at)
    mark([(booked.store_id, day)])


def _roll(store: StoreInfo, noted: Mapping[date, int]) -> None:
    lines = {day: of for day, of in _lines(store, min(noted), max(noted)).items() if day in noted}
    for model in (SalesHour, SalesShare):
        db.session.execute(delete(model).where(model.store_id == store.id, model.day.in_(noted)))
    hours, shares = _figures(store, lines)
    for model, rows in ((SalesHour, hours), (SalesShare, shares)):
        if rows:
            db.session.execute(insert(model), rows)
    for day, number in noted.items():
        mine = (SalesDay.store_id == store.id, SalesDay.day == day)
        db.session.execute(update(SalesDay).where(*mine).values(rolled=number, lines=len(lines.get(day, ()))))
    CHAIN.note(noted)


def _lines(store: StoreInfo, first: date, last: date) -> dict[date, list[Line]]:
    """The ledger's lines of a store's days."""
    begins, ends = store.hours.day_begins(first), store.hours.day_begins(last + timedelta(days=1))
    query = (
        select(Payment.order_id, LedgerEntry.at, LedgerEntry.transfer, LedgerEntry.account, LedgerEntry.cents)
        .join(Payment, Payment.id == LedgerEntry.payment_id)
        .where(Payment.store_id == store.id, LedgerEntry.account.in_(HANDS))
        .where(LedgerEntry.at >= begins, LedgerEntry.at < ends)
    )
    found: defaultdict[date, list[Line]] = defaultdict(list)
    for row in db.session.execute(query):
        found[store.hours.business_date(row.at)].append(Line(*row))
    return found


def _figures(store: StoreInfo, lines: dict[date, list[Line]]) -> tuple[list[Row], list[Row]]:
    """The rows of hours and of shares that these lines make."""
    every = [(day, line) for day, of in lines.items() for line in of]
    paid = {line.order_id: day for day, line in every if line.kind == "capture"}
    amounts = sold.amounts(paid)
    hours: defaultdict[tuple[date, int], Counter[str]] = defaultdict(Counter)
    for day, line in every:
        hours[day, line.at.astimezone(store.zone).hour].update(_columns(line, amounts))
    rows = [_hour(store.id, day, hour, found) for (day, hour), found in hours.items()]
    shares = [*_products(paid), *_toppings(paid), *_deals(paid, amounts), *_refunds(every), *_hands(every)]
    return rows, _summed(store.id, shares)


def _columns(line: Line, amounts: dict[int, sold.Amounts]) -> dict[str, int]:
    if line.kind != "capture":
        return {"back_cents" if line.kind == "refund" else "disputed_cents": -line.cents}
    made_of = amounts[line.order_id]
    return {
        "orders": 1,
        "items_cents": made_of.items_cents,
        "discount_cents": made_of.discount_cents,
        "fee_cents": made_of.fee_cents,
        "tax_cents": made_of.tax_cents,
        "tip_cents": made_of.tip_cents,
        "taken_cents": line.cents,
    }


def _hour(store_id: int, day: date, hour: int, found: Counter[str]) -> Row:
    columns = [column.key for column in SalesHour.__table__.columns if not column.primary_key]
    return {"store_id": store_id, "day": day, "hour": hour, **{name: found[name] for name in columns}}


def _products(paid: dict[int, date]) -> Iterator[tuple[Key, str, int, int]]:
    for each in sold.products(paid):
        yield (paid[each.order_id], "product", str(each.product_id)), each.name, each.count, each.cents


def _toppings(paid: dict[int, date]) -> Iterator[tuple[Key, str, int, int]]:
    for order_id, found in sold.toppings(paid).items():
        for key, count in found.items():
            yield (paid[order_id], "topping", key), key, count, 0


def _deals(paid: dict[int, date], amounts: dict[int, sold.Amounts]) -> Iterator[tuple[Key, str, int, int]]:
    """What each deal took off; what the orders with it brought in, and those with any."""
    for order_id, day in paid.items():
        made_of = amounts[order_id]
        brought = made_of.items_cents - made_of.discount_cents
        for deal_id, name, cents in made_of.deals:
            yield (day, "deal", str(deal_id)), name, 1, cents
        for deal_id, name in {deal_id: name for deal_id, name, _ in made_of.deals}.items():
            yield (day, "with", str(deal_id)), name, 1, brought
        if made_of.deals:
            yield (day, "dealt", "any"), "", 1, brought


def _refunds(every: Collection[tuple[date, Line]]) -> Iterator[tuple[Key, str, int, int]]:
    """What went back, by why and by who bears it; less what came back since."""
    moved = [(int(line.transfer.partition("-")[2]), day, line) for day, line in every if line.kind == "refund"]
    query = select(Refund.id, Refund.reason, Refund.bearer).where(Refund.id.in_({refund_id for refund_id, *_ in moved}))
    given = {row.id: row for row in db.session.execute(query)} if moved else {}
    for refund_id, day, line in moved:
        why = given[refund_id]
        yield (day, "refund", f"{why.reason}:{why.bearer}"), why.reason, 1 if line.cents < 0 else -1, -line.cents


def _hands(every: Collection[tuple[date, Line]]) -> Iterator[tuple[Key, str, int, int]]:
    """What came into which hand and left it: the drawer's and the provider's."""
    for day, line in every:
        yield (day, "hand", f"{line.account}:{line.kind}"), line.account, 1, line.cents


def _summed(store_id: int, shares: Collection[tuple[Key, str, int, int]]) -> list[Row]:
    names: dict[Key, str] = {}
    counts: Counter[Key] = Counter()
    sums: Counter[Key] = Counter()
    for key, name, count, cents in shares:
        names[key] = max(name, names.get(key, ""))  # the same one, in whatever order they come
        counts[key] += count
        sums[key] += cents
    return [
        {"store_id": store_id, "day": key[0], "kind": key[1], "key": key[2]}
        | {"name": name, "count": counts[key], "cents": sums[key]}
        for key, name in names.items()
    ]


def repair(since: datetime | None = None) -> int:
    """Note every day whose number of lines is not the ledger's, since a moment (the last five weeks); returns how many.

    Recurring work: it finds what was booked while nobody could be told.
    """
    until = clock.now()
    since = since or until - LOOKED_BACK
    query = select(Payment.store_id).join(LedgerEntry, LedgerEntry.payment_id == Payment.id)
    ids = list(db.session.scalars(query.where(LedgerEntry.at >= since).distinct()))
    unlike = [(store.id, day) for store in stores.several(ids).values() for day in _unlike(store, since, until)]
    db.session.rollback()
    atomically(lambda: mark(unlike))
    days = [until.date() + timedelta(days=1), since.date() - timedelta(days=1)]
    atomically(lambda: CHAIN.repair(min(days), max(days)))
    return len(unlike)


def _unlike(store: StoreInfo, since: datetime, until: datetime) -> list[date]:
    first, last = (store.hours.business_date(moment) for moment in (since, until))
    lines = _lines(store, first, last)
    query = select(SalesDay.day, SalesDay.lines).where(SalesDay.store_id == store.id, SalesDay.day.between(first, last))
    known = {row.day: row.lines for row in db.session.execute(query)}
    return [day for day in sorted({*lines, *known}) if known.get(day, 0) != len(lines.get(day, ()))]
