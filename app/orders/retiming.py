"""Another time for an order that nobody has begun: the new quarter is taken and the old one given back in one step.

What it costs stays as it was agreed. So it goes only to times at which every deal on it holds.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import func, select

from app.core import clock
from app.core.db import db
from app.core.errors import Conflict
from app.core.events import emit
from app.orders import service
from app.orders.events import OrderRetimed
from app.orders.models import Order, TimeChange
from app.orders.status import OrderStatus
from app.orders.values import OrderView
from app.promotions import service as promotions
from app.promotions.service import Deal
from app.stores import service as stores
from app.stores.service import Ask, Promise, StoreInfo

AHEAD = frozenset({OrderStatus.PLACED, OrderStatus.ACCEPTED})


@dataclass(frozen=True, slots=True)
class Choice:
    """The times to which an order can go: the days of the coming week, one of them, and its moments, each with whether
    it has room. `why` says what keeps other times from being listed, or nothing.
    """

    days: tuple[date, ...]
    day: date | None
    times: tuple[tuple[datetime, bool], ...]
    why: str


@dataclass(frozen=True, slots=True)
class Retimed:
    """One change of an order's time: when it was to be there before and after, who asked for it, and when."""

    number: int
    was_from: datetime
    promised_from: datetime
    by: str
    at: datetime


def may_retime(order: OrderView) -> bool:
    """Whether an order can still have another time: it is paid for, and the quarter of its making is yet to come."""
    return order.status in AHEAD and order.slot_at > clock.now()


def choice(order_id: int, day: date | None = None) -> Choice:
    """To which times an order can go, of one day; of its own, or the first one, when that day is not offered.

    Raises NotFound, and what `stores.accepts` raises about the address.
    """
    order = service.order(order_id)
    asked, deals, info = _ask(order), _deals(order_id), stores.store(order.store_id)
    days, own = stores.days(asked), info.hours.business_date(order.promised_from)
    shown = next((one for one in (day, own) if one in days), days[0] if days else None)
    # Its own places do not keep it from its own time.
    room = stores.later_times(asked, shown) if shown else ()
    times = [(at, free or at == order.promised_from) for at, free in room]
    against = [_against(deals, at, info) for at, _ in times]
    open_to = tuple(time for time, closed in zip(times, against, strict=True) if not closed)
    return Choice(days, shown, open_to, next(filter(None, against), ""))


def retime(order_id: int, at: datetime, *, by: str) -> bool:
    """Have an order made for another time, in the open unit of work; False when that is its time. Tells OrderRetimed.

    Raises NotFound, Conflict `too_late_to_retime`, `deal_not_then`, and what `stores.accepts` and `stores.book` raise.
    """
    service.hold(order_id)
    order = service.order(order_id)
    if not may_retime(order):
        message = "It is too late to change the time: the kitchen is about to begin. Please call the store."
        raise Conflict("too_late_to_retime", message)
    if at == order.promised_from:
        return False
    if against := _against(_deals(order_id), at, stores.store(order.store_id)):
        raise Conflict("deal_not_then", f"{against} Please choose another time.", action="choose_time")
    promise = stores.accepts(_ask(order, at))
    _change_places(order, promise)
    number = _note(order, promise, by)
    emit(OrderRetimed(order_id, order.store_id, number))
    return True


def changes(order_id: int) -> tuple[Retimed, ...]:
    """Every change of an order's time, in order."""
    rows = db.session.scalars(select(TimeChange).where(TimeChange.order_id == order_id).order_by(TimeChange.number))
    return tuple(Retimed(row.number, row.was_from, row.promised_from, row.by, row.at) for row in rows)


def _ask(order: OrderView, at: datetime | None = None) -> Ask:
    return Ask(order.store_id, order.method, order.zip or None, at, order.places, order.street, order.city)


def _deals(order_id: int) -> list[Deal]:
    """The deals that are on an order, as they were then; what it says of one made again is no deal."""
    kept = db.session.scalars(select(Order.deals).where(Order.id == order_id)).one()
    return [promotions.version(int(deal), int(version)) for deal, version, *_ in kept if deal]


def _against(deals: Iterable[Deal], at: datetime, info: StoreInfo) -> str:
    """Why one of these deals does not hold at a moment; nothing when all do."""
    found = (promotions.closed(deal, at, info.zone) for deal in deals)
    return next((obstacle.message for obstacle in found if obstacle), "")


def _change_places(order: OrderView, promise: Promise) -> None:
    """Take the new quarter and give the old one back, the earlier one of them first: two orders may change places."""
    held = db.session.execute(select(Order.slot_at, Order.places).where(Order.id == order.id)).one()
    if promise.slot_at < held.slot_at:
        stores.book(promise)
    stores.release(order.store_id, held.slot_at, held.places)
    if promise.slot_at >= held.slot_at:
        stores.book(promise)


def _note(order: OrderView, promise: Promise, by: str) -> int:
    row = db.session.get_one(Order, order.id, populate_existing=True)
    row.slot_at, row.places, row.asap = promise.slot_at, promise.places, False
    row.promised_from, row.promised_to = promise.ready_from, promise.ready_to
    earlier = select(func.count()).where(TimeChange.order_id == order.id)
    change = TimeChange(
        order_id=order.id,
        number=db.session.execute(earlier).scalar_one() + 1,
        was_from=order.promised_from,
        promised_from=promise.ready_from,
        by=by,
        at=clock.now(),
    )
    db.session.add(change)
    db.session.flush()
    return change.number
