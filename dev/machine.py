"""What the tests need beyond Python: PostgreSQL's server and Chromium. Root gets them, others are told."""

import os
import shutil
import subprocess
import sys

from dev import postgres

PACKAGES = {"PostgreSQL's server": "postgresql", "Chromium": "chromium"}


def missing() -> dict[str, str]:
    """What is not on this machine yet, as name to Debian package."""
    return {name: package for name, package in PACKAGES.items() if not _present(package)}


def main() -> int:
    """Install what is missing when we may, else say what to install; gives an exit code."""
    if not (lacking := missing()):
        return 0
    install = f"apt-get install -y --no-install-recommends {' '.join(lacking.values())}"
    if os.geteuid() == 0 and shutil.which("apt-get"):
        print(f"Installing {' and '.join(lacking)} ...", flush=True)
        environ = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
        for command in ("apt-get update -q", install):
            subprocess.run(command.split(), env=environ, stdin=subprocess.DEVNULL, check=False)
        if not (lacking := missing()):
            return 0
    print(f"The tests need {' and '.join(lacking)}. As root: {install}", file=sys.stderr)
    return 1


def _present(package: str) -> bool:
    if package == "chromium":
        return bool(os.environ.get("CHROMIUM_PATH") or shutil.which("chromium"))
    try:
        postgres.binaries()
    except postgres.MissingError:
        return False
    return True


if __name__ == "__main__":
    raise SystemExit(main())
