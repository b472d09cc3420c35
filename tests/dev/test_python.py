"""Which Python the environment is made with, and what is said when there is none that will do."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

SCRIPT = Path(__file__).parents[2] / "dev" / "python"
FITS, OLD, BARE = "exit 0", "exit 1", 'case "$*" in *ensurepip*) exit 1 ;; *) exit 0 ;; esac'


@pytest.fixture
def make(tmp_path):
    """The script in a checkout of its own, with the Pythons of a test, in the order in which they are looked at."""
    script = tmp_path / "dev" / "python"
    script.parent.mkdir()
    shutil.copy(SCRIPT, script)

    def run(**pythons):
        for name, does in pythons.items():
            says = f'echo "$0 $*" >> {tmp_path}/asked'
            (tmp_path / name).write_text(f'#!/bin/sh\ncase "$*" in "-m venv"*) {says} ;; *) {does} ;; esac\n')
            (tmp_path / name).chmod(0o755)
        environment = os.environ | {"PYTHON": " ".join(str(tmp_path / name) for name in pythons)}
        return subprocess.run([script], env=environment, capture_output=True, text=True, check=False)

    return run


def test_the_first_that_can_is_taken(make, tmp_path):
    told = make(old=OLD, bare=BARE, fits=FITS, another=FITS)
    assert told.returncode == 0, told.stderr
    assert (tmp_path / "asked").read_text() == f"{tmp_path}/fits -m venv .venv\n"


@pytest.mark.parametrize(
    ("pythons", "says"),
    [
        ({"old": OLD}, "needs Python 3.11 or newer"),
        ({"bare": BARE}, "cannot make environments yet"),
        ({"old": OLD, "bare": BARE}, "bare cannot make environments yet"),
    ],
)
def test_where_none_can_it_says_what_to_install(make, tmp_path, pythons, says):
    told = make(**pythons)
    assert told.returncode == 1
    assert says in told.stderr
    assert "apt-get install" in told.stderr
    assert told.stderr.count("\n") == 1
    assert not (tmp_path / "asked").exists()


def test_the_systems_own_is_looked_at_first():
    """Debian optimizes it by profiles, which is worth a sixth of the processor time of an order (decision 106)."""
    [order] = [line for line in SCRIPT.read_text().splitlines() if line.startswith("for name in")]
    assert order.split(":-")[1].startswith("/usr/bin/python3 python3 ")
