"""A clock that is set by hand."""

from datetime import UTC, datetime, timedelta
from math import inf

import pytest

from app.core import batches, clock

MONDAY_NOON = datetime(2026, 11, 23, 18, 0, tzinfo=UTC)  # noon in Chicago


class Hands:
    """The hands of the clock of the house."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, start: datetime = MONDAY_NOON) -> None:
        self.now = start
        monkeypatch.setattr(clock, "now", lambda: self.now)
        monkeypatch.setattr(batches, "SLICE_SECONDS", inf)  # no slow machine leaves the rest of long work for later

    def move(self, *, minutes: float = 0, seconds: float = 0) -> datetime:
        self.now += timedelta(minutes=minutes, seconds=seconds)
        return self.now
