"""A whole menu as one table that people edit in a spreadsheet, pure. Each row is a record of some kind; a column that
a file leaves out stays as it is.
"""

import csv
import io
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from app.core.sheets import Fault
from app.menu.cells import Cell, Wrong
from app.menu.columns import COLUMNS, RECORDS

MOST_ROWS = 60_000
DELIMITERS = ",;\t"
FORMULA = ("=", "+", "-", "@")  # a spreadsheet runs what begins like this; after a ' it is text


@dataclass(frozen=True, slots=True)
class Row:
    """One record: its kind, the values of the columns that were given, and the line of the file it stands in."""

    record: str
    values: Mapping[str, Any]
    line: int = 0

    @property
    def identity(self) -> tuple[Any, ...]:
        """Which one it is: two rows with the same identity are about the same thing."""
        return (self.record, *(self.values.get(name) for name in RECORDS[self.record].keys))

    @property
    def called(self) -> str:
        """The same in words."""
        return " ".join(
            str(self.values[name]) for name in RECORDS[self.record].keys if self.values.get(name) is not None
        )


@dataclass(slots=True)
class Sheet:
    """What was read of a file."""

    rows: list[Row] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)


def read(text: str) -> Sheet:
    """Every row of a file, and every fault by line and column. Whatever the file is, this answers."""
    sheet = Sheet()
    try:
        lines = csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(text), strict=True)
        header = [name.strip().lower() for name in next(lines, [])]
        sheet.faults += _header_faults(header)
        if not sheet.faults:
            _read_rows(sheet, header, lines)
    except Wrong as wrong:
        sheet.faults.append(Fault(0, "", wrong.words))
    except csv.Error as error:
        line = len(sheet.rows) + len({fault.row for fault in sheet.faults}) + 2
        sheet.faults.append(Fault(line, "", f"The quotes around here do not match, or a cell is endless ({error})."))
    return sheet


def _delimiter(text: str) -> str:
    """What stands between the cells of the first line: a comma, or what spreadsheets of other countries write."""
    return max(DELIMITERS, key=text.partition("\n")[0].count)


def _header_faults(header: Sequence[str]) -> Iterator[Fault]:
    if "record" not in header:
        yield Fault(1, "", "The first line has to name the columns, and “record” is not among them.")
        return
    for name in dict.fromkeys(name for name in header if header.count(name) > 1 and name):
        yield Fault(1, name, "This column is there twice.")
    for name in header:
        if name and name not in COLUMNS:
            yield Fault(1, name[:30], f"There is no such column. Known are: {', '.join(COLUMNS)}.")


def _read_rows(sheet: Sheet, header: Sequence[str], lines: Iterable[Sequence[str]]) -> None:
    seen: dict[tuple[Any, ...], int] = {}
    for line, said in enumerate(lines, start=2):
        if line > MOST_ROWS + 1:
            raise Wrong(f"These are more than {MOST_ROWS:,} rows. Please split the file.")
        if not any(cell.strip() for cell in said):
            continue
        row, faults = _row(line, header, said)
        if row is not None and (before := seen.setdefault(row.identity, line)) != line:
            faults.append(
                Fault(line, RECORDS[row.record].keys[0], f"The same {row.record} stands in row {before} already.")
            )
        sheet.faults += faults
        if row is not None and not faults:
            sheet.rows.append(row)


def _row(line: int, header: Sequence[str], said: Sequence[str]) -> tuple[Row | None, list[Fault]]:
    given = {name: cell.strip() for name, cell in zip(header, said, strict=False) if name}
    name = given.pop("record", "").lower()
    record = RECORDS.get(name)
    if record is None:
        return None, [Fault(line, "record", f"“{name[:30]}” is none of: {', '.join(RECORDS)}.")]
    strange = [column for column in given if column not in record.cells and given[column]]
    faults = [Fault(line, column, f"A {name} has no {column}: leave this empty.") for column in strange]
    if any(said[len(header) :]):
        faults.append(Fault(line, "", "This row has more cells than there are columns."))
    values: dict[str, Any] = {}
    for column, cell in record.cells.items():
        if column not in given and column not in record.keys:
            continue
        try:
            values[column] = value_of(cell, given.get(column, ""))
            if column == "position" and values[column] is None:
                del values[column]
        except Wrong as wrong:
            faults.append(Fault(line, column, wrong.words[:1].upper() + wrong.words[1:] + "."))
    return Row(name, values, line) if all(column in values for column in record.keys) else None, faults


def value_of(cell: Cell, said: str) -> Any:
    """What a cell of a file says. Raises Wrong."""
    if said.startswith(FORMULA):
        raise Wrong(f"cells may not begin with {said[0]}, which spreadsheets run as a formula")
    if said.startswith("'") and said[1:].startswith(FORMULA):
        said = said[1:]
    return cell.value(said)


def write(rows: Iterable[Row]) -> str:
    """The rows as a file that spreadsheets open as it is meant: no cell of it can run as a formula."""
    out = io.StringIO(newline="")
    lines = csv.writer(out)
    lines.writerow(COLUMNS)
    for row in rows:
        said = {
            name: cell.write(row.values[name]) for name, cell in RECORDS[row.record].cells.items() if name in row.values
        }
        lines.writerow([row.record, *(_harmless(said.get(name, "")) for name in COLUMNS[1:])])
    return "\ufeff" + out.getvalue()


def _harmless(said: str) -> str:
    return f"'{said}" if said.startswith(FORMULA) else said
