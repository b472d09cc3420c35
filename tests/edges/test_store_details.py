"""A store's name, address and phone at the desk: looked at first, and found where it says."""

import re

import pytest
from sqlalchemy import select

from app.core.db import db
from app.stores import editing
from app.stores import service as stores
from app.stores.geo import Point
from app.users.models import AuditRow
from app.users.service import Role
from tests.edges.pages import fields
from tests.factories.hands import Hands
from tests.factories.maps import answering
from tests.factories.orders import ELM_STREET, MILWAUKEE_AVENUE
from tests.factories.staff import signed_in
from tests.factories.stores import zone

ELM = {"store": str(ELM_STREET)}
SQUARE = {"type": "Polygon", "coordinates": [[[-87.7, 41.85], [-87.6, 41.85], [-87.6, 41.95], [-87.7, 41.85]]]}


@pytest.fixture
def hands(shop, monkeypatch) -> Hands:
    return Hands(monkeypatch)


@pytest.fixture
def mina(shop, hands):
    return signed_in(shop, "Mina", Role.MANAGER)


def form(mina, **typed):
    """The form as it stands, with some of it changed."""
    return {**fields(mina.get("/staff/address", query_string=ELM)), **ELM, **typed}


def confirmed(mina, page):
    """Press the button below what customers would read; the fields above it are the first form."""
    first = re.search(r"<form[^>]*confirmation.*?</form>", page.text, re.DOTALL)[0]
    said = dict(re.findall(r'name="([a-z]+)" value="([^"]*)"', first))
    return mina.post("/staff/address/confirmation", data=said)


def test_what_customers_would_read_is_shown_before_it_is_kept(shop, mina):
    said = form(mina, name="Elm & Clark", street="70 W Elm Street", phone="312.555.0199")
    page = mina.post("/staff/address", data=said)
    assert page.status_code == 200
    assert "<b>Elm &amp; Clark</b><br>70 W Elm Street, Chicago, IL 60610<br>(312) 555-0199" in page.text
    assert "could not look the street up" in page.text
    assert stores.store(ELM_STREET).name == "Elm Street"
    assert mina.post("/staff/address/confirmation", data={**said, "name": "Elm & Clark"}).status_code == 303
    shown = mina.get("/stores/elm-street").text
    assert "Elm &amp; Clark" in shown
    assert "tel:+13125550199" in shown
    db.session.rollback()
    row = db.session.scalars(select(AuditRow).where(AuditRow.deed == "store.details")).one()
    assert (row.subject, row.detail["before"][0], row.detail["after"][0]) == ("store:1", "Elm Street", "Elm & Clark")


def test_a_new_address_is_looked_up_and_searches_go_by_the_new_door(shop, mina, hands):
    zone(ELM_STREET, area=SQUARE)
    with answering(shop) as maps:
        maps.say(Point(41.9300, -87.6500))
        page = mina.post("/staff/address", data=form(mina, street="1 Far Street"))
        assert maps.asked == ["1 Far Street, Chicago 60610, USA"]
    assert re.search(r"On the map it moves 2\.\d\d miles", page.text)
    far = max(zone.miles or 0 for zone in editing.zones_of(ELM_STREET))
    assert confirmed(mina, page).status_code == 303
    assert stores.store(ELM_STREET).point == Point(41.93, -87.65)
    assert stores.closest(Point(41.93, -87.65), 1)[0] == (ELM_STREET, 0.0)
    corner = stores.Spot(Point(41.8501, -87.6005))  # in the drawn zone, further from the new door than any round one
    assert ELM_STREET in {found.store_id for found in stores.delivering(corner, 5)}
    assert stores.closest(corner.point, 1)[0][1] > far


def test_a_store_that_moves_to_another_city_is_looked_up_there(shop, mina):
    said = form(mina, street="200 Main Street", city="Denver", state="CO", zip="80218")
    assert "miles from ZIP code 80218" in mina.post("/staff/address/confirmation", data=said).text
    with answering(shop) as maps:
        maps.say(Point(39.7330, -104.9700))
        page = mina.post("/staff/address", data=said)
    assert confirmed(mina, page).status_code == 303
    assert stores.store(ELM_STREET).point == Point(39.733, -104.97)


def test_coordinates_move_the_door_and_another_zip_code_its_clock(mina):
    said = form(mina, street="200 Main Street", city="Denver", state="co", zip="80218", door="39.733, -104.970")
    page = mina.post("/staff/address", data=said)
    assert "Denver, CO 80218" in page.text
    assert confirmed(mina, page).status_code == 303
    info = stores.store(ELM_STREET)
    assert (info.point, info.zone.key, info.slug) == (Point(39.733, -104.97), "America/Denver", "elm-street")


@pytest.mark.parametrize(("typed", "words"), [
    ({"name": ""}, "Please name the store."),
    ({"street": ""}, "Please give the street."),
    ({"state": "Illinois"}, "two capital letters"),
    ({"zip": "6061"}, "five digits"),
    ({"zip": "60611"}, "write the latitude and longitude"),
    ({"phone": "555-0100"}, "ten digits"),
    ({"door": "nowhere"}, "Write the door like"),
    ({"door": "91, 0"}, "Write the door like"),
    ({"door": "30.1, -87.6"}, "miles from ZIP code 60610"),
])  # fmt: skip
def test_a_mistake_is_told_at_its_field_and_what_was_typed_is_kept(mina, typed, words):
    said = form(mina, **{"name": "Clark", **typed})
    for path in ("/staff/address", "/staff/address/confirmation"):
        if path.endswith("confirmation") and typed == {"zip": "60611"}:
            continue  # there the door was looked at
        page = mina.post(path, data=said)
        assert page.status_code == 422
        assert words in page.text
        (field,) = typed
        assert fields(page)[field] == typed[field].replace("Illinois", "ILLINOIS")
    db.session.rollback()
    assert stores.store(ELM_STREET).name == "Elm Street"


def test_only_who_may_edit_the_store_may_move_it(shop, hands):
    wanted = {
        ("Rosa", Role.COUNTER, ELM_STREET): 403,
        ("Otto", Role.MANAGER, MILWAUKEE_AVENUE): 404,
        ("Milo", Role.MARKETING, None): 403,
        ("Ada", Role.ADMIN, None): 200,
    }
    for (name, role, place), status in wanted.items():
        person = signed_in(shop, name, role, place)
        assert person.get("/staff/address", query_string=ELM).status_code == status, name
        assert person.post("/staff/address", data=ELM).status_code == (422 if status == 200 else status), name
        done = person.post("/staff/address/confirmation", data=ELM).status_code
        assert done == (422 if status == 200 else status), name
