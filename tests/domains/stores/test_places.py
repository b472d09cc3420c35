"""Where an address is: messy ones made the same, and a provider of maps that may be slow, silent, busy or wrong."""

import dataclasses
from datetime import timedelta

import pytest
from sqlalchemy import select

from app.core.db import db, transaction
from app.stores import places
from app.stores import service as stores
from app.stores.addresses import key_of, read_line, zip_of
from app.stores.models import Located
from app.stores.service import Address, Ask, Method, Point
from tests.factories.maps import DOOR, answering
from tests.factories.stores import zone
from tests.queries import counted

HOME = Address("12 Elm Street", "Chicago", "60610")


@pytest.mark.parametrize(("line", "parts"), [
    ("12 Elm St Apt 3, Chicago, IL 60610-1234, USA", ("12 Elm St", "Apt 3", "Chicago", "IL", "60610")),
    ("12 Elm St #4B, Chicago IL 60610", ("12 Elm St", "#4B", "Chicago", "IL", "60610")),
    ("  12  Elm   St ,Chicago ", ("12 Elm St", "", "Chicago", "", "")),
    ("Austin, TX", ("Austin", "", "", "TX", "")),
    ("60610", ("", "", "", "", "60610")),
    ("12 Indiana Ave", ("12 Indiana Ave", "", "", "", "")),
    ("", ("", "", "", "", "")),
    (", , ,", ("", "", "", "", "")),
])  # fmt: skip
def test_a_line_is_taken_apart(line, parts):
    assert dataclasses.astuple(read_line(line)) == parts


def test_all_ways_to_write_an_address_have_one_key():
    ways = ["12 Elm Street", "12 elm st.", " 12  ELM   ST", "12 Elm Street, Apt 4", "12 Élm St #9"]
    assert len({key_of(Address(way, "Chicago", "60610-1234")) for way in ways}) == 1
    assert key_of(HOME) != key_of(Address("112 Elm Street", "Chicago", "60610"))
    assert key_of(Address("1 North Fifth Avenue")) == key_of(Address("1 N. 5th Ave"))


NINE = [
    ("60610-1234", "60610"),
    (" 60610 ", "60610"),
    ("606101234", "60610"),
    ("6061", "6061"),
    ("６０６１０", "６０６１０"),
]


@pytest.mark.parametrize(("text", "code"), NINE)
def test_nine_digits_are_a_zip_code(text, code):
    assert zip_of(text) == code


def test_the_largest_city_of_a_name_is_meant_unless_a_state_is_named(shop):
    assert stores.search("Portland").point.lon < -120
    assert stores.search("Portland, ME").point.lon > -75
    assert stores.search("portland me").point == stores.search("Portland, ME").point
    assert stores.search("12 Elm St, Chicago, IL") is not None


@pytest.fixture
def maps(shop, hands):
    with answering(shop) as found:
        yield found


def test_an_address_is_asked_for_once_and_remembered_under_a_hash(maps):
    assert stores.locate(HOME).point == DOOR
    for way in (HOME, Address("12 elm st apt 9", "chicago", "60610-1234")):
        assert stores.locate(way).point == stores.spot_of(way).point == DOOR
    assert maps.asked == ["12 Elm Street, Chicago 60610, USA"]
    assert "elm" not in db.session.scalars(select(Located.key)).one().lower()


def test_a_promise_looks_only_at_what_is_known(maps, hands):
    zone(2, miles=1.0)
    far = Address("2210 N Milwaukee Avenue", "Chicago", "60647")
    maps.answer[0] |= {"lat": "41.95", "lon": "-87.75"}
    ask = Ask(2, Method.DELIVERY, far.zip, street=far.street, city=far.city)
    assert stores.accepts(ask)  # by its ZIP code
    assert maps.asked == []
    assert stores.locate(far).point == Point(41.95, -87.75)
    assert [found.store_id for found in stores.delivering(stores.spot_of(far), 5)] == [2]  # still by the list of codes


def test_nobody_is_asked_inside_of_a_unit_of_work(maps):
    with pytest.raises(RuntimeError, match="unit of work"), transaction():
        stores.locate(HOME)
    assert maps.asked == []


def test_a_silent_provider_costs_its_time_once_and_then_rests(maps, hands):
    maps.hold.clear()
    middle = stores.spot_of(HOME)
    assert stores.locate(HOME) == middle
    assert stores.locate(Address("14 Elm Street", "Chicago", "60610")) == middle
    assert len(maps.asked) == 1
    maps.hold.set()
    hands.move(seconds=31)
    assert stores.locate(HOME).point == DOOR


NONE = [b"", b"<html>", b"[{}]", b'[{"lat": "x", "lon": "y"}]', b"null", b'{"error": "no"}']


@pytest.mark.parametrize("answer", NONE)
def test_an_answer_that_is_none_leaves_the_zip_code(maps, answer):
    maps.answer = answer
    assert stores.locate(HOME) == stores.spot_of(HOME)
    assert stores.spot_of(HOME).point == places.middle("60610")


@pytest.mark.parametrize("status", [403, 429, 500, 503])
def test_a_provider_that_refuses_leaves_the_zip_code(maps, status):
    maps.status = status
    assert stores.locate(HOME).point == places.middle("60610")


def test_a_place_far_from_its_zip_code_is_not_believed(maps):
    maps.answer[0] |= {"lat": "40.7", "lon": "-74.0"}
    assert stores.locate(HOME).point == places.middle("60610")
    assert stores.locate(HOME).point == places.middle("60610")
    assert len(maps.asked) == 1  # and not asked for again today


def test_an_unknown_address_is_asked_for_again_after_a_day(maps, hands):
    maps.answer = []
    for _ in range(2):
        assert stores.locate(HOME).point == places.middle("60610")
    hands.now += timedelta(days=1, seconds=1)
    stores.locate(HOME)
    assert len(maps.asked) == 2


def test_the_whole_house_asks_at_most_so_often_a_minute(maps, shop, hands):
    shop.extensions["settings"] = dataclasses.replace(shop.extensions["settings"], geocoder_per_minute=1)
    for n in range(5):
        stores.locate(Address(f"{n} Elm Street", "Chicago", "60610"))
    assert len(maps.asked) == 1
    hands.move(seconds=61)
    stores.locate(Address("9 Elm Street", "Chicago", "60610"))
    assert len(maps.asked) == 2


def test_found_addresses_are_forgotten_after_ninety_days(maps, hands):
    stores.locate(HOME)
    hands.now += timedelta(days=90, seconds=1)
    places.forget_old()
    assert db.session.scalars(select(Located)).all() == []


def test_without_a_provider_an_address_costs_no_question_once_its_zip_code_is_known(shop):
    stores.spot_of(HOME)
    with counted() as sent:
        assert stores.locate(HOME) == stores.spot_of(HOME)
    assert sent == []
