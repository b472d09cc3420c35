"""Which stores there are, which are near, and which delivers."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from sqlalchemy import select, update

from app.core.db import db, transaction
from app.core.errors import NotFound, Refusal
from app.stores import service as stores
from app.stores.directory import known, miles_between
from app.stores.models import Store, ZipArea, Zone
from tests.queries import counted

NOON = datetime(2026, 7, 3, 17, 5, tzinfo=UTC)


def test_the_chain_has_eight_stores_with_hours_taxes_and_phones(shop):
    found = stores.all_stores()
    assert len(found) == 8
    for info in found.values():
        assert stores.by_slug(info.slug) == stores.store(info.id) == info
        assert set(info.taxes) == {"food", "drinks", "delivery"}
        assert info.hours_words
        assert len(info.phone_words) == len("(312) 555-0100")


@pytest.mark.parametrize("slug", ["", "nowhere", "ELM-STREET", "elm-street'--"])
def test_an_unknown_store_is_not_found(shop, slug):
    with pytest.raises(NotFound):
        stores.by_slug(slug)
    with pytest.raises(NotFound):
        stores.store(0)


def test_every_store_delivers_to_its_own_zip_code(shop):
    for info in stores.all_stores().values():
        assert stores.store_for(info.zip) in stores.all_stores()


def test_the_nearer_store_delivers_and_always_the_same(shop):
    with transaction():
        db.session.add_all(
            Zone(store_id=n, zip="00001", fee_cents=fee, minimum_cents=0, drive_minutes=drive)
            for n, fee, drive in ((1, 299, 12), (2, 299, 9), (3, 199, 9), (4, 199, 9))
        )
    assert {stores.store_for("00001") for _ in range(5)} == {3}  # soonest, then cheapest, then the lower number


def test_out_of_the_area_the_nearest_store_is_named_for_carryout(shop):
    with pytest.raises(Refusal) as refused:
        stores.store_for("60601" if not delivered("60601") else "62701")  # Springfield, Illinois
    assert refused.value.code == "out_of_area"
    assert "nearest for carryout is" in refused.value.message
    assert "miles away" in refused.value.message


def delivered(zip_code):
    return db.session.scalar(select(Zone.store_id).where(Zone.zip == zip_code).limit(1)) is not None


@pytest.mark.parametrize("zip_code", ["00000", "", "60610'; --", "x" * 10_000])
def test_an_unknown_zip_code_is_refused_without_naming_a_distance(shop, zip_code):
    with pytest.raises(Refusal) as refused:
        stores.store_for(zip_code)
    assert "miles" not in refused.value.message


def test_stores_stand_in_order_of_distance_those_that_deliver_first(shop):
    found = stores.nearby("60647")
    assert [near.delivers for near in found] == sorted((near.delivers for near in found), reverse=True)
    for group in (True, False):
        miles = [near.miles for near in found if near.delivers is group]
        assert miles == sorted(miles)
    assert found[0].store.city == "Chicago"
    assert len(found) == 8


def test_without_a_zip_code_stores_stand_by_name(shop):
    names = [near.store.name for near in stores.nearby(None)]
    assert names == sorted(names)
    assert {near.miles for near in stores.nearby(None)} == {None}
    assert [near.store.name for near in stores.nearby("00000")] == names


def test_how_many_questions_it_takes_does_not_depend_on_how_many_stores_there_are(shop):
    stores.all_stores()
    with counted() as sent:
        stores.nearby("60647")
    assert len(sent) == 3


def test_stores_are_remembered_for_a_few_seconds(shop):
    with time_machine.travel(NOON, tick=False) as moment:
        stores.all_stores()
        with counted() as sent:
            stores.all_stores()
        with transaction():
            db.session.execute(update(Store).where(Store.id == 1).values(name="Elm Corner"))
        moment.shift(timedelta(seconds=5))
        assert stores.store(1).name == "Elm Corner"
    assert sent == []
    known.clear()


def test_a_store_says_whether_it_is_open_paused_or_when_it_opens(shop):
    with time_machine.travel(NOON, tick=False) as moment:
        info = stores.store(2)
        assert stores.opening(info).open
        with transaction():
            stores.pause(2, NOON + timedelta(minutes=30), "The oven rests.")
        paused = stores.opening(info)
        assert (paused.open, paused.paused_reason, paused.opens_at) == (False, "The oven rests.", None)
        moment.shift(timedelta(hours=15))
        closed = stores.opening(info)
        assert (closed.open, closed.paused_reason, closed.closes_at) == (False, None, None)
        assert closed.opens_at == datetime(2026, 7, 4, 16, tzinfo=UTC)


def test_distances_are_great_circles():
    assert miles_between(41.88, -87.63, 41.88, -87.63) == 0
    assert miles_between(41.88, -87.63, 40.71, -74.01) == pytest.approx(712, abs=3)  # Chicago to New York
    assert miles_between(0, 0, 0, 180) == pytest.approx(miles_between(90, 0, -90, 0))


def test_every_zone_of_the_seed_is_a_zip_code_that_exists(shop):
    zones = set(db.session.scalars(select(Zone.zip)))
    assert zones <= set(db.session.scalars(select(ZipArea.zip).where(ZipArea.zip.in_(zones))))
    assert len(zones) > 50
