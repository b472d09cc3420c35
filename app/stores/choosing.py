"""Many stores chosen in one line of text: by number, span of numbers, ZIP code, state, city or name."""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

from sqlalchemy import ColumnElement, Row, func, or_, select

from app.core.db import db
from app.stores.directory import LARGEST, several
from app.stores.models import Store
from app.stores.values import StoreInfo

LONGEST, MOST_WORDS = 40_000, 2_000  # letters: every other store of the largest chain, by number
MOST_NAMED = 8
SPLIT, MARKS = re.compile(r"[,;\n]"), re.compile(r"[,;\n#]")
NUMBERS = re.compile(r"(?:[^#]*#)?\s*([0-9]{1,9})(?:\s*-\s*#?([0-9]{1,9}))?")
ZIP = re.compile(r"[0-9]{5}")
STATE = re.compile(r"[A-Za-z]{2}")

Span = tuple[int, int]
Found = Row[int, str, str, str, str]


@dataclass(frozen=True, slots=True)
class Chosen:
    """The stores that a text names, by their ids, and the parts of it that name none."""

    ids: tuple[int, ...] = ()
    unknown: tuple[str, ...] = ()


def chosen(text: str, among: Collection[int] | None = None) -> Chosen:
    """The stores that `12, 15-30, 60614, TX, Chicago, Elm Street` names; of others than `among`, none is known.

    Five digits are a ZIP code, unless a # stands before them. Empty for an empty text.
    """
    if len(text) > LONGEST:
        return Chosen(unknown=(text,))
    parts = [" ".join(each.split()) for each in SPLIT.split(text.replace("\0", "")) if each.strip()]
    spans = {part: span for part in parts if (span := _span(part))}
    words = {part.lower(): part for part in parts if part not in spans}
    if len(words) > MOST_WORDS:
        return Chosen(unknown=(text,))
    rows = _rows(words, spans.values(), among) if parts else ()
    merged = _merged(spans.values())
    named = [row for row in rows if _within(merged, row.id) or not words.keys().isdisjoint(_words(row))]
    said = {word for row in named for word in _words(row)}
    ids = [row.id for row in named]
    unknown = [part for word, part in words.items() if word not in said]
    unknown += [part for part, (first, last) in spans.items() if bisect_left(ids, first) == bisect_right(ids, last)]
    return Chosen(tuple(ids), tuple(unknown))


def _span(part: str) -> Span | None:
    found = NUMBERS.fullmatch(part)
    if found is None or ZIP.fullmatch(part):
        return None
    first, last = int(found[1]), int(found[2] or found[1])
    return min(first, LARGEST), min(max(first - 1, last), LARGEST)


def _merged(spans: Iterable[Span]) -> list[Span]:
    """Spans in their order, those that touch as one: many stores are looked for among many spans."""
    merged: list[Span] = []
    for first, last in sorted(spans):
        if merged and first <= merged[-1][1] + 1:
            merged[-1] = merged[-1][0], max(last, merged[-1][1])
        else:
            merged.append((first, last))
    return merged


def _within(merged: Sequence[Span], number: int) -> bool:
    at = bisect_right(merged, (number, LARGEST)) - 1
    return at >= 0 and merged[at][0] <= number <= merged[at][1]


def _words(row: Found) -> tuple[str, ...]:
    _, code, *words = row
    return (code, *(word.lower() for word in words))


def _rows(words: Collection[str], spans: Collection[Span], among: Collection[int] | None) -> Sequence[Found]:
    said: list[ColumnElement[bool]] = [
        Store.zip.in_([word for word in words if ZIP.fullmatch(word)]),
        Store.state.in_([word.upper() for word in words if STATE.fullmatch(word)]),
        func.lower(Store.name).in_(words),
        func.lower(Store.city).in_(words),
    ]
    if spans:  # one condition from the first to the last: a thousand of them are more than databases take
        said.append(Store.id.between(min(first for first, _ in spans), max(last for _, last in spans)))
    query = select(Store.id, Store.zip, Store.state, Store.city, Store.name).where(or_(*said))
    mine = query if among is None else query.where(Store.id.in_(among))
    return db.session.execute(mine.order_by(Store.id)).all()


def written(ids: Collection[int]) -> str:
    """Stores as `chosen` reads them again: a few with their names, many as spans of numbers."""
    if len(ids) > MOST_NAMED:
        return ", ".join(_spans(sorted(ids)))
    known = several(ids)
    return ", ".join(written_one(known[each]) if each in known else f"#{each}" for each in sorted(ids))


def written_one(info: StoreInfo) -> str:
    """A store as `chosen` reads it again."""
    return f"{MARKS.sub(' ', info.name)} #{info.id}".strip()


def _spans(ids: Sequence[int]) -> Iterator[str]:
    for _, same in groupby(enumerate(ids), key=lambda pair: pair[1] - pair[0]):
        run = [store_id for _, store_id in same]
        yield f"#{run[0]}-{run[-1]}" if len(run) > 1 else f"#{run[0]}"


def in_words(ids: Collection[int]) -> str:
    """Stores by name for whoever reads: `41 stores: Ballard, Colfax, Elm Street and 38 more`."""
    known = several(sorted(ids)[:MOST_NAMED])
    names = [info.name for info in known.values()]
    more = [f"{len(ids) - len(names):,} more"] if len(ids) > len(names) else []
    told = [*names, *more]
    listed = " and ".join(filter(None, (", ".join(told[:-1]), told[-1]))) if told else ""
    return f"{len(ids):,} store{'s' if len(ids) != 1 else ''}: {listed}"
