"""Where and when, and the stores: what was typed is kept, and nobody is led away."""

import dataclasses
import re
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
import time_machine
from sqlalchemy import update

from app.core.db import db, transaction
from app.menu import service as menu
from app.menu.service import Selection
from app.orders import cart
from app.stores import directory
from app.stores import service as stores
from app.stores.hours import OpeningHours
from app.stores.models import Store
from blueprints.frame import hours_now
from tests.conftest import browser
from tests.edges.pages import HTMX, fields, with_cart
from tests.factories.deals import deal
from tests.factories.hands import Hands
from tests.factories.orders import COLA, COUNTER, HOME, MARGHERITA, filled
from tests.factories.stores import price_at, zone

pytestmark = pytest.mark.one_database

START = "2026-07-03T17:05:00+00:00"
ADDRESS = {"method": "delivery", "street": "12 Elm Street", "city": "Chicago", "zip": "60610", "time": "asap"}


@pytest.fixture
def hands(shop, monkeypatch) -> Hands:
    return Hands(monkeypatch)


def go(client, **changes):
    return client.post("/where", data={**ADDRESS, **changes})


def test_an_address_finds_its_store_and_a_promise(client):
    answer = go(client)
    assert (answer.status_code, answer.location) == (303, "/")
    page = client.get("/").text
    assert re.search(r"delivers here, \d+:\d\d ", page)
    assert "12 Elm Street" in page


def test_enter_in_an_address_goes_on_whatever_button_comes_first(client):
    assert (go(client, find="1").status_code, go(client, find="1", zip="6061").status_code) == (303, 422)


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
    assert "(card removed)" in client.get("/where").text


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
        times = re.findall(r'<option[^>]* value="(2026-[0-9-]+T[^"]+)"', page.text)
        assert times == sorted(times)
        assert datetime.fromisoformat(times[0]) > datetime.fromisoformat(START)
        chosen = times[7]
        assert client.post("/where", data={"method": "carryout", "store": "1", "time": chosen}).status_code == 303
        assert fields(client.get("/where"))["time"] == chosen


def test_no_store_is_offered_that_nobody_would_drive_to(client):
    page = client.get("/where?method=carryout&zip=60610").text
    assert re.findall(r'name="store" value="(\d+)"', page) == ["1", "2"]
    assert len(re.findall(r'name="store" value="(\d+)"', client.get("/where?zip=99501").text)) == 3


def test_the_form_knows_what_the_cart_knows_and_a_link_says_more(shop, client):
    with_cart(client, filled(COLA, place=HOME))
    form = fields(client.get("/where"))
    assert (form["street"], form["zip"], form["method"]) == ("12 Elm Street", "60610", "delivery")
    form = fields(client.get("/where?store=3&method=carryout"))
    assert (form["store"], form["method"]) == ("3", "carryout")


def test_a_paused_store_says_why_and_keeps_the_address_where_no_other_delivers(client, hands):
    with transaction():
        stores.pause(1, hands.now + timedelta(minutes=30), "The oven rests.")
    answer = go(client)
    assert answer.status_code == 409
    assert "takes no new orders until 12:30 pm: The oven rests." in answer.text
    assert re.search(r'<option value="2026-[^"]+">1:\d\d pm', answer.text)
    assert fields(answer)["street"] == "12 Elm Street"


def test_another_store_that_delivers_there_steps_in_for_a_paused_one(client, hands):
    zone(2, zips=("60610",))
    with transaction():
        stores.pause(1, hands.now + timedelta(minutes=30), "The oven rests.")
    assert go(client).status_code == 303
    assert "Milwaukee Avenue delivers here" in client.get("/").text


def listed(page):
    return re.findall(r'<h3><a href="/stores/([^"]+)"', page.text)


def test_near_stores_are_listed_the_best_first(client):
    page = client.get("/stores?q=60647")
    assert listed(page) == ["milwaukee-avenue", "elm-street"]
    assert "Delivers there for $2.99, from $12.00" in page.text
    assert listed(client.get("/stores?zip=60647")) == listed(page)
    assert listed(client.get("/stores?lat=41.92&lon=-87.70")) == ["milwaukee-avenue", "elm-street"]


@pytest.mark.parametrize(("words", "first"), [
    ("Austin, TX", "south-congress"), ("austin tx", "south-congress"), ("Seattle", "ballard"),
    ("12 Main St, Denver, CO 80218", "colfax"), ("98107-1234", "ballard"), ("  brooklyn   ny ", "fifth-avenue"),
])  # fmt: skip
def test_a_store_is_found_by_zip_city_or_a_whole_address(client, words, first):
    assert listed(client.get("/stores", query_string={"q": words}))[0] == first


def test_a_store_may_deliver_to_one_part_of_a_city_only_so_nothing_is_said_about_that(client):
    page = client.get("/stores?q=Chicago").text
    assert listed(client.get("/stores?q=Chicago"))[:2] == ["elm-street", "milwaukee-avenue"]
    assert "eliver" not in re.sub(r"<(?:head|header|footer).*?</(?:head|header|footer)>", "", page, flags=re.DOTALL)
    assert "Does not deliver there" in client.get("/stores?q=60647").text
    assert "eliver" in client.get("/stores?lat=41.92&lon=-87.70").text


WEEK = dict.fromkeys(range(5), ((660, 1320),))
HOURS = [
    ("2026-07-03 12:00", "open until 10:00 pm"),
    ("2026-07-03 08:00", "closed, opens 11:00 am"),
    ("2026-07-03 21:40", "last order taken, opens Monday 11:00 am"),
    ("2026-07-03 23:00", "closed, opens Monday 11:00 am"),
]


@pytest.mark.parametrize(("at", "words"), HOURS)
def test_a_store_says_when_it_opens_and_when_it_closes(shop, now, at, words):
    zone = ZoneInfo("America/Chicago")
    hours = OpeningHours(zone, WEEK, {}, timedelta(minutes=30))
    now(datetime.fromisoformat(at).replace(tzinfo=zone).astimezone(UTC))
    assert hours_now(dataclasses.replace(stores.store(1), hours=hours)) == words


def test_the_list_of_stores_begins_what_it_says_with_a_capital_and_keeps_the_weekday(client, now):
    with transaction():
        db.session.execute(update(Store).where(Store.id == 1).values(hours="Mo-Fr 11:00-22:00"))
    directory.forget()
    now(datetime.fromisoformat("2026-07-04T17:00:00+00:00"))
    assert "Closed, opens Monday 11:00 am" in client.get("/stores?q=60610").text
    assert "Closed, opens Monday 11:00 am" in client.get("/stores/elm-street").text


def test_the_words_beside_ones_own_place_stay_on_the_map(client):
    texts = re.findall(r'class="here( turned)?"><circle cx="([\d.]+)"', client.get("/stores?q=60610").text)
    assert [turned for turned, x in texts if float(x) > 480] == [" turned"]


def test_far_from_every_store_the_nearest_three_are_shown(client):
    assert len(listed(client.get("/stores?q=Fargo, ND"))) == 3


@pytest.mark.parametrize("words", ["6064", "x", "６０６４７", "<b>", "00000", "'; --", "\0", "Atlantis"])
def test_a_place_that_is_none_is_told_and_stores_still_shown(client, words):
    page = client.get("/stores", query_string={"q": words})
    if words.strip("\0"):
        assert page.status_code == 422
        assert "We do not know" in page.text
    assert "<b></b>" not in page.text
    assert len(listed(page)) == 8


@pytest.mark.parametrize(("lat", "lon"), [("91", "0"), ("nan", "1"), ("x", "y"), ("1e309", "0"), ("", "")])
def test_a_place_off_the_globe_is_no_place(client, lat, lon):
    page = client.get("/stores", query_string={"lat": lat, "lon": lon})
    assert (page.status_code, len(listed(page))) == (200, 8)


def test_the_map_is_a_drawing_with_the_numbers_of_the_list(client):
    page = client.get("/stores?q=60647").text
    assert re.findall(r'aria-label="(\d, [^"]+)"', page) == ["2, Elm Street", "1, Milwaukee Avenue"]
    for slug in ("milwaukee-avenue", "elm-street"):
        assert f'href="#pin-{slug}"' in page
        assert f'id="pin-{slug}"' in page
        assert f'href="#store-{slug}"' in page
        assert f'id="store-{slug}"' in page
    assert "leaflet" not in page
    assert "map.js" not in page


def test_all_stores_stand_by_name_on_a_page_of_their_own(client):
    page = client.get("/stores/all").text
    names = re.findall(r"<b>([^<]+)</b></a>", page)
    assert names == sorted(names)
    assert len(names) == 8
    assert "Ballard" not in client.get("/stores/all?after=Ballard&id=6").text


def test_search_engines_read_the_hours(client):
    page = client.get("/stores/milwaukee-avenue").text
    assert 'itemtype="https://schema.org/Restaurant"' in page
    assert re.findall(r'itemprop="openingHours" content="([^"]+)"', page) == [
        "Mo-Th 11:00-23:00",
        "Fr-Sa 11:00-02:00",
        "Su 11:00-23:00",
    ]


def test_feasts_to_come_are_told(shop, client):
    with time_machine.travel("2026-11-20T18:00:00+00:00", tick=False):
        page = client.get("/stores/milwaukee-avenue").text
    assert "Thu, Nov 26, Thanksgiving</dt><dd>closed" in page
    assert "Fri, Dec 25, Christmas Day</dt><dd>noon to 8 pm" in page


def test_each_store_has_a_page_with_its_hours(shop, client):
    for info in stores.listed():
        page = client.get(f"/stores/{info.slug}")
        assert page.status_code == 200
        assert all(days in page.text and words in page.text for days, words in info.hours_words)
    assert client.get("/stores/nowhere").status_code == 404


@pytest.mark.parametrize("line", ["12 Elm St Apt 3, Chicago, IL 60610-1234, USA", "12 Elm St #3, Chicago IL 60610"])
def test_a_whole_address_in_one_line_is_taken_apart(client, line):
    assert go(client, street=line, city="", zip="").status_code == 303
    form = fields(client.get("/where"))
    assert (form["street"], form["city"], form["zip"]) == ("12 Elm St", "Chicago", "60610")
    assert form["unit"] in {"Apt 3", "#3"}


def test_nine_digits_are_a_zip_code_too(client):
    assert go(client, zip="60610-1234").status_code == 303
    assert fields(client.get("/where"))["zip"] == "60610"


def test_stores_to_pick_up_at_are_found_by_city_and_what_was_typed_is_kept(client):
    form = {"method": "carryout", "near": "Austin, TX", "street": "12 Elm Street", "find": "1"}
    page = client.post("/where", data=form)
    assert page.status_code == 200
    assert re.findall(r'name="store" value="([^"]+)"', page.text)[0] == "3"
    assert fields(page)["street"] == "12 Elm Street"
    with client.session_transaction() as session:
        assert "cart" not in session


def test_a_day_has_its_own_times_and_the_full_ones_are_told(shop, client):
    with time_machine.travel(START, tick=False):
        first = stores.later_times(stores.Ask(2, stores.Method.CARRYOUT))[0][0]
        with transaction():
            for _ in range(stores.store(2).slot_capacity):
                stores.book(stores.accepts(stores.Ask(2, stores.Method.CARRYOUT, at=first)))
        question = {"method": "carryout", "store": "2", "day": "2026-07-03"}
        piece = client.get("/x/where/times", query_string=question, headers=HTMX).text
        assert re.search(r"<option[^>]*disabled[^>]*>12:30 pm, full", piece)
        assert "As soon as possible" in piece
        sunday = client.get("/x/where/times", query_string={**question, "day": "2026-07-05"}, headers=HTMX).text
    assert "Sunday 11:15 am" in sunday
    assert "As soon as possible" not in sunday
    assert "Carryout from Milwaukee Avenue, ready 12:20 to 12:30 pm." in piece


def test_the_piece_of_times_is_nothing_without_htmx_and_survives_anything(client):
    assert client.get("/x/where/times?method=carryout&store=2").status_code == 404
    for wrong in ({}, {"store": "x"}, {"store": "9" * 30}, {"zip": "\0"}, {"day": "never", "store": "2"}):
        question = {"method": "carryout" if "store" in wrong else "delivery", **wrong}
        assert client.get("/x/where/times", query_string=question, headers=HTMX).status_code == 200


def test_what_is_promised_is_said_before_the_button_is_pressed(shop, client):
    with time_machine.travel(START, tick=False):
        piece = client.get("/x/where/times?method=delivery&zip=98107", headers=HTMX).text
        assert "Ballard delivers here, 9:31 to 9:41 am" not in piece  # it is not open yet
        assert "Ballard delivers here, 11:21 to 11:31 am: $2.99, free from $35.00, from $12.00 of food." in piece
        piece = client.get("/x/where/times?method=delivery&zip=99501", headers=HTMX).text
    assert "delivers here" not in piece


@pytest.fixture
def full(shop, client):
    """A browser with colas and a pizza for Elm Street; at Milwaukee Avenue colas cost more and the pizza is out."""
    price_at(2, "cola", 999)
    with transaction():
        menu.sell_out(2, "product", "margherita")
    return with_cart(client, filled((COLA, 2), MARGHERITA, place=COUNTER))


def lines_of(client):
    with client.session_transaction() as session:
        return [(line.name, line.quantity) for line in cart.view(session["cart"]).lines]


THERE = {"method": "carryout", "store": "2", "time": "asap"}


def test_another_store_is_shown_with_what_would_be_different_before_anything_changes(full):
    before = lines_of(full)
    page = full.post("/where", data={**THERE, "next": "/checkout"})
    assert page.status_code == 200
    assert "Carryout at Milwaukee Avenue?" in page.text
    assert "This store is sold out of" in page.text
    assert "$19.98" in page.text
    assert re.findall(r'href="([^"]+)">Stay with Carryout at Elm Street', page.text) == ["/checkout"]
    assert lines_of(full) == before
    assert fields(full.get("/where"))["store"] == "1"


def test_switching_keeps_every_line_and_goes_on_where_one_was(full):
    before = lines_of(full)
    form = fields(full.post("/where", data={**THERE, "next": "/checkout"}))
    seen = re.search(r'name="seen" value="([^"]+)"', full.post("/where", data=THERE).text)[1]
    answer = full.post("/where", data={**form, "seen": seen})
    assert (answer.status_code, answer.location) == (303, "/checkout")
    assert [quantity for _, quantity in lines_of(full)] == [quantity for _, quantity in before]
    assert fields(full.get("/where"))["store"] == "2"
    assert "sold out of" in full.get("/cart").text


def test_a_cart_that_changed_after_the_list_is_asked_again(full):
    seen = re.search(r'name="seen" value="([^"]+)"', full.post("/where", data=THERE).text)[1]
    full.post("/cart/lines", data={"product": "cola"})
    assert full.post("/where", data={**THERE, "seen": seen}).status_code == 200
    assert fields(full.get("/where"))["store"] == "1"


def test_delivery_instead_of_carryout_names_its_fee_first(full):
    page = go(full)
    assert page.status_code == 200
    assert re.search(r"<b>Delivery</b>.*\$2\.99", page.text)
    assert re.search(r"<p>Elm Street delivers here, \d+:\d\d ", page.text)


def test_a_deal_that_falls_away_is_named_before_anything_changes(shop, client):
    deal(stores=[1])
    with_cart(client, filled(COLA, MARGHERITA, place=COUNTER))
    page = client.post("/where", data=THERE).text
    off = re.search(r"<b>Taken off by deals</b>.*?</li>", page, re.DOTALL)[0]
    assert re.search(r"<s>.*\$1\.00</s>.*<b>nothing</b>", off)
    assert "Without A dollar off any pizza." in off


def test_nothing_different_needs_no_question(shop, client):
    with_cart(client, filled(COLA, place=COUNTER))
    assert client.post("/where", data=THERE).status_code == 303
    empty = browser(shop)
    assert empty.post("/where", data=THERE).status_code == 303


def test_a_crust_that_is_not_made_there_is_exchanged_and_the_rest_kept(shop, client, monkeypatch):
    thin = Selection("your-own", "l", "thin")
    with_cart(client, filled(thin, COLA, place=COUNTER))
    catalogue = menu.catalogue

    def without_thin(store_id):
        found = catalogue(store_id)
        if store_id != 2:
            return found
        made = {
            slug: dataclasses.replace(item, variants=tuple(v for v in item.variants if v.crust != "thin"))
            for slug, item in found.products.items()
        }
        return dataclasses.replace(found, products=made)

    monkeypatch.setattr(menu, "catalogue", without_thin)
    page = client.post("/where", data=THERE)
    assert "crust is not made" in page.text
    seen = re.search(r'name="seen" value="([^"]+)"', page.text)[1]
    assert client.post("/where", data={**THERE, "seen": seen}).status_code == 303
    with client.session_transaction() as session:
        kept = cart.view(session["cart"]).lines
    assert [line.problem for line in kept] == [None, None]
    assert (kept[0].selection.size, kept[0].selection.crust) == ("l", "classic")


def test_pictures_of_the_ground_come_from_one_host_and_only_on_the_page_of_stores(shop, client):
    ours = shop.extensions["settings"]
    shop.extensions["settings"] = dataclasses.replace(ours, tile_url="https://tiles.example/{z}/{x}/{y}.png")
    try:
        page, other = client.get("/stores?q=60647"), client.get("/stores/elm-street")
    finally:
        shop.extensions["settings"] = ours
    assert 'data-tiles="https://tiles.example/{z}/{x}/{y}.png"' in page.text
    assert page.text.index('class="stores"') < page.text.index("map.")  # after the list
    assert "/static/b/map." in page.text
    assert "img-src 'self' data: https://tiles.example;" in page.headers["Content-Security-Policy"]
    assert "tiles.example" not in other.headers["Content-Security-Policy"]
    assert "/static/b/map." not in other.text
