"""Memory of a running shop, from /proc: `python -m dev.memory [VAR]`."""

import os
import sys
from dataclasses import dataclass
from pathlib import Path

PROC = Path("/proc")


@dataclass(frozen=True, slots=True)
class Usage:
    """What one process holds, in kB: `rss` counts pages it shares in full, `pss` only its part of them."""

    pid: int
    name: str
    rss: int
    pss: int


def without_tools(folder: Path) -> dict[str, str]:
    """Settings under which a program finds no library that only the workshop has, but would load if it could.

    structlog takes rich along, 8 MB in each process; a machine that only runs the shop has no rich.
    """
    folder.mkdir(exist_ok=True)
    (folder / "rich.py").write_text("raise ImportError('This shop has no workshop.')\n")
    return {"PYTHONPATH": os.pathsep.join(filter(None, (str(folder), os.environ.get("PYTHONPATH"))))}


def family(pid: int) -> list[Usage]:
    """A process and all that descend from it, oldest first; those that end meanwhile are left out."""
    parents = _parents()
    found, at = [pid], 0
    while at < len(found):
        found += sorted(child for child, parent in parents.items() if parent == found[at])
        at += 1
    return [usage for one in found if (usage := _usage(one))]


def table(usages: list[Usage]) -> str:
    """One line a process, and the sum, in MB."""
    whole = Usage(0, "all", sum(usage.rss for usage in usages), sum(usage.pss for usage in usages))
    rows = (f"{one.pid or '':>8} {one.rss / 1024:>7.1f} {one.pss / 1024:>7.1f}  {one.name}" for one in [*usages, whole])
    return "\n".join([f"{'pid':>8} {'RSS':>7} {'PSS':>7}  MB", *rows])


def _parents() -> dict[int, int]:
    parents = {}
    for folder in PROC.glob("[0-9]*"):
        try:
            parents[int(folder.name)] = int((folder / "stat").read_text().rpartition(")")[2].split()[1])
        except OSError:
            continue
    return parents


def _usage(pid: int) -> Usage | None:
    folder = PROC / str(pid)
    try:
        words = (folder / "cmdline").read_bytes().decode(errors="replace").split("\0")
        rollup = (line.split() for line in (folder / "smaps_rollup").read_text().splitlines()[1:])
        sizes = {row[0].rstrip(":"): int(row[1]) for row in rollup}
    except OSError:
        return None
    return Usage(pid, _name(words), sizes["Rss"], sizes["Pss"])


def _name(words: list[str]) -> str:
    """The telling part of a command line: without the interpreter and its folders."""
    short = [Path(word).name if word.startswith("/") else word for word in words if word]
    return " ".join(short[:6])


def main(var: str = "var") -> int:
    """Print the table for the shop whose data are in `var`; 1 when none runs there."""
    try:
        pid = int((Path(var) / "lock").read_text())
    except (OSError, ValueError):
        print(f"No shop runs on {var}.", file=sys.stderr)
        return 1
    print(table(family(pid)))
    return 0


if __name__ == "__main__":
    raise SystemExit(main(*sys.argv[1:2]))
