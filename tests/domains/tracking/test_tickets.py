"""Tickets open once, move a tap at a time, and close."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from app.core import events, live, queue
from app.core.db import db, transaction
from app.core.errors import Conflict, NotFound, Refusal
from app.core.events import OutboxRow
from app.orders import service as orders
from app.orders.events import OrderPlaced
from app.orders.service import ImpossibleMove, OrderStatus, Place
from app.stores import directory
from app.stores import service as stores
from app.stores.models import Store
from app.stores.service import Method
from app.tracking import service as tracking
from app.tracking.models import StageMove, TicketRow
from app.tracking.service import Stage
from tests.factories.orders import COLA, COUNTER, ELM_STREET, MILWAUKEE_AVENUE, ordered, placed

S, T = Stage, OrderStatus


def asking(store_id: int = ELM_STREET) -> None:
    """A store accepts each order by hand."""
    with transaction():
        db.session.get_one(Store, store_id).auto_accept = False
    directory.known.clear()


def tap(order_id: int, expected: Stage, to: Stage | None = None) -> tracking.Moved:
    with transaction():
        return tracking.advance(order_id, expected, by="Beppe", to=to)


def tap_through(order_id: int, *stages: Stage) -> None:
    for stage in stages:
        tap(order_id, stage)


def tickets() -> list[TicketRow]:
    return list(db.session.scalars(select(TicketRow).execution_options(populate_existing=True)))


def test_a_placed_order_opens_one_ticket_and_is_accepted_at_once(hands, work_off):
    order_id = placed()
    assert tickets() == []
    work_off()
    (ticket,) = tickets()
    assert (ticket.order_id, ticket.stage, ticket.seq) == (order_id, S.RECEIVED, 0)
    assert orders.status_of(order_id) is T.ACCEPTED


def test_the_same_event_heard_twice_opens_one_ticket(hands, work_off):
    order_id = placed()
    event_id = db.session.scalars(select(OutboxRow.id).where(OutboxRow.kind == OrderPlaced.kind)).one()
    work_off()
    with transaction():
        db.session.get_one(OutboxRow, event_id).done_at = None
    events.deliver(event_id)
    with transaction():  # and told twice, by two events
        tracking.open_ticket(OrderPlaced(order_id, ELM_STREET))
    assert len(tickets()) == 1
    assert [move.status for move in orders.history(order_id)] == [T.PENDING_PAYMENT, T.PLACED, T.ACCEPTED]


def test_an_order_cancelled_before_its_store_heard_of_it_opens_no_ticket(hands, work_off):
    order_id = placed()
    with transaction():
        orders.cancel(order_id, by="customer", reason="You cancelled it")
    work_off()
    assert tickets() == []


def test_a_delivery_goes_through_all_its_stages_and_the_order_with_it(hands, work_off):
    order_id = placed()
    work_off()
    tap(order_id, S.RECEIVED)
    assert orders.status_of(order_id) is T.MAKING
    tap_through(order_id, S.PREP, S.BAKING, S.QUALITY_CHECK, S.OUT_FOR_DELIVERY)
    assert orders.status_of(order_id) is T.COMPLETED
    (ticket,) = tickets()
    assert ticket.stage == S.DELIVERED
    assert ticket.closed_at is not None
    assert [(one.seq, one.to) for one in tracking.timeline(order_id)] == list(
        enumerate((S.PREP, S.BAKING, S.QUALITY_CHECK, S.OUT_FOR_DELIVERY, S.DELIVERED), start=1)
    )


def test_drinks_for_pickup_skip_the_oven_and_the_road(hands, work_off):
    order_id = placed(COLA, place=COUNTER)
    work_off()
    tap_through(order_id, S.RECEIVED, S.PREP, S.QUALITY_CHECK, S.READY)
    assert orders.status_of(order_id) is T.COMPLETED
    assert tickets()[0].stage == S.COLLECTED


def test_a_tap_on_an_old_screen_is_refused_and_told_the_truth(hands, work_off):
    order_id = placed()
    work_off()
    tap(order_id, S.RECEIVED)
    with pytest.raises(Conflict, match="Making") as refused:
        tap(order_id, S.RECEIVED)
    assert refused.value.code == "ticket_moved"
    assert refused.value.extra == {"stage": S.PREP, "seq": 1}
    assert len(tracking.timeline(order_id)) == 1


def test_a_ticket_cannot_jump(hands, work_off):
    order_id = placed()
    work_off()
    with pytest.raises(Refusal, match="not followed by"):
        tap(order_id, S.RECEIVED, S.DELIVERED)
    with pytest.raises(Refusal, match="Nothing comes after"):
        tap(order_id, S.DELIVERED)
    with pytest.raises(NotFound):
        tap(order_id + 1, S.RECEIVED)
    assert tickets()[0].stage == S.RECEIVED


def test_a_failed_delivery_goes_out_again(hands, work_off):
    order_id = placed()
    work_off()
    tap_through(order_id, S.RECEIVED, S.PREP, S.BAKING, S.QUALITY_CHECK)
    tap(order_id, S.OUT_FOR_DELIVERY, S.DELIVERY_FAILED)
    assert orders.status_of(order_id) is T.MAKING
    tap(order_id, S.DELIVERY_FAILED)
    tap(order_id, S.OUT_FOR_DELIVERY)
    assert orders.status_of(order_id) is T.COMPLETED


def test_the_last_tap_can_be_taken_back_for_ten_seconds(hands, work_off):
    order_id = placed()
    work_off()
    received = tickets()[0].stage_at
    hands.move(minutes=2)
    moved = tap(order_id, S.RECEIVED)
    hands.move(seconds=9)
    with transaction():
        back = tracking.undo(order_id, moved.seq, by="Beppe")
    assert (back.to, back.seq) == (S.RECEIVED, 2)
    (ticket,) = tickets()
    assert (ticket.stage, ticket.stage_at, ticket.expected_to) == (S.RECEIVED, received, ticket.promised_to)
    assert [(one.seq, one.undone, one.reversal) for one in tracking.timeline(order_id)] == [
        (1, True, False),
        (2, False, True),
    ]
    tap(order_id, S.RECEIVED)  # and it can be made after all
    assert tickets()[0].stage == S.PREP


def test_later_or_older_taps_stay(hands, work_off):
    order_id = placed()
    work_off()
    first = tap(order_id, S.RECEIVED)
    second = tap(order_id, S.PREP)
    with pytest.raises(Conflict, match="cannot be moved back"), transaction():
        tracking.undo(order_id, first.seq, by="Beppe")
    hands.move(seconds=13)
    with pytest.raises(Conflict, match="cannot be moved back"), transaction():
        tracking.undo(order_id, second.seq, by="Beppe")
    with pytest.raises(NotFound), transaction():
        tracking.undo(order_id, 9, by="Beppe")
    assert tickets()[0].stage == S.BAKING


def test_a_tap_that_handed_it_over_is_taken_back_like_any_other(hands, work_off):
    order_id = placed(COLA, place=COUNTER)
    work_off()
    tap_through(order_id, S.RECEIVED, S.PREP, S.QUALITY_CHECK)
    last = tap(order_id, S.READY)
    assert tickets()[0].closed_at is not None
    offered = tracking.board(ELM_STREET).undoable
    assert offered is not None
    assert (offered.order_id, offered.seq, offered.to) == (order_id, last.seq, S.COLLECTED)
    hands.move(seconds=9)
    with transaction():
        back = tracking.undo(order_id, last.seq, by="Beppe")
    assert (back.to, back.seq, tickets()[0].closed_at) == (S.READY, last.seq + 1, None)
    assert orders.status_of(order_id) is T.COMPLETED, "its money stays as it is"
    tap(order_id, S.READY)
    hands.move(seconds=13)
    assert tracking.board(ELM_STREET).undoable is None
    with pytest.raises(Conflict), transaction():
        tracking.undo(order_id, back.seq + 1, by="Beppe")


def test_the_last_tap_on_an_order_that_was_called_off_stays(hands, work_off):
    order_id = placed()
    work_off()
    moved = tap(order_id, S.RECEIVED)
    with transaction():
        orders.cancel(order_id, by="Rosa", reason="No dough", while_making=True)
    work_off()
    assert tracking.board(ELM_STREET).undoable is None
    with pytest.raises(Conflict, match="cannot be moved back"), transaction():
        tracking.undo(order_id, moved.seq, by="Beppe")
    assert tickets()[0].closed_at is not None


def test_a_cancelled_order_leaves_the_board_and_takes_no_tap(hands, work_off):
    order_id = placed()
    work_off()
    with transaction():
        orders.cancel(order_id, by="customer", reason="You cancelled it")
    with pytest.raises(ImpossibleMove):  # the ticket has not heard of it yet: the order says no
        tap(order_id, S.RECEIVED)
    assert tickets()[0].stage == S.RECEIVED
    work_off()
    assert tickets()[0].closed_at is not None
    with pytest.raises(Conflict, match="off the board"):
        tap(order_id, S.RECEIVED)


def test_a_store_that_is_asked_accepts_by_hand_or_by_its_first_tap(hands, work_off):
    asking()
    one, other = placed(), placed()
    work_off()
    assert orders.status_of(one) is orders.status_of(other) is T.PLACED
    with transaction():
        assert tracking.accept(one, by="Beppe")
    with transaction():
        assert not tracking.accept(one, by="Beppe")
    assert orders.status_of(one) is T.ACCEPTED
    tap(other, S.RECEIVED)
    assert orders.status_of(other) is T.MAKING


def test_five_minutes_of_silence_reject_an_order_but_not_an_accepted_one(hands, work_off):
    asking()
    silent, answered = placed(), placed()
    work_off()
    with transaction():
        tracking.accept(answered, by="Beppe")
    hands.move(minutes=4.9)
    assert tracking.reject_silent() == 0
    hands.move(minutes=0.2)
    assert tracking.reject_silent() == 1
    work_off()
    assert orders.status_of(silent) is T.REJECTED
    assert orders.status_of(answered) is T.ACCEPTED
    assert "did not answer" in tracking.follow(silent).reason
    assert tracking.reject_silent() == 0


def test_the_silence_of_a_closed_store_is_counted_from_when_it_opens(hands, work_off):
    asking(MILWAUKEE_AVENUE)
    hours = stores.store(MILWAUKEE_AVENUE).hours
    closed = next(end for _, end in hours.spans(hands.now.date(), 1)) + timedelta(hours=1)
    opens = hours.next_opening(closed)
    hands.now = closed
    ahead = placed(COLA, place=Place(Method.CARRYOUT, MILWAUKEE_AVENUE))
    work_off()
    for moment, rejected in ((opens - timedelta(minutes=1), 0), (opens + timedelta(minutes=4.9), 0)):
        hands.now = moment
        assert tracking.reject_silent() == rejected
    hands.now = opens + timedelta(minutes=5.1)
    assert tracking.reject_silent() == 1
    assert orders.status_of(ahead) is T.REJECTED


def test_what_waits_for_its_payment_is_on_no_board(hands, work_off):
    ordered()
    work_off()
    assert tickets() == []
    assert db.session.scalars(select(StageMove)).all() == []


def test_screens_are_told_before_a_worker_is(shop, work_off, monkeypatch):
    order_id, told = placed(), []
    work_off()
    monkeypatch.setattr(live, "_send", lambda topic, _seq: told.append(topic))
    monkeypatch.setattr(queue, "ring", lambda *_args, **_words: told.append("ring"))
    with transaction():
        tracking.advance(order_id, Stage.RECEIVED, by="Beppe")
    assert told.index(f"order:{order_id}") < told.index("ring")
    told.clear()
    with transaction():
        tracking.advance(order_id, Stage.PREP, by="Beppe")
        tracking.write_to_customer(order_id, "Soon.", by="Mina")
    assert told[:2] == [f"order:{order_id}", f"store:{ELM_STREET}"]
    assert told.count("ring") == 2
