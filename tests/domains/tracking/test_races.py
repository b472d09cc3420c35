"""Two screens, one ticket; a tap against a cancellation. Each with a control that fails without its guard."""

from functools import partial

import pytest

from app.core.db import atomically, transaction
from app.core.errors import Conflict
from app.orders import service as orders
from app.orders import status
from app.orders.service import ImpossibleMove, OrderStatus
from app.tracking import service as tracking
from app.tracking import tickets
from app.tracking.service import Moved, Stage
from tests.factories.orders import placed
from tests.races import HANDS, race


def taps(shop, order_id: int) -> tuple[int, int]:
    """How many of eight screens were first, and how many were told that another was."""
    told = race(shop, *[partial(atomically, partial(tracking.advance, order_id, Stage.RECEIVED, by="Beppe"))] * HANDS)
    return sum(isinstance(one, Moved) for one in told), sum(isinstance(one, Conflict) for one in told)


def test_of_eight_screens_one_is_first(shop, hands, work_off):
    order_id = placed()
    work_off()
    assert taps(shop, order_id) == (1, HANDS - 1)
    assert [tap.seq for tap in tracking.timeline(order_id)] == [1]


def test_without_the_guard_it_would_not_be_one(shop, hands, work_off, monkeypatch):
    order_id = placed()
    work_off()
    monkeypatch.setattr(tickets, "_still_there", lambda _row, _expected: ())
    assert taps(shop, order_id) != (1, HANDS - 1)


def test_an_order_is_made_or_cancelled_but_never_both(shop, hands, work_off):
    for _ in range(4):
        order_id = placed()
        work_off()
        tap = partial(tracking.advance, order_id, Stage.RECEIVED, by="Beppe")
        cancel = partial(orders.cancel, order_id, by="customer", reason="You cancelled it")
        tapped, cancelled = race(shop, partial(atomically, tap), partial(atomically, cancel))
        made = isinstance(tapped, Moved)
        assert made is isinstance(cancelled, ImpossibleMove)
        assert (cancelled is True) is not made
        assert orders.status_of(order_id) is (OrderStatus.MAKING if made else OrderStatus.CANCELLED)
        assert len(tracking.timeline(order_id)) == (1 if made else 0)


def call_off(order_id: int) -> None:
    with transaction():
        orders.cancel(order_id, by="customer", reason="You cancelled it")


def test_a_customer_whose_page_is_old_cannot_cancel_what_is_being_made(hands, work_off):
    order_id = placed()
    work_off()
    with transaction():
        tracking.advance(order_id, Stage.RECEIVED, by="Beppe")
    with pytest.raises(ImpossibleMove):
        call_off(order_id)
    assert orders.status_of(order_id) is OrderStatus.MAKING


def test_without_the_guard_it_would_be_cooked_and_cancelled(hands, work_off, monkeypatch):
    order_id = placed()
    work_off()
    with transaction():
        tracking.advance(order_id, Stage.RECEIVED, by="Beppe")

    def careless(order_id, to, *, by, reason="", since=None):
        return status.move(order_id, to, by=by, reason=reason)

    monkeypatch.setattr(orders, "move", careless)
    call_off(order_id)
    assert orders.status_of(order_id) is OrderStatus.CANCELLED
