"""The tracker, for whoever holds an order's address, and for nobody else."""

import re

import pytest

from app.core import clock
from app.core.db import transaction
from app.orders import service as orders
from app.orders.keys import tracking_key
from app.orders.service import Contact, OrderStatus, Place
from app.stores.service import Method
from app.tracking import service as tracking
from app.tracking.service import Stage
from blueprints.htmx import without_key
from blueprints.tracking.reasons import AT_THE_DOOR, NOT_DELIVERED
from blueprints.tracking.track_words import AFTERMATH
from tests.factories.hands import Hands
from tests.factories.orders import COLA, COUNTER, MILWAUKEE_AVENUE, ordered, placed

pytestmark = pytest.mark.one_database

HTMX = {"HX-Request": "true"}


@pytest.fixture
def hands(shop, monkeypatch) -> Hands:
    return Hands(monkeypatch)


def address(order_id: int) -> str:
    return f"{order_id}-{tracking_key(order_id)}"


def tap(order_id: int, *stages: Stage) -> None:
    for stage in stages:
        with transaction():
            tracking.advance(order_id, stage, by="Beppe")


def test_what_could_not_be_delivered_is_not_said_to_be_coming(client, hands, work_off):
    order_id = placed()
    work_off()
    tap(order_id, Stage.RECEIVED, Stage.PREP, Stage.BAKING, Stage.QUALITY_CHECK)
    assert "What is coming" in client.get(f"/track/{address(order_id)}").text
    with transaction():
        tracking.advance(order_id, Stage.OUT_FOR_DELIVERY, by="Beppe", to=Stage.DELIVERY_FAILED)
    page = client.get(f"/track/{address(order_id)}").text
    assert "What you ordered" in page
    assert "What is coming" not in page
    assert "Our driver could not hand it over. Please call the store" in page


@pytest.mark.parametrize(("key", "reason"), NOT_DELIVERED.items())
def test_a_customer_reads_why_it_could_not_be_delivered_and_when(client, hands, work_off, key, reason):
    order_id = placed()
    work_off()
    tap(order_id, Stage.RECEIVED, Stage.PREP, Stage.BAKING, Stage.QUALITY_CHECK)
    hands.move(minutes=42)
    with transaction():
        tracking.advance(order_id, Stage.OUT_FOR_DELIVERY, by="Dino", to=Stage.DELIVERY_FAILED, reason=reason)
    page = client.get(f"/track/{address(order_id)}").text
    assert f"{AT_THE_DOOR[key]} Please call the store" in page
    assert "not delivered, 12:42 pm" in page
    assert "Dino" not in page
    tap(order_id, Stage.DELIVERY_FAILED)
    assert AT_THE_DOOR[key] not in client.get(f"/track/{address(order_id)}").text, "it is coming again"


def test_what_was_called_off_has_a_quiet_scene_and_not_that_of_a_new_order(client, hands, work_off):
    order_id = placed()
    work_off()
    assert "/scene/received/" in client.get(f"/track/{address(order_id)}").text
    with transaction():
        orders.cancel(order_id, by="Rosa", reason="No dough", while_making=True)
    page = client.get(f"/track/{address(order_id)}").text
    assert "/scene/called_off/" in page
    assert "/scene/received/" not in page


def test_the_page_shows_stage_steps_items_and_how_to_get_help(client, hands, work_off):
    order_id = placed()
    work_off()
    tap(order_id, Stage.RECEIVED, Stage.PREP)
    answer = client.get(f"/track/{address(order_id)}")
    assert answer.status_code == 200
    page = answer.text
    assert "<title>In the oven, " in page
    assert "<h1>In the oven</h1>" in page
    assert 'aria-current="step"' in page
    assert "pepperoni (extra)" in page
    assert "(312) 555-0100" in page
    assert f'data-poll="/x/track/{address(order_id)}"' in page
    assert f"/ws/track/{address(order_id)}" in page
    assert answer.headers["X-Robots-Tag"] == "noindex"
    assert answer.headers["Cache-Control"] == "private, no-cache"


def test_a_shared_link_tells_no_phone_and_no_mail_address(client, hands, work_off):
    order_id = placed()
    work_off()
    page = client.get(f"/track/{address(order_id)}").text
    assert not any(secret in page for secret in ("5550142", "555-0142", "ana@example.com", "Lopez"))


def test_a_log_line_names_the_order_but_does_not_open_it(shop):
    path = f"/track/{address(12)}/cancellation"
    assert without_key(path) == "/track/12-…/cancellation"
    assert without_key("/stores/elm-street") == "/stores/elm-street"


@pytest.mark.parametrize("key", ["", "x", "é" * 26, "a" * 26, "2-"])
def test_a_wrong_key_opens_nothing(client, hands, key):
    order_id = placed()
    for path in ("/track/", "/x/track/"):
        assert client.get(f"{path}{order_id}-{key}", headers=HTMX).status_code == 404
    other = f"{order_id + 1}-{tracking_key(order_id)}"
    assert client.get(f"/track/{other}").status_code == 404
    assert client.post(f"/track/{other}/cancellation").status_code == 404


def test_the_piece_comes_with_its_title_and_only_when_something_is_new(client, hands, work_off):
    order_id = placed()
    work_off()
    path = f"/x/track/{address(order_id)}"
    assert client.get(path).status_code == 404  # a piece never ends up as a page
    first = client.get(path, headers=HTMX)
    assert first.text.lstrip().startswith("<title>Order in, ")
    assert 'id="track"' in first.text
    again = client.get(path, headers={**HTMX, "If-None-Match": first.headers["ETag"]})
    assert again.status_code == 304
    tap(order_id, Stage.RECEIVED)
    after = client.get(path, headers={**HTMX, "If-None-Match": first.headers["ETag"]})
    assert "<h1>Making</h1>" in after.text


def test_without_script_the_page_asks_again_by_itself_until_the_end(client, hands, work_off):
    order_id = placed(COLA, place=COUNTER)
    work_off()
    assert (
        f'<noscript><meta http-equiv="refresh" content="30; url=/track/{address(order_id)}"></noscript>'
        in client.get(f"/track/{address(order_id)}").text
    )
    tap(order_id, Stage.RECEIVED, Stage.PREP, Stage.QUALITY_CHECK)
    assert "Ready since" in client.get(f"/track/{address(order_id)}").text
    tap(order_id, Stage.READY)
    page = client.get(f"/track/{address(order_id)}").text
    assert "<h1>Collected</h1>" in page
    assert "refresh" not in page


def test_the_page_of_an_order_that_is_over_still_hears_of_money_for_three_hours(client, work_off, now):
    order_id = placed()
    work_off()
    with transaction():
        orders.cancel(order_id, by="store", reason="The oven is cold")
    page = f"/track/{address(order_id)}"
    assert "data-live" in client.get(page).text
    now(clock.now() + AFTERMATH)
    assert "data-live" not in client.get(page).text


def test_a_customer_cancels_while_nobody_has_begun(client, hands, work_off):
    order_id = placed()
    work_off()
    answer = client.post(f"/track/{address(order_id)}/cancellation")
    assert answer.status_code == 303
    assert orders.status_of(order_id) is OrderStatus.CANCELLED
    page = client.get(answer.headers["Location"]).text
    assert "<h1>Cancelled</h1>" in page
    assert "You cancelled it." in page
    assert "Yes, cancel it" not in page


def test_with_script_the_cancelled_piece_comes_back_at_once(client, hands, work_off):
    order_id = placed()
    work_off()
    answer = client.post(f"/track/{address(order_id)}/cancellation", headers=HTMX)
    assert answer.status_code == 200
    assert "<h1>Cancelled</h1>" in answer.text


@pytest.mark.parametrize("headers", [{}, HTMX])
def test_too_late_to_cancel_is_said_with_the_truth(client, hands, work_off, headers):
    order_id = placed()
    work_off()
    tap(order_id, Stage.RECEIVED)
    answer = client.post(f"/track/{address(order_id)}/cancellation", headers=headers)
    assert answer.status_code == 409
    assert "too late to cancel" in answer.text
    assert "<h1>Making</h1>" in answer.text
    assert orders.status_of(order_id) is OrderStatus.MAKING


def test_without_script_what_is_too_late_renews_the_tracker_and_not_itself(client, hands, work_off):
    order_id = placed()
    work_off()
    tap(order_id, Stage.RECEIVED)
    refused = client.post(f"/track/{address(order_id)}/cancellation")
    assert refused.status_code == 409
    assert f'content="30; url=/track/{address(order_id)}"' in refused.text


def test_what_waits_for_its_payment_says_so(client, hands):
    page = client.get(f"/track/{address(ordered())}").text
    assert "<h1>Waiting for your payment</h1>" in page


def test_a_late_order_says_so_with_a_new_time_and_the_first_promise(client, hands, work_off):
    order_id = placed()
    work_off()
    hands.move(minutes=50)
    page = client.get(f"/track/{address(order_id)}").text
    assert "Running late." in page
    assert "New time " in page
    assert "First promised 12:21 to 12:31 pm." in page
    assert 'id="late-said">Running late. First promised 12:21 to 12:31 pm.</p>' in page


def test_what_a_closed_store_gets_says_for_which_day_it_is_and_when_it_is_begun(client, hands, work_off):
    hands.move(minutes=11.5 * 60)  # half past eleven at night; it closed at eleven
    order_id = placed(place=Place(Method.CARRYOUT, MILWAUKEE_AVENUE))
    work_off()
    page = client.get(f"/track/{address(order_id)}").text
    assert re.search(
        r"Ready at the counter <b[^>]*>Tue, Nov 24, 11:\d\d to 11:\d\d am</b>, we start about 11:00 am", page
    )
    assert "<h1>Scheduled</h1>" in page
    hands.move(minutes=13 * 60)
    page = client.get(f"/track/{address(order_id)}").text
    assert "<h1>Order in</h1>" in page, "its time has come"
    assert "we start about" not in page
    assert re.search(r"Running late.</b> New time Tue, Nov 24, .*First promised Tue, Nov 24, 11:", page)


def test_what_stands_ready_keeps_its_first_promise_and_is_never_late(client, hands, work_off):
    order_id = placed(COLA, place=COUNTER)
    work_off()
    for stage in (Stage.RECEIVED, Stage.PREP, Stage.QUALITY_CHECK):
        tap(order_id, stage)
    hands.move(minutes=90)
    page = client.get(f"/track/{address(order_id)}").text
    assert "Ready since <b" in page
    assert "First promised " in page
    assert "Running late" not in page


def test_what_people_type_is_never_markup(client, hands, work_off):
    order_id = placed(contact=Contact("<b>Ana</b>", "+13125550142", ""), note="<script>alert(1)</script>")
    work_off()
    assert "<script>alert" not in client.get(f"/track/{address(order_id)}").text


def test_an_order_is_found_by_its_number_and_phone(client, hands):
    order_id = placed()
    answer = client.post("/track", data={"number": f" #{order_id} ", "phone": "(312) 555-0142"})
    assert answer.status_code == 303
    assert answer.headers["Location"] == f"/track/{address(order_id)}"
    assert f"Order {order_id}" in client.get("/track").text  # and is kept on this device


def test_a_wrong_number_and_a_wrong_phone_get_the_same_answer(client, hands):
    order_id = placed()
    answers = [
        client.post("/track", data={"number": number, "phone": phone})
        for number, phone in ((order_id, "312 555 0148"), (order_id + 1, "312 555 0142"), (999999999, "1"))
    ]
    assert {answer.status_code for answer in answers} == {422}
    assert all("We found no order with that number and phone" in answer.text for answer in answers)


@pytest.mark.parametrize(
    "data", [{}, {"number": "x", "phone": "1"}, {"number": "9" * 12, "phone": "1"}, {"number": "１", "phone": "\0"}]
)
def test_a_search_that_makes_no_sense_is_drawn_again(client, hands, data):
    answer = client.post("/track", data=data)
    assert answer.status_code == 422
    assert "There is a problem" in answer.text
