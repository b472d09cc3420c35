"""When a deal holds: business dates of the store, also over the nights when the clocks change."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.core.day import business_date
from app.promotions.values import Window
from app.promotions.windows import GRACE, holds, span, turns

NEW_YORK, PHOENIX = ZoneInfo("America/New_York"), ZoneInfo("America/Phoenix")
LATE_FRIDAY = Window(weekdays=(4,), opens=22 * 60, closes=26 * 60)


def local(text, zone=NEW_YORK, fold=0):
    return datetime.fromisoformat(text).replace(tzinfo=zone, fold=fold)


# Friday 6 November 2026, 22:00 to 02:00 (price law, section 9, case 6).
@pytest.mark.parametrize(
    ("moment", "expected"),
    [
        ("2026-11-06 21:59", False),
        ("2026-11-06 22:00", True),
        ("2026-11-07 00:30", True),
        ("2026-11-07 01:59", True),
        ("2026-11-07 02:00", False),
        ("2026-11-07 22:30", False),
        ("2026-11-06 00:30", False),
    ],
)
def test_6_friday_night_holds_until_two_on_saturday(moment, expected):
    assert holds(LATE_FRIDAY, local(moment), NEW_YORK) is expected


def test_the_day_turns_at_four():
    assert business_date(local("2026-11-07 03:59"), NEW_YORK) == date(2026, 11, 6)
    assert business_date(local("2026-11-07 04:00"), NEW_YORK) == date(2026, 11, 7)


def test_first_and_last_day_are_business_dates_and_both_are_in():
    november = Window(first=date(2026, 11, 1), last=date(2026, 11, 30))
    assert not holds(november, local("2026-11-01 03:59"), NEW_YORK)
    assert holds(november, local("2026-11-01 04:00"), NEW_YORK)
    assert holds(november, local("2026-12-01 03:59"), NEW_YORK)
    assert not holds(november, local("2026-12-01 04:00"), NEW_YORK)


def test_the_stores_own_clock_counts():
    lunch = Window(opens=11 * 60, closes=14 * 60)
    noon_in_new_york = local("2026-07-01 12:00")
    assert holds(lunch, noon_in_new_york, NEW_YORK)
    assert not holds(lunch, noon_in_new_york, PHOENIX)


def test_a_quote_stays_good_for_ten_minutes_after_the_end():
    shown, end = local("2026-11-07 01:55"), local("2026-11-07 02:00")
    assert holds(LATE_FRIDAY, end + timedelta(minutes=9), NEW_YORK, shown)
    assert not holds(LATE_FRIDAY, end + GRACE, NEW_YORK, shown)


def test_without_a_quote_from_within_there_is_no_grace():
    end = local("2026-11-07 02:00")
    assert not holds(LATE_FRIDAY, end + timedelta(minutes=5), NEW_YORK)
    assert not holds(LATE_FRIDAY, end + timedelta(minutes=5), NEW_YORK, end)
    assert not holds(LATE_FRIDAY, local("2026-11-06 21:55"), NEW_YORK, local("2026-11-06 21:50"))


def test_grace_reaches_over_the_turn_of_the_day():
    until_four = Window(weekdays=(4,))
    assert holds(until_four, local("2026-11-07 04:05"), NEW_YORK, local("2026-11-07 03:58"))


def test_what_began_after_a_price_was_shown_is_no_part_of_it():
    at = local("2026-11-06 22:05")
    assert holds(LATE_FRIDAY, at, NEW_YORK)
    assert not holds(LATE_FRIDAY, at, NEW_YORK, local("2026-11-06 21:58"))
    assert holds(LATE_FRIDAY, at, NEW_YORK, local("2026-11-06 22:00"))


def test_the_last_ten_minutes_have_a_moment_for_each_set_of_windows_that_was_open():
    early = Window(opens=17 * 60, closes=22 * 60 + 5)
    every = [LATE_FRIDAY, early, Window(weekdays=(0,), opens=22 * 60 + 1, closes=23 * 60)]

    def lately(moment):
        return [each.astimezone(NEW_YORK).strftime("%H:%M") for each in turns(every, local(moment), NEW_YORK)]

    assert lately("2026-11-06 22:08") == ["22:00", "21:58"]
    assert lately("2026-11-06 22:05") == ["22:00", "21:55"]
    assert lately("2026-11-06 22:14") == ["22:04"]
    assert lately("2026-11-06 22:15") == []
    assert lately("2026-11-07 02:09") == ["01:59"]


def test_what_ends_when_the_day_turns_is_looked_back_at():
    at = local("2026-11-07 04:05")
    (shown,) = turns([Window(weekdays=(4,))], at, NEW_YORK)
    assert holds(Window(weekdays=(4,)), at, NEW_YORK, shown)


def test_the_night_that_is_an_hour_longer_holds_both_half_past_ones():
    saturday = Window(weekdays=(5,), opens=22 * 60, closes=26 * 60)  # 31 October 2026; at 02:00 it is 01:00 again
    assert holds(saturday, local("2026-11-01 01:30"), NEW_YORK)
    assert holds(saturday, local("2026-11-01 01:30", fold=1), NEW_YORK)
    assert not holds(saturday, local("2026-11-01 02:00"), NEW_YORK)
    opens, closes = span(saturday, local("2026-11-01 00:00"), NEW_YORK)
    assert closes - opens == timedelta(hours=5)


def test_an_end_that_comes_twice_is_the_first_of_both():
    saturday = Window(weekdays=(5,), opens=22 * 60, closes=25 * 60 + 30)
    assert holds(saturday, local("2026-11-01 01:29"), NEW_YORK)
    assert not holds(saturday, local("2026-11-01 01:30"), NEW_YORK)
    assert not holds(saturday, local("2026-11-01 01:10", fold=1), NEW_YORK)


def test_the_night_that_is_an_hour_shorter_ends_when_the_clock_says_so():
    saturday = Window(weekdays=(5,), opens=22 * 60, closes=27 * 60)  # 13 March 2027; at 02:00 it is 03:00
    assert holds(saturday, local("2027-03-14 01:59"), NEW_YORK)
    assert not holds(saturday, local("2027-03-14 03:00"), NEW_YORK)
    opens, closes = span(saturday, local("2027-03-14 00:00"), NEW_YORK)
    assert closes - opens == timedelta(hours=4)


def test_an_end_that_does_not_exist_comes_after_as_many_hours_as_it_says():
    saturday = Window(weekdays=(5,), opens=22 * 60, closes=26 * 60 + 30)
    opens, closes = span(saturday, local("2027-03-14 00:00"), NEW_YORK)
    assert closes - opens == timedelta(hours=4, minutes=30)


windows = st.builds(
    Window,
    weekdays=st.sets(st.integers(0, 6)).map(lambda days: tuple(sorted(days))),
    opens=st.integers(240, 960),
    closes=st.integers(961, 1680),
)
moments = st.integers(0, 146 * 24 * 60).map(
    lambda late: local("2026-10-25 00:00").astimezone(UTC) + timedelta(minutes=late)
)


@settings(derandomize=True)
@given(windows, moments)
def test_every_moment_of_a_span_tells_the_same_span(window, moment):
    found = span(window, moment, NEW_YORK)
    if found is not None:
        opens, closes = found
        assert opens <= moment < closes
        assert span(window, opens, NEW_YORK) == found
        assert span(window, closes - timedelta(seconds=1), NEW_YORK) == found
        assert span(window, opens - timedelta(seconds=1), NEW_YORK) != found


@settings(derandomize=True)
@given(moments)
def test_a_window_without_limits_always_holds(moment):
    assert holds(Window(), moment, NEW_YORK)
