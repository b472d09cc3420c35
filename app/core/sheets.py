"""Rows as a file for a spreadsheet."""

import csv
import io
from collections.abc import Iterable, Sequence


def lines(rows: Iterable[Sequence[object]]) -> str:
    """Rows as CSV, with nothing in them that a spreadsheet takes for a formula."""
    text = io.StringIO()
    csv.writer(text).writerows([_harmless(cell) for cell in row] for row in rows)
    return text.getvalue()


def _harmless(cell: object) -> object:
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(("=", "+", "-", "@", "\t", "\r")) else cell
