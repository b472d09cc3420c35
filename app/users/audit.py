"""The audit: who did what, written in the transaction of the deed and chained by hash (docs/decisions/0031)."""

import hashlib
import json
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, cast

from sqlalchemy import Select, Table, and_, bindparam, func, insert, or_, select, update

from app.core import clock, keys
from app.core.db import before_commit, db, sent, sent_one
from app.users.models import AuditHead, AuditRow, User

PAGE, BATCH = 50, 1_000
# Tables, not the classes: each of these is said once for every tap in a kitchen, at a third of the cost.
HEAD, ROWS = cast("Table", AuditHead.__table__), cast("Table", AuditRow.__table__)
NEXT = update(HEAD).values(number=HEAD.c.number + 1).returning(HEAD.c.number, HEAD.c.hash)
WRITE, CLOSE = insert(ROWS), update(HEAD).values(hash=bindparam("last"))


@dataclass(frozen=True, slots=True)
class Entry:
    """One deed. `person` is who did it by their present name; None for the shop itself, and for whoever is gone."""

    id: int
    at: datetime
    user_id: int | None
    person: str | None
    store_id: int | None
    deed: str
    subject: str
    detail: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which deeds are looked for: `person` by a part of their name, `people` by their numbers (None: whoever), `deed`
    and `subject` by how they begin, `until` is the first moment not meant, `stores` None for all of the chain; what
    `own` did is theirs to see wherever it was.
    """

    stores: Collection[int] | None
    own: int | None = None
    person: str = ""
    people: Collection[int] | None = None
    deed: str = ""
    subject: str = ""
    since: datetime | None = None
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Verdict:
    """How many rows there are, the number and hash of the last one, and what is wrong with them, in words."""

    rows: int
    last: int
    hash: str
    flaws: tuple[str, ...]


def audit(user_id: int | None, deed: str, subject: str, store_id: int | None = None, /, **detail: object) -> None:
    """Write down a deed, as the last part of the open unit of work. Raises RuntimeError when none is open.

    What is done to `store:7` is done at store 7; of all else `store_id` says where, None for the chain's.
    """
    at, said = clock.now(), json.loads(json.dumps(detail))
    kind, _, number = subject.partition(":")
    store_id = int(number) if kind == "store" else store_id
    row = {"at": at, "user_id": user_id, "store_id": store_id, "deed": deed, "subject": subject, "detail": said}
    before_commit(lambda: _append(row))


def seal(subject: str, words: str) -> str:
    """What a detail may carry of free text: a mark that shows later whether these were the words, and tells none.

    The words stand in a row that can be erased (docs/decisions/0043).
    """
    return keys.derive(f"seal:{subject}:{words}")


def _append(row: dict[str, Any]) -> None:
    # The head's lock puts writers in a row; it is the last one that any unit of work takes, so none waits in a ring.
    before = sent_one(NEXT)
    made = {"id": before.number, "hash": chained(before.hash, before.number, row), **row}
    sent(WRITE, made)
    sent(CLOSE, {"last": made["hash"]})


def chained(before: str, number: int, row: Mapping[str, Any]) -> str:
    """The hash of a row that follows the one with the hash `before`."""
    at = row["at"].astimezone(UTC).isoformat(timespec="microseconds")
    said = [before, number, at, row["user_id"], row["store_id"], row["deed"], row["subject"], row["detail"]]
    return hashlib.sha256(json.dumps(said, sort_keys=True, separators=(",", ":")).encode()).hexdigest()


def entries(wanted: Wanted, *, before: int | None = None, most: int = PAGE) -> tuple[Entry, ...]:
    """Deeds, newest first, `most` of them; `before` is the number of the last one that was seen."""
    query = _sought(wanted).order_by(AuditRow.id.desc()).limit(most)
    if before is not None:
        query = query.where(AuditRow.id < before)
    return tuple(Entry(*row) for row in db.session.execute(query))


def of_subject(subject: str, most: int = PAGE) -> tuple[Entry, ...]:
    """What was done to one thing, newest first."""
    query = _sought(Wanted(stores=None)).where(AuditRow.subject == subject).order_by(AuditRow.id.desc()).limit(most)
    return tuple(Entry(*row) for row in db.session.execute(query))


def count(wanted: Wanted) -> int:
    """How many deeds are wanted."""
    return db.session.scalar(select(func.count()).select_from(_sought(wanted).subquery())) or 0


def people(words: str, most: int) -> tuple[int, ...]:
    """Who did anything and has these words in their present name, by their numbers; `most` of them."""
    called = func.lower(User.name).contains(_plain(words).lower(), autoescape=True)
    did = select(AuditRow.id).where(AuditRow.user_id == User.id).exists()
    return tuple(db.session.scalars(select(User.id).where(called, did).order_by(User.id).limit(most)))


def _sought(wanted: Wanted) -> Select[Any]:
    row = AuditRow
    query = select(row.id, row.at, row.user_id, User.name, row.store_id, row.deed, row.subject, row.detail).outerjoin(
        User, User.id == row.user_id
    )
    if wanted.stores is not None:
        query = query.where(
            or_(row.store_id.in_(wanted.stores), and_(row.user_id == wanted.own, row.user_id.is_not(None)))
        )
    if wanted.person:
        query = query.where(func.lower(User.name).contains(_plain(wanted.person).lower(), autoescape=True))
    if wanted.people is not None:
        query = query.where(row.user_id.in_(wanted.people))
    for column, words in ((row.deed, wanted.deed), (row.subject, wanted.subject)):
        if words:
            query = query.where(column.startswith(_plain(words), autoescape=True))
    if wanted.since is not None:
        query = query.where(row.at >= wanted.since)
    return query if wanted.until is None else query.where(row.at < wanted.until)


def _plain(words: str) -> str:
    return words.replace("\0", "")  # PostgreSQL does not even look for it


def verify(seen: tuple[int, str] | None = None) -> Verdict:
    """Work out the whole chain anew and compare. `seen` is the number and hash of a row that somebody noted earlier."""
    flaws, before, last, rows = [], "", 0, 0
    for row in _rows():
        if row.hash != chained(before, row.id, row.__dict__):
            gone = f"Row {row.id} does not follow row {last}" if row.id != last + 1 else f"Row {row.id} was changed"
            flaws.append(f"{gone}, or what stood before it was taken away.")
        if seen is not None and row.id == seen[0] and row.hash != seen[1]:
            flaws.append(f"Row {row.id} is not the one that was noted.")
        before, last, rows = row.hash, row.id, rows + 1
    head = db.session.execute(select(AuditHead.number, AuditHead.hash)).one_or_none()
    if head is None or (head.number, head.hash) != (last, before):
        flaws.append(
            f"The last rows are missing: {last} is the last one, {head.number if head else 'none'} was written."
        )
    if seen is not None and seen[0] > last:
        flaws.append(f"Row {seen[0]} was noted, and is not there.")
    return Verdict(rows, last, before, tuple(flaws))


def _rows() -> Iterator[AuditRow]:
    last = 0
    while found := db.session.scalars(
        select(AuditRow).where(AuditRow.id > last).order_by(AuditRow.id).limit(BATCH)
    ).all():
        yield from found
        last = found[-1].id
        db.session.expunge_all()
