"""The stores near a place: what the index and the box find is what looking at every store would find."""

import random
from datetime import date, timedelta

import pytest

from app.core.db import db, transaction
from app.stores import open_now
from app.stores import service as stores
from app.stores.geo import Point, miles_between
from app.stores.models import SpecialDay, Store
from app.stores.nearest import Spot
from tests.factories.stores import store, zone
from tests.queries import counted

SPRINGFIELD = Point(39.8, -89.65)
SQUARE = {"type": "Polygon", "coordinates": [[[-90, 39], [-89, 39], [-89, 40], [-90, 40], [-90, 39]]]}


def scattered(number, seed=3):
    """Stores around Springfield with round zones; where each is, and how far it delivers."""
    dice, made = random.Random(seed), {}
    with transaction():
        for n in range(number):
            place, miles = Point(dice.gauss(39.8, 0.1), dice.gauss(-89.65, 0.1)), dice.choice((2.0, 4.0))
            row = Store(
                name=f"Store {n}",
                slug=f"s-{n}",
                street="1 Main",
                city="Springfield",
                state="IL",
                zip="62701",
                phone="+12175550100",
                timezone="America/Chicago",
                lat=place.lat,
                lon=place.lon,
                hours="Mo-Su 00:00-24:00" if n % 3 else "Mo-Su closed",
            )
            db.session.add(row)
            db.session.flush()
            made[row.id] = (place, miles, bool(n % 3))
    for store_id, (_, miles, _open) in made.items():
        zone(store_id, miles=miles)
    return made


@pytest.mark.parametrize("open_now", [False, True])
def test_the_nearest_that_deliver_are_those_that_a_look_at_all_would_find(hands, open_now):
    made, dice = scattered(120), random.Random(5)
    for _ in range(25):
        here = Point(dice.gauss(39.8, 0.12), dice.gauss(-89.65, 0.12))
        away = {n: miles_between(place, here) for n, (place, _, _) in made.items()}
        reach = [n for n, (_, miles, is_open) in made.items() if away[n] <= miles and (is_open or not open_now)]
        wanted = sorted(reach, key=lambda n, away=away: (away[n], n))[:4]
        assert [found.store_id for found in stores.delivering(Spot(here), 4, open_now=open_now)] == wanted


def test_a_place_that_many_closed_stores_reach_is_looked_at_further_and_further(hands):
    for n in range(100):
        zone(store(f"Closed {n}", 39.8, -89.65 + n / 10_000, hours="Mo-Su closed"), miles=3)
    late = store("Open", 39.8, -89.62)
    zone(late, miles=3)
    found = stores.delivering(Spot(SPRINGFIELD), 3, open_now=True)
    assert [one.store_id for one in found] == [late]


def test_zones_by_zip_code_need_no_point_and_the_others_no_code(hands):
    by_code, around = store("By code", 39.8, -89.65), store("Around", 39.81, -89.65)
    zone(by_code, zips=("62701",))
    zone(around, miles=5)
    assert [one.store_id for one in stores.delivering(Spot(None, "62701"), 5)] == [by_code]
    assert [one.store_id for one in stores.delivering(Spot(SPRINGFIELD), 5)] == [around]
    assert [one.store_id for one in stores.delivering(Spot(SPRINGFIELD, "62701"), 5)] == [by_code, around]
    assert stores.delivering(Spot(None, None), 5) == stores.delivering(Spot(None, "\0"), 5) == ()


def test_enough_that_deliver_by_zip_code_hide_none_that_is_nearer(hands):
    for n in range(4):
        zone(store(f"By code {n}", 39.85, -89.65 + n / 1000), zips=("62701",))
    nearer = store("Nearer", 39.81, -89.65)
    zone(nearer, miles=5, drive=9)
    zone(nearer, zips=("62701",), drive=30)
    found = stores.delivering(Spot(SPRINGFIELD, "62701"), 2)
    assert [(one.store_id == nearer, one.delivery.drive_minutes) for one in found] == [(True, 9), (False, 6)]


def test_a_drawn_zone_reaches_as_far_as_it_is_drawn(hands):
    drawn = store("Drawn", 39.05, -89.05)
    zone(drawn, area=SQUARE)
    assert [one.store_id for one in stores.delivering(Spot(Point(39.95, -89.95)), 5)] == [drawn]
    assert stores.delivering(Spot(Point(39.95, -90.05)), 5) == ()


def test_of_a_stores_zones_the_quickest_counts(hands):
    here = store("Here", 39.8, -89.65)
    zone(here, miles=5, drive=20, fee=0)
    quick = zone(here, miles=5, drive=10, fee=500)
    (found,) = stores.delivering(Spot(SPRINGFIELD), 5)
    assert (found.delivery.zone.id, found.delivery.drive_minutes) == (quick, 10)


def test_open_means_for_delivery_by_the_stores_clock_and_not_paused(hands):
    ids = [store(name, 39.8, -89.65, **hours) for name, hours in (
        ("Noon in Chicago", {"hours": "Mo-Su 11:59-12:01"}),
        ("Ten in Los Angeles", {"hours": "Mo-Su 09:59-10:01", "timezone": "America/Los_Angeles"}),
        ("Counter only", {"delivery_hours": "Mo-Su 17:00-21:00"}),
        ("Last order taken", {"hours": "Mo-Su 09:00-12:30", "last_order_minutes": 30}),
        ("Paused", {}),
    )]  # fmt: skip
    for store_id in ids:
        zone(store_id, miles=5)
    with transaction():
        stores.pause(ids[-1], hands.now + timedelta(hours=1), "Rest")
    assert [one.store_id for one in stores.delivering(Spot(SPRINGFIELD), 9, open_now=True)] == ids[:2]
    assert len(stores.delivering(Spot(SPRINGFIELD), 9)) == 5


def test_a_feast_closes_or_opens_a_store_against_its_week(hands):
    feasting, closed = store("Feasting", 39.8, -89.65), store("Closed", 39.8, -89.64, hours="Mo-Su closed")
    for store_id, hours in ((feasting, "closed"), (closed, "11:00-13:00")):
        zone(store_id, miles=5)
        with transaction():
            db.session.add(SpecialDay(store_id=store_id, day=date(2026, 11, 23), name="Feast", hours=hours))
    open_now.feasts.clear()
    assert [one.store_id for one in stores.delivering(Spot(SPRINGFIELD), 9, open_now=True)] == [closed]


def test_the_date_line_and_the_pole_part_nobody(hands):
    west, east = store("West", -17.0, 179.99), store("East", -17.0, -179.99)
    for store_id in (west, east):
        zone(store_id, miles=10)
    for lon in (179.999, -179.999):
        found = stores.delivering(Spot(Point(-17.0, lon)), 5)
        assert {one.store_id for one in found} == {west, east}
        assert all(one.miles < 2 for one in found)
    pole = store("Pole", 89.99, 0)
    zone(pole, miles=10)
    assert [one.store_id for one in stores.delivering(Spot(Point(89.99, 180)), 5)] == [pole]


def test_the_closest_are_found_however_far_they_are(shop):
    honolulu, guam = Point(21.3, -157.8), Point(13.45, 144.78)
    assert stores.closest(honolulu, 1)[0][0] == stores.by_slug("kapahulu").id
    away = stores.closest(guam, 8)
    assert len(away) == 8
    assert [miles for _, miles in away] == sorted(miles for _, miles in away)
    assert away[0][0] == stores.by_slug("kapahulu").id


def test_a_search_asks_once_or_twice_and_never_for_all(hands):
    scattered(40)
    spot = Spot(SPRINGFIELD, "62701")
    stores.delivering(spot, 3, open_now=True)
    with counted() as sent:
        stores.delivering(spot, 3, open_now=True)
    assert len(sent) <= 3
    assert all("LIMIT" in statement.upper() or "zip" in statement for statement in sent)
