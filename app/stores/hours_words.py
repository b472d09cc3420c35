"""Opening hours written and said, pure: for people, for the table in which they are kept, and for search engines."""

from collections.abc import Sequence

from app.stores.hours import A_DAY, ALL_DAY, DAY_NAMES, Interval, Week


def standard(week: Week) -> str:
    """A week in schema.org's form: `Mo-Th 11:00-22:00; Fr-Sa 11:00-14:00,17:00-02:00; Su closed`."""
    return "; ".join(
        f"{_span(first, last, 2)} {','.join(f'{_long(a)}-{_long(b)}' for a, b in hours) or 'closed'}"
        for first, last, hours in _rows(week)
    )


def standard_day(intervals: Sequence[Interval]) -> str:
    """One date's hours in the form in which they are kept."""
    return ",".join(f"{_long(opens)}-{_long(closes)}" for opens, closes in intervals) or "closed"


def schema(week: Week) -> tuple[str, ...]:
    """What schema.org's `openingHours` says, a value for each run of days and interval."""
    return tuple(
        f"{_span(first, last, 2)} {_long(a)}-{_long(b)}" for first, last, hours in _rows(week) for a, b in hours
    )


def written(week: Week) -> str:
    """A week as people write it, and as `read` reads it back: `Mon-Thu 11am-10pm; Fri-Sat 11am-2am; Sun closed`."""
    rows = [f"{_span(first, last, 3)} {written_day(hours)}" for first, last, hours in _rows(week)]
    return "; ".join(rows)


def written_day(intervals: Sequence[Interval]) -> str:
    """One date's hours as people write them."""
    if tuple(intervals) == (ALL_DAY,):
        return "24 hours"
    return ", ".join(f"{_short(opens)}-{_short(closes)}" for opens, closes in intervals) or "closed"


def in_words(week: Week) -> tuple[tuple[str, str], ...]:
    """The week in words, a row for each run of equal days: `("Monday to Thursday", "11 am to 10 pm")`."""
    return tuple((_days_in_words(first, last), day_in_words(hours)) for first, last, hours in _rows(week))


def day_in_words(intervals: Sequence[Interval]) -> str:
    """A day's hours in words: `11 am to 2 pm, 5 pm to 2 am`, `closed`."""
    if tuple(intervals) == (ALL_DAY,):
        return "around the clock"
    return ", ".join(f"{clock_text(opens)} to {clock_text(closes)}" for opens, closes in intervals) or "closed"


def clock_text(minute: int) -> str:
    """A minute of the day as people say it: `11 am`, `10:30 pm`, `midnight`."""
    hour, rest = divmod(minute % A_DAY, 60)
    if rest == 0 and hour in {0, 12}:
        return "noon" if hour else "midnight"
    return f"{hour % 12 or 12}{f':{rest:02d}' if rest else ''} {'pm' if hour >= 12 else 'am'}"


def _short(minute: int) -> str:
    return clock_text(minute).replace(" ", "")


def _long(minute: int) -> str:
    return f"{minute // 60 % 24:02d}:{minute % 60:02d}" if minute != A_DAY else "24:00"


def _rows(week: Week) -> list[tuple[int, int, tuple[Interval, ...]]]:
    rows: list[tuple[int, int, tuple[Interval, ...]]] = []
    for day in range(7):
        hours = week.get(day, ())
        if rows and rows[-1][2] == hours:
            rows[-1] = (rows[-1][0], day, hours)
        else:
            rows.append((day, day, hours))
    return rows


def _span(first: int, last: int, letters: int) -> str:
    return "-".join(dict.fromkeys(DAY_NAMES[day][:letters] for day in (first, last)))


def _days_in_words(first: int, last: int) -> str:
    if first == last:
        return DAY_NAMES[first]
    return f"{DAY_NAMES[first]} {'and' if last == first + 1 else 'to'} {DAY_NAMES[last]}"
