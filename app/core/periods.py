"""Spans of days that reports are about."""

from dataclasses import dataclass
from datetime import date, timedelta


@dataclass(frozen=True, slots=True)
class Period:
    """Days from the first to the last, both of them in it."""

    first: date
    last: date

    @property
    def days(self) -> int:
        """How many."""
        return (self.last - self.first).days + 1

    @property
    def calendar(self) -> list[date]:
        """Each of them."""
        return [self.first + timedelta(days=n) for n in range(self.days)]

    @property
    def before(self) -> "Period":
        """As many days, right before."""
        return Period(self.first - timedelta(days=self.days), self.first - timedelta(days=1))

    @property
    def with_before(self) -> "Period":
        """Both of them as one."""
        return Period(self.before.first, self.last)
