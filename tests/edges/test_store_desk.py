"""What staff say about a store: pauses and quotes, hours and special days, zones, and a list of new ones."""

import io
import json
import re
from datetime import timedelta

import pytest

from app.core.db import db
from app.stores import editing
from app.stores import service as stores
from app.users.service import Role
from tests.factories.hands import Hands
from tests.factories.orders import ELM_STREET, MILWAUKEE_AVENUE
from tests.factories.staff import hired, signed_in, written_down

ELM = {"store": str(ELM_STREET)}
RING = [[-87.70, 41.85], [-87.60, 41.85], [-87.60, 41.95], [-87.70, 41.95], [-87.70, 41.85]]
HOLE = [[-87.64, 41.89], [-87.62, 41.89], [-87.62, 41.91], [-87.64, 41.91], [-87.64, 41.89]]
TERMS = {
    "name": "Loop",
    "minimum": "15",
    "fees": "3.99; from 25: 1.99; from 40: 0",
    "drive_minutes": "5",
    "minutes_a_mile": "4",
}
WORLD = json.dumps({"type": "Polygon", "coordinates": [[[0, 0], [1, 0], [1, 1], [0, 0]]]})


@pytest.fixture
def hands(shop, monkeypatch) -> Hands:
    return Hands(monkeypatch)


@pytest.fixture
def mina(shop, hands):
    return signed_in(shop, "Mina", Role.MANAGER)


@pytest.fixture
def ada(shop, hands):
    return signed_in(shop, "Ada", Role.ADMIN, None)


def deeds():
    db.session.rollback()
    return [(row.deed, row.subject) for row in written_down()]


def test_a_pause_is_one_form_with_a_reason_and_ends_by_itself(shop, hands, mina):
    said = {**ELM, "minutes": "30", "reason": "The oven is being mended."}
    assert mina.post("/staff/hours/pause", data=said).status_code == 303
    assert stores.paused_until(ELM_STREET) == (hands.now + timedelta(minutes=30), "The oven is being mended.")
    for page in (mina.get("/staff/hours", query_string=ELM).text, mina.get("/staff").text):
        assert "12:30 pm" in page
        assert "The oven is being mended." in page
        assert "Take orders again" in page
    hands.move(minutes=30)
    assert stores.paused_until(ELM_STREET) is None
    assert ("store.pause", "store:1") in deeds()


def test_a_pause_until_i_resume_ends_with_the_day_at_the_latest(hands, mina):
    mina.post("/staff/hours/pause", data={**ELM, "minutes": "day", "reason": "Rest"})
    until, _ = stores.paused_until(ELM_STREET)
    assert until == hands.now + timedelta(hours=16)  # four in the night
    assert mina.post("/staff/hours/pause/end", data=ELM).status_code == 303
    assert stores.paused_until(ELM_STREET) is None


def test_a_quote_is_one_tap_and_leads_back_to_the_board(mina):
    answer = mina.post("/staff/hours/quote", data={**ELM, "change": "more", "back": "/staff?store=1"})
    assert (answer.status_code, answer.location) == (303, "/staff?store=1")
    assert "20–30 min" in mina.get("/staff").text
    away = mina.post("/staff/hours/quote", data={**ELM, "change": "less", "back": "//evil.example"})
    assert away.location == "/staff/hours?store=1"
    assert mina.post("/staff/hours/quote", data={**ELM, "change": "double"}).status_code == 422


def test_hours_are_written_as_people_write_them_and_shown_as_they_were_read(mina):
    said = {**ELM, "hours": "Mon-Thu 11am-10pm, Fri-Sat 11-2", "delivery_hours": "", "last_order_minutes": "15"}
    assert mina.post("/staff/hours/week", data=said).status_code == 303
    page = mina.get("/staff/hours", query_string=ELM).text
    assert 'value="Mon-Thu 11am-10pm; Fri-Sat 11am-2am; Sun closed"' in page
    assert "<dt>Friday and Saturday</dt><dd>11 am to 2 am</dd>" in page
    assert "Last order 15 minutes before closing." in mina.get("/stores/elm-street").text


@pytest.mark.parametrize(("field", "text", "words"), [
    ("hours", "whenever", "We cannot read"),
    ("hours", "Mon 11-10, Mon 5-6", "Monday is named twice"),
    ("hours", "", "Please write when the store is open."),
    ("delivery_hours", "25-26", "on the clock"),
    ("last_order_minutes", "500", "Number must be between"),
    ("last_order_minutes", "x", "Not a valid integer"),
])  # fmt: skip
def test_hours_that_do_not_read_are_told_at_their_field_and_kept_in_the_form(mina, field, text, words):
    said = {"hours": "daily 11-10", "delivery_hours": "", "last_order_minutes": "0", field: text}
    answer = mina.post("/staff/hours/week", data={**ELM, **said})
    assert answer.status_code == 422
    assert words in answer.text
    assert editing.hours_of(ELM_STREET).hours == "Mon-Sun 24 hours"


def test_a_special_day_replaces_its_weekday_and_can_be_taken_back(mina):
    said = {**ELM, "day": "2026-11-26", "name": "Thanksgiving", "day_hours": "closed", "day_delivery": ""}
    for hours in ("closed", "noon-8pm"):
        assert mina.post("/staff/hours/days", data={**said, "day_hours": hours}).status_code == 303
    assert "Thanksgiving: noon-8pm" in mina.get("/staff/hours", query_string=ELM).text
    assert "noon to 8 pm" in mina.get("/stores/elm-street").text
    mina.post("/staff/hours/days/2026-11-26/removal", data=ELM)
    assert editing.days_of(ELM_STREET) == ()
    for wrong in ({"day": "tomorrow"}, {"day": "2020-01-01"}, {"day_hours": "Mon 11-10"}, {"name": ""}):
        assert mina.post("/staff/hours/days", data={**said, **wrong}).status_code == 422


def test_oven_places_count_from_the_present_quarter_on(hands, mina):
    ask = stores.Ask(ELM_STREET, stores.Method.CARRYOUT, places=3)
    assert mina.post("/staff/hours/kitchen", data={**ELM, "slot_capacity": "2"}).status_code == 303
    assert stores.accepts(ask).places == 2
    assert mina.post("/staff/hours/kitchen", data={**ELM, "slot_capacity": "0"}).status_code == 422


def test_the_pin_on_the_map_of_zones_leads_to_their_list(mina):
    page = mina.get("/staff/zones").text
    pins = re.findall(r'<a href="#([^"]+)" id="pin-', page)
    assert len(pins) == 1
    assert f'id="{pins[0]}"' in page


def test_a_drawn_zone_with_a_hole_comes_as_geojson(mina):
    drawing = json.dumps({"type": "Feature", "geometry": {"type": "Polygon", "coordinates": [RING, HOLE]}})
    upload = (io.BytesIO(drawing.encode()), "loop.geojson")
    answer = mina.post("/staff/zones", data={**ELM, **TERMS, "kind": "area", "file": upload})
    assert answer.status_code == 303, answer.text
    zone = editing.zones_of(ELM_STREET)[-1]
    assert [(step.from_cents, step.fee_cents) for step in zone.steps] == [(0, 399), (2500, 199), (4000, 0)]
    inside, hole = stores.Point(41.86, -87.65), stores.Point(41.90, -87.63)
    assert zone.covers(inside, None, 1.0)
    assert not zone.covers(hole, None, 1.0)
    assert "M" in re.search(r'class="zone"[^>]* d="([^"]+)"', mina.get("/staff/zones", query_string=ELM).text)[1]
    assert any(found.store_id == ELM_STREET for found in stores.delivering(stores.Spot(inside), 5))


def test_corners_on_lines_are_a_zone_too_and_a_round_one_needs_a_number(mina):
    corners = "41.85, -87.70\n41.85 -87.60\n41.95, -87.60\n"
    assert mina.post("/staff/zones", data={**ELM, **TERMS, "kind": "area", "area": corners}).status_code == 303
    assert mina.post("/staff/zones", data={**ELM, **TERMS, "kind": "radius", "miles": "2.5"}).status_code == 303
    assert stores.delivering(stores.Spot(stores.Point(41.9033, -87.60)), 5)[0].store_id == ELM_STREET


@pytest.mark.parametrize(("change", "words"), [
    ({"kind": "radius", "miles": ""}, "Say where this zone is."),
    ({"kind": "radius", "miles": "600"}, "Number must be between"),
    ({"kind": "zips", "zips": "60610, 6061"}, "is no ZIP code of five digits"),
    ({"kind": "area", "area": "{"}, "This is not GeoJSON."),
    ({"kind": "area", "area": '{"type": "Point", "coordinates": [1, 2]}'}, "Only polygons can be zones"),
    ({"kind": "area", "area": "[" * 5000}, "This is not GeoJSON."),
    ({"kind": "area", "area": WORLD}, "No zone reaches further"),
    ({"fees": "free"}, "Write amounts like 2.99."),
    ({"fees": "2.99; 1.99"}, "Write further fees like"),
    ({"fees": "from 10: 2.99"}, "Fees begin at $0"),
    ({"fees": "1; from 20: 2; from 10: 3"}, "go up from there"),
    ({"minimum": "-1"}, "Write amounts like 2.99."),
    ({"name": ""}, "Please name the zone."),
    ({"kind": "everywhere"}, "Not a valid choice"),
])  # fmt: skip
def test_a_zone_that_makes_no_sense_is_told_at_its_field(mina, change, words):
    before = editing.zones_of(ELM_STREET)
    answer = mina.post("/staff/zones", data={**ELM, **TERMS, "kind": "radius", "miles": "3", **change})
    assert answer.status_code == 422
    assert words in answer.text
    db.session.rollback()
    assert editing.zones_of(ELM_STREET) == before


def test_a_drawing_that_is_too_large_is_told_so(mina):
    drawing = json.dumps({"type": "Polygon", "coordinates": [RING]}).ljust(61_000).encode()
    file = {"file": (io.BytesIO(drawing), "loop.geojson")}
    page = mina.post("/staff/zones", data={**TERMS, **ELM, "kind": "area", **file})
    assert page.status_code == 422
    assert "larger than 60 kB" in page.text


def test_a_zone_is_changed_and_dropped_only_by_its_own_store(mina):
    mine, other = editing.zones_of(ELM_STREET)[0], editing.zones_of(MILWAUKEE_AVENUE)[0]
    said = {**ELM, **TERMS, "kind": "zips", "zips": "60610 60611"}
    assert mina.post("/staff/zones", data={**said, "zone": str(mine.id)}).status_code == 303
    assert editing.zones_of(ELM_STREET)[0].zips == {"60610", "60611"}
    assert (
        'value="3.99; from 25.00: 1.99; from 40.00: 0.00"'
        in mina.get("/staff/zones", query_string={**ELM, "zone": mine.id}).text
    )
    for number in (other.id, 10**30, 0):
        assert mina.post("/staff/zones", data={**said, "zone": str(number)}).status_code == 404
    assert mina.post(f"/staff/zones/{other.id}/removal", data=ELM).status_code == 404
    assert mina.post(f"/staff/zones/{mine.id}/removal", data=ELM).status_code == 303
    assert mine.id not in {zone.id for zone in editing.zones_of(ELM_STREET)}


def test_who_may_do_what_at_a_store(shop, hands):
    pause, zone = {**ELM, "minutes": "15", "reason": "Rest"}, {**ELM, **TERMS, "kind": "radius", "miles": "3"}
    wanted = {
        ("Beppe", Role.KITCHEN, ELM_STREET): (403, 403, 403),
        ("Rosa", Role.COUNTER, ELM_STREET): (303, 403, 403),
        ("Mina", Role.MANAGER, ELM_STREET): (303, 303, 403),
        ("Otto", Role.MANAGER, MILWAUKEE_AVENUE): (404, 404, 403),
        ("Milo", Role.MARKETING, None): (403, 403, 403),
        ("Ada", Role.ADMIN, None): (303, 303, 200),
    }
    for (name, role, place), statuses in wanted.items():
        person = signed_in(shop, name, role, place)
        found = (
            person.post("/staff/hours/pause", data=pause).status_code,
            person.post("/staff/zones", data=zone).status_code,
            person.get("/staff/stores/list").status_code,
        )
        assert found == statuses, name


def test_nobody_does_anything_without_signing_in(client):
    for path in ("/staff/hours/pause", "/staff/zones", "/staff/stores/list", "/staff/stores/list/1/start"):
        assert "/sign-in" in client.post(path, data=ELM).location
    hired()
