"""The guards, each of which can be taken out of a storm's programs, to see that the storm notices."""

from contextvars import ContextVar
from threading import Event

from sqlalchemy import select, update

from app.core import db, events, outbox
from app.orders import service as orders
from app.orders import status as order_status
from app.payments import checkout, settling
from app.payments import service as payments
from app.payments.status import PaymentStatus, move
from app.payments.stripe import ProviderSilent
from app.promotions import uses
from app.promotions.models import Deal
from app.stores import service as stores
from app.stores.models import Slot
from app.tracking import tickets
from app.tracking.models import TicketRow

GAP_SECONDS = 0.2


def relay_off() -> None:
    """Nobody rings again for what was not heard."""
    outbox.relay = lambda: 0


def inbox_off() -> None:
    """Nobody looks whether an event has been acted on."""
    events._first_time = lambda _handler, _event_id: True


def kitchen_off() -> None:
    """The kitchen cooks whatever its screen still shows, however the order stands."""
    tickets._still_there = lambda row, _expected: (TicketRow.seq == row.seq,)
    order_status.MOVES = dict.fromkeys(order_status.OrderStatus, frozenset(order_status.OrderStatus))


def silence_declines() -> None:
    """A provider that does not answer is taken for a bank that says no."""
    ask = settling._step

    def step(payment, watch, *told):
        try:
            return ask(payment, watch, *told)
        except ProviderSilent:
            return db.atomically(lambda: _decline(payment))

    settling._step = step


def _decline(payment):
    order, fresh = settling._hold(payment)
    if fresh is not None and fresh.waiting and order is orders.OrderStatus.PENDING_PAYMENT:
        move(fresh.id, PaymentStatus.VOID)
        orders.fail_payment(fresh.order_id)
    return False


_seen: ContextVar[dict[object, int]] = ContextVar("seen")


def slots_unguarded() -> None:
    """A slot is looked at first and written afterwards, as one would without thinking of a second customer."""
    check_out = checkout.check_out

    def look_first(request):
        query = select(Slot.store_id, Slot.starts_at, Slot.booked)
        _seen.set({(row.store_id, row.starts_at): row.booked for row in db.db.session.execute(query)})
        db.db.session.rollback()
        Event().wait(GAP_SECONDS)  # what happens between a look and a deed
        return check_out(request)

    def book(promise) -> None:
        key = (promise.store_id, promise.slot_at)
        values = {"capacity": stores.store(promise.store_id).slot_capacity, "booked": 0}
        db.insert_new(Slot, store_id=promise.store_id, starts_at=promise.slot_at, **values)
        booked = _seen.get().get(key, 0) + promise.places
        where = (Slot.store_id == promise.store_id, Slot.starts_at == promise.slot_at)
        db.db.session.execute(update(Slot).where(*where).values(booked=booked))

    checkout.check_out = payments.check_out = look_first
    stores.book = book


_uses_seen: ContextVar[dict[int, int]] = ContextVar("uses_seen")


def coupons_unguarded() -> None:
    """How often a deal was used is looked at first and written afterwards, and nobody asks for whom."""
    check_out = checkout.check_out

    def look_first(request):
        _uses_seen.set({row.id: row.reserved for row in db.db.session.execute(select(Deal.id, Deal.reserved))})
        db.db.session.rollback()
        Event().wait(GAP_SECONDS)
        return check_out(request)

    def take(wanted) -> None:
        used = _uses_seen.get().get(wanted.deal_id, 0) + 1
        db.db.session.execute(update(Deal).where(Deal.id == wanted.deal_id).values(reserved=used))

    checkout.check_out = payments.check_out = look_first
    uses._take = take


GUARDS = {
    "relay": relay_off,
    "inbox": inbox_off,
    "kitchen": kitchen_off,
    "silence": silence_declines,
    "slots": slots_unguarded,
    "coupons": coupons_unguarded,
}
