"""The states of an order: every pair of them, a history without gaps, and holds that come back once."""

from itertools import pairwise

import pytest
from sqlalchemy import select, update
from structlog.testing import capture_logs

from app.core.db import db, transaction
from app.core.errors import NotFound
from app.core.events import OutboxRow
from app.orders import service, status
from app.orders.models import Order
from app.orders.service import ImpossibleMove, OrderStatus
from app.orders.status import DEAD, MOVES, move
from app.promotions import service as promotions
from app.stores.models import Slot
from tests.factories.deals import deal, offer, uses_of
from tests.factories.orders import MARGHERITA, ordered
from tests.races import HANDS, race

S = OrderStatus


def act(verb, *args, **kwargs):
    with transaction():
        return verb(*args, **kwargs)


def stand(order_id, at):
    with transaction():
        db.session.execute(update(Order).where(Order.id == order_id).values(status=at))


def now(order_id):
    db.session.rollback()
    return service.status_of(order_id)


def told():
    db.session.rollback()
    return list(db.session.scalars(select(OutboxRow.kind).order_by(OutboxRow.id)))


def booked():
    db.session.rollback()
    return db.session.scalar(select(Slot.booked))


@pytest.mark.parametrize("to", S)
@pytest.mark.parametrize("start", S)
def test_an_order_goes_only_where_orders_go(shop, start, to):
    order_id = ordered()
    stand(order_id, start)
    if to in MOVES[start]:
        assert act(move, order_id, to, by="test")
        assert now(order_id) is to
    elif to is start:
        assert not act(move, order_id, to, by="test")
    else:
        with capture_logs() as logs, pytest.raises(ImpossibleMove) as raised:
            act(move, order_id, to, by="test")
        assert (raised.value.status, raised.value.code) == (409, "order_moved_on")
        assert [entry["event"] for entry in logs] == ["impossible_move"]
        assert now(order_id) is start


def test_the_table_names_every_state_and_dead_ends_are_ends():
    assert set(MOVES) == set(S)
    assert all(not MOVES[end] for end in (*DEAD, S.COMPLETED))
    assert all(S.PENDING_PAYMENT not in targets for targets in MOVES.values())


def test_a_history_has_no_gaps_and_says_who(shop):
    order_id = ordered()
    act(service.mark_placed, order_id)
    act(service.accept, order_id, by="Beppe")
    act(service.start_making, order_id, by="Beppe")
    act(service.complete, order_id, by="Mina")
    seen = service.history(order_id)
    assert [(found.seq, found.status) for found in seen] == list(
        enumerate([S.PENDING_PAYMENT, S.PLACED, S.ACCEPTED, S.MAKING, S.COMPLETED])
    )
    assert [found.by for found in seen] == ["customer", "payment", "Beppe", "Beppe", "Mina"]
    assert all(later.status in MOVES[earlier.status] for earlier, later in pairwise(seen))
    assert told() == ["orders.placed", "orders.accepted", "orders.completed"]


def test_a_move_that_was_made_is_not_made_again_and_not_told_again(shop):
    order_id = ordered()
    for _ in range(2):
        act(service.mark_placed, order_id)
    assert told() == ["orders.placed"]
    assert [found.seq for found in service.history(order_id)] == [0, 1]


ENDS = [
    (service.fail_payment, {}, S.PENDING_PAYMENT, S.PAYMENT_FAILED),
    (service.expire, {}, S.PENDING_PAYMENT, S.EXPIRED),
    (service.reject, {"by": "clock", "reason": "silence"}, S.PLACED, S.REJECTED),
    (service.cancel, {"by": "customer", "reason": "changed my mind"}, S.PENDING_PAYMENT, S.CANCELLED),
    (service.cancel, {"by": "customer", "reason": "changed my mind"}, S.PLACED, S.CANCELLED),
    (service.cancel, {"by": "customer", "reason": "changed my mind"}, S.ACCEPTED, S.CANCELLED),
]


@pytest.fixture
def held(shop):
    """An order that holds an oven place and one use of a deal."""
    found = deal(limit=1)
    order_id = ordered(MARGHERITA)
    with transaction():
        promotions.reserve(offer(found), order_id, "ana@example.com")
    return order_id, found


def reach(order_id, at):
    """Walk an order there."""
    steps = [
        (S.PLACED, lambda: service.mark_placed(order_id)),
        (S.ACCEPTED, lambda: service.accept(order_id, by="Beppe")),
        (S.MAKING, lambda: service.start_making(order_id, by="Beppe")),
    ]
    for reached, step in steps:
        if at is S.PENDING_PAYMENT:
            return
        act(step)
        if reached is at:
            return


@pytest.mark.parametrize(("verb", "words", "start", "end"), ENDS, ids=[f"{c[0].__name__} {c[2]}" for c in ENDS])
def test_what_came_to_nothing_gives_its_holds_back_once(held, verb, words, start, end):
    order_id, found = held
    reach(order_id, start)
    assert booked() == 1
    assert [act(verb, order_id, **words) for _ in range(2)] == [True, False]
    assert now(order_id) is end
    assert (booked(), uses_of(found)) == (0, (0, 0))
    assert told().count("orders.cancelled") == 1


def test_eight_ends_at_once_give_back_once(held, shop):
    order_id, found = held
    reach(order_id, S.PLACED)
    other = ordered(MARGHERITA)  # its place must stay
    outcomes = race(
        shop,
        *[lambda: act(service.cancel, order_id, by="customer", reason="")] * (HANDS // 2),
        *[lambda: act(service.reject, order_id, by="store", reason="")] * (HANDS // 2),
    )
    assert outcomes.count(True) == 1
    assert (booked(), uses_of(found)) == (1, (0, 0))
    assert now(other) is S.PENDING_PAYMENT


def accept_against(shop, end, order_id):
    """A store accepts while somebody ends the order, several hands of each: the statuses that it went through."""
    reach(order_id, S.PLACED)
    ends = [lambda: act(end, order_id, by="clock", reason="silence")] * (HANDS // 2)
    race(shop, *ends, *[lambda: act(service.accept, order_id, by="Beppe")] * (HANDS // 2))
    return [found.status for found in service.history(order_id)]


def test_accepted_or_rejected_at_once_but_never_both(shop):
    seen = accept_against(shop, service.reject, ordered())
    assert seen in ([S.PENDING_PAYMENT, S.PLACED, S.ACCEPTED], [S.PENDING_PAYMENT, S.PLACED, S.REJECTED])
    assert booked() == (1 if seen[-1] is S.ACCEPTED else 0)


def test_what_is_cancelled_while_a_store_accepts_ends_cancelled(shop):
    seen = accept_against(shop, service.cancel, ordered())
    assert [each for each in seen if each is not S.ACCEPTED] == [S.PENDING_PAYMENT, S.PLACED, S.CANCELLED]
    assert seen[-1] is S.CANCELLED
    assert booked() == 0


@pytest.mark.parametrize("end", [service.reject, service.cancel])
def test_without_the_table_of_moves_what_is_over_would_be_accepted(shop, end, monkeypatch):
    """The control: with every move allowed, all hands make theirs."""
    monkeypatch.setattr(status, "MOVES", dict.fromkeys(S, frozenset(S)))
    seen = accept_against(shop, end, ordered())
    assert len(seen) > 3
    assert {S.ACCEPTED} < set(seen) - {S.PENDING_PAYMENT, S.PLACED}


def test_a_customer_cannot_cancel_what_is_being_made(held):
    order_id, found = held
    reach(order_id, S.MAKING)
    with pytest.raises(ImpossibleMove):
        act(service.cancel, order_id, by="customer", reason="")
    assert (now(order_id), booked(), uses_of(found)) == (S.MAKING, 1, (0, 1))


def test_staff_may_cancel_what_is_being_made_and_its_uses_are_gone(held):
    order_id, found = held
    reach(order_id, S.MAKING)
    assert act(service.cancel, order_id, by="Mina", reason="burnt", while_making=True)
    assert (now(order_id), booked(), uses_of(found)) == (S.CANCELLED, 1, (0, 1))


def test_a_move_that_is_rolled_back_leaves_no_trace(shop):
    order_id = ordered()
    with pytest.raises(ZeroDivisionError), transaction():
        service.mark_placed(order_id)
        raise ZeroDivisionError
    assert (now(order_id), told(), len(service.history(order_id))) == (S.PENDING_PAYMENT, [], 1)


def test_a_move_is_cried_to_its_order_and_its_store(shop, monkeypatch):
    cried = []
    monkeypatch.setattr(status.live, "publish", lambda *args: cried.append(args))
    order_id = ordered()
    act(service.mark_placed, order_id)
    assert (f"order:{order_id}", 1) in cried
    assert any(topic == "store:1" for topic, _ in cried)


@pytest.mark.parametrize("order_id", [0, -1, 4711])
def test_an_order_that_never_was_is_not_found(shop, order_id):
    with pytest.raises(NotFound):
        service.status_of(order_id)
    with pytest.raises(NotFound):
        service.order(order_id)
    with pytest.raises(ImpossibleMove):
        act(service.accept, order_id, by="x")
