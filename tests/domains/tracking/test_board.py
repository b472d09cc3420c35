"""The board of a kitchen."""

from datetime import timedelta

from sqlalchemy import event

from app.core.db import db, transaction
from app.orders import service as orders
from app.orders.service import Contact, Place
from app.stores import service as stores
from app.stores.service import Method
from app.tracking import service as tracking
from app.tracking import waiting
from app.tracking.service import Age, Stage
from tests.factories.orders import COLA, COUNTER, ELM_STREET, HOME, MILWAUKEE_AVENUE, placed


def tap(order_id: int, *stages: Stage) -> None:
    for stage in stages:
        with transaction():
            tracking.advance(order_id, stage, by="Beppe")


def shown() -> dict[str, list[int]]:
    board = tracking.board(ELM_STREET)
    return {column.key: [ticket.order_id for ticket in column.tickets] for column in board.columns}


def ticket_of(order_id: int) -> tracking.Ticket:
    found = tracking.ticket_of(order_id)
    assert found is not None
    return found


def test_tickets_hang_in_the_column_of_their_stage(hands, work_off):
    new, making, baking, boxed, away = (placed() for _ in range(5))
    ready = placed(COLA, place=COUNTER)
    work_off()
    tap(making, Stage.RECEIVED)
    tap(baking, Stage.RECEIVED, Stage.PREP)
    tap(boxed, Stage.RECEIVED, Stage.PREP, Stage.BAKING)
    tap(away, Stage.RECEIVED, Stage.PREP, Stage.BAKING, Stage.QUALITY_CHECK)
    tap(ready, Stage.RECEIVED, Stage.PREP, Stage.QUALITY_CHECK)
    found = shown()
    assert {key: set(ids) for key, ids in found.items()} == {
        "new": {new},
        "making": {making},
        "oven": {baking},
        "boxed": {boxed, ready},
        "away": {away},
    }


def test_what_is_due_first_stands_first(hands, work_off):
    soon = hands.now + timedelta(minutes=75)
    later = placed(at=soon + timedelta(minutes=15))
    sooner = placed(at=soon)
    work_off()
    hands.move(minutes=60)
    assert shown()["new"] == [sooner, later]


def test_an_order_for_the_evening_waits_beside_the_board(hands, work_off):
    evening = placed(at=hands.now + timedelta(hours=5))
    work_off()
    board = tracking.board(ELM_STREET)
    assert [ticket.order_id for ticket in board.later] == [evening]
    assert shown()["new"] == []
    hands.move(minutes=4.5 * 60)
    assert shown()["new"] == [evening]


def test_as_soon_as_possible_at_a_closed_store_waits_until_it_opens(hands, work_off):
    hands.move(minutes=-6 * 60)  # six in the morning; it opens at eleven
    order_id = placed(place=Place(Method.CARRYOUT, MILWAUKEE_AVENUE))
    work_off()
    view = tracking.follow(order_id)
    assert view.begin_at == hands.now + timedelta(hours=5)
    assert view.span == view.promised
    assert [ticket.order_id for ticket in tracking.board(MILWAUKEE_AVENUE).later] == [order_id]
    hands.move(minutes=5 * 60)
    (ticket,) = tracking.board(MILWAUKEE_AVENUE).columns[0].tickets
    assert (ticket.order_id, ticket.age(hands.now)) == (order_id, Age.FRESH)


def test_a_cancelled_order_is_off_the_board_before_its_ticket_hears_of_it(hands, work_off):
    order_id = placed()
    work_off()
    with transaction():
        orders.cancel(order_id, by="customer", reason="You cancelled it")
    assert shown()["new"] == []


def test_other_stores_do_not_see_it(hands, work_off):
    placed()
    work_off()
    assert all(not column.tickets for column in tracking.board(MILWAUKEE_AVENUE).columns)


def test_the_number_of_queries_does_not_grow_with_the_board(hands, work_off):
    def queries() -> int:
        seen: list[str] = []
        stores.store(1)
        db.session.rollback()

        def count(_connection, _cursor, statement, *_rest):
            if statement.startswith("SELECT"):
                seen.append(statement)

        event.listen(db.engine, "before_cursor_execute", count)
        tracking.board(ELM_STREET)
        event.remove(db.engine, "before_cursor_execute", count)
        return len(seen)

    placed()
    work_off()
    few = queries()
    for _ in range(7):
        placed()
    work_off()
    assert queries() == few
    assert few == 7


def test_a_kitchen_learns_no_surname_phone_or_address(hands, work_off):
    order_id = placed(contact=Contact("Ana Maria Lopez", "+13125550142", "ana@example.com"))
    work_off()
    ticket = ticket_of(order_id)
    assert ticket.name == "Ana L."
    told = repr(ticket)
    assert not any(secret in told for secret in ("Lopez", "5550142", "ana@", HOME.street))


def test_an_allergy_is_seen_in_any_note_that_names_one(hands, work_off):
    warned = placed(note="No nuts please, my son is ALLERGIC")
    calm = placed(note="Ring twice")
    work_off()
    assert ticket_of(warned).allergy
    assert not ticket_of(calm).allergy


def test_a_ticket_is_fresh_then_fine_then_in_a_hurry_then_late(hands, work_off):
    order_id = placed()
    work_off()
    assert ticket_of(order_id).age(hands.now) is Age.FRESH
    tap(order_id, Stage.RECEIVED)
    assert ticket_of(order_id).age(hands.now) is Age.FINE
    assert ticket_of(order_id).age(hands.move(minutes=4)) is Age.HURRY
    assert ticket_of(order_id).age(hands.move(minutes=90)) is Age.LATE


def test_what_stands_ready_is_nobodys_hurry(hands, work_off):
    order_id = placed(COLA, place=COUNTER)
    work_off()
    tap(order_id, Stage.RECEIVED, Stage.PREP, Stage.QUALITY_CHECK)
    assert ticket_of(order_id).age(hands.move(minutes=90)) is Age.FINE
    assert [kitchen.late for kitchen in waiting.kitchens(None)] == [0]


def test_the_last_tap_is_offered_back_on_every_screen_while_it_may_be(hands, work_off):
    order_id = placed()
    work_off()
    assert tracking.board(ELM_STREET).undoable is None
    tap(order_id, Stage.RECEIVED)
    undoable = tracking.board(ELM_STREET).undoable
    assert undoable is not None
    assert (undoable.order_id, undoable.seq, undoable.to) == (order_id, 1, Stage.PREP)
    with transaction():
        tracking.undo(order_id, 1, by="Beppe")
    assert tracking.board(ELM_STREET).undoable is None
    tap(order_id, Stage.RECEIVED)
    hands.move(seconds=11)
    assert tracking.board(ELM_STREET).undoable is None


def test_the_tag_changes_with_the_board_and_only_then(hands, work_off):
    order_id = placed()
    work_off()
    before = tracking.board(ELM_STREET).tag
    hands.move(seconds=30)
    assert tracking.board(ELM_STREET).tag == before
    tap(order_id, Stage.RECEIVED)
    assert tracking.board(ELM_STREET).tag != before
