"""Fields that are typed as people write, and read as the shop counts: cents, millionths, minutes, days, numbers."""

import re
from datetime import date
from typing import Any, ClassVar

from wtforms import StringField
from wtforms.widgets import DateInput, TimeInput

from app.core.day import DAY_TURNS
from app.core.money import PPM
from app.promotions.values import MINUTES_OF_A_DAY

CENTS = re.compile(r"\$?\s*([0-9]{1,6})(?:\.([0-9]{2}))?")
PERCENT = re.compile(r"([0-9]{1,3})(?:\.([0-9]{1,2}))?\s*%?")
WHOLE = re.compile(r"[0-9]{1,9}")
CLOCK = re.compile(r"([01]?[0-9]|2[0-3]):([0-5][0-9])(?::00)?")
LONGEST = 40


class Typed(StringField):
    """A text that stands for a value; nothing typed is None, and what cannot be read stays as it was typed."""

    data: Any
    words: ClassVar[str] = ""

    def _value(self) -> str:
        if self.raw_data:
            return str(self.raw_data[0])
        return "" if self.data is None else self.write(self.data)

    def process_formdata(self, valuelist: list[Any]) -> None:
        """Read what was typed. Raises ValueError with words about how to write it."""
        text = str(valuelist[0]).strip() if valuelist else ""
        self.data = None
        if text:
            found = self.read(text) if len(text) <= LONGEST else None
            if found is None:
                raise ValueError(self.words)
            self.data = found

    def read(self, text: str) -> Any:
        """The value of a text; None for one that makes no sense."""
        raise NotImplementedError

    def write(self, value: Any) -> str:
        """The text of a value."""
        return str(value)


class Cents(Typed):
    """An amount in dollars, kept in cents."""

    words = "Write an amount like 12 or 12.50."

    def read(self, text: str) -> int | None:
        """`12`, `12.50`, `$12.50`."""
        found = CENTS.fullmatch(text)
        return int(found[1]) * 100 + int(found[2] or 0) if found else None

    def write(self, value: int) -> str:
        """`12.50`."""
        return f"{value // 100}.{value % 100:02d}"


class Percent(Typed):
    """A percentage, kept in parts per million."""

    words = "Write a percentage like 20 or 12.5."

    def read(self, text: str) -> int | None:
        """`20`, `12.5 %`."""
        found = PERCENT.fullmatch(text)
        rate = int(found[1]) * 10_000 + int((found[2] or "").ljust(2, "0")) * 100 if found else None
        return rate if rate is not None and rate <= PPM else None

    def write(self, value: int) -> str:
        """`20`, `12.5`."""
        whole, rest = divmod(value, 10_000)
        return f"{whole}.{rest:04d}".rstrip("0").rstrip(".") if rest else str(whole)


class Whole(Typed):
    """A whole number."""

    words = "Write a whole number, like 3."

    def read(self, text: str) -> int | None:
        """`3`."""
        return int(text) if WHOLE.fullmatch(text) else None


class Minute(Typed):
    """A time of the business day, kept in minutes after its midnight: one before 04:00 is late in the night."""

    words = "Write a time like 17:00."
    widget = TimeInput()

    def read(self, text: str) -> int | None:
        """`17:00`."""
        found = CLOCK.fullmatch(text)
        minute = int(found[1]) * 60 + int(found[2]) if found else None
        return minute + MINUTES_OF_A_DAY if minute is not None and minute < DAY_TURNS else minute

    def write(self, value: int) -> str:
        """`17:00`."""
        return f"{value // 60 % 24:02d}:{value % 60:02d}"


class Day(Typed):
    """A date."""

    words = "Write a date like 2026-12-31."
    widget = DateInput()

    def read(self, text: str) -> date | None:
        """`2026-12-31`."""
        try:
            return date.fromisoformat(text) if text.isascii() else None
        except ValueError:
            return None

    def write(self, value: date) -> str:
        """`2026-12-31`."""
        return value.isoformat()
