"""Plots in numbers: where each column and bar of a picture stands. `_macros/plot.html` draws them, words stay HTML.

Columns are measured in a box of 100 by 100, so one picture fits a phone and a printed page; every axis begins at 0.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import count

BOX = 100
MOST_STEPS = 5
GAP = 24  # hundredths of a column's room that stay empty


@dataclass(frozen=True, slots=True)
class Value:
    """One thing to be drawn: its label, how much it is, how much it was before, and what is said of it in words."""

    label: str
    amount: int
    before: int
    words: str


@dataclass(frozen=True, slots=True)
class Column:
    """A column's place in the box, and that of the period before behind it, in hundredths of its sides."""

    x: str
    width: str
    y: str
    height: str
    before_y: str
    before_height: str
    words: str


@dataclass(frozen=True, slots=True)
class Columns:
    """A drawn course: its columns, the heights of its lines, its ticks from the top down, and some of its labels."""

    columns: tuple[Column, ...]
    lines: tuple[str, ...]
    ticks: tuple[int, ...]
    labels: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Dot:
    """A value on a curve, in hundredths of the box's sides, and what is said of it."""

    x: str
    y: str
    words: str


@dataclass(frozen=True, slots=True)
class Curves:
    """Courses as lines over one axis: the dots of each, the heights of the grid, ticks from the top down, labels."""

    curves: tuple[tuple[Dot, ...], ...]
    lines: tuple[str, ...]
    ticks: tuple[int, ...]
    labels: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Counted:
    """How often something came, and its cents; the same of the period before."""

    label: str
    count: int
    cents: int = 0
    count_before: int = 0
    cents_before: int = 0

    def __add__(self, other: "Counted") -> "Counted":
        """Both together, under the first one's name."""
        figures = zip(self.figures, other.figures, strict=True)
        return Counted(self.label, *(mine + theirs for mine, theirs in figures))

    @property
    def figures(self) -> tuple[int, int, int, int]:
        """Times and cents, now and before."""
        return (self.count, self.cents, self.count_before, self.cents_before)


@dataclass(frozen=True, slots=True)
class Bar:
    """A share as a bar: its width in hundredths of the longest one, and that of before; none for those told as one."""

    share: Counted
    width: str
    before: str


def columns(values: Sequence[Value]) -> Columns:
    """Columns side by side. What is below zero stands at zero: a day on which more went back than came in."""
    step, steps = scale(max((max(value.amount, value.before) for value in values), default=0))
    top, room = step * steps, BOX / max(1, len(values))
    width = room * (BOX - GAP) / BOX
    return Columns(
        columns=tuple(
            Column(
                *(_rounded(n * room + (room - width) / 2), _rounded(width)),
                *_height(value.amount, top),
                *_height(value.before, top),
                value.words,
            )
            for n, value in enumerate(values)
        ),
        lines=tuple(_rounded(BOX * n / steps) for n in range(steps)),
        ticks=tuple(step * n for n in range(steps, -1, -1)),
        labels=_some([value.label for value in values]),
    )


def curves(labels: Sequence[str], courses: Sequence[Sequence[tuple[int, str]]]) -> Curves:
    """Courses side by side, each value with its words, in the middle of its label's room."""
    step, steps = scale(max((amount for course in courses for amount, _ in course), default=0))
    room, top = BOX / max(1, len(labels)), step * steps
    return Curves(
        curves=tuple(
            tuple(
                Dot(_rounded((n + 0.5) * room), _rounded(BOX - BOX * max(0, amount) / top), words)
                for n, (amount, words) in enumerate(course)
            )
            for course in courses
        ),
        lines=tuple(_rounded(BOX * n / steps) for n in range(steps)),
        ticks=tuple(step * n for n in range(steps, -1, -1)),
        labels=_some(list(labels)),
    )


def scale(largest: int) -> tuple[int, int]:
    """A round step (1, 2 or 5 and zeros) and how many of them, five at most, hold a value."""
    largest = max(1, largest)
    step = next(
        round_one * 10**n for n in count() for round_one in (1, 2, 5) if round_one * 10**n * MOST_STEPS >= largest
    )
    return step, -(-largest // step)


def bars(shares: Sequence[Counted], *, most: int | None = None, by_count: bool = False) -> tuple[Bar, ...]:
    """Shares as bars, in their order. Those after `most` are told as one, without a bar."""
    first, rest = shares[:most], shares[most:] if most else ()
    sizes = [(one.count, one.count_before) if by_count else (one.cents, one.cents_before) for one in first]
    longest = max((1, *(size for pair in sizes for size in pair)))
    drawn = [
        Bar(share, *(_rounded(BOX * max(0, size) / longest) for size in pair))
        for share, pair in zip(first, sizes, strict=True)
    ]
    if rest:
        drawn.append(Bar(sum(rest, Counted(f"{len(rest)} others", 0)), "", ""))
    return tuple(drawn)


def _height(amount: int, top: int) -> tuple[str, str]:
    height = BOX * max(0, amount) / top
    return _rounded(BOX - height), _rounded(height)


def hour_words(hour: int) -> str:
    """`7 pm`."""
    return f"{hour % 12 or 12} {'am' if hour < 12 else 'pm'}"


def _rounded(number: float) -> str:
    return f"{number:.2f}".rstrip("0").rstrip(".")


def _some(labels: list[str]) -> tuple[str, ...]:
    """The first, the middle and the last label; all of a few."""
    return tuple(labels) if len(labels) <= 4 else (labels[0], labels[len(labels) // 2], labels[-1])
