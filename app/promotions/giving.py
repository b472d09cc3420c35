"""Codes by the thousand, as long work: made up, taken from a sheet, handed out; each batch in one unit of work."""

import secrets
from collections.abc import Sequence
from functools import lru_cache, partial

from sqlalchemy import select

from app.core import longwork, sheets
from app.core.db import db, insert_many_new
from app.core.errors import Refusal
from app.core.longwork import Batch, Job, Owner, Wanted
from app.promotions import code_sheet
from app.promotions.codes import LONGEST, normal
from app.promotions.models import DealCode
from app.promotions.standing import code_rows

# Letters and digits that nobody takes for one another on paper.
LETTERS = "ABCDEFGHJKMNPQRSTVWXYZ23456789"
BULK_LENGTH = 10
MAKE, IMPORT, EXPORT = "deal.codes", "deal.import", "deal.export"
COLUMNS = ("code", "limit", "used")
MOST_AT_ONCE, MOST_PREFIX = 10_000, LONGEST - BULK_LENGTH
BATCH = 500
FILLED = "ABC"  # makes a code of the shortest prefix

Given = tuple[str, int]


def make_many(deal_id: int, count: int, prefix: str, owner: Owner) -> Wanted:
    """Made-up codes that work once each and cannot be guessed, ready to begin. Raises Refusal with its `field`."""
    if not 1 <= count <= MOST_AT_ONCE:
        raise Refusal("bad_count", f"Make between 1 and {MOST_AT_ONCE:,} at a time.", field="count")
    start = normal(f"{prefix}{FILLED}").removesuffix(FILLED) if prefix.strip() else ""
    if prefix.strip() and (not start or len(start) > MOST_PREFIX):
        message = f"Begin with up to {MOST_PREFIX} letters and digits, or leave this empty."
        raise Refusal("bad_prefix", message, field="prefix")
    title = f"{count:,} code{'s' if count > 1 else ''}{f' that begin with {start}' if start else ''}"
    wish = {"deal": deal_id, "prefix": start}
    return Wanted(MAKE, title, "codes", count, owner, wish)


def make(job: Job) -> Batch:
    """The next made-up codes."""
    count = min(BATCH, job.total - job.done)
    return Batch(job.done + count, write=lambda: _make_up(job.wish["deal"], job.wish["prefix"], count))


def _make_up(deal_id: int, start: str, count: int) -> None:
    missing = count
    while missing:  # one in ten million is taken already
        codes = [start + "".join(secrets.choice(LETTERS) for _ in range(BULK_LENGTH)) for _ in range(missing)]
        missing -= len(_insert(deal_id, [(code, 1) for code in codes]))


def _insert(deal_id: int, given: Sequence[Given]) -> set[str]:
    """Write codes that are new; those."""
    rows = [{"code": code, "deal_id": deal_id, "limit": limit, "reserved": 0, "redeemed": 0} for code, limit in given]
    return set(insert_many_new(DealCode.code, rows))


def sheet_of(deal_id: int, name: str, text: str, owner: Owner) -> Wanted:
    """An uploaded sheet of codes, to be prepared and looked at before anything is written. Raises Refusal."""
    total = len(code_sheet.read(text).rows)
    return Wanted(IMPORT, f"Codes from {name}", "rows", total, owner, {"deal": deal_id}, sheet=text)


def check(job: Job) -> code_sheet.Sheet:
    """A prepared sheet with every fault in it, those that the codes given out already make included."""
    found = code_sheet.read(longwork.sheet(job.id))
    return code_sheet.with_taken(found, taken([row.code for row in found.rows]))


def taken(codes: Sequence[str]) -> set[str]:
    """Which of these codes are given out already, for whatever deal."""
    found: set[str] = set()
    for start in range(0, len(codes), BATCH):
        found |= set(db.session.scalars(select(DealCode.code).where(DealCode.code.in_(codes[start : start + BATCH]))))
    return found


def take_in(job: Job) -> Batch:
    """The next rows of a sheet. A code that somebody else gave out meanwhile is left out, counted and named."""
    rows = _read(longwork.sheet(job.id)).rows[job.done : job.done + BATCH]
    gone = taken([row.code for row in rows])
    left_out = [f"row {row.row}, {row.code} is given out already" for row in rows if row.code in gone]
    carry = longwork.left_out(job, left_out)
    fresh = [(row.code, row.limit) for row in rows if row.code not in gone]
    done = job.total if len(rows) < BATCH else job.done + len(rows)
    return Batch(done, carry, lambda: _write(job.wish["deal"], fresh))


@lru_cache(maxsize=1)
def _read(text: str) -> code_sheet.Sheet:
    """The sheet that this process is at, read once and not once a batch."""
    return code_sheet.read(text)


def _write(deal_id: int, fresh: Sequence[Given]) -> None:
    if fresh and len(_insert(deal_id, fresh)) < len(fresh):
        raise RuntimeError("a code was given out between looking and writing: look again")


def all_of(deal_id: int, count: int, owner: Owner) -> Wanted:
    """Every code of a deal as a file, ready to begin; `count` is how many there are. Raises Refusal `nothing_found`."""
    if not count:
        raise Refusal("nothing_found", "This deal has no codes.")
    return Wanted(
        EXPORT, f"{count:,} code{'s' if count > 1 else ''} as a file", "codes", count, owner, {"deal": deal_id}
    )


def hand_out(job: Job) -> Batch:
    """The next codes of the file, as they stand now; one that is new by then comes at its end."""
    rows, part = code_rows(job.wish["deal"], job.carry.get("last", 0), BATCH), job.carry.get("parts", 0)
    done = job.total if len(rows) < BATCH else min(job.done + len(rows), job.total - 1)
    carry = {"last": rows[-1][0] if rows else job.carry.get("last", 0), "parts": part + 1}
    cells = [(each.code, "" if each.limit is None else each.limit, each.used) for _, each in rows]
    text = sheets.lines([*([] if part else [COLUMNS]), *cells])
    return Batch(done, carry, partial(longwork.keep_part, job.id, part, text))
