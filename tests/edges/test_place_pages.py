"""Where and when, and the stores: what was typed is kept, and nobody is led away."""

import re
from datetime import datetime, timedelta

import pytest
import time_machine

from app.core.db import transaction
from app.stores import service as stores
from tests.edges.pages import fields, with_cart
from tests.factories.orders import COLA, COUNTER, HOME, filled

START = "2026-07-03T17:05:00+00:00"
ADDRESS = {"method": "delivery", "street": "12 Elm Street", "city": "Chicago", "zip": "60610", "time": "asap"}


def go(client, **changes):
    return client.post("/where", data={**ADDRESS, **changes})


def test_an_address_finds_its_store_and_a_promise(client):
    answer = go(client)
    assert (answer.status_code, answer.location) == (303, "/")
    page = client.get("/").text
    assert re.search(r"delivers here, \d+:\d\d [ap]m", page)
    assert "12 Elm Street" in page


def test_carryout_needs_a_store_and_nothing_else(client):
    assert client.post("/where", data={"method": "carryout", "store": "2", "time": "asap"}).status_code == 303
    assert "Milwaukee Avenue" in client.get("/").text


WRONG = [
    ({"zip": "6061"}, "A ZIP code has five digits"),
    ({"zip": "60610x"}, "A ZIP code has five digits"),
    ({"zip": "６０６１０"}, "A ZIP code has five digits"),
    ({"zip": ""}, "Please give the ZIP code."),
    ({"zip": "99501"}, "No store delivers to 99501 yet."),
    ({"street": ""}, "Please give the street and number."),
    ({"street": "x" * 121}, "longer than 120"),
    ({"street": "12 Elm\x00Street"}, "plain text on one line"),
    ({"method": "carryout", "store": "0"}, "Please choose the store to pick up at."),
    ({"method": "carryout", "store": "99"}, "Please choose the store to pick up at."),
    ({"method": "by drone"}, "Not a valid choice"),
    ({"time": "yesterday"}, "choose a time from the list"),
]


@pytest.mark.parametrize(("change", "words"), WRONG, ids=[str(change) for change, _ in WRONG])
def test_a_mistake_is_told_and_what_was_typed_is_kept(client, change, words):
    answer = go(client, **{"unit": "Apt 3 & <b>", "city": "Chicago", **change})
    assert answer.status_code == 422
    assert words in answer.text
    assert "<title>Error: " in answer.text
    assert "Apt 3 &amp; &lt;b&gt;" in answer.text
    kept = fields(answer)
    assert (kept["city"], kept["unit"]) == ("Chicago", "Apt 3 & <b>")
    with client.session_transaction() as session:
        assert "cart" not in session


def test_a_card_number_in_an_address_is_kept_by_nobody(client):
    go(client, street="4242 4242 4242 4242 Elm")
    assert "4242 4242" not in client.get("/where").text
    assert "(card number removed)" in client.get("/where").text


@pytest.mark.parametrize("inside", ["/cart", "/checkout", "/build?size=l&t=corn.w.n", "/#cola"])
def test_after_the_place_one_goes_on_where_one_was(client, inside):
    assert go(client, next=inside).location == inside


AWAY = [
    "//evil.example",
    "https://evil.example/",
    "/\\evil.example",
    "\\\\evil.example",
    "/\t/evil.example",
    "/\n/evil.example",
    "javascript:alert(1)",
    "evil.example",
    "//[",
    " //evil.example",
    "///evil.example",
    "/%0d%0aSet-Cookie:x=1/\r\nSet-Cookie: x=1",
    "",
]


@pytest.mark.parametrize("outside", AWAY)
def test_nobody_is_led_away_afterwards(client, outside):
    answer = go(client, next=outside)
    assert (answer.status_code, answer.location) == (303, "/")
    shown = client.get("/where", query_string={"next": outside}).text
    assert 'name="next"' not in shown


def test_times_are_those_of_the_store_and_one_can_be_chosen(shop, client):
    with time_machine.travel(START, tick=False):
        with_cart(client, filled(COLA, place=COUNTER))
        page = client.get("/where")
        times = re.findall(r'<option[^>]* value="(2026[^"]+)"', page.text)
        assert times == sorted(times)
        assert datetime.fromisoformat(times[0]) > datetime.fromisoformat(START)
        chosen = times[7]
        assert client.post("/where", data={"method": "carryout", "store": "1", "time": chosen}).status_code == 303
        assert fields(client.get("/where"))["time"] == chosen


def test_the_form_knows_what_the_cart_knows_and_a_link_says_more(shop, client):
    with_cart(client, filled(COLA, place=HOME))
    form = fields(client.get("/where"))
    assert (form["street"], form["zip"], form["method"]) == ("12 Elm Street", "60610", "delivery")
    form = fields(client.get("/where?store=3&method=carryout"))
    assert (form["store"], form["method"]) == ("3", "carryout")


def test_a_paused_store_says_why_and_keeps_the_address(client):
    with transaction():
        stores.pause(1, datetime.now().astimezone() + timedelta(minutes=30), "The oven rests.")
    answer = go(client)
    if answer.status_code == 409:
        assert "The oven rests." in answer.text
        assert fields(answer)["street"] == "12 Elm Street"
    else:  # another store delivers there sooner
        assert stores.store_for(stores.Address(zip="60610")) != 1


def test_all_stores_are_listed_and_the_near_ones_first(client):
    page = client.get("/stores?zip=60647")
    names = re.findall(r'<h2><a href="/stores/([^"]+)"', page.text)
    assert len(names) == 8
    assert {"milwaukee-avenue", "elm-street"} == set(names[:2])
    assert "delivers to 60647" in page.text


@pytest.mark.parametrize("zip_code", ["6064", "x", "６０６４７", "60647\n", "<b>"])
def test_a_zip_code_that_is_none_is_told_and_the_stores_still_shown(client, zip_code):
    page = client.get("/stores", query_string={"zip": zip_code})
    if zip_code.strip() == "60647":
        assert page.status_code == 200
    else:
        assert page.status_code == 422
        assert "A ZIP code has five digits" in page.text
        assert "<b></b>" not in page.text
    assert page.text.count('class="store"') == 8


def test_each_store_has_a_page_with_its_hours(shop, client):
    for info in stores.listed():
        page = client.get(f"/stores/{info.slug}")
        assert page.status_code == 200
        assert all(days in page.text and words in page.text for days, words in info.hours_words)
    assert client.get("/stores/nowhere").status_code == 404
