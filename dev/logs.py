"""Logs of the programs we run: kept whole in files, and their warnings picked out for the terminal."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

BIG = 5_000_000
WIDTH = 160
LOUD_LEVELS = frozenset({"warning", "error", "critical"})
KNOWN = frozenset({"level", "timestamp", "exception", "logger", "process", "request_id", "job_id"})
LOUD = re.compile(r"\b(WARNING|ERROR|CRITICAL)\b|^[\w.]+(Error|Exception)\b")


@dataclass(slots=True)
class Tail:
    """What is new in a log file since it was opened here. A big file is put aside first, as `name.log.1`."""

    path: Path
    loud: bool = True
    _at: int = field(init=False, default=0)

    def __post_init__(self) -> None:
        if self.path.exists():
            if self.path.stat().st_size > BIG:
                self.path.replace(self.path.with_suffix(".log.1"))
            else:
                self._at = self.path.stat().st_size

    def warnings(self) -> Iterator[str]:
        """The new lines that a person should see, shortened."""
        for line in self._new_lines():
            if self.loud and (words := warning(line)):
                yield words[:WIDTH]

    def _new_lines(self) -> list[str]:
        if not self.path.exists():
            return []
        with self.path.open("rb") as log:
            log.seek(self._at)
            whole, newline, _ = log.read().rpartition(b"\n")
        self._at += len(whole) + len(newline)
        return whole.decode(errors="replace").splitlines()


def warning(line: str) -> str | None:
    """The words of a log line worth showing (JSON with a level, or plain text), else None."""
    if line.startswith("{"):
        try:
            entry = json.loads(line)
        except ValueError:
            return None
        return _told(entry) if str(entry.get("level", "")).lower() in LOUD_LEVELS else None
    return line.strip() if LOUD.search(line) else None


def _told(entry: dict[str, object]) -> str:
    """`payment timed out  order=4711`, without what a terminal shows anyway."""
    event = str(entry.pop("event", ""))
    facts = (f"{key}={value}" for key, value in entry.items() if key not in KNOWN)
    return "  ".join([event, *facts])
