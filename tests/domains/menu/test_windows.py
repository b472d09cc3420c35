"""Days and hours in which something is sold, on the clock of a store whose day turns at four in the morning."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.core.day import business_date
from app.menu.windows import ALWAYS, Window

CHICAGO = ZoneInfo("America/Chicago")
LUNCH = Window(opens=660, closes=900)
LATE = Window(opens=1320, closes=1560)  # ten in the evening to two at night
JULY = Window(date(2026, 7, 1), date(2026, 7, 31))


def at(text):
    return datetime.fromisoformat(text).replace(tzinfo=CHICAGO).astimezone(UTC)


@pytest.mark.parametrize(
    ("window", "moment", "sold"),
    [
        (LUNCH, "2026-07-03T10:59:59", False),
        (LUNCH, "2026-07-03T11:00", True),
        (LUNCH, "2026-07-03T14:59:59", True),
        (LUNCH, "2026-07-03T15:00", False),
        (LATE, "2026-07-03T23:00", True),
        (LATE, "2026-07-04T01:59", True),
        (LATE, "2026-07-04T02:00", False),
        (JULY, "2026-07-01T03:59", False),
        (JULY, "2026-07-01T04:00", True),
        (JULY, "2026-08-01T03:59", True),
        (JULY, "2026-08-01T04:00", False),
        (Window(last_day=date(2026, 7, 3), opens=1320, closes=1560), "2026-07-04T01:00", True),
        (Window(last_day=date(2026, 7, 3), opens=1320, closes=1560), "2026-07-04T23:00", False),
        (ALWAYS, "2026-07-04T23:00", True),
    ],
)
def test_it_is_sold_from_its_first_moment_to_before_its_last(window, moment, sold):
    assert window.open_at(at(moment), CHICAGO) is sold


def test_hours_stay_on_the_wall_when_the_clocks_change():
    for day in ("2026-03-07", "2026-03-08", "2026-11-01", "2026-11-02"):
        assert LUNCH.open_at(at(f"{day}T11:00"), CHICAGO)
        assert not LUNCH.open_at(at(f"{day}T10:59"), CHICAGO)


windows = st.builds(
    Window,
    st.none() | st.dates(date(2026, 6, 25), date(2026, 7, 5)),
    st.none() | st.dates(date(2026, 7, 5), date(2026, 7, 12)),
    st.just(660) | st.none(),
    st.just(900) | st.just(1700),
)


@given(windows, st.datetimes(datetime.fromisoformat("2026-06-20"), datetime.fromisoformat("2026-07-20")))
def test_nothing_changes_before_the_moment_that_was_told(window, local):
    moment = local.replace(tzinfo=CHICAGO).astimezone(UTC)
    change = window.next_change(moment, CHICAGO)
    end = moment + timedelta(days=3) if change is None else change
    seen = {
        (window.open_at(then, CHICAGO), window.on(business_date(then, CHICAGO)))
        for then in (moment + (end - moment) * n / 60 for n in range(60))
    }
    assert len(seen) == 1


def test_the_moment_that_was_told_lies_ahead():
    assert LUNCH.next_change(at("2026-07-03T11:00"), CHICAGO) == at("2026-07-03T15:00")
    assert LUNCH.next_change(at("2026-07-03T15:00"), CHICAGO) == at("2026-07-04T11:00")
    assert JULY.next_change(at("2026-07-03T15:00"), CHICAGO) == at("2026-08-01T04:00")
    assert ALWAYS.next_change(at("2026-07-03T15:00"), CHICAGO) is None


def test_a_menu_says_it_in_words():
    assert LUNCH.words == "11 am to 3 pm"
    assert Window(last_day=date(2026, 11, 30)).words == "until November 30"
    assert Window(last_day=date(2026, 11, 3), opens=0, closes=750).words == "midnight to 12:30 pm, until November 3"
    assert ALWAYS.words == ""
