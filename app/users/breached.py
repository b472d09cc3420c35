"""Passwords that leaked somewhere, in a file beside the shop: nobody outside is asked (docs/operations.md).

The file is what Have I Been Pwned hands out, ordered by hash: a line `<SHA-1>:<how often>` for each password, read by
halving, some forty small reads of forty gigabytes.
"""

import hashlib
from pathlib import Path
from typing import BinaryIO

DIGITS = 40


def leaked(path: Path, password: str) -> bool:
    """Whether a password stands in such a file."""
    digest = hashlib.sha1(password.encode(), usedforsecurity=False).hexdigest().upper().encode()
    with path.open("rb") as file:
        return _line_from(file, _start(file, digest))[:DIGITS].upper() == digest


def _start(file: BinaryIO, digest: bytes) -> int:
    """A place behind which the first whole line is the first that does not come before the hash."""
    low, high = 0, file.seek(0, 2)
    while low < high:
        middle = (low + high) // 2
        line = _line_from(file, middle)
        if line and line[:DIGITS].upper() < digest:
            low = middle + 1
        else:
            high = middle
    return low


def _line_from(file: BinaryIO, place: int) -> bytes:
    """The first line that begins at a place or behind it."""
    file.seek(max(place - 1, 0))
    if place:
        file.readline()  # what is left of the line before
    return file.readline()
