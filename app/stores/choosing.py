"""Many stores chosen in one line of text: by number, span of numbers, ZIP code, state, city or name."""

import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

from sqlalchemy import ColumnElement, Row, func, or_, select

from app.core.db import db
from app.stores.directory import LARGEST, several
from app.stores.models import Store

LONGEST, MOST_PARTS = 20_000, 3_000
MOST_NAMED = 8
SPLIT = re.compile(r"[,;\n]")
NUMBERS = re.compile(r"(?:[^#]*#)?\s*([0-9]{1,9})(?:\s*-\s*#?([0-9]{1,9}))?")
ZIP = re.compile(r"[0-9]{5}")
STATE = re.compile(r"[A-Za-z]{2}")

Found = Row[int, str, str, str, str]


@dataclass(frozen=True, slots=True)
class Chosen:
    """The stores that a text names, by their ids, and the parts of it that name none."""

    ids: tuple[int, ...] = ()
    unknown: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Part:
    """One part of the text: a span of numbers, or a word in small letters that is a ZIP code, state, city or name."""

    text: str
    span: tuple[int, int] | None = None

    @property
    def word(self) -> str:
        """What is compared."""
        return self.text.lower()

    def names(self, row: Found) -> bool:
        """Whether it names this store."""
        store_id, code, *words = row
        if self.span is not None:
            return self.span[0] <= store_id <= self.span[1]
        return self.word in {code, *(word.lower() for word in words)}


def chosen(text: str, among: Collection[int] | None = None) -> Chosen:
    """The stores that `12, 15-30, 60614, TX, Chicago, Elm Street` names; of others than `among`, none is known.

    Five digits are a ZIP code, unless a # stands before them. Empty for an empty text.
    """
    parts = [_part(" ".join(each.split())) for each in SPLIT.split(text[:LONGEST].replace("\0", "")) if each.strip()]
    if not parts:
        return Chosen()
    if len(parts) > MOST_PARTS:
        return Chosen(unknown=(f"more than {MOST_PARTS:,} words",))
    rows = _rows(parts, among)
    unknown = dict.fromkeys(part.text for part in parts if not any(part.names(row) for row in rows))
    return Chosen(tuple(row.id for row in rows), tuple(unknown))


def _part(text: str) -> _Part:
    found = NUMBERS.fullmatch(text)
    if found is None or ZIP.fullmatch(text):
        return _Part(text)
    first, last = int(found[1]), int(found[2] or found[1])
    return _Part(text, (min(first, LARGEST), min(last, LARGEST)))


def _rows(parts: Sequence[_Part], among: Collection[int] | None) -> Sequence[Found]:
    words = [part.word for part in parts if part.span is None]
    single = [part.span[0] for part in parts if part.span and part.span[0] == part.span[1]]
    spans = [Store.id.between(*part.span) for part in parts if part.span and part.span[0] < part.span[1]]
    said: list[ColumnElement[bool]] = [
        Store.id.in_(single),
        Store.zip.in_([word for word in words if ZIP.fullmatch(word)]),
        Store.state.in_([word.upper() for word in words if STATE.fullmatch(word)]),
        func.lower(Store.name).in_(words),
        func.lower(Store.city).in_(words),
    ]
    query = select(Store.id, Store.zip, Store.state, Store.city, Store.name).where(or_(*said, *spans))
    mine = query if among is None else query.where(Store.id.in_(among))
    return db.session.execute(mine.order_by(Store.id)).all()


def written(ids: Collection[int]) -> str:
    """Stores as `chosen` reads them again: a few with their names, many as spans of numbers."""
    if len(ids) > MOST_NAMED:
        return ", ".join(_spans(sorted(ids)))
    known = several(ids)
    names = {store_id: known[store_id].name.replace(",", " ") if store_id in known else "" for store_id in sorted(ids)}
    return ", ".join(f"{name} #{store_id}".strip() for store_id, name in names.items())


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
