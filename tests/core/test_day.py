"""The business day turns at four in the morning on a store's clock, also where clocks change that night."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from app.core.day import business_date, day_begins, day_span, on_the_clock

CHICAGO, PHOENIX = ZoneInfo("America/Chicago"), ZoneInfo("America/Phoenix")
FRIDAY, SPRING, AUTUMN = date(2026, 7, 3), date(2026, 3, 8), date(2026, 11, 1)  # in two of them the clocks change
MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)


def at(text, zone=CHICAGO):
    return datetime.fromisoformat(text).replace(tzinfo=zone).astimezone(UTC)


@pytest.mark.parametrize("zone", [CHICAGO, PHOENIX])
@pytest.mark.parametrize("day", [FRIDAY, SPRING, AUTUMN])
def test_a_day_is_from_four_to_four(zone, day):
    begins, ends = day_span(day, zone)
    assert (begins, ends) == (day_begins(day, zone), day_begins(day + timedelta(days=1), zone))
    assert begins == at(f"{day}T04:00", zone)
    moments = (begins - MINUTE, begins, ends - MINUTE, ends)
    days = [(business_date(moment, zone) - day).days for moment in moments]
    assert days == [-1, 0, 0, 1]


def test_a_day_is_an_hour_shorter_or_longer_when_clocks_change_in_its_night():
    saturdays = [day - timedelta(days=1) for day in (SPRING, AUTUMN)]
    lengths = [ends - begins for begins, ends in (day_span(day, CHICAGO) for day in saturdays)]
    assert lengths == [23 * HOUR, 25 * HOUR]


def test_what_begins_at_an_hour_begins_at_it_on_every_day_and_past_midnight_on_the_next():
    for day in (FRIDAY, SPRING, AUTUMN):
        assert on_the_clock(day, 660, CHICAGO) == at(f"{day}T11:00")
    assert on_the_clock(FRIDAY, 1440 + 90, CHICAGO) == at("2026-07-04T01:30")
