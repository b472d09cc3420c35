"""Files taken over from others are exactly what their makers released."""

import hashlib
from collections.abc import Iterator
from pathlib import Path

from dev.house.source import Finding

FOLDER = "static/vendor"
SUMS = f"{FOLDER}/SHA256SUMS"


def checksums(root: Path) -> Iterator[Finding]:
    """A vendored script runs in every customer's browser: nobody may change it by hand, nor slip one in."""
    folder = root / FOLDER
    if not folder.is_dir():
        return
    sums = _listed(root / SUMS)
    present = {str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()}
    present = {name for name in present if name != "SHA256SUMS" and not name.startswith("LICENSES/")}
    for name in sorted(present - sums.keys()):
        yield Finding(f"{FOLDER}/{name}", 1, "not in SHA256SUMS")
    for name in sorted(sums):
        path = folder / name
        if not path.is_file():
            yield Finding(SUMS, 1, f"{name} is listed and not there")
        elif hashlib.sha256(path.read_bytes()).hexdigest() != sums[name]:
            yield Finding(f"{FOLDER}/{name}", 1, "is not what was released: its checksum differs")


def _listed(path: Path) -> dict[str, str]:
    rows = (line.split(maxsplit=1) for line in path.read_text().splitlines()) if path.is_file() else ()
    return {name.removeprefix("*").removeprefix("./"): digest for digest, name in rows}
