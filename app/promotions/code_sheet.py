"""A sheet of codes, pure: `code` and `limit` in columns, read whole, with every fault by row and column."""

import csv
import io
from collections.abc import Collection
from dataclasses import dataclass, replace

from app.core.sheets import Fault, bad
from app.promotions.codes import LONGEST, normal

MOST_ROWS, MOST_BYTES = 50_000, 2 * 1024 * 1024
MOST_USES = 1_000_000
COLUMNS = ("code", "limit")


@dataclass(frozen=True, slots=True)
class CodeRow:
    """A code and how often it works."""

    row: int
    code: str
    limit: int


@dataclass(frozen=True, slots=True)
class Sheet:
    """What a sheet holds: the rows that are right, and every fault."""

    rows: tuple[CodeRow, ...]
    faults: tuple[Fault, ...]


def read(text: str) -> Sheet:
    """The rows of a sheet. Raises Refusal `bad_file` for one without the columns, or with too many rows."""
    try:
        lines = list(csv.reader(io.StringIO(text, newline=""), strict=True))
    except csv.Error:
        raise bad("That file has a quotation mark that never ends, or one in the wrong place.") from None
    head = [cell.strip().lower() for cell in lines[0]] if lines else []
    if "code" not in head or len(set(head)) < len(head) or not set(head) <= set(COLUMNS):
        raise bad("The first row must name the columns: code, and limit if you like. Nothing else.")
    if len(lines) - 1 > MOST_ROWS:
        raise bad(f"A sheet may have {MOST_ROWS:,} rows. Send it in parts.")
    return _read(head, lines[1:])


def _read(head: list[str], lines: list[list[str]]) -> Sheet:
    rows: list[CodeRow] = []
    faults: list[Fault] = []
    first: dict[str, int] = {}
    for number, cells in enumerate(lines, start=2):
        if not any(cell.strip() for cell in cells):
            continue
        given = dict(zip(head, cells, strict=False))
        found = _row(number, given, first)
        faults += found if isinstance(found, list) else []
        rows += [found] if isinstance(found, CodeRow) else []
    if not rows and not faults:
        raise bad("There are no codes in that file.")
    return Sheet(tuple(rows), tuple(faults))


def _row(number: int, given: dict[str, str], first: dict[str, int]) -> CodeRow | list[Fault]:
    code, limit = normal(given["code"]) if "code" in given else "", _limit(given.get("limit", ""))
    faults = []
    if not code:
        faults.append(Fault(number, "code", f"A code is 3 to {LONGEST} letters and digits."))
    elif code in first:
        faults.append(Fault(number, "code", f"{code} stands in row {first[code]} already."))
    if limit is None:
        faults.append(
            Fault(number, "limit", f"How often it works: a number from 1 to {MOST_USES:,}, or nothing for 1.")
        )
    if code:
        first.setdefault(code, number)
    return faults or CodeRow(number, code, limit or 1)


def _limit(text: str) -> int | None:
    text = text.strip()
    if not text:
        return 1
    known = text.isascii() and text.isdigit() and len(text) <= len(str(MOST_USES))
    return int(text) if known and 1 <= int(text) <= MOST_USES else None


def with_taken(sheet: Sheet, taken: Collection[str]) -> Sheet:
    """The sheet, with a fault in each row whose code is given out already."""
    gone = [Fault(row.row, "code", f"{row.code} is given out already.") for row in sheet.rows if row.code in taken]
    rows = tuple(row for row in sheet.rows if row.code not in taken)
    return replace(sheet, rows=rows, faults=tuple(sorted([*sheet.faults, *gone])))
