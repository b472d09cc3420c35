"""Which stores there are, which are near, and which delivers."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from sqlalchemy import select, update

from app.core.db import db, transaction
from app.core.errors import NotFound, Refusal
from app.stores import service as stores
from app.stores.directory import forget, known
from app.stores.models import Store, ZipArea, ZoneZip
from app.stores.service import Address
from tests.factories.stores import zone
from tests.queries import counted

NOON = datetime(2026, 7, 3, 17, 5, tzinfo=UTC)


def near(text):
    return stores.nearby(stores.search(text))


def test_the_chain_has_eight_stores_with_hours_taxes_and_phones(shop):
    found = stores.listed()
    assert len(found) == stores.count() == 8
    for info in found:
        assert stores.by_slug(info.slug) == stores.store(info.id) == info
        assert set(info.taxes) == {"food", "drinks", "delivery"}
        assert info.hours_words
        assert len(info.phone_words) == len("(312) 555-0100")


@pytest.mark.parametrize("slug", ["", "nowhere", "ELM-STREET", "elm-street'--", "elm\0street"])
def test_an_unknown_store_is_not_found(shop, slug):
    with pytest.raises(NotFound):
        stores.by_slug(slug)
    with pytest.raises(NotFound):
        stores.store(0)


def test_a_list_goes_on_where_the_last_page_ended(shop):
    seen, after = [], None
    while page := stores.listed(after=after, most=3):
        seen += [info.name for info in page]
        after = (page[-1].name, page[-1].id)
    assert seen == sorted(info.name for info in stores.listed())


def test_a_list_is_of_those_that_one_may_see_and_that_have_every_word(shop):
    assert [info.id for info in stores.listed(among={2, 3})] == [2, 3]
    assert stores.listed(among=set()) == ()
    assert [info.id for info in stores.listed(words="MILWAUKEE 60647")] == [2]
    assert stores.listed(words="100%") == stores.listed(words="nowhere") == ()
    assert stores.listed(words="\0elm") == stores.listed(words="elm")


def test_every_store_delivers_to_its_own_zip_code(shop):
    for info in stores.listed():
        assert stores.store_for(Address(zip=info.zip)) in {found.id for found in stores.listed()}


def test_the_quickest_store_delivers_and_always_the_same(shop, hands):
    for n, fee, drive in ((1, 299, 12), (2, 299, 9), (3, 199, 9), (4, 199, 9)):
        zone(n, zips=("00001",), fee=fee, drive=drive)
    assert {stores.store_for(Address(zip="00001")) for _ in range(5)} == {3}  # soonest, then cheapest, then the older


def test_a_store_that_takes_no_orders_gives_way_to_the_next_quickest(shop, hands):
    for n, drive in ((1, 12), (2, 9)):
        zone(n, zips=("00001",), drive=drive)
    with transaction():
        stores.pause(2, hands.now + timedelta(minutes=30), "The oven rests.")
    assert stores.store_for(Address(zip="00001")) == 1
    with transaction():
        stores.pause(1, hands.now + timedelta(minutes=30), "The oven rests.")
    assert stores.store_for(Address(zip="00001")) == 2  # nobody does: the quickest has words why


def test_out_of_the_area_the_nearest_store_is_named_for_carryout(shop):
    with pytest.raises(Refusal) as refused:
        stores.store_for(Address(zip="62701"))  # Springfield, Illinois
    assert refused.value.code == "out_of_area"
    assert "nearest for carryout is" in refused.value.message
    assert "miles away" in refused.value.message


@pytest.mark.parametrize("zip_code", ["00000", "", "60610'; --", "x" * 10_000, "60610\0"])
def test_an_unknown_zip_code_is_refused_without_naming_a_distance(shop, zip_code):
    with pytest.raises(Refusal) as refused:
        stores.store_for(Address(zip=zip_code))
    assert "miles" not in refused.value.message


def test_stores_stand_in_order_of_distance_those_that_deliver_first(shop):
    found = near("60647")
    assert [one.delivers for one in found] == sorted((one.delivers for one in found), reverse=True)
    for group in (True, False):
        miles = [one.miles for one in found if one.delivers is group]
        assert miles == sorted(miles)
    assert found[0].store.city == "Chicago"
    assert len(found) == 8


def test_those_that_deliver_say_on_what_terms(shop):
    elm = next(one for one in near("60610") if one.store.slug == "elm-street")
    assert (elm.terms.fee_cents, elm.terms.minimum_cents, elm.terms.drive_minutes) == (299, 1200, 6)
    assert all(one.terms is None for one in near("60610") if not one.delivers)


def test_without_a_place_stores_stand_by_name(shop):
    names = [one.store.name for one in stores.nearby(None)]
    assert names == sorted(names)
    assert {(one.miles, one.delivers) for one in stores.nearby(None)} == {(None, False)}
    assert stores.search("00000") is stores.search("Atlantis") is None


def test_how_many_questions_it_takes_does_not_depend_on_how_many_stores_there_are(shop):
    spot = stores.search("60647")
    stores.nearby(spot)
    with counted() as sent:
        stores.nearby(spot)
    assert len(sent) <= 10


def test_stores_are_remembered_for_a_few_seconds(shop):
    with time_machine.travel(NOON, tick=False) as moment:
        stores.store(1)
        with counted() as sent:
            stores.store(1)
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


def test_delivery_may_have_hours_of_its_own(shop):
    with transaction():
        db.session.execute(update(Store).where(Store.id == 2).values(delivery_hours="Mo-Su 17:00-21:00"))
    forget()
    with time_machine.travel(NOON, tick=False):
        info = stores.store(2)
        assert stores.opening(info).open
        late = stores.opening(info, stores.Method.DELIVERY)
        assert (late.open, late.opens_at) == (False, NOON.replace(hour=22, minute=0))


def test_every_zip_code_of_the_seeds_zones_exists(shop):
    zones = set(db.session.scalars(select(ZoneZip.zip)))
    assert zones <= set(db.session.scalars(select(ZipArea.zip).where(ZipArea.zip.in_(zones))))
    assert len(zones) > 30
