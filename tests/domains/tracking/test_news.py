"""What customers hear away from the tracker: each thing once."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from app.core import events, mail
from app.core.db import db, transaction
from app.core.events import InboxRow, OutboxRow
from app.core.idempotency import IdempotencyRow
from app.orders import service as orders
from app.orders.events import OrderCancelled
from app.orders.models import OrderLetter
from app.orders.service import Contact
from app.tracking import news, tickets
from app.tracking import service as tracking
from app.tracking.events import NewsDue
from app.tracking.service import Stage
from tests.factories.kitchen import tap
from tests.factories.mail import mails
from tests.factories.orders import COUNTER, ordered, placed

S = Stage
TO_THE_ROAD = (S.RECEIVED, S.PREP, S.BAKING, S.QUALITY_CHECK)
pytestmark = pytest.mark.usefixtures("outbox", "hands")


def subjects(order_id: int) -> list[str]:
    return [sent.subject for sent in mails() if str(order_id) in sent.subject]


@pytest.fixture
def on_its_way(work_off) -> int:
    """Ana's order, which was just sent out."""
    order_id = placed()
    work_off()
    for stage in TO_THE_ROAD:
        tap(order_id, stage)
    return order_id


def test_who_waits_for_a_driver_hears_that_it_left(on_its_way, work_off):
    work_off()
    assert subjects(on_its_way) == [f"Order {on_its_way} is in", f"Order {on_its_way} is on its way"]
    assert "Expect it at your door 12:" in mails()[-1].text
    assert f"/track/{on_its_way}-" in mails()[-1].text


def test_who_fetches_it_hears_where_it_is_ready(work_off):
    order_id = placed(place=COUNTER)
    work_off()
    for stage in TO_THE_ROAD:
        tap(order_id, stage)
    work_off()
    assert subjects(order_id)[1:] == [f"Order {order_id} is ready"]
    assert "ready at the counter: Elm Street" in mails()[-1].text


def test_nobody_hears_of_a_tap_before_it_can_no_longer_be_taken_back(on_its_way, hands):
    for row in db.session.scalars(select(OutboxRow).where(OutboxRow.done_at.is_(None))).all():
        events.deliver(row.id)
    (due,) = db.session.scalars(select(OutboxRow).where(OutboxRow.kind == NewsDue.kind))
    assert due.next_at == hands.now + tracking.UNDO_FOR + timedelta(seconds=2)
    assert subjects(on_its_way)[1:] == []


def test_nobody_hears_of_a_tap_that_was_taken_back(on_its_way, work_off):
    with transaction():
        tracking.undo(on_its_way, 4, by="Beppe")
    work_off()
    assert subjects(on_its_way)[1:] == []
    tap(on_its_way, S.QUALITY_CHECK)
    work_off()
    assert subjects(on_its_way)[1:] == [f"Order {on_its_way} is on its way"]


@pytest.mark.parametrize("guarded", [True, False], ids=["as it is", "control: nobody keeps what was heard"])
def test_an_event_that_is_handed_out_twice_mails_once(on_its_way, work_off, guarded):
    work_off()
    with transaction():
        for row in db.session.scalars(select(OutboxRow).where(OutboxRow.kind == NewsDue.kind)):
            row.done_at = None
        if not guarded:
            for heard in db.session.scalars(select(InboxRow).where(InboxRow.consumer == "tracking.news.send_news")):
                db.session.delete(heard)
            for letter in db.session.scalars(select(OrderLetter).where(OrderLetter.order_id == on_its_way)):
                letter.sent_at = None
            for turn in db.session.scalars(select(IdempotencyRow).where(IdempotencyRow.scope == events.TURN)):
                db.session.delete(turn)
    hands_out_again(NewsDue.kind)
    assert (subjects(on_its_way).count(f"Order {on_its_way} is on its way") == 1) is guarded


def hands_out_again(kind: str) -> None:
    ids = db.session.scalars(select(OutboxRow.id).where(OutboxRow.kind == kind)).all()
    db.session.rollback()
    for event_id in ids:
        events.deliver(event_id)


def test_a_late_order_is_said_to_be_late_once(hands, work_off):
    order_id = placed()
    work_off()
    assert news.tell_late() == 0
    hands.move(minutes=60)
    assert [news.tell_late(), news.tell_late()] == [1, 0]
    work_off()
    hands.move(minutes=60)
    assert news.tell_late() == 0
    work_off()
    assert subjects(order_id)[1:] == [f"Order {order_id} is running late"]
    assert "first we promised 12:" in mails()[-1].text


def test_what_waits_at_the_counter_is_not_late(hands, work_off):
    order_id = placed(place=COUNTER)
    work_off()
    for stage in TO_THE_ROAD:
        tap(order_id, stage)
    hands.move(minutes=90)
    assert news.tell_late() == 0


def test_who_has_it_by_now_is_not_told_that_it_is_late(hands, on_its_way, work_off):
    hands.move(minutes=60)
    assert news.tell_late() == 1
    tap(on_its_way, S.OUT_FOR_DELIVERY)
    work_off()
    assert not any("late" in subject for subject in subjects(on_its_way))


def test_a_word_of_the_store_goes_along(hands, work_off):
    order_id = placed()
    work_off()
    with transaction():
        tracking.write_to_customer(order_id, "The oven took a rest.", by="Mina")
    hands.move(minutes=60)
    news.tell_late()
    work_off()
    assert "Elm Street writes: The oven took a rest." in mails()[-1].text


def test_a_cancelled_order_is_said_to_be_with_its_reason(work_off):
    order_id = placed()
    work_off()
    with transaction():
        orders.cancel(order_id, by="Mina", reason="We ran out of dough")
    work_off()
    hands_out_again(OrderCancelled.kind)
    assert subjects(order_id)[1:] == [f"Order {order_id} is cancelled"]
    assert "is cancelled. We ran out of dough." in mails()[-1].text


def test_an_order_that_its_store_turned_down_is_not_called_cancelled(work_off):
    order_id = placed()
    with transaction():
        orders.reject(order_id, by="Mina", reason="We ran out of dough")
    work_off()
    assert subjects(order_id)[1:] == [f"Order {order_id} could not be taken"]
    assert "could not be taken. We ran out of dough." in mails()[-1].text
    assert "cancelled" not in mails()[-1].text + mails()[-1].html


def test_what_was_never_paid_for_is_not_called_cancelled(work_off):
    order_id = ordered()
    with transaction():
        orders.expire(order_id)
    work_off()
    assert subjects(order_id) == []


def test_who_gave_no_address_gets_a_text_message_where_there_is_a_provider(on_its_way, work_off, monkeypatch):
    texts: list[tuple[str, str]] = []
    monkeypatch.setattr(news.sms, "offered", lambda: True)
    monkeypatch.setattr(news.sms, "send", lambda to, words: texts.append((to, words)))
    order_id = placed(contact=Contact("Ana Lopez", "+13125550142", ""))
    work_off()
    for stage in TO_THE_ROAD:
        tap(order_id, stage)
    work_off()
    ((to, words),) = texts
    assert to == "+13125550142"
    assert words.startswith(f"Hot Corner: order {order_id} is on its way, at your door 12:")


def test_a_mail_server_that_is_away_is_asked_again(on_its_way, work_off, monkeypatch):
    send = mail.send
    failing = [True]

    def sometimes(sent):
        if "on its way" in sent.subject and failing:
            failing.clear()
            raise OSError("no mail server")
        send(sent)

    monkeypatch.setattr(mail, "send", sometimes)
    with pytest.raises(OSError, match="no mail server"):
        work_off()
    work_off()
    assert subjects(on_its_way)[1:] == [f"Order {on_its_way} is on its way"]


def test_who_has_it_by_now_is_not_told_that_it_is_on_its_way(on_its_way, work_off):
    tap(on_its_way, S.OUT_FOR_DELIVERY)
    work_off()
    assert subjects(on_its_way)[1:] == []


def test_who_fetched_it_at_once_is_not_told_that_it_is_ready(work_off):
    order_id = placed(place=COUNTER)
    work_off()
    for stage in (*TO_THE_ROAD, S.READY):
        tap(order_id, stage)
    work_off()
    assert subjects(order_id)[1:] == []


def test_an_order_that_is_late_for_its_new_time_too_is_said_to_be_once_more(hands, work_off):
    order_id = placed(at=hands.now + timedelta(hours=2))
    work_off()
    for hours in (3, 4):
        with transaction():
            row = tickets.ticket(order_id)
            row.promised_from, row.promised_to = (hands.now + timedelta(hours=hours - 2, minutes=n) for n in (0, 10))
            row.late_told_at = None
        hands.move(minutes=200)
        assert news.tell_late() == 1
        work_off()
    assert subjects(order_id)[1:] == [f"Order {order_id} is running late"] * 2
