"""One honest promise: when, for how much, and never more than the oven holds."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from threading import Barrier
from zoneinfo import ZoneInfo

import pytest
import time_machine
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError

from app.core.db import db, transaction
from app.core.errors import Conflict, NotFound, Refusal
from app.core.events import OutboxRow
from app.stores import service as stores
from app.stores.directory import known
from app.stores.models import Pause, Slot, Store
from app.stores.service import Ask, Method
from app.stores.slots import quarter_after
from tests.factories.stores import zone
from tests.races import HANDS, race

CHICAGO = ZoneInfo("America/Chicago")
NOON = datetime(2026, 7, 3, 17, 5, tzinfo=UTC)  # a Friday, 12:05 in Chicago
QUARTER = timedelta(minutes=15)
ROUND_THE_CLOCK, MILWAUKEE = 1, 2  # the second is open from 11 am to 11 pm, at weekends until 2 am
HOME = Ask(ROUND_THE_CLOCK, Method.DELIVERY, "60610")
COUNTER = Ask(MILWAUKEE, Method.CARRYOUT)


@pytest.fixture(autouse=True)
def moment(shop):
    with time_machine.travel(NOON, tick=False) as traveller:
        yield traveller


def at(text):
    return datetime.fromisoformat(text).replace(tzinfo=CHICAGO)


def fill(store_id, slot_at, booked=None):
    """Take oven places away; all of them when no number is given."""
    capacity = stores.store(store_id).slot_capacity
    with transaction():
        db.session.add(
            Slot(store_id=store_id, starts_at=slot_at, capacity=capacity, booked=capacity if booked is None else booked)
        )


def booked(store_id=MILWAUKEE):
    db.session.rollback()
    rows = db.session.execute(select(Slot.starts_at, Slot.booked).where(Slot.store_id == store_id))
    return {row.starts_at: row.booked for row in rows}


def test_an_order_for_now_is_made_in_this_quarter_of_an_hour():
    promise = stores.accepts(HOME)
    info = stores.store(ROUND_THE_CLOCK)
    assert promise.slot_at == NOON.replace(minute=0)
    assert promise.ready_from == NOON + timedelta(minutes=info.pickup_minutes + 6)
    assert promise.ready_to - promise.ready_from == timedelta(minutes=10)
    assert (promise.asap, promise.fee_cents, promise.minimum_cents) == (True, 299, 1200)


def test_carryout_has_no_fee_no_minimum_and_no_drive():
    promise = stores.accepts(COUNTER)
    assert (promise.fee_cents, promise.minimum_cents) == (0, 0)
    assert promise.ready_from == NOON + timedelta(minutes=stores.store(MILWAUKEE).pickup_minutes)


@pytest.mark.parametrize("zip_code", ["99501", "00000", "", None, "6061", "606100", "x" * 1000])
def test_an_address_out_of_the_area_is_refused(zip_code):
    with pytest.raises(Refusal) as refused:
        stores.accepts(Ask(ROUND_THE_CLOCK, Method.DELIVERY, zip_code))
    assert (refused.value.code, refused.value.field, refused.value.action) == ("out_of_area", "zip", "choose_place")


def test_a_store_that_is_not_there_is_not_found():
    with pytest.raises(NotFound):
        stores.accepts(Ask(4711, Method.CARRYOUT))


def test_a_closed_store_promises_its_first_quarter(moment):
    moment.move_to(at("2026-07-03 09:00"))
    promise = stores.accepts(COUNTER)
    assert promise.slot_at == at("2026-07-03 11:00")
    assert promise.ready_from == at("2026-07-03 11:15")


def test_a_full_quarter_moves_the_promise_on():
    fill(MILWAUKEE, at("2026-07-03 12:00"))
    fill(MILWAUKEE, at("2026-07-03 12:15"), booked=23)
    assert stores.accepts(COUNTER).slot_at == at("2026-07-03 12:15")
    assert stores.accepts(Ask(MILWAUKEE, Method.CARRYOUT, places=2)).slot_at == at("2026-07-03 12:30")


def test_a_quarter_that_was_begun_with_less_room_is_full_when_that_is_taken():
    with transaction():
        held = {"store_id": MILWAUKEE, "starts_at": at("2026-07-03 12:00"), "capacity": 6, "booked": 6}
        db.session.add(Slot(**held))  # by a process that has not heard yet of the larger oven
    promise = stores.accepts(COUNTER)
    assert promise.slot_at == at("2026-07-03 12:15")
    assert stores.later_times(COUNTER)[0] == (at("2026-07-03 12:30"), True)
    with transaction():
        stores.book(promise)


def test_the_last_quarter_before_closing_is_followed_by_the_next_opening(moment):
    moment.move_to(at("2026-07-05 22:50"))
    assert stores.accepts(COUNTER).slot_at == at("2026-07-05 22:45")
    fill(MILWAUKEE, at("2026-07-05 22:45"))
    assert stores.accepts(COUNTER).slot_at == at("2026-07-06 11:00")


def test_a_store_that_is_full_for_a_week_says_so():
    first, capacity = NOON.replace(minute=0), stores.store(ROUND_THE_CLOCK).slot_capacity
    with transaction():
        db.session.add_all(
            Slot(store_id=ROUND_THE_CLOCK, starts_at=first + n * QUARTER, capacity=capacity, booked=capacity)
            for n in range(4 * 24 * 7 + 1)
        )
    with pytest.raises(Conflict) as refused:
        stores.accepts(HOME)
    assert (refused.value.code, refused.value.action) == ("store_closed", "choose_place")


def test_a_feast_larger_than_the_oven_takes_a_whole_quarter():
    promise = stores.accepts(Ask(MILWAUKEE, Method.CARRYOUT, places=500))
    assert promise.places == stores.store(MILWAUKEE).slot_capacity
    fill(MILWAUKEE, at("2026-07-03 12:00"), booked=1)
    assert stores.accepts(Ask(MILWAUKEE, Method.CARRYOUT, places=500)).slot_at == at("2026-07-03 12:15")


def test_a_chosen_time_is_promised_to_the_minute():
    wanted = at("2026-07-03 19:30")
    promise = stores.accepts(Ask(MILWAUKEE, Method.CARRYOUT, at=wanted))
    assert (promise.ready_from, promise.slot_at, promise.asap) == (wanted, at("2026-07-03 19:15"), False)


@pytest.mark.parametrize("text", ["2026-07-03 11:00", "2026-07-04 05:00", "2026-07-10 12:30", "2020-01-01 12:00"])
def test_a_time_that_is_past_dark_or_too_far_is_refused(text):
    with pytest.raises(Refusal) as refused:
        stores.accepts(Ask(MILWAUKEE, Method.CARRYOUT, at=at(text)))
    assert (refused.value.code, refused.value.field) == ("store_closed", "time")


def test_a_chosen_time_that_is_full_is_refused():
    fill(MILWAUKEE, at("2026-07-03 19:15"))
    with pytest.raises(Conflict) as refused:
        stores.accepts(Ask(MILWAUKEE, Method.CARRYOUT, at=at("2026-07-03 19:30")))
    assert (refused.value.code, refused.value.action) == ("slot_full", "choose_time")


def test_a_paused_store_begins_nothing_until_then(moment):
    in_the_pause, _ = stores.later_times(COUNTER)[0]
    with transaction():
        stores.pause(MILWAUKEE, NOON + timedelta(minutes=30), "The oven rests.")
    for ask in (COUNTER, replace(COUNTER, at=in_the_pause)):
        with pytest.raises(Conflict) as refused:
            stores.accepts(ask)
        assert refused.value.code == "store_paused"
        assert "12:35 pm" in refused.value.message
        assert "The oven rests." in refused.value.message
    assert stores.accepts(HOME)
    moment.shift(timedelta(minutes=30))
    assert stores.accepts(COUNTER)


def test_a_pause_can_be_changed_and_ended():
    for minutes in (30, 60):
        with transaction():
            stores.pause(MILWAUKEE, NOON + timedelta(minutes=minutes), "Rest")
    assert db.session.scalars(select(Pause.until)).all() == [NOON + timedelta(hours=1)]
    for _ in range(2):
        with transaction():
            stores.resume(MILWAUKEE)
    assert stores.accepts(COUNTER)


moments = st.integers(0, 370 * 24 * 60).map(lambda minute: datetime(2026, 1, 1, tzinfo=UTC) + timedelta(minutes=minute))


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(now=moments, store_id=st.integers(1, 8), delivery=st.booleans(), places=st.integers(0, 30))
def test_every_time_that_is_offered_is_accepted_and_no_full_one_is(moment, now, store_id, delivery, places):
    moment.move_to(now)
    zip_code = stores.store(store_id).zip if delivery else None
    ask = Ask(store_id, Method.DELIVERY if delivery else Method.CARRYOUT, zip_code, places=places)
    times = stores.later_times(ask)
    assert [time for time, _ in times] == sorted({time for time, _ in times})
    for time, free in (*times[:3], *times[-3:]):
        assert free
        promise = stores.accepts(Ask(store_id, ask.method, zip_code, time, places))
        assert promise.ready_from == time > now
        assert stores.store(store_id).hours.open_span(promise.slot_at)
    asap = stores.accepts(ask)
    assert asap.ready_from > now
    assert asap.slot_at > now - timedelta(minutes=15)


def test_times_tell_which_of_them_are_full():
    fill(MILWAUKEE, at("2026-07-03 19:15"))
    free = dict(stores.later_times(COUNTER))
    assert (free[at("2026-07-03 19:30")], free[at("2026-07-03 19:45")]) == (False, True)


def test_a_paused_store_offers_the_times_after_its_pause():
    until = NOON + timedelta(minutes=30)
    with transaction():
        stores.pause(MILWAUKEE, until, "Rest")
    (first, free), *_ = stores.later_times(COUNTER)
    assert free
    assert stores.next_time(COUNTER) == first
    assert stores.accepts(replace(COUNTER, at=first)).slot_at == quarter_after(until)
    with transaction():
        stores.pause(MILWAUKEE, at("2026-07-04 04:00"), "Rest")
    assert str(stores.days(COUNTER)[0]) == "2026-07-04"


def test_quarters_are_the_same_whenever_one_looks(moment):
    """A store that opens at ten past: who looks before and who looks after must book the very same quarters."""
    with transaction():
        db.session.execute(update(Store).where(Store.id == MILWAUKEE).values(hours="Mo-Su 11:10-23:00"))
    known.clear()
    moment.move_to(at("2026-07-03 09:00"))
    before = {time for time, _ in stores.later_times(COUNTER)}
    first = stores.accepts(COUNTER).slot_at
    moment.move_to(at("2026-07-03 11:20"))
    assert {time for time, _ in stores.later_times(COUNTER)} & before
    assert (stores.accepts(COUNTER).slot_at - first) % timedelta(minutes=15) == timedelta(0)
    for time, _ in stores.later_times(COUNTER)[:4]:
        assert stores.accepts(Ask(MILWAUKEE, Method.CARRYOUT, at=time)).ready_from == time


def test_booking_takes_places_and_release_gives_them_back():
    promise = stores.accepts(Ask(MILWAUKEE, Method.CARRYOUT, places=3))
    with transaction():
        stores.book(promise)
    assert booked() == {promise.slot_at: 3}
    with transaction():
        stores.release(MILWAUKEE, promise.slot_at, 3)
    assert booked() == {promise.slot_at: 0}


def test_nothing_baked_takes_no_place():
    with transaction():
        stores.book(stores.accepts(Ask(MILWAUKEE, Method.CARRYOUT, places=0)))
    assert booked() == {}


def test_a_full_quarter_is_not_booked_and_tells_so():
    promise = stores.accepts(COUNTER)
    fill(MILWAUKEE, promise.slot_at)
    with pytest.raises(Conflict) as refused, transaction():
        stores.book(promise)
    assert refused.value.code == "slot_full"


def test_no_release_makes_more_room_than_there_is():
    promise = stores.accepts(COUNTER)
    with transaction():
        stores.book(promise)
    with transaction():
        stores.release(MILWAUKEE, promise.slot_at, 2)
    assert booked() == {promise.slot_at: 1}


def book_one(promise):
    def work():
        with transaction():
            stores.book(promise)
        return "booked"

    return work


@pytest.fixture
def one_left():
    promise = stores.accepts(COUNTER)
    fill(MILWAUKEE, promise.slot_at, booked=stores.store(MILWAUKEE).slot_capacity - 1)
    return promise


def test_one_of_eight_gets_the_last_place(shop, one_left):
    outcomes = race(shop, *[book_one(one_left)] * HANDS)
    assert outcomes.count("booked") == 1
    assert {outcome.code for outcome in outcomes if outcome != "booked"} == {"slot_full"}
    assert booked() == {one_left.slot_at: stores.store(MILWAUKEE).slot_capacity}


def test_eight_first_bookings_of_a_quarter_all_count(shop):
    promise = stores.accepts(COUNTER)
    assert race(shop, *[book_one(promise)] * HANDS) == ["booked"] * HANDS
    assert booked() == {promise.slot_at: HANDS}


def test_without_the_guard_the_race_would_overbook(shop, one_left):
    """The control of the race above: look first, then take. Only the database's last line stops it."""
    all_looked = Barrier(HANDS)

    def look_then_take():
        found = db.session.execute(select(Slot.booked, Slot.capacity)).one()
        assert found.booked < found.capacity
        all_looked.wait(30)
        with transaction():
            db.session.execute(update(Slot).values(booked=Slot.booked + 1))
        return "booked"

    outcomes = race(shop, *[look_then_take] * HANDS)
    assert sum(isinstance(outcome, IntegrityError) for outcome in outcomes) == HANDS - 1
    assert max(booked().values()) == stores.store(MILWAUKEE).slot_capacity


@pytest.mark.parametrize("days", range(7))
def test_orders_are_taken_for_a_week_ahead(days):
    wanted = at("2026-07-03 19:30") + timedelta(days=days)
    assert stores.accepts(Ask(MILWAUKEE, Method.CARRYOUT, at=wanted)).ready_from == wanted


def test_a_week_has_the_days_on_which_anything_can_be_ordered(moment):
    ask = Ask(MILWAUKEE, Method.CARRYOUT)
    assert stores.days(ask) == tuple(NOON.date() + timedelta(days=n) for n in range(8))
    moment.move_to(at("2026-11-26 12:00"))  # Thanksgiving: closed
    assert stores.days(ask)[0] == date(2026, 11, 27)


def test_the_times_of_a_day_end_with_its_late_night(moment):
    times = [time.astimezone(CHICAGO) for time, _ in stores.later_times(COUNTER, NOON.date())]
    assert (times[0], times[-1]) == (at("2026-07-03 12:30"), at("2026-07-04 02:00"))
    assert stores.later_times(COUNTER, NOON.date() - timedelta(days=1)) == ()


@pytest.mark.parametrize("changes", [datetime(2026, 3, 8, 18, tzinfo=UTC), datetime(2026, 11, 1, 18, tzinfo=UTC)])
def test_each_quarter_of_a_week_in_which_clocks_change_is_listed_under_its_own_business_day(moment, changes):
    moment.move_to(changes - timedelta(days=3))
    info, whole = stores.store(ROUND_THE_CLOCK), Ask(ROUND_THE_CLOCK, Method.CARRYOUT)
    lead = timedelta(minutes=-(-info.pickup_minutes // 15) * 15)
    by_day = {day: [time - lead for time, _ in stores.later_times(whole, day)] for day in stores.days(whole)}
    assert all(info.hours.business_date(slot) == day for day, slots in by_day.items() for slot in slots)
    quarters = [slot for slots in by_day.values() for slot in slots]
    assert quarters == sorted(set(quarters))
    assert len(quarters) == 7 * 24 * 4


@given(
    now=st.datetimes(NOON.replace(tzinfo=None), NOON.replace(tzinfo=None) + timedelta(days=7)),
    last_order=st.sampled_from([0, 15, 20, 45]),
    delivery=st.booleans(),
)
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60)
def test_as_soon_as_possible_is_never_after_the_last_order(moment, now, last_order, delivery):
    now = now.replace(tzinfo=UTC)
    moment.move_to(now)
    with transaction():
        db.session.execute(update(Store).values(last_order_minutes=last_order))
    known.clear()
    method = Method.DELIVERY if delivery else Method.CARRYOUT
    promise = stores.accepts(Ask(MILWAUKEE, method, "60647"))
    start, end = stores.store(MILWAUKEE).hours.open_span(max(promise.slot_at, now))
    assert start <= promise.slot_at + QUARTER
    assert max(promise.slot_at, now) < end - timedelta(minutes=last_order)
    offered = {slot for slot, _ in stores.later_times(Ask(MILWAUKEE, method, "60647"), None)}
    lead = timedelta(minutes=15 + (6 if delivery else 0))
    if promise.slot_at >= now:  # not the quarter that runs: it is one that can be chosen, too
        assert any(time - lead - promise.slot_at < QUARTER for time in offered if time - lead >= promise.slot_at)


def test_after_the_last_order_comes_the_next_opening(moment):
    with transaction():
        db.session.execute(update(Store).where(Store.id == MILWAUKEE).values(last_order_minutes=30))
    known.clear()
    moment.move_to(at("2026-07-05 22:29"))
    assert stores.accepts(COUNTER).slot_at == at("2026-07-05 22:15")
    moment.move_to(at("2026-07-05 22:30"))
    assert stores.accepts(COUNTER).slot_at == at("2026-07-06 11:00")
    assert not stores.opening(stores.store(MILWAUKEE)).open


def test_the_time_after_a_lost_one_is_the_next_that_has_room():
    lost = at("2026-07-03 19:30")
    fill(MILWAUKEE, at("2026-07-03 19:15"))
    fill(MILWAUKEE, at("2026-07-03 19:30"))
    assert stores.next_time(Ask(MILWAUKEE, Method.CARRYOUT, at=lost)) == at("2026-07-03 20:00")
    assert stores.next_time(COUNTER) == at("2026-07-03 12:30")


def test_the_fee_goes_by_the_value_of_the_food():
    zone(MILWAUKEE, zips=("00001",), steps=[[0, 399], [2500, 199], [4000, 0]])
    promise = stores.accepts(Ask(MILWAUKEE, Method.DELIVERY, "00001"))
    fees = [promise.fee_for(cents) for cents in (0, 2499, 2500, 3999, 4000, 100_000)]
    assert fees == [399, 399, 199, 199, 0, 0]
    assert promise.fee_cents == 399


def test_of_two_zones_of_a_store_the_quicker_one_counts():
    zone(MILWAUKEE, zips=("00001",), fee=100, drive=20)
    zone(MILWAUKEE, zips=("00001",), fee=500, drive=10)
    promise = stores.accepts(Ask(MILWAUKEE, Method.DELIVERY, "00001"))
    assert (promise.fee_cents, promise.ready_from) == (500, NOON + timedelta(minutes=25))


def test_a_round_zone_goes_by_where_the_zip_code_lies():
    zone(MILWAUKEE, miles=30)
    assert stores.accepts(Ask(MILWAUKEE, Method.DELIVERY, "60827"))  # Riverdale, 18 miles
    with pytest.raises(Refusal):
        stores.accepts(Ask(MILWAUKEE, Method.DELIVERY, "62701"))


def test_a_pause_ends_within_a_day():
    for until in (NOON, NOON - timedelta(minutes=1), NOON + timedelta(hours=25)):
        with pytest.raises(Refusal) as refused, transaction():
            stores.pause(MILWAUKEE, until, "Rest")
        assert refused.value.code == "bad_pause"


def told():
    db.session.rollback()
    return [row.payload for row in db.session.scalars(select(OutboxRow).order_by(OutboxRow.id))]


def test_a_pause_and_its_early_end_are_told():
    until = NOON + timedelta(minutes=30)
    with transaction():
        stores.pause(MILWAUKEE, until, "Rest")
    with transaction():
        assert stores.resume(MILWAUKEE)
    with transaction():
        assert not stores.resume(MILWAUKEE)
    assert told() == [
        {"store_id": MILWAUKEE, "until": until.isoformat(), "reason": "Rest"},
        {"store_id": MILWAUKEE, "until": None, "reason": ""},
    ]


def test_the_quoted_minutes_go_up_and_down_within_bounds():
    with transaction():
        assert stores.requote(MILWAUKEE, 5) == 20
    assert stores.accepts(COUNTER).ready_from == NOON + timedelta(minutes=20)
    for minutes in (-20, 500):
        with pytest.raises(Refusal) as refused, transaction():
            stores.requote(MILWAUKEE, minutes)
        assert refused.value.code == "bad_quote"
    assert stores.store(MILWAUKEE).pickup_minutes == 20
