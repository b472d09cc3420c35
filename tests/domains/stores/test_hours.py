"""Opening hours as pure values, against a walk minute by minute."""

import tomllib
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.stores.hours import OpeningHours, open_together
from app.stores.hours_words import clock_text, in_words
from app.stores.seed import FILE

CHICAGO = ZoneInfo("America/Chicago")
ZONES = sorted({store["timezone"] for store in tomllib.loads(FILE.read_text())["store"]})
ALL_DAY = dict.fromkeys(range(7), ((0, 1440),))
# Two intervals at noon and in the evening, the second until 2 in the night, on Mondays closed.
LATE = dict.fromkeys(range(1, 7), ((690, 840), (1020, 1560)))
PLAIN = dict.fromkeys(range(7), ((660, 1380),))


def hours(weekly, zone="America/Chicago", **holidays):
    return OpeningHours(ZoneInfo(zone), weekly, {date(2026, *key): value for key, value in holidays.items()})


def local(text, zone=CHICAGO, fold=0):
    return datetime.fromisoformat(text).replace(tzinfo=zone, fold=fold)


CASES = [
    ("in the evening", LATE, "2026-07-03 22:00", True),
    ("after midnight it is still the night before", LATE, "2026-07-04 01:59", True),
    ("closing is exact", LATE, "2026-07-04 02:00", False),
    ("between lunch and dinner", LATE, "2026-07-03 15:00", False),
    ("opening is exact", LATE, "2026-07-03 11:30", True),
    ("a minute too early", LATE, "2026-07-03 11:29", False),
    ("a closed weekday", LATE, "2026-07-06 20:00", False),
    ("Sunday night runs into closed Monday", LATE, "2026-07-06 01:00", True),
    ("closed Monday leaves Tuesday morning dark", LATE, "2026-07-07 01:00", False),
    ("around the clock", ALL_DAY, "2026-07-04 00:00", True),
    ("no hours at all", {}, "2026-07-04 12:00", False),
]


@pytest.mark.parametrize(("weekly", "at", "is_open"), [c[1:] for c in CASES], ids=[c[0] for c in CASES])
def test_a_store_is_open_by_its_own_clock(weekly, at, is_open):
    assert (hours(weekly).open_span(local(at)) is not None) is is_open


def test_a_span_is_told_whole():
    start, end = hours(LATE).open_span(local("2026-07-04 00:30"))
    assert (start, end) == (local("2026-07-03 17:00"), local("2026-07-04 02:00"))
    assert start.tzinfo is UTC


def test_a_holiday_replaces_the_weekday_and_the_night_before_still_ends():
    own = OpeningHours(CHICAGO, LATE, {date(2026, 7, 4): (), date(2026, 7, 5): ((720, 900),)})
    assert own.open_span(local("2026-07-04 01:00"))
    assert not own.open_span(local("2026-07-04 20:00"))
    assert own.next_opening(local("2026-07-04 02:00")) == local("2026-07-05 12:00")
    assert not own.open_span(local("2026-07-05 16:00"))


def test_the_next_opening_is_after_now_even_while_open():
    assert hours(PLAIN).next_opening(local("2026-07-03 11:00")) == local("2026-07-04 11:00")
    assert hours(PLAIN).next_opening(local("2026-07-03 10:59")) == local("2026-07-03 11:00")


def test_a_store_that_is_closed_for_longer_than_two_weeks_promises_nothing():
    closed = {date(2026, 7, 1) + timedelta(days=day): () for day in range(20)}
    assert OpeningHours(CHICAGO, PLAIN, closed).next_opening(local("2026-07-01 12:00")) is None


@pytest.mark.parametrize(("day", "length"), [("2026-03-08", 23), ("2026-11-01", 25), ("2026-07-03", 24)])
def test_opening_stays_at_eleven_on_the_days_that_the_clocks_change(day, length):
    start, end = hours(PLAIN).open_span(local(f"{day} 12:00"))
    assert (start.astimezone(CHICAGO).hour, end.astimezone(CHICAGO).hour) == (11, 23)
    midnight, next_midnight = hours(ALL_DAY).open_span(local(f"{day} 12:00"))
    assert next_midnight - midnight == timedelta(hours=length)


@pytest.mark.parametrize(("night", "length"), [("2026-03-07", 9), ("2026-10-31", 10), ("2026-07-03", 9)])
def test_a_late_night_until_two_lasts_as_long_as_the_clock_says(night, length):
    start, end = hours(LATE).open_span(local(f"{night} 18:00"))
    assert end - start == timedelta(hours=length)  # in spring two o'clock is the very moment that the clocks change


def test_the_hour_that_comes_twice_is_open_twice():
    own = hours(LATE)
    assert own.open_span(local("2026-11-01 01:30"))
    assert own.open_span(local("2026-11-01 01:30", fold=1))
    assert not own.open_span(local("2026-11-01 02:00"))


@pytest.mark.parametrize(
    ("at", "day"),
    [
        ("2026-07-03 23:59", date(2026, 7, 3)),
        ("2026-07-04 00:30", date(2026, 7, 3)),
        ("2026-07-04 03:59", date(2026, 7, 3)),
        ("2026-07-04 04:00", date(2026, 7, 4)),
        ("2026-03-08 03:59", date(2026, 3, 7)),
        ("2026-03-08 04:00", date(2026, 3, 8)),
        ("2026-11-01 03:59", date(2026, 10, 31)),
        ("2026-11-01 04:00", date(2026, 11, 1)),
    ],
)
def test_the_business_day_turns_at_four_in_the_night(at, day):
    assert hours(LATE).business_date(local(at)) == day


ENDS = [
    ("in the evening", LATE, "2026-07-03 22:00", "2026-07-04 02:00"),
    ("between lunch and dinner", LATE, "2026-07-03 15:00", "2026-07-04 02:00"),
    ("after midnight it is still the night before", LATE, "2026-07-04 01:59", "2026-07-04 02:00"),
    ("after closing", LATE, "2026-07-04 02:00", "2026-07-04 04:00"),
    ("before opening", PLAIN, "2026-07-03 09:00", "2026-07-03 23:00"),
    ("a closed weekday", LATE, "2026-07-06 20:00", "2026-07-07 04:00"),
    ("around the clock", ALL_DAY, "2026-07-03 12:00", "2026-07-04 04:00"),
    ("around the clock, at night", ALL_DAY, "2026-07-04 03:59", "2026-07-04 04:00"),
    ("at the turn", ALL_DAY, "2026-07-04 04:00", "2026-07-05 04:00"),
    ("open until five", {5: ((1200, 1740),)}, "2026-07-04 21:00", "2026-07-05 04:00"),
]


@pytest.mark.parametrize(("weekly", "at", "ends"), [c[1:] for c in ENDS], ids=[c[0] for c in ENDS])
def test_a_day_ends_at_its_last_closing_or_where_the_day_turns(weekly, at, ends):
    assert hours(weekly).day_ends(local(at)) == local(ends)


@pytest.mark.parametrize("day", ["2026-03-07", "2026-10-31"])
def test_a_day_ends_at_four_by_the_wall_in_the_nights_that_the_clocks_change(day):
    end = hours(ALL_DAY).day_ends(local(f"{day} 23:00")).astimezone(CHICAGO)
    assert (end.date() - date.fromisoformat(day), end.hour) == (timedelta(days=1), 4)


WEEKS = [
    PLAIN,
    LATE,
    ALL_DAY,
    dict.fromkeys(range(7), ((630, 1290),)),
    {5: ((1380, 2880),)},
    {0: ((0, 60), (1439, 1441))},
]


def walked(own, at):
    """Whether the wall clock of `at` lies in hours of its date, or in those of the day before past midnight."""
    wall = at.astimezone(own.zone)
    minute = wall.hour * 60 + wall.minute
    today, yesterday = own.on(wall.date()), own.on(wall.date() - timedelta(days=1))
    return any(a <= minute < b for a, b in today) or any(a <= minute + 1440 < b for a, b in yesterday)


@pytest.mark.parametrize("zone", ZONES)
@settings(max_examples=150)
@given(weekly=st.sampled_from(WEEKS), minute=st.integers(0, 366 * 24 * 60))
def test_open_or_not_agrees_with_the_wall_clock_all_year(zone, weekly, minute):
    own = OpeningHours(ZoneInfo(zone), weekly, {date(2026, 12, 25): ((720, 1200),), date(2026, 11, 26): ()})
    at = datetime(2026, 1, 1, tzinfo=UTC) + timedelta(minutes=minute)
    wall = at.astimezone(own.zone)
    if wall.hour not in {1, 2, 3}:  # in these hours a wall clock that is set tells two stories; cases above hold them
        assert (own.open_span(at) is not None) is walked(own, at)


@pytest.mark.parametrize("zone", ZONES)
@settings(max_examples=40)
@given(weekly=st.sampled_from(WEEKS), minute=st.integers(0, 366 * 24 * 60))
def test_the_next_opening_is_the_first_moment_that_opens(zone, weekly, minute):
    own = OpeningHours(ZoneInfo(zone), weekly, {date(2026, 12, 25): ((720, 1200),), date(2026, 11, 26): ()})
    at = datetime(2026, 1, 1, tzinfo=UTC) + timedelta(minutes=minute)
    opening = own.next_opening(at)
    assert opening is not None
    assert opening > at
    assert own.open_span(opening)[0] <= opening
    if own.open_span(at) is None:
        quarter = timedelta(minutes=15)
        between = (at + n * quarter for n in range((opening - at) // quarter + 1))
        assert all(own.open_span(moment) is None for moment in between if moment < opening)
        assert own.open_span(opening - timedelta(seconds=1)) is None


@pytest.mark.parametrize(
    ("minute", "words"),
    [
        (0, "midnight"),
        (1440, "midnight"),
        (720, "noon"),
        (660, "11 am"),
        (1350, "10:30 pm"),
        (1560, "2 am"),
        (30, "12:30 am"),
    ],
)
def test_a_minute_is_said_as_people_say_it(minute, words):
    assert clock_text(minute) == words


def test_a_week_is_said_in_runs_of_equal_days():
    assert in_words(ALL_DAY) == (("Monday to Sunday", "around the clock"),)
    assert in_words(LATE) == (
        ("Monday", "closed"),
        ("Tuesday to Sunday", "11:30 am to 2 pm, 5 pm to 2 am"),
    )
    weekend = {**PLAIN, 4: ((660, 1560),), 5: ((660, 1560),)}
    assert in_words(weekend) == (
        ("Monday to Thursday", "11 am to 11 pm"),
        ("Friday and Saturday", "11 am to 2 am"),
        ("Sunday", "11 am to 11 pm"),
    )


def test_what_touches_or_overlaps_is_one_time_of_being_open():
    counter, road = hours(PLAIN), hours(dict.fromkeys(range(7), ((720, 1500),)))
    since, until = local("2026-07-03 10:00"), local("2026-07-04 12:00")
    assert open_together((counter, road), since, until) == (
        (local("2026-07-03 11:00"), local("2026-07-04 01:00")),
        (local("2026-07-04 11:00"), local("2026-07-05 01:00")),
    )
    assert len(open_together((hours(ALL_DAY),), since, until)) == 1
    assert open_together((counter,), local("2026-07-04 00:30"), local("2026-07-04 10:59")) == ()
    assert open_together((counter,), local("2026-07-04 23:00"), local("2026-07-04 22:00")) == ()
