"""Install lock files into this environment, at once and once: `python -m dev.install requirements.txt`."""

import hashlib
import subprocess
import sys
import time
from collections import deque
from collections.abc import Sequence
from pathlib import Path

STAMPS = Path(sys.prefix) / "installed"
ROOT = Path(__file__).parent.parent


def main(*locks: str) -> int:
    """Install what `locks` name, but for those that were installed before; gives pip's exit code."""
    if not (wanted := [lock for lock in locks if not _is_done(lock)]):
        return 0
    code = _pip(wanted)
    if code == 0:
        STAMPS.mkdir(exist_ok=True)
        for lock in wanted:
            (STAMPS / lock).write_text(_digest(ROOT / lock))
    return code


def _is_done(lock: str) -> bool:
    stamp = STAMPS / lock
    return stamp.exists() and stamp.read_text() == _digest(ROOT / lock)


def _digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes() + sys.version.encode()).hexdigest()


def _pip(locks: Sequence[str]) -> int:
    """Run pip and tell how far it is in few lines; its own words are shown only when it fails."""
    wanted = {line for lock in locks for line in (ROOT / lock).read_text().splitlines() if line[:1].isalpha()}
    print(f"Installing {len(wanted)} packages from {' and '.join(locks)} (once, about a minute) ...", flush=True)
    began, seen, said = time.monotonic(), 0, deque[str](maxlen=15)
    # Python compiles what it imports. All the rest, which is most of it, would take as long as unpacking.
    quietly = ["--no-compile", "--no-input", "--disable-pip-version-check", "--progress-bar", "off"]
    command = [sys.executable, "-m", "pip", "install", *quietly, *(f"--requirement={lock}" for lock in locks)]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True) as pip:
        for line in pip.stdout or ():
            said.append(line.rstrip())
            seen += line.startswith(("Collecting ", "Requirement already satisfied: "))
            if line.startswith("Collecting ") and seen % 15 == 0:
                print(f"  {seen} found", flush=True)
            elif line.startswith("Installing collected"):
                print("  all here, unpacking", flush=True)
    if pip.returncode:
        print("pip could not install the requirements. Its last words:", *said, sep="\n  ", file=sys.stderr)
    else:
        print(f"  done in {time.monotonic() - began:.0f} s", flush=True)
    return pip.returncode


if __name__ == "__main__":
    raise SystemExit(main(*sys.argv[1:]))
