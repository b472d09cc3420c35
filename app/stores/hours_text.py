"""Opening hours as people write them, read, pure. Any usual way of writing will do; `hours_words` writes them back."""

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache
from itertools import pairwise

from app.stores.hours import A_DAY, ALL_DAY, DAY_NAMES, Interval, Week

LONGEST_TEXT = 400
SHORTEST_GUESS = 4 * 60  # "11-2" with nothing after it is a long evening, not a short lunch
LATEST_GUESS = 5 * 60  # and no pizzeria closes later in the night than this

RUNS = {
    **dict.fromkeys(("daily", "everyday", "every day", "all week"), tuple(range(7))),
    "weekdays": tuple(range(5)),
    "weekends": (5, 6),
    "weekend": (5, 6),
}
DAY = (
    r"mon(?:days?)?|tu(?:e(?:s(?:days?)?)?)?|wed(?:nesdays?)?|thu(?:r(?:s(?:days?)?)?)?|fri(?:days?)?"
    r"|sat(?:urdays?)?|sun(?:days?)?|mo|we|th|fr|sa|su"
)
TO = r"(?:-|\u2010|\u2011|\u2012|\u2013|\u2014|\bto\b|\bthru\b|\bthrough\b|\btill?\b|\buntil\b)"
TIME = (
    r"noon|midday|midnight|(?P<hour{n}>\d{{1,2}})(?:[:.h](?P<minute{n}>[0-5]\d))?\s*"
    r"(?P<half{n}>[ap]\.?\s?m\b\.?|[ap]\b)?"
)
TOKEN = re.compile(
    rf"\s*(?:(?P<run>{'|'.join(RUNS)})\b|(?P<first>{DAY})\b\.?(?:\s*{TO}\s*(?P<last>{DAY})\b\.?)?"
    rf"|(?P<closed>closed|off)\b|(?P<always>(?:open\s+)?(?:24\s*/\s*7|24\s*h(?:ours|rs?)?\b|around the clock|all day))"
    rf"|(?P<opens>{TIME.format(n=1)})\s*{TO}\s*(?P<closes>{TIME.format(n=2)})|(?P<join>[,;:&/|\n]|\band\b|\bopen\b|\bfrom\b))",
    re.IGNORECASE,
)
_SPAN = r"(?:[01]\d|2[0-3]):[0-5]\d-(?:(?:[01]\d|2[0-3]):[0-5]\d|24:00)"
_PART = rf"(?:Mo|Tu|We|Th|Fr|Sa|Su)(?:-(?:Mo|Tu|We|Th|Fr|Sa|Su))? (?:closed|{_SPAN}(?:,{_SPAN})*)"
STANDARD = re.compile(rf"{_PART}(?:; {_PART})*", re.ASCII)


class HoursTextError(ValueError):
    """A text that does not read as opening hours; the message says where, in words for the one who typed it."""


def read(text: str) -> Week:
    """The week that a text means; days that it does not name are closed. Raises HoursTextError.

    `Mon-Thu 11am-10pm, Fri-Sat 11-2`, `daily 11:30-14:00 & 17:00-22:30`, `Mo-Su 00:00-24:00`, `24/7` are all read.
    """
    if STANDARD.fullmatch(text):
        return _checked({**dict.fromkeys(range(7), ()), **kept(text)})
    week: dict[int, tuple[Interval, ...]] = {}
    days: tuple[int, ...] = ()
    times: list[re.Match[str]] = []
    said_times = False
    for token in _tokens(text):
        if token["join"]:
            continue
        if token["run"] or token["first"]:
            if said_times:
                _put(week, days, times)
                days, times, said_times = (), [], False
            days += _days(token)
            continue
        times.append(token)
        said_times = True
    if days and not said_times:
        raise HoursTextError(f"When is it open on {DAY_NAMES[days[-1]]}?")
    _put(week, days or tuple(range(7)), times)
    return _checked(week)


def read_day(text: str) -> tuple[Interval, ...]:
    """The hours of one date: `closed`, `noon-8pm`, `11-2, 5-10`. Raises HoursTextError."""
    tokens = [token for token in _tokens(text) if not token["join"]]
    if any(token["run"] or token["first"] for token in tokens):
        raise HoursTextError("These are the hours of one day: leave the weekdays out.")
    return _checked({0: _intervals(tokens)})[0]


def _tokens(text: str) -> Iterator[re.Match[str]]:
    if len(text) > LONGEST_TEXT:
        raise HoursTextError(f"Opening hours are {LONGEST_TEXT} characters long at most.")
    at, found = 0, False
    whole = text.rstrip()
    while at < len(whole):
        token = TOKEN.match(whole, at)
        if token is None or token.end() == at:
            unread = whole[at:].strip()[:24]
            raise HoursTextError(f"We cannot read \u201c{unread}\u201d. Write it like Mon-Thu 11am-10pm.")
        at, found = token.end(), found or token["join"] is None
        yield token
    if not found:
        raise HoursTextError("Please write the opening hours, like Mon-Thu 11am-10pm.")


def _days(token: re.Match[str]) -> tuple[int, ...]:
    if token["run"]:
        return RUNS[token["run"].lower()]
    first = _weekday(token["first"])
    last = _weekday(token["last"]) if token["last"] else first
    return tuple(day % 7 for day in range(first, last + 1 if last >= first else last + 8))


def _weekday(word: str) -> int:
    return next(day for day, name in enumerate(DAY_NAMES) if name.lower().startswith(word.lower()[:2]))


def _put(week: dict[int, tuple[Interval, ...]], days: Sequence[int], tokens: Sequence[re.Match[str]]) -> None:
    intervals = _intervals(tokens)
    for day in days or range(7):
        if day in week:
            raise HoursTextError(f"{DAY_NAMES[day]} is named twice.")
        week[day] = intervals


def _intervals(tokens: Sequence[re.Match[str]]) -> tuple[Interval, ...]:
    if any(token["closed"] or token["always"] for token in tokens):
        if len(tokens) > 1:
            raise HoursTextError("A day that is closed, or open around the clock, has no other times.")
        return () if tokens[0]["closed"] else (ALL_DAY,)
    found: list[Interval] = []
    for n, token in enumerate(tokens):
        opens = _opening(token, found[-1][1] if found else None)
        found.append((opens, _closing(token, opens, followed=n + 1 < len(tokens))))
    return tuple(found)


def _opening(token: re.Match[str], after: int | None) -> int:
    hour, minute, half = _clock(token, 1)
    if half is not None:
        return _minute(hour, minute, half)
    if hour > 12 or hour == 0 or _written_long(token, 1):
        return hour % 24 * 60 + minute
    early, late = hour % 12 * 60 + minute, (hour % 12 + 12) * 60 + minute
    if after is not None:
        return early if early >= after else late
    return early if 6 <= hour <= 11 else late


def _closing(token: re.Match[str], opens: int, *, followed: bool) -> int:
    hour, minute, half = _clock(token, 2)
    if half is not None or hour > 12 or hour == 0 or _written_long(token, 2):
        closes = _minute(hour, minute, half) if half is not None else hour * 60 + minute
        return closes if closes > opens else closes + A_DAY
    nearest, later = sorted((base * 60 + minute - opens) % A_DAY or A_DAY for base in (hour % 12, hour % 12 + 12))
    evening = opens + later <= A_DAY + LATEST_GUESS
    return opens + (later if not followed and nearest < SHORTEST_GUESS and evening else nearest)


def _clock(token: re.Match[str], n: int) -> tuple[int, int, str | None]:
    word = token["opens" if n == 1 else "closes"].strip().lower()
    if word in {"noon", "midday"}:
        return 12, 0, "p"
    if word == "midnight":
        return 12, 0, "a"
    hour, minute, half = int(token[f"hour{n}"]), int(token[f"minute{n}"] or 0), token[f"half{n}"]
    if hour > 24 or (hour == 24 and minute) or (half and not 1 <= hour <= 12):
        raise HoursTextError(f"There is no \u201c{word}\u201d on the clock.")
    return hour, minute, half[0].lower() if half else None


def _written_long(token: re.Match[str], n: int) -> bool:
    """`02:00` and `11:00-14:00` are the 24-hour clock; `2` and `2:30` may be either half of the day."""
    hours = (token["hour1"], token["hour2"])
    long = any(hour and (hour.startswith("0") or int(hour) > 12) for hour in hours)
    return long and not (token["half1"] or token["half2"]) and token[f"minute{n}"] is not None


def _minute(hour: int, minute: int, half: str) -> int:
    return (hour % 12 + (12 if half == "p" else 0)) * 60 + minute


def _checked(week: Week) -> Week:
    for day, intervals in week.items():
        for (_, closes), (opens, _) in pairwise(intervals):
            if opens < closes:
                raise HoursTextError(f"The times of {DAY_NAMES[day]} overlap.")
        following = week.get((day + 1) % 7, ())
        if len(week) > 1 and intervals and following and intervals[-1][1] - A_DAY > following[0][0]:
            raise HoursTextError(f"{DAY_NAMES[day]} runs into the hours of the next day.")
    return week


@lru_cache(maxsize=4096)
def kept(text: str) -> Week:
    """A week in the form in which it is kept, `Mo-Th 11:00-22:00; Fr closed`; equal texts give the very same value."""
    week: dict[int, tuple[Interval, ...]] = {}
    for part in text.split("; "):
        days, _, spans = part.partition(" ")
        first, _, last = days.partition("-")
        hours = kept_day(spans)
        week |= dict.fromkeys(range(_weekday(first), _weekday(last or first) + 1), hours)
    return week


@lru_cache(maxsize=4096)
def kept_day(text: str) -> tuple[Interval, ...]:
    """One date's hours in the form in which they are kept: `11:00-14:00,17:00-02:00`, `closed`."""
    return tuple(_kept_span(span) for span in text.split(",")) if text != "closed" else ()


def _kept_span(text: str) -> Interval:
    opens, closes = (int(clock[:2]) * 60 + int(clock[3:5]) for clock in text.split("-"))
    return (opens, closes if closes > opens else closes + A_DAY)
