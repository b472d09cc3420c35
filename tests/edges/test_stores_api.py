"""Stores for programs."""

from datetime import datetime, timedelta

import pytest
import time_machine

from app.core.db import transaction
from app.stores import service as stores
from tests.factories.stores import zone

pytestmark = pytest.mark.one_database

START = "2026-07-03T17:05:00+00:00"  # Friday noon in Chicago


@pytest.fixture(autouse=True)
def moment(shop):
    with time_machine.travel(START, tick=False) as traveller:
        yield traveller


def near(client, **where):
    return client.get("/api/stores/nearby", query_string=where)


def test_all_stores_stand_by_name_with_what_a_first_screen_needs(client):
    answer = client.get("/api/stores")
    found = answer.json["stores"]
    assert [info["name"] for info in found] == sorted(info["name"] for info in found)
    assert (len(found), answer.json["nextCursor"]) == (8, None)
    elm = client.get("/api/stores/1").json
    assert elm in found
    assert elm["address"] == {"street": "60 W Elm Street", "city": "Chicago", "state": "IL", "zipCode": "60610"}
    assert (elm["id"], elm["timeZone"], elm["openNow"], elm["hours"]) == (
        "1",
        "America/Chicago",
        True,
        ["Mo-Su 00:00-24:00"],
    )
    assert client.get("/api/stores/elm-street").json == elm


def test_a_long_list_goes_on_from_its_cursor(client, monkeypatch):
    monkeypatch.setattr("blueprints.stores.api.PAGE", 3)
    seen, cursor = [], ""
    while cursor is not None:
        page = client.get("/api/stores", query_string={"cursor": cursor} if cursor else {}).json
        seen += [info["id"] for info in page["stores"]]
        cursor = page["nextCursor"]
    assert sorted(seen, key=int) == [str(n) for n in range(1, 9)]


def test_a_store_near_a_zip_code_says_on_what_terms_it_delivers_and_what_it_promises(client):
    elm = next(one for one in near(client, zip="60610").json["stores"] if one["slug"] == "elm-street")
    assert (elm["delivers"], elm["miles"]) == (True, 0.0)
    assert elm["minimum"] == {"amount": 1200, "currency": "USD"}
    assert elm["fees"] == [{"from": {"amount": 0, "currency": "USD"}, "fee": {"amount": 299, "currency": "USD"}}]
    promise = stores.accepts(stores.Ask(1, stores.Method.DELIVERY, "60610"))
    assert datetime.fromisoformat(elm["promise"]["from"]) == promise.ready_from
    assert elm["refusal"] is None


def test_a_point_is_enough_for_round_zones(client):
    zone(2, miles=3)
    (milwaukee,) = (one for one in near(client, lat="41.92", lon="-87.70").json["stores"] if one["id"] == "2")
    assert milwaukee["delivers"]
    assert milwaukee["promise"]["fee"]["amount"] == 299


def test_carryout_is_promised_where_delivery_is_not(client):
    far = near(client, zip="62701", method="carryout").json["stores"][0]
    assert far["delivers"] is False
    assert far["promise"]["method"] == "carryout"
    assert near(client, zip="62701").json["stores"][0]["refusal"]["code"] == "out_of_area"


@pytest.mark.parametrize("words", ["Chicago", "chicago, il", "12 Elm Street, Chicago, IL"])
def test_a_city_alone_has_stores_near_and_says_that_delivery_needs_a_zip_code(client, words):
    zone(1, miles=30)
    near_it = near(client, address=words).json["stores"]
    assert {one["slug"] for one in near_it[:2]} == {"elm-street", "milwaukee-avenue"}
    assert {(one["delivers"], one["promise"], one["refusal"]["code"]) for one in near_it} == {
        (None, None, "place_too_wide")
    }
    assert "ZIP code" in near_it[0]["refusal"]["detail"]
    assert near_it[0]["fees"] == []
    assert near(client, address=words, method="carryout").json["stores"][0]["promise"]["method"] == "carryout"
    assert near(client, address=f"{words} 60610").json["stores"][0]["delivers"] is True


def test_a_paused_store_says_why(client, moment):
    with transaction():
        stores.pause(1, stores.accepts(stores.Ask(1, stores.Method.CARRYOUT)).ready_from, "The oven rests.")
    elm = client.get("/api/stores/1").json
    assert (elm["openNow"], elm["pausedBecause"]) == (False, "The oven rests.")
    moment.shift(timedelta(hours=1))
    assert client.get("/api/stores/1").json["openNow"]


def test_a_closed_store_says_when_it_opens(client, moment):
    moment.move_to("2026-07-03T12:00:00+00:00")
    found = client.get("/api/stores/2").json
    assert (found["openNow"], found["nextOpening"]) == (False, "2026-07-03T16:00:00Z")


WRONG = [
    ({}, "address"),
    ({"zip": "00000"}, "zip"),
    ({"address": "Atlantis"}, "address"),
    ({"address": "\0"}, "address"),
    ({"lat": "91", "lon": "0"}, "lat"),
    ({"lat": "41"}, "lat"),
    ({"lat": "nan", "lon": "1"}, "lat"),
    ({"zip": "60610", "method": "drone"}, "method"),
]


@pytest.mark.parametrize(("where", "field"), WRONG, ids=[str(where) for where, _ in WRONG])
def test_a_place_that_is_none_is_a_problem_with_a_field(client, where, field):
    answer = near(client, **where)
    assert (answer.status_code, answer.mimetype) == (422, "application/problem+json")
    assert answer.json["errors"][0]["field"] == field


@pytest.mark.parametrize("store_id", ["0", "99", "9" * 30, "nowhere", "1 OR 1=1", "%00"])
def test_a_store_that_is_not_there_is_not_found(client, store_id):
    answer = client.get(f"/api/stores/{store_id}")
    assert (answer.status_code, answer.mimetype) == (404, "application/problem+json")


@pytest.mark.parametrize("cursor", ["x", "-1", "9" * 30, "６"])
def test_a_cursor_that_is_none_of_ours_is_told_so(client, cursor):
    assert client.get("/api/stores", query_string={"cursor": cursor}).status_code in {404, 422}
