"""Lists that leave the shop as files for a spreadsheet."""

from collections.abc import Iterable, Sequence

from flask import Response

from app.core import sheets


def hand_out(name: str, columns: Sequence[str], rows: Iterable[Sequence[object]]) -> Response:
    """A CSV file to keep: nothing in it is taken for a formula, and nobody between here and the browser keeps it."""
    return as_file(name, [sheets.lines([columns, *rows])])


def as_file(name: str, parts: Iterable[str]) -> Response:
    """The same of parts that are CSV already."""
    response = Response("".join(parts), mimetype="text/csv")
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    response.headers["Cache-Control"] = "no-store"
    return response
