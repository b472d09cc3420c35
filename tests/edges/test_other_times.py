"""Another time for an order: for its customer and for the staff of its store."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy import select

from app.core.db import db, transaction
from app.core.errors import Conflict
from app.orders import service as orders
from app.orders.keys import tracking_key
from app.stores import service as stores
from app.stores.models import Slot
from app.stores.service import Promise
from app.tracking import service as tracking
from app.tracking.service import Stage
from app.users import audit
from app.users.service import Role
from tests.factories.deals import deal
from tests.factories.hands import Hands
from tests.factories.mail import mails
from tests.factories.orders import ANA, COLA, COUNTER, ELM_STREET, MARGHERITA, placed
from tests.factories.staff import signed_in

HTMX = {"HX-Request": "true"}


@pytest.fixture
def hands(shop, monkeypatch) -> Hands:
    return Hands(monkeypatch)  # Monday noon in Chicago


@pytest.fixture
def five(hands) -> datetime:
    return hands.now + timedelta(hours=5)


@pytest.fixture
def order_id(five, work_off) -> int:
    made = placed(at=five)
    work_off()
    return made


def url(order_id: int) -> str:
    return f"/track/{order_id}-{tracking_key(order_id)}"


def due(order_id: int) -> datetime:
    db.session.rollback()
    return orders.order(order_id).promised_from


def told(order_id: int) -> list[str]:
    """What was mailed of a new time of an order."""
    return [mail.text for mail in mails(ANA.email) if mail.subject == f"Order {order_id} has another time"]


def test_the_tracker_of_an_order_for_later_leads_to_another_time(client, order_id, five, work_off):
    page = client.get(url(order_id)).text
    assert "<h1>Scheduled</h1>" in page
    assert f'href="{url(order_id)}/time"' in page
    form = client.get(f"{url(order_id)}/time").text
    assert "5:00 to 5:10 pm" in form
    assert f'<option selected value="{five.isoformat()}">5:00 pm</option>' in form
    later = five + timedelta(hours=2)
    changed = client.post(f"{url(order_id)}/time", data={"time": later.isoformat()})
    assert (changed.status_code, changed.headers["Location"]) == (303, url(order_id))
    page = client.get(url(order_id)).text
    assert f"Order {order_id} is for 7:00 to 7:10 pm now." in page
    assert "<h1>Scheduled</h1>" in page, "also before its ticket has heard of it"
    work_off()
    again = client.get(url(order_id)).text
    assert "7:00 to 7:10 pm" in again
    assert "First promised" not in again, "it is not late: its customer asked for it"


def test_the_times_of_another_day_come_as_a_piece_and_as_a_page(client, order_id, five):
    tomorrow = (five + timedelta(days=1)).date()
    piece = client.get(f"{url(order_id)}/time?day={tomorrow}", headers=HTMX)
    assert piece.headers["Vary"] == "HX-Request"
    assert piece.text.startswith('<div class="stack" id="times">')
    assert "Tuesday 12:15 pm" in piece.text
    page = client.get(f"{url(order_id)}/time?day={tomorrow}").text
    assert "<html" in page
    assert "Tuesday 12:15 pm" in page
    for answer in (piece.text, page):
        assert f'<option selected value="{(five + timedelta(days=1)).isoformat()}">Tuesday 5:00 pm</option>' in answer
    later = (five + timedelta(hours=2)).isoformat()
    again = client.get(f"{url(order_id)}/time", query_string={"day": str(tomorrow), "time": later}, headers=HTMX)
    assert f'<option selected value="{(five + timedelta(hours=26)).isoformat()}">' in again.text


@pytest.mark.parametrize("day", ["", "soon", "2026-13-45", "1999-01-01", "\0"])
def test_a_day_that_is_none_shows_that_of_the_order(client, order_id, day):
    assert "5:00 pm" in client.get(f"{url(order_id)}/time", query_string={"day": day}).text


@pytest.mark.parametrize("time", ["", "asap", "soon", "2026-11-23T23:00", "2031-01-01T00:00:00+00:00", "é"])
def test_a_time_of_no_list_is_refused_and_the_list_is_shown_again(client, order_id, five, time):
    refused = client.post(f"{url(order_id)}/time", data={"time": time})
    assert refused.status_code == 422
    assert "There is a problem" in refused.text
    assert "5:00 pm" in refused.text
    assert due(order_id) == five


def test_a_day_whose_times_were_not_shown_yet_shows_them_first(client, order_id, five):
    tomorrow = five + timedelta(days=1)
    sent = client.post(f"{url(order_id)}/time", data={"day": str(tomorrow.date()), "time": five.isoformat()})
    assert sent.status_code == 422
    assert "These are the times of the day that you chose" in sent.text
    assert "Tuesday 5:00 pm" in sent.text
    assert due(order_id) == five
    sent = client.post(f"{url(order_id)}/time", data={"day": str(tomorrow.date()), "time": tomorrow.isoformat()})
    assert sent.status_code == 303
    assert due(order_id) == tomorrow


def test_a_time_that_filled_up_meanwhile_is_refused_and_the_order_keeps_its_own(client, order_id, five):
    held = orders.order(order_id).slot_at
    room = stores.store(ELM_STREET).slot_capacity
    with transaction():
        db.session.add(Slot(store_id=ELM_STREET, starts_at=held + timedelta(hours=1), capacity=room, booked=room))
    wanted = five + timedelta(hours=1)
    assert "6:00 pm, full" in client.get(f"{url(order_id)}/time").text
    refused = client.post(f"{url(order_id)}/time", data={"time": wanted.isoformat()})
    assert refused.status_code == 409
    assert "That time is full" in refused.text
    assert due(order_id) == five
    kept = db.session.scalar(select(Slot.booked).where(Slot.starts_at == held))
    assert kept == orders.order(order_id).places


def test_a_rival_who_was_faster_costs_the_order_none_of_its_places(client, order_id, five, monkeypatch):
    def full(_promise: Promise) -> None:
        raise Conflict("slot_full", "That time filled up.")

    monkeypatch.setattr(stores, "book", full)
    refused = client.post(f"{url(order_id)}/time", data={"time": (five + timedelta(hours=1)).isoformat()})
    assert refused.status_code == 409
    db.session.rollback()
    order = orders.order(order_id)
    assert (order.promised_from, order.places) == (five, 1)
    assert db.session.scalar(select(Slot.booked).where(Slot.starts_at == order.slot_at)) == 1


def test_what_the_kitchen_has_begun_keeps_its_time(client, order_id, five):
    address = f"{url(order_id)}/time"
    with transaction():
        tracking.advance(order_id, Stage.RECEIVED, by="Beppe")
    assert f'href="{address}"' not in client.get(url(order_id)).text
    for answer in (client.get(address), client.post(address, data={"time": (five + timedelta(hours=1)).isoformat()})):
        assert (answer.status_code, answer.headers["Location"]) == (303, url(order_id))
    assert "too late to change the time" in client.get(url(order_id)).text
    assert due(order_id) == five


def test_the_list_of_an_order_that_was_begun_meanwhile_leads_the_whole_page_back(client, order_id):
    with transaction():
        tracking.advance(order_id, Stage.RECEIVED, by="Beppe")
    answer = client.get(f"{url(order_id)}/time?day=2026-07-07", headers=HTMX)
    assert (answer.status_code, answer.headers["HX-Redirect"], answer.text) == (204, url(order_id), "")


def test_an_order_for_now_offers_no_other_time(client, hands, work_off):
    order_id = placed()
    work_off()
    assert "Change the time" not in client.get(url(order_id)).text


def test_a_wrong_key_changes_nothing(client, order_id, five):
    other = f"/track/{order_id}-{'a' * 26}/time"
    assert client.get(other).status_code == 404
    assert client.post(other, data={"time": (five + timedelta(hours=1)).isoformat()}).status_code == 404
    assert due(order_id) == five


def test_a_deal_says_why_other_times_are_not_listed(client, hands, work_off):
    deal(name="Lunch", window={"weekdays": [], "opens": 11 * 60, "closes": 15 * 60})
    order_id = placed(MARGHERITA, place=COUNTER, at=hands.now + timedelta(hours=2))
    page = client.get(f"{url(order_id)}/time").text
    assert "Lunch holds 11 am to 3 pm only. It stays on this order" in page
    assert "2:45 pm" in page
    assert "6:00 pm" not in page


def test_the_customer_gets_one_mail_for_each_time(client, outbox, order_id, five, work_off):
    for hours in (1, 2):
        client.post(f"{url(order_id)}/time", data={"time": (five + timedelta(hours=hours)).isoformat()})
        work_off()
    sent = told(order_id)
    assert len(sent) == 2
    assert "Expect it 6:00 to 6:10 pm" in sent[0]
    assert "Expect it 7:00 to 7:10 pm" in sent[1]


def test_of_two_changes_before_the_first_mail_only_the_last_is_told(client, outbox, order_id, five, work_off):
    for hours in (1, 2):
        client.post(f"{url(order_id)}/time", data={"time": (five + timedelta(hours=hours)).isoformat()})
    work_off()
    sent = told(order_id)
    assert len(sent) == 1
    assert "7:00 to 7:10 pm" in sent[0]


def test_the_counter_changes_it_for_a_customer_on_the_phone(shop, client, order_id, five, work_off):
    rosa = signed_in(shop, "Rosa", Role.COUNTER)
    here = f"/staff/orders/{order_id}"
    assert f'href="{here}/time"' in rosa.get(here).text
    assert "site-foot" not in rosa.get(f"{here}/time").text, "it is the shop's, and this is the desk"
    later = five + timedelta(hours=2)
    changed = rosa.post(f"{here}/time", data={"time": later.isoformat()})
    assert (changed.status_code, changed.headers["Location"]) == (303, here)
    page = rosa.get(here).text
    assert "due 7:10" in page, "also before its ticket has heard of it"
    assert "Wanted for 7:00 pm" in page
    assert due(order_id) == later
    deeds = [each.deed for each in audit.of_subject(f"order:{order_id}")]
    assert deeds.count("order.time") == 1
    rosa.post(f"{here}/time", data={"time": later.isoformat()})
    rosa.post(f"{here}/time", data={"time": "soon"})
    assert [each.deed for each in audit.of_subject(f"order:{order_id}")] == deeds, "nothing changed, nothing written"


@pytest.mark.parametrize("headers", [{}, HTMX])
def test_a_tap_on_a_ticket_that_has_not_heard_yet_shows_the_board_as_it_is(
    shop, hands, client, order_id, five, headers
):
    hands.now = five - timedelta(minutes=35)
    client.post(f"{url(order_id)}/time", data={"time": (five + timedelta(hours=2)).isoformat()})
    tapped = signed_in(shop).post(f"/staff/orders/{order_id}/moves", data={"expected": "received"}, headers=headers)
    assert tapped.status_code == 409
    assert f"Order {order_id} was not begun: its customer wants it 7:00 to 7:10 pm now." in tapped.text
    assert "Start making" in tapped.text
    assert "moved to" not in tapped.text, "nothing is there to be undone"


@pytest.mark.parametrize(
    ("seen_at", "due"),
    [("2026-11-23 18:00", "5:10"), ("2026-11-23 07:00", "5:10 pm"), ("2026-11-22 18:00", "Mon, Nov 23, 5:10 pm")],
)
def test_the_board_says_which_half_of_the_day_is_meant_where_both_are_to_come(shop, hands, order_id, seen_at, due):
    hands.now = datetime.fromisoformat(f"{seen_at}+00:00")
    assert f"due {due}</li>" in signed_in(shop).get("/staff").text


def test_the_kitchen_does_not_change_what_a_customer_agreed_to(shop, order_id):
    beppe = signed_in(shop)
    assert "Change the time" not in beppe.get(f"/staff/orders/{order_id}").text
    assert beppe.get(f"/staff/orders/{order_id}/time").status_code == 403


def test_an_order_that_nobody_bakes_can_be_moved_too(client, five, work_off):
    order_id = placed(COLA, place=COUNTER, at=five)
    work_off()
    client.post(f"{url(order_id)}/time", data={"time": (five + timedelta(hours=1)).isoformat()})
    assert due(order_id) == five + timedelta(hours=1)
