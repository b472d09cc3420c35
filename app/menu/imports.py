"""A whole menu from a file: checked, then written on a word as long work. Nothing is written before, all of it then."""

import hashlib
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

from app.core import longwork
from app.core.errors import Conflict
from app.core.longwork import Batch, Job, Owner, Wanted
from app.core.sheets import Fault
from app.menu import book, rules, sheet
from app.menu.columns import RECORDS
from app.menu.sheet import Row, Sheet

KIND = "menu.import"
MOST_BYTES = 4 * 1024 * 1024
Book = Mapping[tuple[Any, ...], Row]


@dataclass(frozen=True, slots=True)
class Change:
    """What a file says of one record: `columns` are those that differ, as they are and as they would be."""

    record: str
    called: str
    new: bool
    columns: tuple[tuple[str, str, str], ...]


@dataclass(frozen=True, slots=True)
class Checked:
    """What a file would do to the menu as it is now, if it has no faults; `mark` names this very change."""

    rows: int
    changes: tuple[Change, ...]
    faults: tuple[Fault, ...]
    mark: str

    @property
    def counts(self) -> dict[tuple[str, bool], int]:
        """How many changes there are, by the kind of record, and whether it is new."""
        return dict(Counter((change.record, change.new) for change in self.changes))


def wanted(name: str, text: str, owner: Owner) -> Wanted:
    """A menu from a file, to be prepared and looked at before anything is written."""
    return Wanted(KIND, f"The menu from {name}", "rows", len(sheet.read(text).rows), owner, sheet=text)


def check(job: Job) -> Checked:
    """What a prepared file would do to the menu as it is now."""
    return _checked(sheet.read(longwork.sheet(job.id)))[0]


def start(job: Job, mark: str) -> Checked:
    """Let a prepared file be written, in the open unit of work; `mark` names the change that was seen.

    Raises Conflict `menu_changed` when it would be another change by now, or has faults.
    """
    checked = check(job)
    if checked.faults or checked.mark != mark:
        raise Conflict("menu_changed", "The menu changed since you looked. Please check this once more.")
    longwork.start(job.id, mark=mark)
    return checked


def take_in(job: Job) -> Batch:
    """All of a file in one batch, as nobody may order from half a menu (docs/decisions/0067)."""
    return Batch(job.total, write=partial(_write, sheet.read(longwork.sheet(job.id)), job.wish["mark"]))


def _write(read: Sheet, mark: str) -> None:
    """Raises Conflict `menu_changed` when this is another change than the one that was seen, `menu_busy`."""
    book.lock()
    checked, changed, known = _checked(read)
    if checked.faults or checked.mark != mark:
        words = "The menu was changed while this waited, so nothing of the file was written. Choose it once more."
        raise Conflict("menu_changed", words)
    book.write(changed, known)


def _checked(read: Sheet) -> tuple[Checked, list[Row], Book]:
    known = book.book()
    changed = book.changed(read.rows, known)
    faults = sorted([*read.faults, *(() if read.faults else rules.faults(changed, known))])
    changes = tuple(_changes(changed, known))
    mark = hashlib.sha256(repr(changes).encode()).hexdigest()[:20]
    return Checked(len(read.rows), changes, tuple(faults), mark), changed, known


def _changes(changed: list[Row], known: Book) -> Iterator[Change]:
    for row in changed:
        now = known.get(row.identity)
        columns = tuple(_columns(row, now))
        yield Change(row.record, row.called, now is None, columns)


def _columns(row: Row, now: Row | None) -> Iterator[tuple[str, str, str]]:
    for name, cell in RECORDS[row.record].cells.items():
        if name in row.values and name not in RECORDS[row.record].keys:
            will, was = cell.write(row.values[name]), "" if now is None else cell.write(now.values[name])
            if will != was:
                yield name, was, will
