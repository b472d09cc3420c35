"""Moments as people read them, on the wall clock of a store."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from app.core import clock

CHICAGO = ZoneInfo("America/Chicago")


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=CHICAGO)


@pytest.mark.parametrize(
    ("start", "minutes", "words"),
    [
        ("2026-07-03 19:22", 8, "7:22 to 7:30 pm"),
        ("2026-07-03 11:55", 10, "11:55 am to 12:05 pm"),
        ("2026-07-03 19:22", 0, "7:22 pm"),
        ("2026-11-01 00:55", 10, "12:55 am to 1:05 am CDT"),
    ],
)
def test_a_span_names_its_half_of_the_day_once_where_it_can(start, minutes, words):
    assert clock.span_in_words(at(start), at(start) + timedelta(minutes=minutes), CHICAGO) == words


@pytest.mark.parametrize(("now", "words"), [("2026-07-06 00:05", ""), ("2026-07-05 23:55", "Monday ")])
def test_what_comes_another_day_names_it(monkeypatch, now, words):
    monkeypatch.setattr(clock, "now", lambda: at(now))
    noon = at("2026-07-06 12:00")
    assert clock.coming_in_words(noon, noon + timedelta(minutes=10), CHICAGO) == f"{words}12:00 to 12:10 pm"
