"""Sheets: files of rows that people bring from a spreadsheet and take into one."""

import csv
import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from app.core.errors import Refusal


@dataclass(frozen=True, slots=True, order=True)
class Fault:
    """What is wrong in a sheet: its row as a spreadsheet counts (0 for the whole file), its column, and what to do."""

    row: int
    column: str
    words: str


def text_of(content: bytes, most: int) -> str:
    """An uploaded file of at most so many bytes as text. Raises Refusal `bad_file`, its field `file`."""
    if len(content) > most:
        raise too_large(most)
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise bad("That is not a CSV file in UTF-8. Save the sheet as “CSV UTF-8” and choose it again.") from None
    if "\0" in text or not text.strip():
        raise bad("There is nothing to read in that file. Choose one with something in it.")
    return text


def too_large(most: int) -> Refusal:
    """How a file is refused that has more bytes than this."""
    return bad(f"That file is larger than {most // 1024:,} kB. Send it in parts.")


def bad(message: str) -> Refusal:
    """How a file is refused that is no such sheet."""
    return Refusal("bad_file", message, field="file")


def lines(rows: Iterable[Sequence[object]]) -> str:
    """Rows as CSV, with nothing in them that a spreadsheet takes for a formula."""
    text = io.StringIO()
    csv.writer(text).writerows([_harmless(cell) for cell in row] for row in rows)
    return text.getvalue()


def _harmless(cell: object) -> object:
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(("=", "+", "-", "@", "\t", "\r")) else cell
