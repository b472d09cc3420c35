"""What the tests need beyond Python: PostgreSQL's server and Chromium. Root gets them, others are told.

Chromium's headless shell draws a page with a third of the processor time (decision 73): root gets it too, but where it
cannot be had, the whole browser will do.
"""

import os
import shutil
import subprocess
import sys

from dev import postgres

SHELL = "chromium-headless-shell"
PACKAGES = {"PostgreSQL's server": "postgresql", "Chromium": SHELL}
PATIENCE = ("-o", "Acquire::Retries=0", "-o", "Acquire::http::Timeout=10")


def missing() -> dict[str, str]:
    """What is not on this machine yet, as name to Debian package."""
    present = {"postgresql": _has_postgres(), SHELL: chromium() is not None}
    return {name: package for name, package in PACKAGES.items() if not present[package]}


def chromium() -> str | None:
    """The browser of the tests: the one at CHROMIUM_PATH, or else the headless shell, or else the whole browser."""
    return os.environ.get("CHROMIUM_PATH") or shutil.which(SHELL) or shutil.which("chromium")


def main() -> int:
    """Install what is missing when we may, else say what to install; gives an exit code."""
    lacking = missing()
    better = {} if _has_shell() else {"Chromium's headless shell": SHELL}
    if not (wanted := lacking or better):
        return 0
    install = f"install -y --no-install-recommends {' '.join(wanted.values())}"
    if os.geteuid() == 0 and shutil.which("apt-get"):
        print(f"Installing {' and '.join(wanted)} ...", flush=True)
        environ = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
        for words in ("update -q", install):
            subprocess.run(["apt-get", *PATIENCE, *words.split()], env=environ, stdin=subprocess.DEVNULL, check=False)
        lacking = missing()
    if not lacking:
        return 0
    print(f"The tests need {' and '.join(lacking)}. As root: apt-get {install}", file=sys.stderr)
    return 1


def _has_shell() -> bool:
    return bool(os.environ.get("CHROMIUM_PATH") or shutil.which(SHELL))


def _has_postgres() -> bool:
    try:
        postgres.binaries()
    except postgres.MissingError:
        return False
    return True


if __name__ == "__main__":
    raise SystemExit(main())
