"""A whole menu from a file: uploaded, checked, written on a word. Nothing is written before that, all of it then."""

import hashlib
import zlib
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import delete, select, update

from app.core import clock
from app.core.db import db, transaction
from app.core.errors import Conflict, NotFound, Refusal
from app.menu import book, models, rules, sheet
from app.menu.columns import RECORDS
from app.menu.sheet import Fault, Row

MOST_BYTES = 4 * 1024 * 1024
KEPT = timedelta(days=1)
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

    name: str
    rows: int
    changes: tuple[Change, ...]
    faults: tuple[Fault, ...]
    mark: str
    written: bool = False

    @property
    def counts(self) -> dict[tuple[str, bool], int]:
        """How many changes there are, by the kind of record, and whether it is new."""
        return dict(Counter((change.record, change.new) for change in self.changes))


def keep(user_id: int, name: str, content: bytes) -> int:
    """Keep an uploaded file, in the open unit of work, in place of the last one of this person; its number.

    Raises Refusal `file_empty`, `file_too_large`.
    """
    if not content.strip():
        raise Refusal("file_empty", "Choose a file with something in it.", field="file")
    if len(content) > MOST_BYTES:
        raise too_large()
    row = models.Upload
    db.session.execute(delete(row).where(row.user_id == user_id))
    kept = row(user_id=user_id, name=name[:80], at=clock.now(), content=zlib.compress(content))
    db.session.add(kept)
    db.session.flush()
    return kept.id


def too_large() -> Refusal:
    """How a file is refused that is too large."""
    return Refusal("file_too_large", f"A file may have {MOST_BYTES // 1024**2} MB at most.", field="file")


def check(user_id: int, number: int) -> Checked:
    """What somebody's uploaded file would do to the menu as it is now. Raises NotFound once it is not kept any more."""
    return _checked(_upload(user_id, number))[0]


def confirm(user_id: int, number: int, mark: str) -> Checked:
    """Write an uploaded file into the menu, all of it, in the open unit of work.

    `mark` names the change that was seen. Raises Conflict `import_written` when it was written before, `menu_changed`
    when it would be another change by now, `menu_busy`, and NotFound.
    """
    book.lock()
    upload, row = _upload(user_id, number), models.Upload
    claimed = update(row).where(row.id == number, row.written_at.is_(None)).values(written_at=clock.now(), content=None)
    checked, changed, known = _checked(upload)
    if db.session.execute(claimed.returning(row.id)).first() is None or checked.written:
        raise Conflict("import_written", "This file was written to the menu already.")
    if checked.faults or checked.mark != mark:
        raise Conflict("menu_changed", "The menu changed since you looked. Please check this once more.")
    book.write(changed, known)
    return checked


def _upload(user_id: int, number: int) -> models.Upload:
    row = models.Upload
    found = db.session.scalar(
        select(row).where(row.id == number, row.user_id == user_id).execution_options(populate_existing=True)
    )
    if found is None:
        raise NotFound("This file is not kept any more. Please upload it again.")
    return found


def _checked(upload: models.Upload) -> tuple[Checked, list[Row], Book]:
    if upload.content is None:
        return Checked(upload.name, 0, (), (), "", written=True), [], {}
    read, known = sheet.read(zlib.decompress(upload.content)), book.book()
    changed = book.changed(read.rows, known)
    faults = sorted([*read.faults, *(() if read.faults else rules.faults(changed, known))])
    changes = tuple(_changes(changed, known))
    mark = hashlib.sha256(repr(changes).encode()).hexdigest()[:20]
    return Checked(upload.name, len(read.rows), changes, tuple(faults), mark), changed, known


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


def discard(user_id: int, number: int) -> None:
    """Drop somebody's uploaded file, in the open unit of work; one that is not there is dropped already."""
    row = models.Upload
    db.session.execute(delete(row).where(row.id == number, row.user_id == user_id, row.written_at.is_(None)))


def forget_old() -> None:
    """Drop uploaded files after a day, in a unit of work of its own."""
    with transaction():
        db.session.execute(delete(models.Upload).where(models.Upload.at < clock.now() - KEPT))
