"""Install a lock file into this environment, once: `python -m dev.install requirements.txt`."""

import hashlib
import subprocess
import sys
import time
from collections import deque
from pathlib import Path

STAMPS = Path(sys.prefix) / "installed"
ROOT = Path(__file__).parent.parent


def main(lock: str) -> int:
    """Install what `lock` names unless that was done before; gives pip's exit code."""
    digest, stamp = _digest(ROOT / lock), STAMPS / lock
    if stamp.exists() and stamp.read_text() == digest:
        return 0
    code = _pip(lock)
    if code == 0:
        STAMPS.mkdir(exist_ok=True)
        stamp.write_text(digest)
    return code


def _digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes() + sys.version.encode()).hexdigest()


def _pip(lock: str) -> int:
    """Run pip and tell how far it is in few lines; its own words are shown only when it fails."""
    wanted = sum(1 for line in (ROOT / lock).read_text().splitlines() if line[:1].isalpha())
    print(f"Installing {wanted} packages from {lock} (once, about a minute) ...", flush=True)
    began, seen, said = time.monotonic(), 0, deque[str](maxlen=15)
    # Python compiles what it imports. All the rest, which is most of it, would take as long as unpacking.
    quietly = ["--no-compile", "--no-input", "--disable-pip-version-check", "--progress-bar", "off"]
    command = [sys.executable, "-m", "pip", "install", *quietly, "-r", lock]
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
    raise SystemExit(main(sys.argv[1]))
