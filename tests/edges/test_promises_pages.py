"""What stores promise and keep, what customers thought, and a word from the store: as pages."""

import pytest
from sqlalchemy import update

from app.core.db import db, transaction
from app.orders.keys import tracking_key
from app.orders.models import Order
from app.tracking import punctuality
from app.tracking import service as tracking
from app.tracking.service import Stage
from app.users.service import Role
from tests.factories.hands import Hands
from tests.factories.kitchen import lived
from tests.factories.mail import mails
from tests.factories.orders import MILWAUKEE_AVENUE, placed
from tests.factories.staff import signed_in, written_down

pytestmark = pytest.mark.one_database

HTMX = {"HX-Request": "true"}


@pytest.fixture
def hands(shop, monkeypatch) -> Hands:
    return Hands(monkeypatch)


@pytest.fixture
def had(hands, work_off) -> int:
    """An order that Ana has."""
    return lived(hands, work_off, 1)[0]


def path(order_id: int, deed: str = "") -> str:
    return f"/track/{order_id}-{tracking_key(order_id)}{deed}"


def test_who_has_their_order_is_asked_how_it_was_and_thanked_once(client, had):
    page = client.get(path(had)).text
    assert "How was it?" in page
    answer = client.post(path(had, "/rating"), data={"stars": "4", "words": "Still <b>hot</b>"})
    assert answer.status_code == 303
    page = client.get(path(had)).text
    assert "You gave 4 of 5 stars: “Still &lt;b&gt;hot&lt;/b&gt;”" in page
    assert "How was it?" not in page


def test_with_script_the_thanks_come_back_in_the_piece(client, had):
    answer = client.post(path(had, "/rating"), data={"stars": "5"}, headers=HTMX)
    assert answer.status_code == 200
    assert "You gave 5 of 5 stars." in answer.text


@pytest.mark.parametrize("headers", [{}, HTMX])
def test_a_second_rating_changes_nothing_and_is_told_so(client, had, headers):
    client.post(path(had, "/rating"), data={"stars": "5"})
    answer = client.post(path(had, "/rating"), data={"stars": "1"}, headers=headers)
    assert answer.status_code == 409
    assert "rated this order already" in answer.text
    assert "You gave 5 of 5 stars" in answer.text


@pytest.mark.parametrize("data", [{}, {"stars": "0"}, {"stars": "x"}, {"stars": "3", "words": "x" * 201}])
def test_a_rating_that_makes_no_sense_is_refused(client, had, data):
    assert client.post(path(had, "/rating"), data=data).status_code == 422
    assert tracking.follow(had).rating is None


def test_an_order_that_is_on_its_way_is_not_rated_yet(client, hands, work_off):
    order_id = placed()
    work_off()
    assert "How was it?" not in client.get(path(order_id)).text
    assert client.post(path(order_id, "/rating"), data={"stars": "5"}).status_code == 422


def test_everybody_reads_how_often_a_store_keeps_its_word(client, had, monkeypatch):
    assert "too few orders" in client.get("/stores/elm-street/promises").text
    monkeypatch.setattr(punctuality, "ENOUGH", 1)
    page = client.get("/stores/elm-street/promises").text
    assert "orders were there by the time we promised" in page
    assert client.get("/stores/nowhere/promises").status_code == 404
    assert 'href="/stores/elm-street/promises"' in client.get("/stores/elm-street").text


def test_a_manager_reads_it_by_the_hour_with_what_customers_thought(shop, client, had):
    client.post(path(had, "/rating"), data={"stars": "2", "words": "Cold"})
    page = signed_in(shop, "Mina", Role.MANAGER).get("/staff/promises").text
    assert "By the hour" in page
    assert "2 of 5" in page
    assert "“Cold”" in page
    assert f'href="/staff/orders/{had}"' in page
    elsewhere = signed_in(shop, "Moe", Role.MANAGER, MILWAUKEE_AVENUE)
    assert "Nobody has rated an order yet" in elsewhere.get("/staff/promises").text
    assert signed_in(shop).get("/staff/promises").status_code == 403


def test_a_word_from_the_store_stands_on_the_tracker_at_once(shop, client, hands, work_off):
    order_id = placed()
    work_off()
    rosa = signed_in(shop, "Rosa", Role.COUNTER)
    assert f'href="/staff/orders/{order_id}/message"' in rosa.get(f"/staff/orders/{order_id}").text
    assert rosa.get(f"/staff/orders/{order_id}/message").status_code == 200
    words = {"words": "We ran out of <i>thin</i> crust."}
    assert rosa.post(f"/staff/orders/{order_id}/message", data=words).status_code == 303
    page = client.get(path(order_id)).text
    assert "<b>Elm Street writes:</b> We ran out of &lt;i&gt;thin&lt;/i&gt; crust." in page
    assert [row.deed for row in written_down()] == ["order.message"]


@pytest.mark.parametrize("words", ["", "  ", "x" * 161, "two\nlines"])
def test_a_word_that_is_none_is_asked_for_again(shop, hands, work_off, words):
    order_id = placed()
    work_off()
    answer = signed_in(shop, "Rosa", Role.COUNTER).post(f"/staff/orders/{order_id}/message", data={"words": words})
    assert answer.status_code == 422
    assert "There is a problem" in answer.text


def test_who_has_it_already_is_written_to_by_mail_and_the_order_page_tells_all_of_it(shop, had, outbox, work_off):
    rosa = signed_in(shop, "Rosa", Role.COUNTER)
    for words in ("Hello", "We found your umbrella."):
        assert rosa.post(f"/staff/orders/{had}/message", data={"words": words}).status_code == 303
    assert "It is written, and goes out by mail." in rosa.get(f"/staff/orders/{had}").text
    work_off()
    sent = [mail for mail in mails() if mail.subject == f"A word about order {had}"]
    assert len(sent) == 2
    assert any("Elm Street writes about your order" in mail.text and "umbrella" in mail.text for mail in sent)
    page = rosa.get(f"/staff/orders/{had}").text
    assert page.index("To the customer: “Hello”") < page.index("To the customer: “We found your umbrella.”")
    assert "Print the ticket" in page
    assert "umbrella" not in signed_in(shop).get(f"/staff/orders/{had}").text  # a kitchen knows no contacts


def test_nobody_is_written_to_who_looks_no_more_and_gave_no_address(shop, had):
    with transaction():
        db.session.execute(update(Order).where(Order.id == had).values(email=""))
    answer = signed_in(shop, "Rosa", Role.COUNTER).post(f"/staff/orders/{had}/message", data={"words": "Hello"})
    assert answer.status_code == 409
    assert "gave no email address" in answer.text
    assert "Write to the customer" not in signed_in(shop, "Rita", Role.COUNTER).get(f"/staff/orders/{had}").text


def test_a_late_order_says_what_it_waits_for(client, hands, work_off):
    for _ in range(3):
        placed()
    order_id = placed()
    work_off()
    hands.move(minutes=60)
    assert "The kitchen is busy: 3 pizzas are before yours." in client.get(path(order_id)).text
    with transaction():
        tracking.advance(order_id, Stage.RECEIVED, by="Beppe")
        tracking.advance(order_id, Stage.PREP, by="Beppe")
    hands.move(minutes=60)
    assert "It is still in the oven." in client.get(path(order_id)).text
